#include "vk/list.h"

#include <stdlib.h>

#include "vk/status.h"

kro_status kro__vk_list(kro__vk_lister lister, const void *source, size_t item_bytes,
                        const char *what, void **items, uint32_t *count)
{
    enum { TRIES = 8 }; // a list that grows each time is the driver's fault
    void *list = NULL;
    // Not an error: there is more than there was a moment ago.
    VkResult result = VK_INCOMPLETE;
    for (int i = 0; i < TRIES && result == VK_INCOMPLETE; i++) {
        free(list);
        list = NULL;
        result = lister(source, count, NULL);
        if (result != VK_SUCCESS)
            break;
        // calloc of nothing may return NULL, which is no failure.
        uint32_t room = *count ? *count : 1;
        list = calloc(room, item_bytes);
        if (!list)
            return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for %s of %u items", what,
                             *count);
        // The second call may find fewer; then it lowers the count.
        if (*count > 0)
            result = lister(source, count, list);
    }
    if (result != VK_SUCCESS) {
        free(list);
        return kro__vk_fail(result, "%s", what);
    }
    *items = list;
    return KRO_OK;
}
