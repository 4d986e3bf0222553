// Which buffers stand in a descriptor set.
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "driver.h"
#include "ledger.h"
#include "state.h"
#include "uses.h"
#include "writes.h"

typedef struct set_contents {
    kro__entry entry;
    VkDescriptorPool pool;
    kro__set_layout *layout; // NULL: unknown
    kro__slot *slots;
    uint32_t count, room;
} set_contents;

typedef struct update_template {
    kro__entry entry;
    uint32_t count;
    VkDescriptorUpdateTemplateEntry entries[];
} update_template;

static set_contents *find(VkDescriptorSet set)
{
    return (set_contents *)kro__table_find(kro__objects, VK_OBJECT_TYPE_DESCRIPTOR_SET,
                                           KRO__HANDLE(set));
}

static void free_set(set_contents *dead)
{
    if (!dead)
        return;
    free(dead->layout);
    free(dead->slots);
    free(dead);
}

// Elements behind the end of a binding are the next binding's.
static const kro__set_binding *find_binding(const set_contents *set, kro__slot *at)
{
    const kro__set_layout *layout = set->layout;
    uint32_t i = 0;
    while (layout && i < layout->count && layout->bindings[i].binding < at->binding)
        i++;
    while (layout && i < layout->count && at->element >= layout->bindings[i].count) {
        at->element -= layout->bindings[i++].count;
        at->binding = i < layout->count ? layout->bindings[i].binding : at->binding;
    }
    return layout && i < layout->count ? &layout->bindings[i] : NULL;
}

static void put(set_contents *set, kro__slot made)
{
    const kro__set_binding *binding = find_binding(set, &made);
    if (binding && binding->dynamic != KRO__SLOT_FIXED)
        made.dynamic = binding->dynamic + made.element;
    uint32_t i = 0;
    while (i < set->count &&
           (set->slots[i].binding != made.binding || set->slots[i].element != made.element))
        i++;
    if (i == set->room) {
        uint32_t room = set->room ? 2 * set->room : 8;
        kro__slot *more = realloc(set->slots, room * sizeof *more);
        if (!more)
            return; // writes through it are not checked
        set->slots = more;
        set->room = room;
    }
    set->slots[i] = made;
    if (i == set->count)
        set->count++;
}

// A buffer as it is written into a set.
static kro__slot slot_of(uint32_t binding, uint32_t element, VkDescriptorType type,
                         const VkDescriptorBufferInfo *info)
{
    return (kro__slot){
        .binding = binding,
        .element = element,
        .dynamic = KRO__SLOT_FIXED,
        .type = type,
        .buffer = info->buffer,
        .offset = info->offset,
        .range = info->range,
    };
}

void kro__writes_visit_set(VkDescriptorSet handle, void (*visit)(void *user, const kro__slot *slot),
                           void *user)
{
    const set_contents *set = find(handle);
    for (uint32_t i = 0; set && i < set->count; i++)
        if (set->slots[i].buffer)
            visit(user, &set->slots[i]);
}

uint32_t kro__writes_dynamic_count(VkDescriptorSet handle)
{
    const set_contents *set = find(handle);
    return set && set->layout ? set->layout->dynamic_count : 0;
}

static bool is_buffer(VkDescriptorType type)
{
    return type == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER ||
           type == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC ||
           type == VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER ||
           type == VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkAllocateDescriptorSets(
    VkDevice device, const VkDescriptorSetAllocateInfo *pAllocateInfo,
    VkDescriptorSet *pDescriptorSets)
{
    VkResult result = kro__driver.vkAllocateDescriptorSets(device, pAllocateInfo, pDescriptorSets);
    bool kept = result >= 0 && kro__writes_are_kept(device);
    for (uint32_t i = 0; kept && i < pAllocateInfo->descriptorSetCount; i++) {
        set_contents *set = calloc(1, sizeof *set);
        if (!set)
            break;
        set->entry.type = VK_OBJECT_TYPE_DESCRIPTOR_SET;
        set->entry.handle = KRO__HANDLE(pDescriptorSets[i]);
        set->pool = pAllocateInfo->descriptorPool;
        set->layout = kro__set_layout_copy(pAllocateInfo->pSetLayouts[i]);
        kro__table_add(kro__objects, &set->entry);
    }
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL
kro__hook_vkFreeDescriptorSets(VkDevice device, VkDescriptorPool descriptorPool,
                               uint32_t descriptorSetCount, const VkDescriptorSet *pDescriptorSets)
{
    for (uint32_t i = 0; i < descriptorSetCount; i++)
        free_set((set_contents *)kro__table_remove(kro__objects, VK_OBJECT_TYPE_DESCRIPTOR_SET,
                                                   KRO__HANDLE(pDescriptorSets[i])));
    return kro__driver.vkFreeDescriptorSets(device, descriptorPool, descriptorSetCount,
                                            pDescriptorSets);
}

static bool remove_of_pool(kro__entry *entry, void *pool)
{
    set_contents *set = (set_contents *)entry;
    if (entry->type != VK_OBJECT_TYPE_DESCRIPTOR_SET || set->pool != *(VkDescriptorPool *)pool)
        return false;
    free_set(set);
    return true;
}

static void empty_pool(VkDescriptorPool pool)
{
    if (pool && atomic_load(&kro__writes_devices))
        kro__table_visit(kro__objects, remove_of_pool, &pool);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkResetDescriptorPool(VkDevice device,
                                                               VkDescriptorPool descriptorPool,
                                                               VkDescriptorPoolResetFlags flags)
{
    const uint64_t pool = KRO__HANDLE(descriptorPool);
    kro__uses_check(device, "vkResetDescriptorPool", VK_OBJECT_TYPE_DESCRIPTOR_POOL, pool);
    kro__ledger_remove_children(VK_OBJECT_TYPE_DESCRIPTOR_SET, pool);
    empty_pool(descriptorPool);
    return kro__driver.vkResetDescriptorPool(device, descriptorPool, flags);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyDescriptorPool(
    VkDevice device, VkDescriptorPool descriptorPool, const VkAllocationCallbacks *pAllocator)
{
    empty_pool(descriptorPool);
    kro__driver.vkDestroyDescriptorPool(device, descriptorPool, pAllocator);
}

static void note_write(const VkWriteDescriptorSet *write)
{
    set_contents *set = is_buffer(write->descriptorType) ? find(write->dstSet) : NULL;
    for (uint32_t i = 0; set && i < write->descriptorCount; i++)
        put(set, slot_of(write->dstBinding, write->dstArrayElement + i, write->descriptorType,
                         &write->pBufferInfo[i]));
}

static void note_copy(const VkCopyDescriptorSet *copy)
{
    const set_contents *from = find(copy->srcSet);
    set_contents *to = find(copy->dstSet);
    for (uint32_t i = 0; from && to && i < from->count; i++) {
        kro__slot of = from->slots[i];
        uint32_t element = of.element - copy->srcArrayElement;
        if (of.binding != copy->srcBinding || element >= copy->descriptorCount)
            continue;
        of.binding = copy->dstBinding;
        of.element = copy->dstArrayElement + element;
        of.dynamic = KRO__SLOT_FIXED;
        put(to, of);
    }
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkUpdateDescriptorSets(
    VkDevice device, uint32_t descriptorWriteCount, const VkWriteDescriptorSet *pDescriptorWrites,
    uint32_t descriptorCopyCount, const VkCopyDescriptorSet *pDescriptorCopies)
{
    bool kept = atomic_load_explicit(&kro__writes_devices, memory_order_relaxed);
    for (uint32_t i = 0; kept && i < descriptorWriteCount; i++)
        note_write(&pDescriptorWrites[i]);
    for (uint32_t i = 0; kept && i < descriptorCopyCount; i++)
        note_copy(&pDescriptorCopies[i]);
    kro__driver.vkUpdateDescriptorSets(device, descriptorWriteCount, pDescriptorWrites,
                                       descriptorCopyCount, pDescriptorCopies);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateDescriptorUpdateTemplate(
    VkDevice device, const VkDescriptorUpdateTemplateCreateInfo *pCreateInfo,
    const VkAllocationCallbacks *pAllocator, VkDescriptorUpdateTemplate *pDescriptorUpdateTemplate)
{
    VkResult result = kro__driver.vkCreateDescriptorUpdateTemplate(device, pCreateInfo, pAllocator,
                                                                   pDescriptorUpdateTemplate);
    if (result < 0 || !kro__writes_are_kept(device))
        return result;
    uint32_t count = pCreateInfo->descriptorUpdateEntryCount;
    update_template *made = calloc(1, sizeof *made + count * sizeof made->entries[0]);
    if (!made)
        return result;
    made->entry.type = VK_OBJECT_TYPE_DESCRIPTOR_UPDATE_TEMPLATE;
    made->entry.handle = KRO__HANDLE(*pDescriptorUpdateTemplate);
    made->count = count;
    memcpy(made->entries, pCreateInfo->pDescriptorUpdateEntries, count * sizeof made->entries[0]);
    kro__table_add(kro__objects, &made->entry);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyDescriptorUpdateTemplate(
    VkDevice device, VkDescriptorUpdateTemplate descriptorUpdateTemplate,
    const VkAllocationCallbacks *pAllocator)
{
    free(kro__table_remove(kro__objects, VK_OBJECT_TYPE_DESCRIPTOR_UPDATE_TEMPLATE,
                           KRO__HANDLE(descriptorUpdateTemplate)));
    kro__driver.vkDestroyDescriptorUpdateTemplate(device, descriptorUpdateTemplate, pAllocator);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkUpdateDescriptorSetWithTemplate(
    VkDevice device, VkDescriptorSet descriptorSet,
    VkDescriptorUpdateTemplate descriptorUpdateTemplate, const void *pData)
{
    const update_template *of = (const update_template *)kro__table_find(
        kro__objects, VK_OBJECT_TYPE_DESCRIPTOR_UPDATE_TEMPLATE,
        KRO__HANDLE(descriptorUpdateTemplate));
    set_contents *set = of ? find(descriptorSet) : NULL;
    for (uint32_t e = 0; set && e < of->count; e++) {
        const VkDescriptorUpdateTemplateEntry *from = &of->entries[e];
        for (uint32_t i = 0; is_buffer(from->descriptorType) && i < from->descriptorCount; i++) {
            VkDescriptorBufferInfo info;
            memcpy(&info, (const char *)pData + from->offset + i * from->stride, sizeof info);
            put(set,
                slot_of(from->dstBinding, from->dstArrayElement + i, from->descriptorType, &info));
        }
    }
    kro__driver.vkUpdateDescriptorSetWithTemplate(device, descriptorSet, descriptorUpdateTemplate,
                                                  pData);
}
