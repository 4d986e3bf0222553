#include "vk/layout.h"

#include <stdlib.h>

#include "vk/device.h"
#include "vk/status.h"

VkDescriptorType kro__vk_descriptor_type(kro__vk_descriptor descriptor)
{
    switch (descriptor) {
    // Uniform bindings never get dynamic offsets: devices have few, and kernels seldom move them.
    case KRO__DESCRIPTOR_STORAGE_DYNAMIC:
        return VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC;
    case KRO__DESCRIPTOR_UNIFORM:
        return VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER;
    default:
        return VK_DESCRIPTOR_TYPE_STORAGE_BUFFER;
    }
}

kro__vk_descriptor kro__vk_descriptor_of(kro_binding_kind kind, bool dynamic)
{
    if (kind == KRO_BINDING_UNIFORM)
        return KRO__DESCRIPTOR_UNIFORM;
    return dynamic ? KRO__DESCRIPTOR_STORAGE_DYNAMIC : KRO__DESCRIPTOR_STORAGE;
}

kro_status kro__vk_layouts_init(kro__vk_layouts *layouts)
{
    layouts->has_lock = kro__mutex_init(&layouts->lock);
    return layouts->has_lock
               ? KRO_OK
               : kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for the lock of a device");
}

// Accepts half-made layouts.
static void destroy_layout(kro__vk_device *device, kro__vk_layout *layout)
{
    if (layout->handle)
        device->vk.vkDestroyPipelineLayout(device->handle, layout->handle, NULL);
    for (uint32_t i = 0; layout->sets && i < layout->set_count; i++)
        if (layout->sets[i])
            device->vk.vkDestroyDescriptorSetLayout(device->handle, layout->sets[i], NULL);
    free(layout->sets);
    free(layout->bindings);
    free(layout);
}

void kro__vk_layouts_finish(kro__vk_device *device)
{
    kro__vk_layouts *layouts = &device->layouts;
    if (!layouts->has_lock)
        return;
    while (layouts->first) {
        kro__vk_layout *layout = layouts->first;
        layouts->first = layout->next;
        destroy_layout(device, layout);
    }
    kro__mutex_finish(&layouts->lock);
    layouts->has_lock = false;
}

// The identity of a kernel's layout, without any Vulkan object.
static kro__vk_layout *describe(const kro__kernel_config *config)
{
    const kro__reflection *reflection = config->reflection;
    kro__vk_layout *layout = calloc(1, sizeof *layout);
    if (!layout)
        return NULL;
    // One more than needed: no bindings is not a failed allocation.
    layout->bindings = calloc(reflection->binding_count + 1u, sizeof *layout->bindings);
    if (!layout->bindings) {
        free(layout);
        return NULL;
    }
    // VUID-VkPushConstantRange-size-00297: a multiple of 4.
    layout->push_bytes = (reflection->push_bytes + 3) & ~3u;
    layout->binding_count = reflection->binding_count;
    for (uint32_t i = 0; i < reflection->binding_count; i++) {
        const kro_binding_info *info = &reflection->bindings[i];
        kro__vk_descriptor descriptor = kro__vk_descriptor_of(info->kind, config->dynamic[i]);
        layout->bindings[i] = (kro__vk_layout_binding){
            .set = info->set,
            .binding = info->binding,
            .count = info->count,
            .descriptor = descriptor,
        };
        layout->descriptor_counts[descriptor] += info->count;
        if (info->set >= layout->set_count)
            layout->set_count = info->set + 1;
    }
    return layout;
}

// Equal identity: descriptor sets of the one fit the other.
static bool same(const kro__vk_layout *a, const kro__vk_layout *b)
{
    if (a->push_bytes != b->push_bytes || a->binding_count != b->binding_count)
        return false;
    for (uint32_t i = 0; i < a->binding_count; i++) {
        const kro__vk_layout_binding *x = &a->bindings[i], *y = &b->bindings[i];
        if (x->set != y->set || x->binding != y->binding || x->count != y->count ||
            x->descriptor != y->descriptor)
            return false;
    }
    return true;
}

// The layout of one set; `scratch` has room for every binding of the kernel.
static VkResult create_set_layout(kro__vk_device *device, kro__vk_layout *layout, uint32_t set,
                                  VkDescriptorSetLayoutBinding *scratch)
{
    VkDescriptorSetLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .pBindings = scratch,
    };
    for (uint32_t i = 0; i < layout->binding_count; i++) {
        const kro__vk_layout_binding *binding = &layout->bindings[i];
        if (binding->set != set)
            continue;
        scratch[info.bindingCount++] = (VkDescriptorSetLayoutBinding){
            .binding = binding->binding,
            .descriptorType = kro__vk_descriptor_type(binding->descriptor),
            .descriptorCount = binding->count,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
        };
    }
    VkResult result =
        device->vk.vkCreateDescriptorSetLayout(device->handle, &info, NULL, &layout->sets[set]);
    if (result != VK_SUCCESS)
        layout->sets[set] = VK_NULL_HANDLE;
    return result;
}

// Makes the Vulkan objects of a layout that is new.
static kro_status create_objects(kro__vk_device *device, kro__vk_layout *layout)
{
    VkDescriptorSetLayoutBinding *scratch = calloc(layout->binding_count + 1u, sizeof *scratch);
    layout->sets = calloc(layout->set_count + 1u, sizeof *layout->sets);
    if (!scratch || !layout->sets) {
        free(scratch);
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for a layout of %u bindings",
                         layout->binding_count);
    }
    VkResult result = VK_SUCCESS;
    for (uint32_t set = 0; set < layout->set_count && result == VK_SUCCESS; set++)
        result = create_set_layout(device, layout, set, scratch);
    free(scratch);
    if (result != VK_SUCCESS)
        return kro__vk_fail(result, "vkCreateDescriptorSetLayout");

    VkPushConstantRange push = {
        .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
        .size = layout->push_bytes,
    };
    VkPipelineLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = layout->set_count,
        .pSetLayouts = layout->sets,
        .pushConstantRangeCount = layout->push_bytes > 0 ? 1 : 0,
        .pPushConstantRanges = &push,
    };
    result = device->vk.vkCreatePipelineLayout(device->handle, &info, NULL, &layout->handle);
    if (result == VK_SUCCESS)
        return KRO_OK;
    layout->handle = VK_NULL_HANDLE;
    return kro__vk_fail(result, "vkCreatePipelineLayout");
}

// Called with the lock held. Takes over `wanted`.
static kro_status find_or_add(kro__vk_device *device, kro__vk_layout *wanted,
                              const kro__vk_layout **out)
{
    kro__vk_layouts *layouts = &device->layouts;
    // A program has few layouts and looks here once per kernel: a list is enough.
    for (kro__vk_layout *known = layouts->first; known; known = known->next) {
        if (!same(known, wanted))
            continue;
        destroy_layout(device, wanted);
        *out = known;
        return KRO_OK;
    }
    kro_status status = create_objects(device, wanted);
    if (status < 0) {
        destroy_layout(device, wanted);
        return status;
    }
    // From 1, and never given again: streams keep sets by it.
    wanted->id = ++layouts->count;
    wanted->next = layouts->first;
    layouts->first = wanted;
    *out = wanted;
    return KRO_OK;
}

kro_status kro__vk_layout_get(kro__vk_device *device, const kro__kernel_config *config,
                              const kro__vk_layout **out)
{
    // Before anything is allocated: set numbers come from the shader and may be anything.
    uint32_t limit = device->adapter->limits.maxBoundDescriptorSets;
    const kro__reflection *reflection = config->reflection;
    uint64_t count = 0;
    for (uint32_t i = 0; i < reflection->binding_count; i++) {
        count += reflection->bindings[i].count;
        if (reflection->bindings[i].set >= limit)
            return kro__fail(
                KRO_ERROR_UNSUPPORTED, "kernel '%s' uses descriptor set %u; '%s' has sets 0 to %u",
                config->label, reflection->bindings[i].set, device->base.info.name, limit - 1);
    }
    // Each kind was held to its limit already; together they have one of their own.
    if (count > device->adapter->limits.maxPerStageResources)
        return kro__fail(KRO_ERROR_UNSUPPORTED, "kernel '%s' declares %llu buffers; '%s' allows %u",
                         config->label, (unsigned long long)count, device->base.info.name,
                         device->adapter->limits.maxPerStageResources);
    kro__vk_layout *wanted = describe(config);
    if (!wanted)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for the layout of kernel '%s'",
                         config->label);
    kro__mutex_lock(&device->layouts.lock);
    kro_status status = find_or_add(device, wanted, out);
    kro__mutex_unlock(&device->layouts.lock);
    return status;
}
