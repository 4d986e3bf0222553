// The extensions that the null driver offers and what an application enabled of them.
#ifndef KRO_NULL_EXTENSIONS_H
#define KRO_NULL_EXTENSIONS_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "hidden.h"

// Bits of every extension that is not hidden, by position in extensions.def.
uint64_t kro__null_extensions_offered(const kro__hidden *hidden);

// Bits of the extensions in a space-joined list.
uint64_t kro__null_extensions_in(const char *list);

// Bits of `names`.
//
// Returns: EXTENSION_NOT_PRESENT for one that is not in `offered`.
VkResult kro__null_extensions_enable(const char *const *names, uint32_t count, uint64_t offered,
                                     uint64_t *out);

// Lists the offered instance or device extensions.
VkResult kro__null_extensions_list(bool instance, uint64_t offered, uint32_t *count,
                                   VkExtensionProperties *out);

#endif
