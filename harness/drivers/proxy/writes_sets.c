// Which storage buffers stand in a descriptor set.
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "driver.h"
#include "ledger.h"
#include "state.h"
#include "uses.h"
#include "writes.h"

typedef struct slot {
    uint32_t binding, element;
    VkBuffer buffer; // VK_NULL_HANDLE: none
} slot;

typedef struct set_contents {
    kro__entry entry;
    VkDescriptorPool pool;
    slot *slots;
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
    free(dead->slots);
    free(dead);
}

static void put(set_contents *set, uint32_t binding, uint32_t element, VkBuffer buffer)
{
    uint32_t i = 0;
    while (i < set->count && (set->slots[i].binding != binding || set->slots[i].element != element))
        i++;
    if (i == set->room) {
        uint32_t room = set->room ? 2 * set->room : 8;
        slot *more = realloc(set->slots, room * sizeof *more);
        if (!more)
            return; // writes through it are not checked
        set->slots = more;
        set->room = room;
    }
    set->slots[i] = (slot){binding, element, buffer};
    if (i == set->count)
        set->count++;
}

void kro__writes_visit_set(VkDescriptorSet handle,
                           void (*visit)(void *user, uint32_t binding, VkBuffer buffer), void *user)
{
    const set_contents *set = find(handle);
    for (uint32_t i = 0; set && i < set->count; i++)
        if (set->slots[i].buffer)
            visit(user, set->slots[i].binding, set->slots[i].buffer);
}

static bool is_storage(VkDescriptorType type)
{
    return type == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER ||
           type == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC;
}

static bool is_kept(VkDevice device)
{
    const kro__device *of = atomic_load(&kro__writes_devices) ? kro__device_find(device) : NULL;
    return of && of->spec.exits;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkAllocateDescriptorSets(
    VkDevice device, const VkDescriptorSetAllocateInfo *pAllocateInfo,
    VkDescriptorSet *pDescriptorSets)
{
    VkResult result = kro__driver.vkAllocateDescriptorSets(device, pAllocateInfo, pDescriptorSets);
    bool kept = result >= 0 && is_kept(device);
    for (uint32_t i = 0; kept && i < pAllocateInfo->descriptorSetCount; i++) {
        set_contents *set = calloc(1, sizeof *set);
        if (!set)
            break;
        set->entry.type = VK_OBJECT_TYPE_DESCRIPTOR_SET;
        set->entry.handle = KRO__HANDLE(pDescriptorSets[i]);
        set->pool = pAllocateInfo->descriptorPool;
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
    set_contents *set = is_storage(write->descriptorType) ? find(write->dstSet) : NULL;
    for (uint32_t i = 0; set && i < write->descriptorCount; i++)
        put(set, write->dstBinding, write->dstArrayElement + i, write->pBufferInfo[i].buffer);
}

static void note_copy(const VkCopyDescriptorSet *copy)
{
    const set_contents *from = find(copy->srcSet);
    set_contents *to = find(copy->dstSet);
    for (uint32_t i = 0; from && to && i < from->count; i++) {
        slot of = from->slots[i];
        uint32_t element = of.element - copy->srcArrayElement;
        if (of.binding == copy->srcBinding && element < copy->descriptorCount)
            put(to, copy->dstBinding, copy->dstArrayElement + element, of.buffer);
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
    if (result < 0 || !is_kept(device))
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
        for (uint32_t i = 0; is_storage(from->descriptorType) && i < from->descriptorCount; i++) {
            VkDescriptorBufferInfo info;
            memcpy(&info, (const char *)pData + from->offset + i * from->stride, sizeof info);
            put(set, from->dstBinding, from->dstArrayElement + i, info.buffer);
        }
    }
    kro__driver.vkUpdateDescriptorSetWithTemplate(device, descriptorSet, descriptorUpdateTemplate,
                                                  pData);
}
