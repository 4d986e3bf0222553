#include "raw_owned.h"

static VkQueryPool create_query_pool(kt_raw *raw, const VkQueryPoolCreateInfo *info)
{
    VkQueryPool pool = VK_NULL_HANDLE;
    if (!raw)
        return VK_NULL_HANDLE;
    const VkResult result = raw->vkCreateQueryPool(raw->device, info, NULL, &pool);
    kt_raw_own(raw, "vkCreateQueryPool", result, KT_RAW_QUERY_POOL,
               (kt_raw_handle){.query_pool = pool});
    return pool;
}

VkQueryPool kt_raw_timestamps(kt_raw *raw, uint32_t count)
{
    return create_query_pool(
        raw, &(VkQueryPoolCreateInfo){.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                      .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                      .queryCount = count});
}

VkQueryPool kt_raw_invocations(kt_raw *raw, uint32_t count)
{
    return create_query_pool(
        raw, &(VkQueryPoolCreateInfo){
                 .sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                 .queryType = VK_QUERY_TYPE_PIPELINE_STATISTICS,
                 .queryCount = count,
                 .pipelineStatistics = VK_QUERY_PIPELINE_STATISTIC_COMPUTE_SHADER_INVOCATIONS_BIT});
}

VkPipelineCache kt_raw_pipeline_cache(kt_raw *raw, const void *bytes, size_t size_bytes)
{
    const VkPipelineCacheCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
                                            .initialDataSize = size_bytes,
                                            .pInitialData = bytes};
    VkPipelineCache cache = VK_NULL_HANDLE;
    if (!raw)
        return VK_NULL_HANDLE;
    const VkResult result = raw->vkCreatePipelineCache(raw->device, &info, NULL, &cache);
    kt_raw_own(raw, "vkCreatePipelineCache", result, KT_RAW_PIPELINE_CACHE,
               (kt_raw_handle){.pipeline_cache = cache});
    return cache;
}
