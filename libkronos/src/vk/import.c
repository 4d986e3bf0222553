#include "vk/import.h"

#include <stdlib.h>

#include "config.h"
#include "context.h"
#include "vk/enabled.h"

// Fields that hold nothing, or too much, whatever the device is.
static kro_status check_fields(const kro_vk_import *import)
{
    const struct {
        bool is_there;
        const char *name;
    } fields[] = {
        {import->instance, "instance"},
        {import->physical_device, "physical_device"},
        {import->device, "device"},
        {import->get_instance_proc_addr, "get_instance_proc_addr"},
        {import->queues, "queues"},
        {import->extensions || import->extension_count == 0, "extensions"},
        {import->lock_queue || !import->unlock_queue, "lock_queue"},
        {import->unlock_queue || !import->lock_queue, "unlock_queue"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (!fields[i].is_there)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_context_import: import.%s is NULL",
                             fields[i].name);
    if (import->api_version < VK_API_VERSION_1_1)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_context_import: import.api_version is %u.%u; Kronos needs an "
                         "instance whose VkApplicationInfo asked for 1.1 or later",
                         VK_API_VERSION_MAJOR(import->api_version),
                         VK_API_VERSION_MINOR(import->api_version));
    if (import->queue_count == 0 || import->queue_count > KRO__MAX_QUEUES)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_context_import: import.queue_count is %u; 1 to %d queues can be "
                         "imported",
                         import->queue_count, KRO__MAX_QUEUES);
    return KRO_OK;
}

// Two locks of Kronos' for one queue would keep nobody out.
static kro_status check_queues(const kro_vk_import *import)
{
    for (uint32_t i = 0; i < import->queue_count; i++) {
        if (!import->queues[i])
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "kro_context_import: import.queues[%u] of %u is NULL", i,
                             import->queue_count);
        for (uint32_t k = 0; k < i; k++)
            if (import->queues[i] == import->queues[k])
                return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                                 "kro_context_import: import.queues[%u] and [%u] are the same "
                                 "queue",
                                 k, i);
    }
    return KRO_OK;
}

// What says how to open a device says nothing about one that is open; a program that relies on it
// is told.
static kro_status check_config(const kro_context_config *config)
{
    const struct {
        bool is_given;
        const char *name;
    } fields[] = {
        {config->device && *config->device, "device"},
        {config->driver && *config->driver, "driver"},
        {config->validation, "validation"},
        {config->robust, "robust"},
        {config->enable_all_features, "enable_all_features"},
        {config->queues > 0, "queues"},
        {config->get_instance_proc_addr, "get_instance_proc_addr"},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].is_given)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "kro_context_import: config.%s says how to open a device; this one is "
                             "open, so leave it zero",
                             fields[i].name);
    return KRO_OK;
}

static kro_status check_physical_device(const kro__vk_instance *instance, VkPhysicalDevice handle)
{
    VkPhysicalDevice *handles;
    uint32_t count;
    kro_status status = kro__vk_list_devices(instance, &handles, &count);
    if (status < 0)
        return status;
    bool found = false;
    for (uint32_t i = 0; i < count; i++)
        found |= handles[i] == handle;
    free(handles);
    return found ? KRO_OK
                 : kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "kro_context_import: import.physical_device is none of the %u devices "
                             "of import.instance",
                             count);
}

// Puts the program's queues in the place of those that Kronos would choose.
static kro_status take_queues(const kro_vk_import *import, const kro__vk_instance *instance,
                              kro_device_info *info)
{
    uint32_t count = 0;
    instance->vk.vkGetPhysicalDeviceQueueFamilyProperties(import->physical_device, &count, NULL);
    VkQueueFamilyProperties *families = calloc(count + 1u, sizeof *families);
    if (!families)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for %u queue families", count);
    instance->vk.vkGetPhysicalDeviceQueueFamilyProperties(import->physical_device, &count,
                                                          families);
    kro_status status = KRO_OK;
    if (import->queue_family >= count)
        status = kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                           "kro_context_import: import.queue_family is %u; '%s' has %u families",
                           import->queue_family, info->name, count);
    else if (!(families[import->queue_family].queueFlags & VK_QUEUE_COMPUTE_BIT))
        status = kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                           "kro_context_import: import.queue_family is %u, whose queues on '%s' "
                           "do not compute; import queues of a family with VK_QUEUE_COMPUTE_BIT",
                           import->queue_family, info->name);
    else if (import->queue_count > families[import->queue_family].queueCount)
        status = kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                           "kro_context_import: import.queue_count is %u; family %u of '%s' has %u "
                           "queues",
                           import->queue_count, import->queue_family, info->name,
                           families[import->queue_family].queueCount);
    free(families);
    info->queue_family = import->queue_family;
    info->queue_count = import->queue_count;
    return status;
}

// Reduces the adapter to what is enabled, so that whatever asks later what the device has is told
// that.
static kro_status take_enabled(const kro_vk_import *import, const kro__vk_instance *instance,
                               kro__vk_adapter *adapter, kro_device_info *info)
{
    // As the device says it: adapter->features leaves out what kernels could not use.
    kro__vk_features has, enabled;
    kro__vk_features_chain(&has, &adapter->offer);
    instance->vk.vkGetPhysicalDeviceFeatures2(adapter->handle, &has.core);
    kro_status status = kro__vk_enabled_extensions(
        (VkExtensionProperties *)adapter->offer.extensions, &adapter->offer.extension_count,
        import->extensions, import->extension_count, info->name);
    if (status < 0)
        return status;
    kro__vk_enabled_features(import->features, &enabled);
    status = kro__vk_check_enabled(&enabled, &has, &adapter->offer, info->name);
    if (status < 0)
        return status;
    enabled.subgroup_size.subgroupSizeControl &=
        adapter->features.subgroup_size.subgroupSizeControl;
    adapter->features = enabled;
    if (!kro__vk_offers(&adapter->offer, VK_API_VERSION_1_2,
                        VK_KHR_SHADER_FLOAT_CONTROLS_EXTENSION_NAME))
        adapter->float_controls = (VkPhysicalDeviceFloatControlsProperties){0};
    if (!kro__vk_offers_extension(&adapter->offer, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME))
        info->limits.host_alignment = 0;
    kro__vk_features_info(&adapter->features, &adapter->offer, &info->features);
    return KRO_OK;
}

static kro_status take_adapter(const kro_vk_import *import, kro__vk_adapters *adapters)
{
    bool usable;
    adapters->items = calloc(1, sizeof *adapters->items);
    adapters->infos = calloc(1, sizeof *adapters->infos);
    if (!adapters->items || !adapters->infos)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory to import a device");
    kro__vk_adapter *adapter = &adapters->items[0];
    kro_device_info *info = &adapters->infos[0];
    kro_status status =
        kro__vk_adapter_init(adapter, &adapters->instance, import->physical_device, info, &usable);
    if (status < 0)
        return status;
    if (!usable)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "kro_context_import: the device is older than Vulkan 1.1 or has no queue "
                         "that computes");
    adapters->base.infos = adapters->infos;
    adapters->base.count = 1;
    status = take_queues(import, &adapters->instance, info);
    return status < 0 ? status : take_enabled(import, &adapters->instance, adapter, info);
}

kro_status kro__vk_import(const kro_vk_import *import, const kro__log *log, kro__adapters **out)
{
    *out = NULL;
    kro__vk_adapters *adapters = calloc(1, sizeof *adapters);
    if (!adapters)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory to import a device");
    adapters->imported = (kro__vk_imported){
        .device = import->device,
        .lock_queue = import->lock_queue,
        .unlock_queue = import->unlock_queue,
        .lock_user = import->lock_user,
    };
    for (uint32_t i = 0; i < import->queue_count; i++)
        adapters->imported.queues[i] = import->queues[i];
    kro_status status =
        kro__vk_instance_import(&adapters->instance, import->instance,
                                import->get_instance_proc_addr, import->api_version, log);
    if (status == KRO_OK)
        status = check_physical_device(&adapters->instance, import->physical_device);
    if (status == KRO_OK)
        status = take_adapter(import, adapters);
    if (status < 0) {
        kro__vk_adapters_destroy(&adapters->base);
        return status;
    }
    *out = &adapters->base;
    return KRO_OK;
}

kro_status kro_context_import(const kro_vk_import *import, const kro_context_config *config,
                              kro_context **out)
{
    if (!out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_context_import: out is NULL");
    *out = NULL;
    if (!import)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_context_import: import is NULL");
    kro_status status = check_fields(import);
    if (status == KRO_OK)
        status = check_queues(import);
    if (status == KRO_OK && config)
        status = check_config(config);
    if (status < 0)
        return status;
    // The environment, too, may say how to open a device.
    kro_context_config full = kro__complete_config(config);
    full.device = NULL;
    full.driver = NULL;
    full.validation = false;
    full.queues = import->queue_count;
    const kro__log log = {.function = full.log, .user = full.log_user};
    kro__adapters *adapters;
    status = kro__vk_import(import, &log, &adapters);
    return status < 0 ? status : kro__context_adopt(&kro__backend_vk, adapters, &full, out);
}
