#include "raw_owned.h"

#include <stdio.h>
#include <string.h>

#include "raw_features.h"
#include "raw_kept.h"
#include "running.h"
#include "session.h"

enum { MOST_FAMILIES = 16 };

// What is asked before there is a device.
#define INSTANCE_CALLS(X)                       \
    X(vkGetPhysicalDeviceQueueFamilyProperties) \
    X(vkGetPhysicalDeviceMemoryProperties)      \
    X(vkGetPhysicalDeviceFeatures2)             \
    X(vkGetPhysicalDeviceProperties2)           \
    X(vkEnumerateDeviceExtensionProperties)     \
    X(vkCreateDevice)                           \
    X(vkGetDeviceProcAddr)

typedef struct opening {
    kt_raw *raw;
    const kro_vk_handles *on;
    const kt_raw_config *config;
#define X(name) PFN_##name name;
    INSTANCE_CALLS(X)
#undef X
    VkDeviceQueueCreateInfo families[MOST_FAMILIES];
    uint32_t family_count;
    const char *extensions[4 + KT_RAW_FEATURE_SOURCES];
    uint32_t extension_count;
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline;
    VkPhysicalDeviceSynchronization2Features synchronization2;
    VkPhysicalDeviceRobustness2FeaturesEXT robustness2;
    kt_raw_feature_struct newer[KT_RAW_FEATURE_SOURCES];
    bool newer_known[KT_RAW_FEATURE_SOURCES];
    VkPhysicalDeviceFeatures2 features;
} opening;

static bool load_instance(opening *in)
{
    bool all = true;
#define X(name) \
    all &= (in->name = (PFN_##name)in->on->get_instance_proc_addr(in->on->instance, #name)) != NULL;
    INSTANCE_CALLS(X)
#undef X
    return all;
}

// What became part of Vulkan later has another name before.
static PFN_vkVoidFunction find_call(const kt_raw *raw, const char *name)
{
    PFN_vkVoidFunction call = raw->vkGetDeviceProcAddr(raw->device, name);
    char early[64];
    for (int i = 0; !call && i < 2; i++) {
        snprintf(early, sizeof early, "%s%s", name, i == 0 ? "KHR" : "EXT");
        call = raw->vkGetDeviceProcAddr(raw->device, early);
    }
    return call;
}

PFN_vkVoidFunction kt_raw_call(kt_raw *raw, const char *name)
{
    PFN_vkVoidFunction call = find_call(raw, name);
    if (!call)
        call = raw->get_instance_proc_addr(raw->instance, name);
    if (!call)
        FAILF(raw->t, "the driver has no %s", name);
    return call;
}

// What finds calls later.
static void remember(const opening *in)
{
    in->raw->instance = in->on->instance;
    in->raw->get_instance_proc_addr = in->on->get_instance_proc_addr;
    in->raw->vkGetDeviceProcAddr = in->vkGetDeviceProcAddr;
    in->raw->api_version = in->on->api_version;
}

static bool load_device(const opening *in)
{
    kt_raw *raw = in->raw;
    bool all = true;
#define X(name) all &= (raw->name = (PFN_##name)find_call(raw, #name)) != NULL;
    KT_RAW_CALLS(X)
    if (raw->timelines) {
        KT_RAW_TIMELINE_CALLS(X)
    }
    if (raw->synchronization2) {
        KT_RAW_SYNC2_CALLS(X)
    }
#undef X
    return all;
}

static bool has_extension(const opening *in, const char *name)
{
    uint32_t count = 0;
    if (in->vkEnumerateDeviceExtensionProperties(in->raw->physical, NULL, &count, NULL) < 0)
        return false;
    VkExtensionProperties *all = kt_alloc(in->raw->t, count * sizeof *all + 1);
    if (in->vkEnumerateDeviceExtensionProperties(in->raw->physical, NULL, &count, all) < 0)
        return false;
    bool found = false;
    for (uint32_t i = 0; i < count; i++)
        found = found || strcmp(all[i].extensionName, name) == 0;
    kt_release(in->raw->t, all);
    return found;
}

// Whether the device knows a feature struct: by its version, or by an extension, which is enabled.
static bool knows(opening *in, uint32_t since, const char *extension)
{
    if (in->on->api_version >= since)
        return true;
    if (!has_extension(in, extension))
        return false;
    in->extensions[in->extension_count++] = extension;
    return true;
}

static void find_robustness(opening *in)
{
    kt_raw *raw = in->raw;
    const kt_raw_robustness asked = in->config->robustness;
    VkPhysicalDeviceRobustness2PropertiesEXT robustness = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ROBUSTNESS_2_PROPERTIES_EXT};
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &robustness};
    raw->robust = asked && in->features.features.robustBufferAccess;
    raw->robust2 = in->robustness2.robustBufferAccess2;
    raw->null_descriptors = in->robustness2.nullDescriptor;
    if (raw->robust2)
        in->vkGetPhysicalDeviceProperties2(raw->physical, &properties);
    raw->robust_alignment = robustness.robustStorageBufferAccessSizeAlignment;
    raw->robust_uniform_alignment = robustness.robustUniformBufferAccessSizeAlignment;
    in->robustness2.robustImageAccess2 = VK_FALSE;
}

static void find_indexing(opening *in)
{
    VkPhysicalDeviceDescriptorIndexingFeatures *features = &in->raw->indexing;
    features->sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DESCRIPTOR_INDEXING_FEATURES;
    in->raw->indexing_limits.sType =
        VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DESCRIPTOR_INDEXING_PROPERTIES;
    if (!in->config->descriptor_indexing ||
        !knows(in, VK_API_VERSION_1_2, VK_EXT_DESCRIPTOR_INDEXING_EXTENSION_NAME))
        return;
    features->pNext = in->features.pNext;
    in->features.pNext = features;
    VkPhysicalDeviceProperties2 properties = {.sType =
                                                  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                              .pNext = &in->raw->indexing_limits};
    in->vkGetPhysicalDeviceProperties2(in->raw->physical, &properties);
}

static void ask_for_newer(opening *in)
{
    for (int i = 0; in->config->newer && i < KT_RAW_FEATURE_SOURCES; i++) {
        const kt_raw_feature_source *source = &kt_raw_feature_sources[i];
        in->newer_known[i] = knows(in, source->since, source->extension);
        if (!in->newer_known[i] || !source->type)
            continue;
        in->newer[i] = (kt_raw_feature_struct){source->type, in->features.pNext, {0}};
        in->features.pNext = &in->newer[i];
    }
}

static void find_newer(opening *in)
{
    for (int i = 0; i < KT_RAW_FEATURE_SOURCES; i++)
        if (in->newer_known[i])
            in->raw->features |= kt_raw_features_of(&kt_raw_feature_sources[i], &in->newer[i]);
}

// The chain of features that the device has, which is also what it is made with.
static void find_features(opening *in)
{
    in->timeline.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES;
    in->synchronization2.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SYNCHRONIZATION_2_FEATURES;
    in->features.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    if (knows(in, VK_API_VERSION_1_2, VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME))
        in->features.pNext = &in->timeline;
    if (knows(in, VK_API_VERSION_1_3, VK_KHR_SYNCHRONIZATION_2_EXTENSION_NAME)) {
        in->synchronization2.pNext = in->features.pNext;
        in->features.pNext = &in->synchronization2;
    }
    in->robustness2.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ROBUSTNESS_2_FEATURES_EXT;
    if (in->config->robustness == KT_RAW_ROBUST2 &&
        knows(in, UINT32_MAX, VK_EXT_ROBUSTNESS_2_EXTENSION_NAME)) {
        in->robustness2.pNext = in->features.pNext;
        in->features.pNext = &in->robustness2;
    }
    find_indexing(in);
    ask_for_newer(in);
    in->vkGetPhysicalDeviceFeatures2(in->raw->physical, &in->features);
    find_robustness(in);
    find_newer(in);
    in->raw->pipeline_statistics =
        in->config->newer && in->features.features.pipelineStatisticsQuery;
    in->features.features =
        (VkPhysicalDeviceFeatures){.robustBufferAccess = in->raw->robust,
                                   .pipelineStatisticsQuery = in->raw->pipeline_statistics};
    in->raw->timelines = in->timeline.timelineSemaphore;
    in->raw->synchronization2 = in->synchronization2.synchronization2;
}

static void ask_for(opening *in, uint32_t family, const VkQueueFamilyProperties *properties,
                    uint32_t count)
{
    static const float PRIORITIES[KT_RAW_QUEUES];
    if (count > properties->queueCount)
        count = properties->queueCount;
    in->families[in->family_count++] =
        (VkDeviceQueueCreateInfo){.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                  .queueFamilyIndex = family,
                                  .queueCount = count,
                                  .pQueuePriorities = PRIORITIES};
    for (uint32_t i = 0; i < count && in->raw->queue_count < KT_RAW_QUEUES; i++)
        in->raw->queues[in->raw->queue_count++] =
            (kt_raw_queue){.family = family,
                           .flags = properties->queueFlags,
                           .timestamp_bits = properties->timestampValidBits};
}

// The context's family first.
static void choose_queues(opening *in)
{
    const VkQueueFlags useful = VK_QUEUE_COMPUTE_BIT | VK_QUEUE_TRANSFER_BIT;
    VkQueueFamilyProperties all[MOST_FAMILIES];
    uint32_t count, own = in->on->queue_family;
    // Asked for first: SwiftShader 5.0 leaves a count that is too large as it is.
    in->vkGetPhysicalDeviceQueueFamilyProperties(in->raw->physical, &count, NULL);
    if (count > MOST_FAMILIES)
        count = MOST_FAMILIES;
    in->vkGetPhysicalDeviceQueueFamilyProperties(in->raw->physical, &count, all);
    ask_for(in, own, &all[own], in->config->queue_count ? in->config->queue_count : 1);
    for (uint32_t i = 0; in->config->all_families && i < count; i++)
        if (i != own && (all[i].queueFlags & useful))
            ask_for(in, i, &all[i], 1);
}

static bool create_device(opening *in)
{
    kt_raw *raw = in->raw;
    kt_test *t = raw->t;
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .pNext = &in->features,
                                     .queueCreateInfoCount = in->family_count,
                                     .pQueueCreateInfos = in->families,
                                     .enabledExtensionCount = in->extension_count,
                                     .ppEnabledExtensionNames = in->extensions};
    if (!CHECK_VK(in->vkCreateDevice(raw->physical, &info, NULL, &raw->device)) ||
        !CHECK(load_device(in)))
        return false;
    uint32_t index = 0;
    for (uint32_t i = 0; i < raw->queue_count; i++) {
        index = i && raw->queues[i - 1].family == raw->queues[i].family ? index + 1 : 0;
        raw->vkGetDeviceQueue(raw->device, raw->queues[i].family, index, &raw->queues[i].handle);
    }
    return true;
}

// A device that was lost fails the case, so that no other gets it.
static void release(void *object)
{
    kt_raw *raw = object;
    kt_test *t = raw->t;
    if (!raw->device || !raw->vkDestroyDevice)
        return;
    CHECK_VK(raw->vkDeviceWaitIdle(raw->device));
    kt_raw_destroy_owned(raw);
    if (!raw->kept)
        raw->vkDestroyDevice(raw->device, NULL);
}

static bool create(kt_raw *raw, const kro_vk_handles *on, const kt_raw_config *config)
{
    kt_test *t = raw->t;
    opening in = {.raw = raw, .on = on, .config = config};
    raw->physical = on->physical_device;
    if (!CHECK(load_instance(&in)))
        return false;
    remember(&in);
    VkPhysicalDeviceMaintenance3Properties allocations = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MAINTENANCE_3_PROPERTIES};
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &allocations};
    in.vkGetPhysicalDeviceProperties2(raw->physical, &properties);
    raw->properties = properties.properties;
    in.vkGetPhysicalDeviceMemoryProperties(raw->physical, &raw->memory);
    raw->max_allocation_bytes = allocations.maxMemoryAllocationSize;
    find_features(&in);
    choose_queues(&in);
    const bool created = create_device(&in);
    raw->indexing.pNext = NULL; // which pointed into `in`
    return created;
}

kt_raw *kt_raw_create(kt_test *t, const kro_context *on, const kt_raw_config *config)
{
    if (!on)
        return NULL;
    if (!kt_device_computes(t)) {
        SKIP(t, "the null driver computes nothing");
        return NULL;
    }
    const kt_raw_config wanted = config ? *config : (kt_raw_config){0};
    kt_raw *raw = kt_alloc(t, sizeof *raw);
    const bool shared = on == t->session->context;
    const bool found = shared && kt_raw_find_kept(t->session, &wanted, raw);
    raw->t = t;
    kt_defer(t, release, raw);
    if (!found && !create(raw, kro_vk_context(on), &wanted))
        return NULL;
    raw->kept = shared;
    if (shared && !found)
        kt_raw_keep(t->session, &wanted, raw);
    return raw;
}

bool kt_raw_needs(kt_raw *raw, bool has, const char *feature)
{
    if (raw && !has)
        SKIP(raw->t, "%s", feature);
    return raw && has;
}

void kt_raw_properties(kt_raw *raw, void *chain)
{
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = chain};
    PFN_vkGetPhysicalDeviceProperties2 get = KT_RAW_CALL(raw, vkGetPhysicalDeviceProperties2);
    if (get)
        get(raw->physical, &properties);
}

static bool made_with_timelines(const VkPhysicalDeviceFeatures2 *features)
{
    const VkBaseInStructure *in = features ? features->pNext : NULL;
    for (; in; in = in->pNext)
        if (in->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES)
            return ((const VkPhysicalDeviceTimelineSemaphoreFeatures *)in)->timelineSemaphore;
    return false;
}

bool kt_raw_adopt(kt_raw *raw, kt_test *t, const kro_vk_import *made)
{
    const kro_vk_handles on = {.instance = made->instance,
                               .physical_device = made->physical_device,
                               .get_instance_proc_addr = made->get_instance_proc_addr,
                               .api_version = made->api_version};
    opening in = {.raw = raw, .on = &on};
    *raw = (kt_raw){.t = t,
                    .physical = made->physical_device,
                    .device = made->device,
                    .queue_count = made->queue_count,
                    .timelines = made_with_timelines(made->features)};
    for (uint32_t i = 0; i < made->queue_count; i++)
        raw->queues[i] = (kt_raw_queue){.handle = made->queues[i], .family = made->queue_family};
    if (!CHECK(load_instance(&in)))
        return false;
    remember(&in);
    return CHECK(load_device(&in));
}

void kt_raw_abandon(kt_raw *raw)
{
    if (!raw->vkDeviceWaitIdle)
        return;
    (void)raw->vkDeviceWaitIdle(raw->device);
    kt_raw_destroy_owned(raw);
}

bool kt_raw_needs_timelines(kt_raw *raw)
{
    return kt_raw_needs(raw, raw && raw->timelines, "timelineSemaphore");
}

bool kt_raw_needs_timestamps(kt_raw *raw)
{
    return kt_raw_needs(raw, raw && raw->queues[0].timestamp_bits > 0, "timestampValidBits");
}

bool kt_raw_needs_synchronization2(kt_raw *raw)
{
    return kt_raw_needs(raw, raw && raw->synchronization2, "synchronization2");
}

bool kt_raw_needs_queues(kt_raw *raw, uint32_t count)
{
    uint32_t found = 0;
    for (uint32_t i = 0; raw && i < raw->queue_count; i++)
        found += raw->queues[i].family == raw->queues[0].family;
    if (raw && found < count)
        SKIP(raw->t, "queueCount is %u, needs %u", found, count);
    return raw && found >= count;
}

bool kt_raw_needs_robustness(kt_raw *raw, kt_raw_robustness robustness)
{
    if (robustness == KT_RAW_ROBUST2)
        return kt_raw_needs(raw, raw && raw->robust2, "robustBufferAccess2");
    return kt_raw_needs(raw, raw && raw->robust, "robustBufferAccess");
}

bool kt_raw_needs_null_descriptors(kt_raw *raw)
{
    return kt_raw_needs(raw, raw && raw->null_descriptors, "nullDescriptor");
}
