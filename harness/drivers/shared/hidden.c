#include "hidden.h"

#include <stddef.h>
#include <string.h>

#include "calls.h"
#include "structs.h"

// Short names for a feature and the extension that brings it.
static const struct {
    const char *word, *names[3];
} short_names[] = {
    {"timeline", {"timelineSemaphore", "VK_KHR_timeline_semaphore"}},
    {"sync2", {"synchronization2", "VK_KHR_synchronization2"}},
    {"subgroup_size_control", {"subgroupSizeControl", "VK_EXT_subgroup_size_control"}},
    {"device_address",
     {"bufferDeviceAddress", "VK_KHR_buffer_device_address", "VK_EXT_buffer_device_address"}},
    {"int64", {"shaderInt64"}},
    {"float64", {"shaderFloat64"}},
    {"int16", {"shaderInt16"}},
    {"int8", {"shaderInt8"}},
    {"float16", {"shaderFloat16"}},
    {"storage8", {"storageBuffer8BitAccess", "VK_KHR_8bit_storage"}},
    {"storage16", {"storageBuffer16BitAccess", "VK_KHR_16bit_storage"}},
    {"int64_atomics", {"shaderBufferInt64Atomics", "VK_KHR_shader_atomic_int64"}},
    {"float_atomics", {"shaderBufferFloat32AtomicAdd", "VK_EXT_shader_atomic_float"}},
    {"memory_model", {"vulkanMemoryModel", "VK_KHR_vulkan_memory_model"}},
    {"scalar_layout", {"scalarBlockLayout", "VK_EXT_scalar_block_layout"}},
    {"maintenance4", {"maintenance4", "VK_KHR_maintenance4"}},
    {"host_query_reset", {"hostQueryReset", "VK_EXT_host_query_reset"}},
    {"push_descriptor", {"VK_KHR_push_descriptor"}},
    {"memory_budget", {"VK_EXT_memory_budget"}},
    {"debug_utils", {"VK_EXT_debug_utils"}},
};

static bool add_name(kro__hidden *hidden, const char *name)
{
    const kro__vk_member *member =
        kro__vk_member_any(kro__vk_features, kro__vk_features_count, name);
    const kro__vk_name *extension = kro__vk_name_find(kro__vk_extensions, name);
    if ((!member && !extension) || hidden->count == KRO__HIDDEN_MAX)
        return false;
    hidden->names[hidden->count++] = member ? member->name : extension->name;
    return true;
}

bool kro__hidden_add(kro__hidden *hidden, const char *word)
{
    for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
        if (strcmp(short_names[i].word, word) != 0)
            continue;
        for (int n = 0; n < 3 && short_names[i].names[n]; n++)
            if (!add_name(hidden, short_names[i].names[n]))
                return false;
        return true;
    }
    return add_name(hidden, word);
}

bool kro__hidden_has(const kro__hidden *hidden, const char *name)
{
    for (uint32_t i = 0; i < hidden->count; i++)
        if (!strcmp(hidden->names[i], name))
            return true;
    return false;
}

// Visits the hidden features that are set in one struct. Returns the first, or clears all of them.
static const char *visit(const kro__hidden *hidden, const kro__vk_struct *in, const void *object,
                         void *writable)
{
    for (uint32_t i = 0; i < in->member_count; i++) {
        const kro__vk_member *member = &in->members[i];
        if (!kro__hidden_has(hidden, member->name) || !kro__vk_member_get(object, member, 0))
            continue;
        if (!writable)
            return member->name;
        kro__vk_member_set(writable, member, 0, VK_FALSE);
    }
    return NULL;
}

void kro__hidden_clear(const kro__hidden *hidden, void *chain)
{
    for (VkBaseOutStructure *at = chain; at; at = at->pNext) {
        const kro__vk_struct *in =
            kro__vk_struct_find(kro__vk_features, kro__vk_features_count, at->sType);
        if (in)
            visit(hidden, in, at, at);
    }
}

const char *kro__hidden_used(const kro__hidden *hidden, const void *chain)
{
    for (const VkBaseInStructure *at = chain; at; at = at->pNext) {
        const kro__vk_struct *in =
            kro__vk_struct_find(kro__vk_features, kro__vk_features_count, at->sType);
        const char *name = in ? visit(hidden, in, at, NULL) : NULL;
        if (name)
            return name;
    }
    return NULL;
}
