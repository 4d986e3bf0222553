#include "vk/device.h"

#include <stdlib.h>

#include "os/time.h"
#include "vk/cache.h"
#include "vk/copy_kernel.h"
#include "vk/status.h"

static uint32_t choose_queue_count(const kro_device_info *info, const kro__open_config *config)
{
    uint32_t count = config->queues;
    if (count > info->queue_count)
        count = info->queue_count;
    // Without timelines nothing could wait for another queue.
    return info->features.timeline_semaphores ? count : 1;
}

// A feature may be missing, and its functions with it; a feature without them is the driver's
// fault.
static kro_status check_functions(const kro__vk_device *device)
{
    const kro_features *features = &device->base.info.features;
    const struct {
        bool is_needed, is_there;
        const char *name;
    } functions[] = {
        {features->timeline_semaphores, device->vk.vkWaitSemaphores, "vkWaitSemaphores"},
        {features->timeline_semaphores, device->vk.vkGetSemaphoreCounterValue,
         "vkGetSemaphoreCounterValue"},
        {features->device_address, device->vk.vkGetBufferDeviceAddress, "vkGetBufferDeviceAddress"},
    };
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (functions[i].is_needed && !functions[i].is_there)
            return kro__fail(KRO_ERROR_DRIVER,
                             "the Vulkan driver of '%s' offers a feature without its function %s",
                             device->base.info.name, functions[i].name);
    return KRO_OK;
}

// Creates the device with its queues and features.
static kro_status create_device(kro__vk_device *device, const kro__open_config *config)
{
    const kro__vk_adapter *adapter = device->adapter;
    const kro__vk_instance *instance = device->instance;
    kro__vk_selection *selection = &device->selection;
    kro__vk_select(selection, &adapter->features, &adapter->offer, config->enable_all_features,
                   config->robust);
    // Equal: streams are equal, too.
    float priorities[KRO__MAX_QUEUES];
    for (uint32_t i = 0; i < KRO__MAX_QUEUES; i++)
        priorities[i] = 1;
    VkDeviceQueueCreateInfo queues = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = device->base.info.queue_family,
        .queueCount = device->base.info.queue_count,
        .pQueuePriorities = priorities,
    };
    VkDeviceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = &selection->features.core,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queues,
        .enabledExtensionCount = selection->extension_count,
        .ppEnabledExtensionNames = selection->extensions,
    };
    VkResult result = instance->vk.vkCreateDevice(adapter->handle, &info, NULL, &device->handle);
    if (result != VK_SUCCESS) {
        device->handle = VK_NULL_HANDLE;
        return kro__vk_fail(result, "vkCreateDevice of '%s'", device->base.info.name);
    }
    return KRO_OK;
}

// Makes the device or takes the program's, and fills its call table.
static kro_status open_device(kro__vk_device *device, const kro__open_config *config)
{
    const kro__vk_adapter *adapter = device->adapter;
    kro_status status = KRO_OK;
    if (device->imported) {
        kro__vk_select_enabled(&device->selection, &adapter->features);
        device->handle = device->imported->device;
    } else {
        status = create_device(device, config);
    }
    if (status == KRO_OK)
        status = kro__vk_load_device(device->instance->vk.vkGetDeviceProcAddr, device->handle,
                                     adapter->offer.api_version, &device->vk);
    // Whoever made the device may have done without the extension.
    if (status >= 0 && !device->vk.vkGetMemoryHostPointerPropertiesEXT)
        device->base.info.limits.host_alignment = 0;
    return status < 0 ? status : check_functions(device);
}

static kro_status create_queues(kro__vk_device *device)
{
    kro_status status = KRO_OK;
    while (status == KRO_OK && device->queue_count < device->base.info.queue_count) {
        status =
            kro__vk_queue_init(&device->queues[device->queue_count], device, device->queue_count);
        device->queue_count += status == KRO_OK;
    }
    return status;
}

// Closes all but the adapters, which are the caller's until open has succeeded.
static void close_device(kro__vk_device *device)
{
    for (uint32_t i = 0; i < device->queue_count; i++)
        kro__vk_queue_finish(&device->queues[i]);
    kro__vk_copy_kernel_finish(device);
    kro__vk_layouts_finish(device);
    kro__vk_slabs_finish(device);
    kro__vk_cache_finish(device);
    // A driver without vkDestroyDevice was refused by open; nothing can be done for its device.
    if (device->handle && !device->imported && device->vk.vkDestroyDevice)
        device->vk.vkDestroyDevice(device->handle, NULL);
    free(device);
}

kro_status kro__vk_open(kro__adapters *base, uint32_t index, const kro__open_config *config,
                        kro__device **out)
{
    kro__vk_adapters *adapters = (kro__vk_adapters *)base;
    const kro__vk_adapter *adapter = &adapters->items[index];
    *out = NULL;
    kro__vk_device *device = calloc(1, sizeof *device);
    if (!device)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory to open '%s'", adapter->name);
    device->base.backend = &kro__backend_vk;
    device->base.info = base->infos[index];
    device->base.info.queue_count = choose_queue_count(&base->infos[index], config);
    // The limit holds for a whole pipeline layout, not for one set.
    device->base.max_dynamic = adapter->limits.maxDescriptorSetStorageBuffersDynamic;
    device->base.max_spirv = kro__vk_max_spirv(&adapter->offer);
    device->base.default_spin_ns = adapter->quirks.spin_ns;
    device->base.watchdog_ns = adapter->quirks.watchdog_ns;
    device->adapters = adapters;
    device->adapter = adapter;
    device->instance = &adapters->instance;
    device->imported = adapters->imported.device ? &adapters->imported : NULL;

    kro_status status = open_device(device, config);
    if (status == KRO_OK)
        status = kro__vk_slabs_init(&device->slabs, config->slab_bytes, config->no_memory_budget);
    if (status == KRO_OK)
        status = kro__vk_layouts_init(&device->layouts);
    if (status == KRO_OK)
        status = kro__vk_cache_init(device, config->cache_dir);
    if (status == KRO_OK)
        status = kro__vk_copy_kernel_init(device);
    if (status == KRO_OK)
        status = create_queues(device);
    if (status < 0)
        goto fail;
    device->handles = (kro_vk_handles){
        .instance = adapters->instance.handle,
        .physical_device = adapter->handle,
        .device = device->handle,
        .get_instance_proc_addr = adapters->instance.loader.get_instance_proc_addr,
        .api_version = adapter->offer.api_version,
        .queue_family = device->base.info.queue_family,
    };
    *out = &device->base;
    return KRO_OK;
fail:
    close_device(device);
    return status;
}

void kro__vk_close(kro__device *base)
{
    kro__vk_device *device = (kro__vk_device *)base;
    if (!device)
        return;
    // The device is a child of the instance, which the adapters own.
    kro__vk_adapters *adapters = device->adapters;
    kro__vk_cache_keep(device);
    close_device(device);
    kro__vk_adapters_destroy(&adapters->base);
}

// The program may be using other queues of its device, which vkDeviceWaitIdle must not meet; and
// only where waiting for Kronos' work fails, for what is left of it, its work on these.
static VkResult wait_for_queues(kro__vk_device *device)
{
    VkResult first = VK_SUCCESS;
    for (uint32_t i = 0; i < device->queue_count; i++) {
        kro__vk_queue *queue = &device->queues[i];
        if (queue->last == 0 || kro__vk_queue_wait(queue, queue->last, UINT64_MAX) == KRO_OK)
            continue;
        kro__vk_queue_lock(queue);
        VkResult result = device->vk.vkQueueWaitIdle(queue->handle);
        kro__vk_queue_unlock(queue);
        if (first == VK_SUCCESS)
            first = result;
    }
    return first;
}

// Whether all that was submitted has been seen complete.
static bool has_finished(const kro__vk_device *device)
{
    bool finished = true;
    for (uint32_t i = 0; i < device->queue_count; i++) {
        const kro__vk_queue *queue = &device->queues[i];
        finished = finished && queue->last <= atomic_load(&queue->completed);
    }
    return finished;
}

void kro__vk_wait_idle(kro__device *base)
{
    enum { FIRST_PAUSE_NS = 1000000, LAST_PAUSE_NS = 256 * FIRST_PAUSE_NS }; // half a second in all
    kro__vk_device *device = (kro__vk_device *)base;
    // Work that still runs uses what is destroyed next, and memory that the driver lacks now may be
    // there a moment later. After that nothing more can be done.
    VkResult result;
    for (uint64_t pause_ns = FIRST_PAUSE_NS; pause_ns <= LAST_PAUSE_NS; pause_ns *= 2) {
        result = device->imported ? wait_for_queues(device)
                                  : device->vk.vkDeviceWaitIdle(device->handle);
        if (result == VK_SUCCESS)
            return;
        if (result == VK_ERROR_DEVICE_LOST || has_finished(device))
            break;
        kro__sleep_ns(pause_ns);
    }
    kro__log_line(&device->instance->log, KRO_LOG_WARNING, "waiting for '%s' failed with %s",
                  device->base.info.name, kro__vk_result_name(result));
}
