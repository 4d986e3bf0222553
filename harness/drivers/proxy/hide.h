// What the proxy keeps from applications: features, extensions, versions; and smaller limits.
#ifndef KRO_PROXY_HIDE_H
#define KRO_PROXY_HIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "spec.h"

// True if neither the visible Vulkan version nor a visible extension has this.
bool kro__hide_is_hidden(const kro__spec *spec, uint32_t core, const char *extensions);

// The value of a `limit` word, or `otherwise` where there is none. NULL names heap_bytes.
uint64_t kro__hide_limit(const kro__spec *spec, const char *name, uint64_t otherwise);

#endif
