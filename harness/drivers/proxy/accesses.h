// Which bytes the commands of a recording use, as far as it can be told.
#ifndef KRO_PROXY_ACCESSES_H
#define KRO_PROXY_ACCESSES_H

#include "recording.h"
#include "scopes.h"

// Appends what a command may use.
//
// Returns: false where it may use something else besides, or memory ran out.
bool kro__accesses_of(const kro__command *command, kro__accesses *out);

#endif
