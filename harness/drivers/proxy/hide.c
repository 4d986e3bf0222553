#include "hide.h"

#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "driver.h"
#include "list.h"
#include "plant_reports.h"
#include "state.h"
#include "structs.h"

enum { CHAIN_MAX = 64, EXTENSION_BYTES = VK_MAX_EXTENSION_NAME_SIZE };

bool kro__hide_is_hidden(const kro__spec *spec, uint32_t core, const char *extensions)
{
    if (core && (!spec->api_version || core <= spec->api_version))
        return false;
    bool any = false;
    for (const char *at = extensions; *at;) {
        char name[EXTENSION_BYTES];
        size_t length = strcspn(at, " ");
        memcpy(name, at, length);
        name[length] = 0;
        if (!kro__hidden_has(&spec->hidden, name))
            return false;
        any = true;
        at += length + (at[length] == ' ');
    }
    return any || core;
}

uint64_t kro__hide_limit(const kro__spec *spec, const char *name, uint64_t otherwise)
{
    for (uint32_t i = 0; i < spec->limit_count; i++) {
        const char *limited = spec->limits[i].name;
        if (name && limited ? !strcmp(limited, name) : name == limited)
            return spec->limits[i].value;
    }
    return otherwise;
}

// The spec of a physical device's instance; an empty one for a device that nobody enumerated.
static const kro__spec *spec_of(VkPhysicalDevice handle)
{
    static const kro__spec none;
    const kro__physical *physical = kro__physical_of(handle);
    return physical ? &physical->instance->spec : &none;
}

// A chain from which hidden structs were taken out for a while, as a driver that does not know them
// would leave them alone.
typedef struct cut_chain {
    VkBaseOutStructure *at[CHAIN_MAX], *next[CHAIN_MAX]; // links to restore
    uint32_t count;
} cut_chain;

static void cut(cut_chain *cuts, const kro__spec *spec, void *chain, const kro__vk_struct *structs,
                uint32_t struct_count)
{
    cuts->count = 0;
    for (VkBaseOutStructure *at = chain; at && at->pNext;) {
        VkBaseOutStructure *next = at->pNext;
        const kro__vk_struct *in = kro__vk_struct_find(structs, struct_count, next->sType);
        bool hidden = in && kro__hide_is_hidden(spec, in->core, in->extensions);
        if (!hidden || cuts->count == CHAIN_MAX) {
            at = next;
            continue;
        }
        cuts->at[cuts->count] = at;
        cuts->next[cuts->count++] = next;
        at->pNext = next->pNext;
    }
}

// Last cut, first mended: a struct may have lost several followers.
static void mend(const cut_chain *cuts)
{
    for (uint32_t i = cuts->count; i-- > 0;)
        cuts->at[i]->pNext = cuts->next[i];
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceFeatures2(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceFeatures2 *pFeatures)
{
    const kro__spec *spec = spec_of(physicalDevice);
    cut_chain cuts;
    cut(&cuts, spec, pFeatures, kro__vk_features, kro__vk_features_count);
    kro__driver.vkGetPhysicalDeviceFeatures2(physicalDevice, pFeatures);
    kro__hidden_clear(&spec->hidden, pFeatures);
    kro__plant_features(pFeatures);
    mend(&cuts);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceFeatures(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceFeatures *pFeatures)
{
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    kro__driver.vkGetPhysicalDeviceFeatures(physicalDevice, &features.features);
    kro__hidden_clear(&spec_of(physicalDevice)->hidden, &features);
    kro__plant_features(&features);
    *pFeatures = features.features;
}

// Whether less capable means a larger number.
static bool grows(const char *name)
{
    return !strncmp(name, "min", 3) || !strcmp(name, "nonCoherentAtomSize") ||
           !strcmp(name, "bufferImageGranularity") || !strncmp(name, "optimalBufferCopy", 17);
}

static void shrink(const kro__spec *spec, const kro__vk_struct *in, void *object)
{
    for (uint32_t i = 0; i < spec->limit_count; i++) {
        const kro__limit_word *limit = &spec->limits[i];
        const kro__vk_member *member = limit->name ? kro__vk_member_find(in, limit->name) : NULL;
        for (uint32_t n = 0; member && n < member->count; n++) {
            uint64_t value = kro__vk_member_get(object, member, n);
            if (grows(limit->name) ? value < limit->value : value > limit->value)
                kro__vk_member_set(object, member, n, limit->value);
        }
    }
}

static void plant_and_shrink(const kro__spec *spec, const kro__vk_struct *in, void *object)
{
    kro__plant_limits(in, object);
    shrink(spec, in, object);
}

static void shrink_chain(const kro__spec *spec, VkPhysicalDeviceProperties2 *chain)
{
    for (VkBaseOutStructure *at = (void *)chain; at; at = at->pNext) {
        const kro__vk_struct *in =
            kro__vk_struct_find(kro__vk_properties, kro__vk_properties_count, at->sType);
        if (in)
            plant_and_shrink(spec, in, at);
        if (spec->driver_id && at->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES)
            ((VkPhysicalDeviceDriverProperties *)(void *)at)->driverID =
                (VkDriverId)spec->driver_id;
    }
    VkPhysicalDeviceProperties *core = &chain->properties;
    if (spec->api_version && core->apiVersion > (spec->api_version | 0xfff))
        core->apiVersion = spec->api_version | VK_API_VERSION_PATCH(core->apiVersion);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceProperties2(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceProperties2 *pProperties)
{
    const kro__spec *spec = spec_of(physicalDevice);
    cut_chain cuts;
    cut(&cuts, spec, pProperties, kro__vk_properties, kro__vk_properties_count);
    kro__driver.vkGetPhysicalDeviceProperties2(physicalDevice, pProperties);
    shrink_chain(spec, pProperties);
    mend(&cuts);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceProperties(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceProperties *pProperties)
{
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
    };
    kro__driver.vkGetPhysicalDeviceProperties(physicalDevice, &properties.properties);
    shrink_chain(spec_of(physicalDevice), &properties);
    *pProperties = properties.properties;
}

static void change_memory(const kro__spec *spec, VkPhysicalDeviceMemoryProperties *memory)
{
    kro__plant_memory(memory);
    for (uint32_t i = 0; spec->noncoherent && i < memory->memoryTypeCount; i++)
        memory->memoryTypes[i].propertyFlags &=
            ~(VkMemoryPropertyFlags)VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    for (uint32_t i = 0; i < memory->memoryHeapCount; i++) {
        VkDeviceSize limit = kro__hide_limit(spec, NULL, UINT64_MAX);
        if (memory->memoryHeaps[i].size > limit)
            memory->memoryHeaps[i].size = limit;
    }
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceMemoryProperties(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceMemoryProperties *pMemoryProperties)
{
    kro__driver.vkGetPhysicalDeviceMemoryProperties(physicalDevice, pMemoryProperties);
    change_memory(spec_of(physicalDevice), pMemoryProperties);
}

// The driver's budget, shrunk, or the spec's; `heap_count` heaps there are. Of a heap that is not
// as the driver has it only what passed through here is in use: the driver's own share, a hundred
// megabytes on some GPUs, may be more than such a heap has.
static void change_budget(kro__instance *instance, uint32_t heap_count,
                          VkPhysicalDeviceMemoryBudgetPropertiesEXT *budget)
{
    const kro__spec *spec = &instance->spec;
    VkDeviceSize limit = kro__hide_limit(spec, NULL, UINT64_MAX);
    for (uint32_t i = 0; i < VK_MAX_MEMORY_HEAPS; i++) {
        VkDeviceSize granted = budget->heapBudget[i];
        if (spec->budget_bytes)
            granted = i < heap_count ? spec->budget_bytes : 0;
        if (granted > limit)
            granted = limit;
        if (spec->budget_bytes || granted != budget->heapBudget[i])
            budget->heapUsage[i] = atomic_load(&instance->heap_bytes[i]);
        budget->heapBudget[i] = granted;
    }
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceMemoryProperties2(
    VkPhysicalDevice physicalDevice, VkPhysicalDeviceMemoryProperties2 *pMemoryProperties)
{
    const kro__spec *spec = spec_of(physicalDevice);
    kro__driver.vkGetPhysicalDeviceMemoryProperties2(physicalDevice, pMemoryProperties);
    change_memory(spec, &pMemoryProperties->memoryProperties);
    const kro__physical *physical = kro__physical_of(physicalDevice);
    for (VkBaseOutStructure *at = pMemoryProperties->pNext; physical && at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT)
            change_budget(physical->instance, pMemoryProperties->memoryProperties.memoryHeapCount,
                          (void *)at);
}

static void change_family(const kro__spec *spec, VkQueueFamilyProperties *family)
{
    if (spec->split_queues && (family->queueFlags & VK_QUEUE_COMPUTE_BIT))
        family->queueCount = spec->split_queues;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceQueueFamilyProperties(
    VkPhysicalDevice physicalDevice, uint32_t *pQueueFamilyPropertyCount,
    VkQueueFamilyProperties *pQueueFamilyProperties)
{
    kro__driver.vkGetPhysicalDeviceQueueFamilyProperties(physicalDevice, pQueueFamilyPropertyCount,
                                                         pQueueFamilyProperties);
    for (uint32_t i = 0; pQueueFamilyProperties && i < *pQueueFamilyPropertyCount; i++)
        change_family(spec_of(physicalDevice), &pQueueFamilyProperties[i]);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetPhysicalDeviceQueueFamilyProperties2(
    VkPhysicalDevice physicalDevice, uint32_t *pQueueFamilyPropertyCount,
    VkQueueFamilyProperties2 *pQueueFamilyProperties)
{
    kro__driver.vkGetPhysicalDeviceQueueFamilyProperties2(physicalDevice, pQueueFamilyPropertyCount,
                                                          pQueueFamilyProperties);
    for (uint32_t i = 0; pQueueFamilyProperties && i < *pQueueFamilyPropertyCount; i++)
        change_family(spec_of(physicalDevice), &pQueueFamilyProperties[i].queueFamilyProperties);
}
