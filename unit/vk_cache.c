// Keeping what a pipeline cache holds, from a driver made up here.
#include "vk/cache.h"

#include <stdio.h>
#include <string.h>

#include "heap_watch.h"
#include "test.h"
#include "vk/device.h"

enum { PAYLOAD_BYTES = 100 };

static VKAPI_ATTR VkResult VKAPI_CALL get_data(VkDevice device, VkPipelineCache cache,
                                               size_t *bytes, void *data)
{
    (void)device;
    (void)cache;
    *bytes = PAYLOAD_BYTES;
    if (data)
        memset(data, 7, PAYLOAD_BYTES);
    return VK_SUCCESS;
}

static void keep_line(void *user, kro_log_level level, const char *line)
{
    (void)level;
    snprintf(user, 256, "%s", line);
}

// A program that ends has no use for an error: the next one starts without.
TEST(a_cache_that_there_is_no_memory_for_is_logged)
{
    char said[256] = "";
    const kro__vk_instance instance = {.log = {.function = keep_line, .user = said}};
    char path[] = "/nowhere/kronos.cache";
    kro__vk_device device = {
        .vk.vkGetPipelineCacheData = get_data, .instance = &instance, .cache_path = path};
    heap_watch_begin(1);
    kro__vk_cache_keep(&device);
    CHECK_EQ_I64(heap_watch_end().live_blocks, 0);
    CHECK_CONTAINS(said, "pipelines are not kept: no memory for a cache of 100 bytes");
}
