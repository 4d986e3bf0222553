// The layouts of descriptor sets: which dynamic offset belongs to which buffer.
#include <stdlib.h>
#include <string.h>

#include "driver.h"
#include "state.h"
#include "writes.h"

static size_t size_of(uint32_t count)
{
    return sizeof(kro__set_layout) + count * sizeof(kro__set_binding);
}

static int compare(const void *left, const void *right)
{
    const kro__set_binding *a = left, *b = right;
    return (a->binding > b->binding) - (a->binding < b->binding);
}

// Dynamic offsets are counted in the order of the bindings' numbers.
static kro__set_layout *make(const VkDescriptorSetLayoutCreateInfo *info)
{
    kro__set_layout *made = calloc(1, size_of(info->bindingCount));
    if (!made)
        return NULL;
    made->count = info->bindingCount;
    for (uint32_t i = 0; i < made->count; i++) {
        const VkDescriptorSetLayoutBinding *from = &info->pBindings[i];
        const bool dynamic = from->descriptorType == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC ||
                             from->descriptorType == VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC;
        made->bindings[i] = (kro__set_binding){
            .binding = from->binding,
            .count = from->descriptorCount,
            .dynamic = dynamic ? 0 : KRO__SLOT_FIXED,
        };
    }
    qsort(made->bindings, made->count, sizeof made->bindings[0], compare);
    for (uint32_t i = 0; i < made->count; i++) {
        if (made->bindings[i].dynamic == KRO__SLOT_FIXED)
            continue;
        made->bindings[i].dynamic = made->dynamic_count;
        made->dynamic_count += made->bindings[i].count;
    }
    return made;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateDescriptorSetLayout(
    VkDevice device, const VkDescriptorSetLayoutCreateInfo *pCreateInfo,
    const VkAllocationCallbacks *pAllocator, VkDescriptorSetLayout *pSetLayout)
{
    VkResult result =
        kro__driver.vkCreateDescriptorSetLayout(device, pCreateInfo, pAllocator, pSetLayout);
    kro__set_layout *made = result >= 0 && kro__writes_are_kept(device) ? make(pCreateInfo) : NULL;
    if (!made)
        return result;
    made->entry.type = VK_OBJECT_TYPE_DESCRIPTOR_SET_LAYOUT;
    made->entry.handle = KRO__HANDLE(*pSetLayout);
    kro__table_add(kro__objects, &made->entry);
    return result;
}

VKAPI_ATTR void VKAPI_CALL
kro__hook_vkDestroyDescriptorSetLayout(VkDevice device, VkDescriptorSetLayout descriptorSetLayout,
                                       const VkAllocationCallbacks *pAllocator)
{
    free(kro__table_remove(kro__objects, VK_OBJECT_TYPE_DESCRIPTOR_SET_LAYOUT,
                           KRO__HANDLE(descriptorSetLayout)));
    kro__driver.vkDestroyDescriptorSetLayout(device, descriptorSetLayout, pAllocator);
}

kro__set_layout *kro__set_layout_copy(VkDescriptorSetLayout handle)
{
    const kro__set_layout *from = (const kro__set_layout *)kro__table_find(
        kro__objects, VK_OBJECT_TYPE_DESCRIPTOR_SET_LAYOUT, KRO__HANDLE(handle));
    kro__set_layout *copy = from ? malloc(size_of(from->count)) : NULL;
    if (copy)
        memcpy(copy, from, size_of(from->count));
    return copy;
}
