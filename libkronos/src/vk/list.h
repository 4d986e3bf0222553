// Lists that Vulkan enumerates in two calls: how many, then which.
#ifndef KRO_SRC_VK_LIST_H
#define KRO_SRC_VK_LIST_H

#include <stddef.h>

#include <kronos/status.h>

#include "vk/api.h"

// Makes one such call: with `items` NULL it asks for the count. `source` is the caller's.
typedef VkResult (*kro__vk_lister)(const void *source, uint32_t *count, void *items);

// Asks until the list holds still, some times at most: it may grow between the two calls.
//
// Returns:   `*items`, the caller's to free; not NULL for an empty list either.
// Errors:    the call's own; `what` names it in the sentence; OUT_OF_HOST_MEMORY
kro_status kro__vk_list(kro__vk_lister lister, const void *source, size_t item_bytes,
                        const char *what, void **items, uint32_t *count);

#endif
