// Vulkan's way of handing out lists.
#ifndef KRO_DRIVERS_LIST_H
#define KRO_DRIVERS_LIST_H

#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

// Writes a list the way Vulkan's enumerations do: as many items as `*out_count` has room for, and
// the true count where `out` is NULL.
//
// Returns: VK_INCOMPLETE where items were left out.
VkResult kro__vk_list(const void *items, uint32_t count, size_t item_bytes, uint32_t *out_count,
                      void *out);

#endif
