// Queries are always available. Timestamps are the host's clock when they are read, in nanoseconds.
#include "null_calls.h"

#include <string.h>
#include <time.h>

#include "list.h"
#include "object.h"

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void put(char **at, uint64_t value, bool wide)
{
    uint32_t narrow = (uint32_t)value;
    memcpy(*at, wide ? (const void *)&value : &narrow, wide ? sizeof value : sizeof narrow);
    *at += wide ? sizeof value : sizeof narrow;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetQueryPoolResults(
    VkDevice device, VkQueryPool queryPool, uint32_t firstQuery, uint32_t queryCount,
    size_t dataSize, void *pData, VkDeviceSize stride, VkQueryResultFlags flags)
{
    (void)device;
    (void)queryPool;
    (void)firstQuery;
    bool wide = flags & VK_QUERY_RESULT_64_BIT;
    bool availability = flags & VK_QUERY_RESULT_WITH_AVAILABILITY_BIT;
    size_t bytes = (wide ? sizeof(uint64_t) : sizeof(uint32_t)) * (availability ? 2 : 1);
    for (uint32_t i = 0; i < queryCount && i * stride + bytes <= dataSize; i++) {
        char *at = (char *)pData + i * stride;
        put(&at, now_ns(), wide);
        if (availability)
            put(&at, 1, wide);
    }
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetPhysicalDeviceCalibrateableTimeDomainsEXT(
    VkPhysicalDevice physicalDevice, uint32_t *pTimeDomainCount, VkTimeDomainEXT *pTimeDomains)
{
    (void)physicalDevice;
    const VkTimeDomainEXT domains[] = {VK_TIME_DOMAIN_DEVICE_EXT,
                                       VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT};
    return kro__vk_list(domains, 2, sizeof domains[0], pTimeDomainCount, pTimeDomains);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__null_vkGetCalibratedTimestampsEXT(
    VkDevice device, uint32_t timestampCount, const VkCalibratedTimestampInfoEXT *pTimestampInfos,
    uint64_t *pTimestamps, uint64_t *pMaxDeviation)
{
    (void)device;
    (void)pTimestampInfos; // both domains are the same clock
    uint64_t now = now_ns();
    for (uint32_t i = 0; i < timestampCount; i++)
        pTimestamps[i] = now;
    *pMaxDeviation = 0;
    return VK_SUCCESS;
}
