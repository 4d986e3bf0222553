#include "makers.h"

#include <stdlib.h>

#include "arguments.h"
#include "kernels.h"

struct kp_maker {
    kp_hand hand;
    kp_hand_buffer block; // buffers come and go in its memory
    VkPipelineCache cache;
};

static VkResult make_cache(const kp_maker *maker, size_t size_bytes, const void *data,
                           VkPipelineCache *out)
{
    const VkPipelineCacheCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
        .initialDataSize = size_bytes,
        .pInitialData = data,
    };
    return maker->hand.call.CreatePipelineCache(maker->hand.device, &info, NULL, out);
}

kp_maker *kp_maker_create(const kp_scene *scene, kt_text *problem)
{
    kp_maker *maker = kt_memory(1, sizeof *maker);
    if (!kp_hand_init(&maker->hand, scene, problem)) {
        free(maker);
        return NULL;
    }
    VkResult result =
        kp_hand_make_buffer(&maker->hand, KP_PLACE_DEVICE, KP_MADE_BYTES, &maker->block);
    if (result >= 0)
        result = make_cache(maker, 0, NULL, &maker->cache);
    if (result >= 0)
        return maker;
    kt_refuse(problem, "the twin: Vulkan returned %d", result);
    kp_maker_destroy(maker);
    return NULL;
}

void kp_maker_destroy(kp_maker *maker)
{
    if (!maker)
        return;
    if (maker->cache)
        maker->hand.call.DestroyPipelineCache(maker->hand.device, maker->cache, NULL);
    kp_hand_destroy_buffer(&maker->hand, &maker->block);
    free(maker);
}

static kro_status status_of(VkResult result)
{
    return result < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}

kro_status kp_maker_buffer(kp_maker *maker)
{
    kp_hand_buffer buffer;
    VkResult result = kp_hand_make_buffer(&maker->hand, KP_PLACE_DEVICE, KP_MADE_BYTES, &buffer);
    kp_hand_destroy_buffer(&maker->hand, &buffer);
    return status_of(result);
}

// Another buffer has the same memory, and is not in use.
kro_status kp_maker_buffer_in_block(kp_maker *maker)
{
    const kp_hand *hand = &maker->hand;
    VkBuffer buffer;
    VkResult result = kp_hand_make_handle(hand, KP_MADE_BYTES, &buffer);
    if (result < 0)
        return status_of(result);
    result = hand->call.BindBufferMemory(hand->device, buffer, maker->block.memory, 0);
    hand->call.DestroyBuffer(hand->device, buffer, NULL);
    return status_of(result);
}

kro_status kp_maker_pipeline(kp_maker *maker, uint32_t constant)
{
    const kp_hand_kernel_config config = {
        .shader = KP_MADE_SHADER, .bindings = 1, .constant = &constant, .cache = maker->cache};
    kp_hand_kernel kernel;
    VkResult result = kp_hand_make_kernel(&maker->hand, &config, &kernel);
    kp_hand_destroy_kernel(&maker->hand, &kernel);
    return status_of(result);
}

kro_status kp_maker_reload_cache(kp_maker *maker)
{
    const kp_hand *hand = &maker->hand;
    size_t size_bytes = 0;
    VkResult result =
        hand->call.GetPipelineCacheData(hand->device, maker->cache, &size_bytes, NULL);
    if (result < 0)
        return status_of(result);
    void *data = kt_memory(1, size_bytes + 1);
    VkPipelineCache loaded = VK_NULL_HANDLE;
    result = hand->call.GetPipelineCacheData(hand->device, maker->cache, &size_bytes, data);
    if (result >= 0)
        result = make_cache(maker, size_bytes, data, &loaded);
    free(data);
    if (result < 0)
        return status_of(result);
    hand->call.DestroyPipelineCache(hand->device, maker->cache, NULL);
    maker->cache = loaded;
    return KRO_OK;
}
