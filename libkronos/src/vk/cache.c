#include "vk/cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/file.h"
#include "vk/cache_file.h"
#include "vk/status.h"

static kro__cache_owner owner_of(const kro__vk_device *device)
{
    VkPhysicalDeviceProperties properties;
    device->instance->vk.vkGetPhysicalDeviceProperties(device->adapter->handle, &properties);
    kro__cache_owner owner = {
        .vendor_id = properties.vendorID,
        .device_id = properties.deviceID,
        .driver_version = properties.driverVersion,
    };
    memcpy(owner.uuid, properties.pipelineCacheUUID, sizeof owner.uuid);
    return owner;
}

// A name for each owner, so that drivers of one device do not overwrite each other's files.
static char *make_path(const char *folder, const kro__cache_owner *owner)
{
    enum { NAME_BYTES = 80 };
    size_t path_bytes = strlen(folder) + NAME_BYTES;
    char *path = malloc(path_bytes);
    if (!path)
        return NULL;
    int used = snprintf(path, path_bytes, "%s/kronos-%04x-%04x-", folder, owner->vendor_id,
                        owner->device_id);
    for (size_t i = 0; i < sizeof owner->uuid; i++)
        used += snprintf(path + used, path_bytes - (size_t)used, "%02x", owner->uuid[i]);
    snprintf(path + used, path_bytes - (size_t)used, ".cache");
    return path;
}

static kro_status create(kro__vk_device *device, const void *payload, size_t payload_bytes)
{
    // Synchronised by the driver: kernels are created on any thread.
    VkPipelineCacheCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO,
        .initialDataSize = payload_bytes,
        .pInitialData = payload,
    };
    VkResult result =
        device->vk.vkCreatePipelineCache(device->handle, &info, NULL, &device->pipeline_cache);
    if (result == VK_SUCCESS)
        return KRO_OK;
    device->pipeline_cache = VK_NULL_HANDLE;
    return kro__vk_fail(result, "vkCreatePipelineCache of %zu bytes", payload_bytes);
}

kro_status kro__vk_cache_init(kro__vk_device *device, const char *folder)
{
    if (!folder)
        return create(device, NULL, 0);
    const kro__log *log = &device->instance->log;
    kro__cache_owner owner = owner_of(device);
    device->cache_path = make_path(folder, &owner);
    if (!device->cache_path)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for the cache's path");
    void *file = NULL;
    uint64_t file_bytes = 0;
    const void *payload = NULL;
    size_t payload_bytes = 0;
    kro_status status = kro__file_read(device->cache_path, &file, &file_bytes);
    if (status == KRO_ERROR_OUT_OF_HOST_MEMORY)
        return status;
    if (status >= 0 &&
        !kro__cache_file_check(&owner, file, (size_t)file_bytes, &payload, &payload_bytes))
        kro__log_line(log, KRO_LOG_INFO, "'%s' is damaged or another driver's; starting anew",
                      device->cache_path);
    status = create(device, payload, payload_bytes);
    if (status >= 0)
        device->cache_loaded_bytes = payload_bytes;
    else if (payload)
        status = create(device, NULL, 0);
    free(file);
    return status;
}

// The cache as a file in memory; `*file` is NULL where there is nothing new to keep.
static kro_status compose(kro__vk_device *device, uint8_t **file, size_t *file_bytes)
{
    *file = NULL;
    size_t payload_bytes = 0;
    VkResult result = device->vk.vkGetPipelineCacheData(device->handle, device->pipeline_cache,
                                                        &payload_bytes, NULL);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkGetPipelineCacheData");
    // Caches only grow, so one of the size that was loaded is the one that was loaded.
    if (payload_bytes == device->cache_loaded_bytes)
        return KRO_OK;
    uint8_t *bytes = malloc(KRO__CACHE_HEADER_BYTES + payload_bytes);
    if (!bytes)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for a cache of %zu bytes",
                         payload_bytes);
    uint8_t *payload = bytes + KRO__CACHE_HEADER_BYTES;
    result = device->vk.vkGetPipelineCacheData(device->handle, device->pipeline_cache,
                                               &payload_bytes, payload);
    if (result != VK_SUCCESS) {
        free(bytes);
        return kro__vk_fail(result, "vkGetPipelineCacheData of %zu bytes", payload_bytes);
    }
    kro__cache_owner owner = owner_of(device);
    kro__cache_file_begin(&owner, payload, payload_bytes, bytes);
    *file = bytes;
    *file_bytes = KRO__CACHE_HEADER_BYTES + payload_bytes;
    return KRO_OK;
}

void kro__vk_cache_keep(kro__vk_device *device)
{
    uint8_t *file;
    size_t file_bytes;
    if (!device->cache_path)
        return;
    kro_status status = compose(device, &file, &file_bytes);
    if (status >= 0 && file)
        status = kro__file_replace(device->cache_path, file, file_bytes);
    if (status < 0)
        kro__log_line(&device->instance->log, KRO_LOG_WARNING, "pipelines are not kept: %s",
                      kro_error_detail());
    free(file);
}

void kro__vk_cache_finish(kro__vk_device *device)
{
    if (device->pipeline_cache)
        device->vk.vkDestroyPipelineCache(device->handle, device->pipeline_cache, NULL);
    device->pipeline_cache = VK_NULL_HANDLE;
    free(device->cache_path);
    device->cache_path = NULL;
}
