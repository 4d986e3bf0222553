#include "vk/device_info.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vk/budget.h"
#include "vk/list.h"
#include "vk/status.h"

// The property structs that are read together.
typedef struct properties {
    VkPhysicalDeviceProperties2 core;
    VkPhysicalDeviceIDProperties id;
    VkPhysicalDeviceMaintenance3Properties maintenance3;
    VkPhysicalDeviceSubgroupProperties subgroup;
    VkPhysicalDeviceDriverProperties driver;                    // zero where not offered
    VkPhysicalDeviceSubgroupSizeControlProperties size_control; // zero where not offered
    VkPhysicalDeviceMaintenance4Properties maintenance4;        // zero where not offered
    VkPhysicalDeviceFloatControlsProperties float_controls;     // zero where not offered
    VkPhysicalDeviceExternalMemoryHostPropertiesEXT host;       // zero where not offered
} properties;

typedef struct extension_source {
    const kro__vk_instance *instance;
    VkPhysicalDevice handle;
} extension_source;

static VkResult list_extensions(const void *source, uint32_t *count, void *items)
{
    const extension_source *from = source;
    return from->instance->vk.vkEnumerateDeviceExtensionProperties(from->handle, NULL, count,
                                                                   items);
}

// A device's extensions, kept until it is opened.
static kro_status read_extensions(kro__vk_adapter *adapter, const kro__vk_instance *instance)
{
    extension_source source = {.instance = instance, .handle = adapter->handle};
    void *list;
    kro_status status = kro__vk_list(list_extensions, &source, sizeof(VkExtensionProperties),
                                     "vkEnumerateDeviceExtensionProperties", &list,
                                     &adapter->offer.extension_count);
    if (status == KRO_OK)
        adapter->offer.extensions = list;
    return status;
}

// Chains what the device knows: a struct that it does not know would be left as it is, and the
// layer would say so.
static void read_properties(const kro__vk_adapter *adapter, const kro__vk_instance *instance,
                            properties *out)
{
    const kro__vk_offer *offer = &adapter->offer;
    *out = (properties){
        .core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
        .id.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES,
        .maintenance3.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES,
        .subgroup.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES,
        .driver.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES,
        .size_control.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES,
        .maintenance4.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_4_PROPERTIES,
        .float_controls.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FLOAT_CONTROLS_PROPERTIES,
        .host.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT,
    };
    out->core.pNext = &out->id;
    out->id.pNext = &out->maintenance3;
    out->maintenance3.pNext = &out->subgroup;
    void **end = &out->subgroup.pNext;
    if (kro__vk_offers(offer, VK_API_VERSION_1_2, VK_KHR_DRIVER_PROPERTIES_EXTENSION_NAME)) {
        *end = &out->driver;
        end = &out->driver.pNext;
    }
    if (kro__vk_offers(offer, VK_API_VERSION_1_3, VK_EXT_SUBGROUP_SIZE_CONTROL_EXTENSION_NAME)) {
        *end = &out->size_control;
        end = &out->size_control.pNext;
    }
    if (kro__vk_offers(offer, VK_API_VERSION_1_3, VK_KHR_MAINTENANCE_4_EXTENSION_NAME)) {
        *end = &out->maintenance4;
        end = &out->maintenance4.pNext;
    }
    if (kro__vk_offers(offer, VK_API_VERSION_1_2, VK_KHR_SHADER_FLOAT_CONTROLS_EXTENSION_NAME)) {
        *end = &out->float_controls;
        end = &out->float_controls.pNext;
    }
    if (kro__vk_offers_extension(offer, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME))
        *end = &out->host;
    instance->vk.vkGetPhysicalDeviceProperties2(adapter->handle, &out->core);
}

// What the device has, by features.def.
static void read_features(kro__vk_adapter *adapter, const kro__vk_instance *instance,
                          const properties *props)
{
    kro__vk_features *features = &adapter->features;
    kro__vk_features_chain(features, &adapter->offer);
    instance->vk.vkGetPhysicalDeviceFeatures2(adapter->handle, &features->core);
    // A required subgroup size is of use only where compute shaders may have one.
    if (!(props->size_control.requiredSubgroupSizeStages & VK_SHADER_STAGE_COMPUTE_BIT))
        features->subgroup_size.subgroupSizeControl = VK_FALSE;
}

// Memory types as plain values for kro__choose_memory_types, and the totals people ask for.
static void read_memory(kro__vk_adapter *adapter, const kro__vk_instance *instance,
                        kro_device_info *info)
{
    VkPhysicalDeviceMemoryProperties2 all = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2};
    const VkPhysicalDeviceMemoryProperties *memory = &all.memoryProperties;
    kro__memory_types *types = &adapter->memory_types;
    instance->vk.vkGetPhysicalDeviceMemoryProperties2(adapter->handle, &all);
    types->count = memory->memoryTypeCount;
    types->heap_count = memory->memoryHeapCount;
    for (uint32_t i = 0; i < types->count; i++) {
        types->flags[i] = memory->memoryTypes[i].propertyFlags;
        types->heaps[i] = memory->memoryTypes[i].heapIndex;
    }
    for (uint32_t i = 0; i < types->heap_count; i++) {
        types->heap_bytes[i] = memory->memoryHeaps[i].size;
        types->heap_device_local[i] =
            memory->memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT;
        if (types->heap_device_local[i])
            info->device_memory_bytes += memory->memoryHeaps[i].size;
        else
            info->host_memory_bytes += memory->memoryHeaps[i].size;
    }
    adapter->tells_budget =
        kro__vk_offers_extension(&adapter->offer, VK_EXT_MEMORY_BUDGET_EXTENSION_NAME);
    kro__vk_read_heaps(adapter, instance, &info->memory);
}

// Whether buffers like ours may lie in imported memory of the host.
static bool imports_host_memory(const kro__vk_adapter *adapter, const kro__vk_instance *instance)
{
    uint32_t types[KRO__MAX_MEMORY_TYPES];
    if (!kro__vk_offers_extension(&adapter->offer, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME) ||
        kro__choose_memory_types(&adapter->memory_types, UINT32_MAX, KRO_MEMORY_HOST, types) == 0)
        return false;
    const VkPhysicalDeviceExternalBufferInfo info = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_BUFFER_INFO,
        .usage = KRO__VK_BUFFER_USAGE,
        .handleType = VK_EXTERNAL_MEMORY_HANDLE_TYPE_HOST_ALLOCATION_BIT_EXT,
    };
    VkExternalBufferProperties found = {.sType = VK_STRUCTURE_TYPE_EXTERNAL_BUFFER_PROPERTIES};
    instance->vk.vkGetPhysicalDeviceExternalBufferProperties(adapter->handle, &info, &found);
    return found.externalMemoryProperties.externalMemoryFeatures &
           VK_EXTERNAL_MEMORY_FEATURE_IMPORTABLE_BIT;
}

// Finds the family that Kronos would use. A device without one is not usable, which is no error.
static kro_status read_queues(kro__vk_adapter *adapter, const kro__vk_instance *instance,
                              kro_device_info *info, bool *usable)
{
    uint32_t count = 0;
    instance->vk.vkGetPhysicalDeviceQueueFamilyProperties(adapter->handle, &count, NULL);
    VkQueueFamilyProperties *families = calloc(count + 1u, sizeof *families);
    uint32_t *flags = calloc(count + 1u, sizeof *flags);
    uint32_t *queues = calloc(count + 1u, sizeof *queues);
    kro_status status = KRO_OK;
    if (!families || !flags || !queues) {
        status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for %u queue families", count);
        goto done;
    }
    instance->vk.vkGetPhysicalDeviceQueueFamilyProperties(adapter->handle, &count, families);
    for (uint32_t i = 0; i < count; i++) {
        flags[i] = families[i].queueFlags;
        queues[i] = families[i].queueCount;
    }
    int family = kro__choose_queue_family(flags, queues, count, adapter->quirks.universal_queue);
    *usable = family != KRO__NO_FAMILY;
    if (*usable) {
        info->queue_family = (uint32_t)family;
        info->queue_count = queues[family];
    }
done:
    free(families);
    free(flags);
    free(queues);
    return status;
}

static kro_device_type device_type(VkPhysicalDeviceType type)
{
    switch (type) {
    case VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU:
        return KRO_DEVICE_TYPE_INTEGRATED;
    case VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU:
        return KRO_DEVICE_TYPE_DISCRETE;
    case VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU:
        return KRO_DEVICE_TYPE_VIRTUAL;
    case VK_PHYSICAL_DEVICE_TYPE_CPU:
        return KRO_DEVICE_TYPE_CPU;
    default:
        return KRO_DEVICE_TYPE_OTHER;
    }
}

// Strings live in the adapter; the info points to them.
static void write_texts(kro__vk_adapter *adapter, const properties *props, kro_device_info *info)
{
    const VkPhysicalDeviceProperties *core = &props->core.properties;
    const char *vendor = kro__vendor_name(core->vendorID);
    snprintf(adapter->name, sizeof adapter->name, "%s", core->deviceName);
    snprintf(adapter->driver_name, sizeof adapter->driver_name, "%s", props->driver.driverName);
    snprintf(adapter->driver_info, sizeof adapter->driver_info, "%s", props->driver.driverInfo);
    if (vendor)
        snprintf(adapter->vendor, sizeof adapter->vendor, "%s", vendor);
    else
        snprintf(adapter->vendor, sizeof adapter->vendor, "0x%04x", core->vendorID);
    snprintf(adapter->api_version, sizeof adapter->api_version, "%u.%u.%u",
             VK_API_VERSION_MAJOR(core->apiVersion), VK_API_VERSION_MINOR(core->apiVersion),
             VK_API_VERSION_PATCH(core->apiVersion));
    kro__driver_version_text(props->driver.driverID, core->vendorID, core->driverVersion,
                             adapter->driver_version, sizeof adapter->driver_version);
    for (size_t i = 0; i < VK_UUID_SIZE; i++)
        snprintf(adapter->uuid + 2 * i, 3, "%02x", props->id.deviceUUID[i]);
    info->name = adapter->name;
    info->vendor = adapter->vendor;
    info->driver_name = adapter->driver_name;
    info->driver_info = adapter->driver_info;
    info->driver_version = adapter->driver_version;
    info->api_version = adapter->api_version;
    info->uuid = adapter->uuid;
}

static uint64_t lower(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

// Every limit is a fact of Vulkan; only staging_bytes is the core's.
static void write_limits(const properties *props, kro_limits *out)
{
    const VkPhysicalDeviceLimits *limits = &props->core.properties.limits;
    uint64_t max_buffer = props->maintenance4.maxBufferSize; // 0: maintenance4 is not offered
    uint64_t max_allocation = props->maintenance3.maxMemoryAllocationSize;
    *out = (kro_limits){
        .max_buffer_bytes = max_buffer ? lower(max_buffer, max_allocation) : max_allocation,
        .max_binding_bytes = limits->maxStorageBufferRange,
        .max_group_invocations = limits->maxComputeWorkGroupInvocations,
        .max_shared_bytes = limits->maxComputeSharedMemorySize,
        .max_push_bytes = limits->maxPushConstantsSize,
        // The lowest of three: each bounds one stage's storage buffers.
        .max_bindings = (uint32_t)lower(
            limits->maxPerStageDescriptorStorageBuffers,
            lower(limits->maxDescriptorSetStorageBuffers, limits->maxPerStageResources)),
        .offset_alignment = (uint32_t)limits->minStorageBufferOffsetAlignment,
        .uniform_alignment = (uint32_t)limits->minUniformBufferOffsetAlignment,
        .max_uniform_bytes = limits->maxUniformBufferRange,
        .max_uniform_bindings = (uint32_t)lower(
            limits->maxPerStageDescriptorUniformBuffers,
            lower(limits->maxDescriptorSetUniformBuffers, limits->maxPerStageResources)),
    };
    for (int i = 0; i < 3; i++) {
        out->max_groups[i] = limits->maxComputeWorkGroupCount[i];
        out->max_group_size[i] = limits->maxComputeWorkGroupSize[i];
    }
}

static void write_facts(const properties *props, kro_device_info *info)
{
    const VkPhysicalDeviceProperties *core = &props->core.properties;
    // Without a range the size is fixed.
    uint32_t size = props->subgroup.subgroupSize;
    bool ranged = props->size_control.maxSubgroupSize != 0;
    bool compute = props->subgroup.supportedStages & VK_SHADER_STAGE_COMPUTE_BIT;
    info->vendor_id = core->vendorID;
    info->device_id = core->deviceID;
    info->driver_id = props->driver.driverID;
    info->api_version_number = core->apiVersion;
    info->driver_version_number = core->driverVersion;
    info->type = device_type(core->deviceType);
    info->subgroup_size = size;
    info->min_subgroup_size = ranged ? props->size_control.minSubgroupSize : size;
    info->max_subgroup_size = ranged ? props->size_control.maxSubgroupSize : size;
    info->subgroup_operations = compute ? props->subgroup.supportedOperations : 0;
}

kro_status kro__vk_adapter_init(kro__vk_adapter *adapter, const kro__vk_instance *instance,
                                VkPhysicalDevice handle, kro_device_info *info, bool *usable)
{
    VkPhysicalDeviceProperties first;
    properties props;
    *adapter = (kro__vk_adapter){.handle = handle};
    *info = (kro_device_info){0};
    *usable = false;
    instance->vk.vkGetPhysicalDeviceProperties(handle, &first);
    // Asked with the call of 1.0: the others must not be made on such a device.
    if (first.apiVersion < VK_API_VERSION_1_1)
        return KRO_OK;
    // A device newer than the instance may be used up to the instance's version only.
    adapter->offer.api_version = (uint32_t)lower(first.apiVersion, instance->api_version);
    kro_status status = read_extensions(adapter, instance);
    if (status < 0)
        return status;

    read_properties(adapter, instance, &props);
    write_texts(adapter, &props, info);
    write_facts(&props, info);
    write_limits(&props, &info->limits);
    adapter->limits = props.core.properties.limits;
    adapter->float_controls = props.float_controls;
    adapter->max_allocation_bytes = props.maintenance3.maxMemoryAllocationSize;
    adapter->quirks = kro__quirks_for(info->driver_id, info->driver_version_number, info->type);
    read_memory(adapter, instance, info);
    if (imports_host_memory(adapter, instance))
        info->limits.host_alignment = props.host.minImportedHostPointerAlignment;
    read_features(adapter, instance, &props);
    kro__vk_features_info(&adapter->features, &adapter->offer, &info->features);
    status = read_queues(adapter, instance, info, usable);
    if (status < 0 || !*usable)
        kro__vk_adapter_finish(adapter);
    return status;
}

void kro__vk_adapter_finish(kro__vk_adapter *adapter)
{
    free((void *)adapter->offer.extensions);
    *adapter = (kro__vk_adapter){0};
}
