// What the whole proxy shares: the spec in force and the table of objects.
#ifndef KRO_PROXY_STATE_H
#define KRO_PROXY_STATE_H

#include <stdbool.h>
#include <stddef.h>

#include "spec.h"
#include "table.h"

// What the hooks know of objects, by handle; never NULL once kro__state_begin has succeeded.
extern kro__table *kro__objects;

// Opens the driver behind the proxy and reads KRONOS_PROXY, once; says on stderr what is wrong.
//
// Returns: false if either failed, then and ever after.
bool kro__state_begin(void);

// The spec for a new instance. Instances and devices keep a copy.
void kro__state_spec(kro__spec *out);
// NULL: the spec of the environment.
bool kro__state_configure(const char *text, char *message, size_t message_bytes);

#endif
