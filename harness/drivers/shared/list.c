#include "list.h"

#include <string.h>

VkResult kro__vk_list(const void *items, uint32_t count, size_t item_bytes, uint32_t *out_count,
                      void *out)
{
    if (!out) {
        *out_count = count;
        return VK_SUCCESS;
    }
    uint32_t written = *out_count < count ? *out_count : count;
    if (written)
        memcpy(out, items, written * item_bytes);
    *out_count = written;
    return written < count ? VK_INCOMPLETE : VK_SUCCESS;
}
