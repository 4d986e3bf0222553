// Which buffers a dispatch finds in its descriptor sets.
#ifndef KRO_PROXY_BOUND_H
#define KRO_PROXY_BOUND_H

#include "recording.h"
#include "writes.h"

// Calls `visit` for each buffer of set `set` that is bound or was pushed; offsets have the dynamic
// ones in them. Of calls that bound the same set the last one counts, of pushes all.
//
// Returns: false where a dynamic offset is not known.
bool kro__bound_visit_set(const kro__bound *bound, uint32_t set,
                          void (*visit)(void *user, const kro__slot *slot), void *user);

#endif
