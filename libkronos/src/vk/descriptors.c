#include "vk/descriptors.h"

#include <stdlib.h>

#include "grow.h"
#include "vk/device.h"
#include "vk/kernel.h"
#include "vk/memory.h"
#include "vk/status.h"

enum {
    FIRST_POOL_SETS = 32,
    LAST_POOL_SETS = 1024,
    POOL_DESCRIPTORS_PER_SET = 4, // of each type; a set that needs more gets a pool made for it
};

struct kro__vk_pool {
    VkDescriptorPool handle;
    uint32_t capacity;                    // sets
    uint32_t sets;                        // … that it has room for
    uint32_t room[KRO__DESCRIPTOR_TYPES]; // descriptors of each type
    kro__vk_pool *next;
};

void kro__vk_descriptors_init(kro__vk_descriptors *descriptors, kro__vk_device *device)
{
    *descriptors = (kro__vk_descriptors){.device = device};
}

void kro__vk_descriptors_finish(kro__vk_descriptors *descriptors)
{
    while (descriptors->pools) {
        kro__vk_pool *pool = descriptors->pools;
        descriptors->pools = pool->next;
        descriptors->device->vk.vkDestroyDescriptorPool(descriptors->device->handle, pool->handle,
                                                        NULL);
        free(pool);
    }
    // Sets went with their pools.
    for (uint32_t i = 0; i < descriptors->bound_capacity; i++)
        free(descriptors->bound[i].sets);
    free(descriptors->bound);
    free(descriptors->writes);
    free(descriptors->buffers);
    *descriptors = (kro__vk_descriptors){0};
}

// A pool twice as large as the last, with room for at least one binding of a layout.
static kro_status create_pool(kro__vk_descriptors *descriptors, const kro__vk_layout *layout)
{
    kro__vk_device *device = descriptors->device;
    // Doubling keeps the number of pools, and so the search, short.
    uint32_t sets = descriptors->pools ? 2 * descriptors->pools->capacity : FIRST_POOL_SETS;
    if (sets > LAST_POOL_SETS)
        sets = LAST_POOL_SETS;
    if (sets < layout->set_count)
        sets = layout->set_count;
    // A pool is worth its cost only when it is kept: they are freed with the recorder.
    kro__vk_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for a descriptor pool");
    VkDescriptorPoolSize sizes[KRO__DESCRIPTOR_TYPES];
    for (uint32_t i = 0; i < KRO__DESCRIPTOR_TYPES; i++) {
        uint32_t count = sets * POOL_DESCRIPTORS_PER_SET;
        pool->room[i] = count < layout->descriptor_counts[i] ? layout->descriptor_counts[i] : count;
        sizes[i] = (VkDescriptorPoolSize){
            .type = kro__vk_descriptor_type((kro__vk_descriptor)i),
            .descriptorCount = pool->room[i],
        };
    }
    VkDescriptorPoolCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT,
        .maxSets = sets,
        .poolSizeCount = KRO__DESCRIPTOR_TYPES,
        .pPoolSizes = sizes,
    };
    VkResult result = device->vk.vkCreateDescriptorPool(device->handle, &info, NULL, &pool->handle);
    if (result != VK_SUCCESS) {
        free(pool);
        return kro__vk_fail(result, "vkCreateDescriptorPool of %u sets", sets);
    }
    pool->capacity = pool->sets = sets;
    pool->next = descriptors->pools;
    descriptors->pools = pool;
    return KRO_OK;
}

static bool has_room(const kro__vk_pool *pool, const kro__vk_layout *layout)
{
    bool enough = pool->sets >= layout->set_count;
    for (uint32_t i = 0; i < KRO__DESCRIPTOR_TYPES; i++)
        enough = enough && pool->room[i] >= layout->descriptor_counts[i];
    return enough;
}

// Takes the sets of a layout out of what a pool has room for, or gives them back.
static void change_room(kro__vk_pool *pool, const kro__vk_layout *layout, bool give_back)
{
    pool->sets += give_back ? layout->set_count : 0 - layout->set_count;
    for (uint32_t i = 0; i < KRO__DESCRIPTOR_TYPES; i++)
        pool->room[i] +=
            give_back ? layout->descriptor_counts[i] : 0 - layout->descriptor_counts[i];
}

// A pool that is too fragmented says so without being changed (VK_KHR_maintenance1).
static VkResult take_from_pool(kro__vk_descriptors *descriptors, kro__vk_pool *pool,
                               const kro__vk_layout *layout, kro__vk_bound *bound)
{
    kro__vk_device *device = descriptors->device;
    // Spares the driver a call that cannot succeed.
    if (!has_room(pool, layout))
        return VK_ERROR_OUT_OF_POOL_MEMORY;
    VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = pool->handle,
        .descriptorSetCount = layout->set_count,
        .pSetLayouts = layout->sets,
    };
    VkResult result = device->vk.vkAllocateDescriptorSets(device->handle, &info, bound->sets);
    if (result == VK_SUCCESS) {
        change_room(pool, layout, false);
        bound->pool = pool;
        bound->layout = layout;
        bound->set_count = layout->set_count;
    }
    return result;
}

// Takes sets from the first pool that has room, or from a new one. `bound->sets` has their number
// of elements.
static kro_status take_sets(kro__vk_descriptors *descriptors, const kro__vk_layout *layout,
                            kro__vk_bound *bound)
{
    VkResult result = VK_ERROR_OUT_OF_POOL_MEMORY;
    for (kro__vk_pool *pool = descriptors->pools; pool; pool = pool->next) {
        result = take_from_pool(descriptors, pool, layout, bound);
        if (result != VK_ERROR_OUT_OF_POOL_MEMORY && result != VK_ERROR_FRAGMENTED_POOL)
            break;
    }
    if (result == VK_ERROR_OUT_OF_POOL_MEMORY || result == VK_ERROR_FRAGMENTED_POOL) {
        kro_status status = create_pool(descriptors, layout);
        if (status < 0)
            return status;
        result = take_from_pool(descriptors, descriptors->pools, layout, bound);
    }
    return result == VK_SUCCESS ? KRO_OK : kro__vk_fail(result, "vkAllocateDescriptorSets");
}

void kro__vk_descriptors_evict(kro__vk_descriptors *descriptors, uint32_t binding_id)
{
    if (binding_id >= descriptors->bound_capacity || !descriptors->bound[binding_id].sets)
        return;
    kro__vk_device *device = descriptors->device;
    kro__vk_bound *bound = &descriptors->bound[binding_id];
    if (bound->pool) {
        // It has no errors. Should a driver return one all the same, the sets are gone with the
        // pool.
        VkResult result = device->vk.vkFreeDescriptorSets(device->handle, bound->pool->handle,
                                                          bound->set_count, bound->sets);
        if (result == VK_SUCCESS)
            change_room(bound->pool, bound->layout, true);
    }
    free(bound->sets);
    *bound = (kro__vk_bound){0};
}

// Prepares one binding id and counts what is to be written for it.
static kro_status create_bound(kro__vk_descriptors *descriptors, const kro__set_config *config)
{
    const kro__vk_layout *layout = ((const kro__vk_kernel *)config->kernel)->layout;
    if (config->binding_id >= descriptors->bound_capacity) {
        uint32_t old = descriptors->bound_capacity;
        if (!kro__grow(&descriptors->bound, &descriptors->bound_capacity, config->binding_id + 1,
                       sizeof *descriptors->bound))
            return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for descriptor sets");
        for (uint32_t i = old; i < descriptors->bound_capacity; i++)
            descriptors->bound[i] = (kro__vk_bound){0};
    }
    kro__vk_bound *bound = &descriptors->bound[config->binding_id];
    bound->sets = calloc(layout->set_count + 1u, sizeof *bound->sets);
    if (!bound->sets)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for %u descriptor sets",
                         layout->set_count);
    return take_sets(descriptors, layout, bound);
}

// Room for every write of a batch. Vulkan holds pointers into `buffers` while it updates, so the
// array must not move once writes are composed.
static kro_status reserve_writes(kro__vk_descriptors *descriptors, const kro__batch *batch)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < batch->set_count; i++)
        count += batch->sets[i].entry_count;
    if (!kro__grow(&descriptors->writes, &descriptors->write_capacity, count,
                   sizeof *descriptors->writes) ||
        !kro__grow(&descriptors->buffers, &descriptors->buffer_capacity, count,
                   sizeof *descriptors->buffers))
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory for %u descriptors", count);
    return KRO_OK;
}

// Composes the writes of one binding id from position `at` on; returns the next position.
static uint32_t compose_writes(kro__vk_descriptors *descriptors, const kro__batch *batch,
                               const kro__set_config *config, uint32_t at)
{
    const kro__vk_bound *bound = &descriptors->bound[config->binding_id];
    for (uint32_t i = 0; i < config->entry_count; i++) {
        const kro__set_entry *entry = &batch->entries[config->entry_first + i];
        if (!entry->memory)
            continue;
        descriptors->buffers[at] = (VkDescriptorBufferInfo){
            .buffer = ((const kro__vk_memory *)entry->memory)->buffer,
            .offset = entry->offset_bytes,
            .range = entry->size_bytes,
        };
        // One write per descriptor: bindings next to each other are seldom in order in a real
        // kernel, and the update is outside the steady state.
        descriptors->writes[at] = (VkWriteDescriptorSet){
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = bound->sets[entry->set],
            .dstBinding = entry->binding,
            .dstArrayElement = entry->element,
            .descriptorCount = 1,
            .descriptorType =
                kro__vk_descriptor_type(kro__vk_descriptor_of(entry->kind, entry->dynamic)),
            .pBufferInfo = &descriptors->buffers[at],
        };
        at++;
    }
    return at;
}

kro_status kro__vk_descriptors_write(kro__vk_descriptors *descriptors, const kro__batch *batch)
{
    uint32_t created = 0, write_count = 0;
    kro_status status = reserve_writes(descriptors, batch);
    while (status == KRO_OK && created < batch->set_count)
        status = create_bound(descriptors, &batch->sets[created++]);
    if (status < 0)
        goto fail;
    for (uint32_t i = 0; i < batch->set_count; i++)
        write_count = compose_writes(descriptors, batch, &batch->sets[i], write_count);
    if (write_count > 0)
        descriptors->device->vk.vkUpdateDescriptorSets(descriptors->device->handle, write_count,
                                                       descriptors->writes, 0, NULL);
    return KRO_OK;
fail:
    while (created > 0)
        kro__vk_descriptors_evict(descriptors, batch->sets[--created].binding_id);
    return status;
}
