#include "raw_owned.h"

#include <stdlib.h>

#include "running.h"

typedef struct kt_raw_owned {
    struct kt_raw_owned *next;
    kt_raw_kind kind;
    kt_raw_handle handle;
} kt_raw_owned;

bool kt_raw_own(kt_raw *raw, const char *call, VkResult result, kt_raw_kind kind,
                kt_raw_handle handle)
{
    if (result != VK_SUCCESS) {
        FAILF(raw->t, "%s returned %d", call, result);
        return false;
    }
    kt_raw_owned *owned = kt_memory(1, sizeof *owned);
    *owned = (kt_raw_owned){.next = raw->owned, .kind = kind, .handle = handle};
    raw->owned = owned;
    return true;
}

static void destroy(kt_raw *raw, kt_raw_kind kind, kt_raw_handle handle)
{
    switch (kind) {
    case KT_RAW_MEMORY:
        raw->vkFreeMemory(raw->device, handle.memory, NULL);
        break;
    case KT_RAW_BUFFER:
        raw->vkDestroyBuffer(raw->device, handle.buffer, NULL);
        break;
    case KT_RAW_SET_LAYOUT:
        raw->vkDestroyDescriptorSetLayout(raw->device, handle.set_layout, NULL);
        break;
    case KT_RAW_PIPELINE_LAYOUT:
        raw->vkDestroyPipelineLayout(raw->device, handle.pipeline_layout, NULL);
        break;
    case KT_RAW_PIPELINE:
        raw->vkDestroyPipeline(raw->device, handle.pipeline, NULL);
        break;
    case KT_RAW_SET_POOL:
        raw->vkDestroyDescriptorPool(raw->device, handle.set_pool, NULL);
        break;
    case KT_RAW_COMMAND_POOL:
        raw->vkDestroyCommandPool(raw->device, handle.command_pool, NULL);
        break;
    case KT_RAW_SEMAPHORE:
        raw->vkDestroySemaphore(raw->device, handle.semaphore, NULL);
        break;
    case KT_RAW_FENCE:
        raw->vkDestroyFence(raw->device, handle.fence, NULL);
        break;
    case KT_RAW_EVENT:
        raw->vkDestroyEvent(raw->device, handle.event, NULL);
        break;
    case KT_RAW_QUERY_POOL:
        raw->vkDestroyQueryPool(raw->device, handle.query_pool, NULL);
        break;
    case KT_RAW_PIPELINE_CACHE:
        raw->vkDestroyPipelineCache(raw->device, handle.pipeline_cache, NULL);
        break;
    }
}

void kt_raw_destroy_owned(kt_raw *raw)
{
    while (raw->owned) {
        kt_raw_owned *owned = raw->owned;
        raw->owned = owned->next;
        destroy(raw, owned->kind, owned->handle);
        free(owned);
    }
}
