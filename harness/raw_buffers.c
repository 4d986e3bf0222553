#include "raw_owned.h"
#include "running.h"

#include <string.h>

// How well a memory type suits; 0: not at all.
static int rate(VkMemoryPropertyFlags has, bool host)
{
    const VkMemoryPropertyFlags never =
        VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT | VK_MEMORY_PROPERTY_PROTECTED_BIT |
        VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD | VK_MEMORY_PROPERTY_DEVICE_UNCACHED_BIT_AMD;
    if ((has & never) || (host && !(has & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT)))
        return 0;
    if (host) // what is read soon comes from cached memory
        return 1 + 2 * !!(has & VK_MEMORY_PROPERTY_HOST_CACHED_BIT) +
               !!(has & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT);
    return 1 + 2 * !!(has & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) +
           !(has & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
}

static uint32_t choose_type(const kt_raw *raw, uint32_t allowed, bool host,
                            VkMemoryPropertyFlags *flags)
{
    const VkPhysicalDeviceMemoryProperties *all = &raw->memory;
    uint32_t best = 0;
    int most = 0;
    for (uint32_t i = 0; i < all->memoryTypeCount; i++) {
        const int rated = allowed >> i & 1 ? rate(all->memoryTypes[i].propertyFlags, host) : 0;
        if (rated > most) {
            most = rated;
            best = i;
        }
    }
    *flags = all->memoryTypes[best].propertyFlags;
    return best;
}

static VkResult create_handle(const kt_raw *raw, const kt_raw_buffer_config *config, VkBuffer *out)
{
    uint32_t families[KT_RAW_QUEUES], family_count = 0;
    for (uint32_t i = 0; i < raw->queue_count; i++)
        if (!i || raw->queues[i].family != raw->queues[i - 1].family)
            families[family_count++] = raw->queues[i].family;
    const bool concurrent = config->concurrent && family_count > 1;
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = config->size_bytes,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
                 VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT,
        .sharingMode = concurrent ? VK_SHARING_MODE_CONCURRENT : VK_SHARING_MODE_EXCLUSIVE,
        .queueFamilyIndexCount = concurrent ? family_count : 0,
        .pQueueFamilyIndices = families};
    return raw->vkCreateBuffer(raw->device, &info, NULL, out);
}

static bool create_memory(kt_raw *raw, kt_raw_buffer *buffer, bool host)
{
    kt_test *t = raw->t;
    VkMemoryRequirements needs;
    VkMemoryPropertyFlags flags;
    raw->vkGetBufferMemoryRequirements(raw->device, buffer->handle, &needs);
    buffer->memory_bytes = needs.size;
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .allocationSize = needs.size,
                                       .memoryTypeIndex =
                                           choose_type(raw, needs.memoryTypeBits, host, &flags)};
    const VkResult result = raw->vkAllocateMemory(raw->device, &info, NULL, &buffer->memory);
    if (!kt_raw_own(raw, "vkAllocateMemory", result, KT_RAW_MEMORY,
                    (kt_raw_handle){.memory = buffer->memory}))
        return false;
    buffer->coherent = flags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    return !host || CHECK_VK(raw->vkMapMemory(raw->device, buffer->memory, 0, VK_WHOLE_SIZE, 0,
                                              &buffer->mapped));
}

// Memory of another buffer, which stays the other's.
static bool share_memory(kt_raw *raw, kt_raw_buffer *buffer, const kt_raw_buffer_config *config)
{
    kt_test *t = raw->t;
    VkMemoryRequirements needs;
    raw->vkGetBufferMemoryRequirements(raw->device, buffer->handle, &needs);
    buffer->memory_bytes = needs.size;
    buffer->memory = config->inside->memory;
    buffer->coherent = config->inside->coherent;
    buffer->mapped = (char *)config->inside->mapped + config->inside_offset_bytes;
    return CHECK(config->inside_offset_bytes % needs.alignment == 0) &&
           CHECK(config->inside_offset_bytes + needs.size <= config->inside->memory_bytes);
}

kt_raw_buffer *kt_raw_buffer_create(kt_raw *raw, const kt_raw_buffer_config *config)
{
    if (!raw)
        return NULL;
    kt_test *t = raw->t;
    kt_raw_buffer *buffer = kt_alloc(t, sizeof *buffer);
    buffer->size_bytes = config->size_bytes;
    // The memory is destroyed after the buffer, so that the buffer is owned last.
    const VkResult result = create_handle(raw, config, &buffer->handle);
    const bool made =
        CHECK_VK(result) && (config->inside ? share_memory(raw, buffer, config)
                                            : create_memory(raw, buffer, config->host));
    if (result != VK_SUCCESS || !kt_raw_own(raw, "vkCreateBuffer", result, KT_RAW_BUFFER,
                                            (kt_raw_handle){.buffer = buffer->handle}))
        return NULL;
    if (!made || !CHECK_VK(raw->vkBindBufferMemory(raw->device, buffer->handle, buffer->memory,
                                                   config->inside_offset_bytes)))
        return NULL;
    return buffer;
}

static VkMappedMemoryRange whole(const kt_raw_buffer *buffer)
{
    return (VkMappedMemoryRange){.sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
                                 .memory = buffer->memory,
                                 .size = VK_WHOLE_SIZE};
}

void kt_raw_flush(kt_raw *raw, const kt_raw_buffer *buffer)
{
    kt_test *t = raw->t;
    const VkMappedMemoryRange range = whole(buffer);
    if (!buffer->coherent)
        CHECK_VK(raw->vkFlushMappedMemoryRanges(raw->device, 1, &range));
}

void kt_raw_invalidate(kt_raw *raw, const kt_raw_buffer *buffer)
{
    kt_test *t = raw->t;
    const VkMappedMemoryRange range = whole(buffer);
    if (!buffer->coherent)
        CHECK_VK(raw->vkInvalidateMappedMemoryRanges(raw->device, 1, &range));
}

// Copies between buffers on the first queue, between everything else there.
static bool copy(kt_raw *raw, const kt_raw_buffer *src, const kt_raw_buffer *dst, uint64_t bytes)
{
    const VkBufferCopy region = {.size = bytes};
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    if (!commands)
        return false;
    kt_raw_full_barrier(raw, commands);
    raw->vkCmdCopyBuffer(commands, src->handle, dst->handle, 1, &region);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    const bool done = kt_raw_run(raw, 0, commands);
    raw->vkFreeCommandBuffers(raw->device, raw->pools[0], 1, &commands);
    return done;
}

// Where the host can reach what a buffer holds or is to hold.
static const kt_raw_buffer *reachable(kt_raw *raw, const kt_raw_buffer *buffer)
{
    if (buffer->mapped)
        return buffer;
    if (!raw->staging || raw->staging->size_bytes < buffer->size_bytes)
        raw->staging = kt_raw_buffer_create(
            raw, &(kt_raw_buffer_config){.size_bytes = buffer->size_bytes, .host = true});
    return raw->staging;
}

void kt_raw_write(kt_raw *raw, const kt_raw_buffer *buffer, const void *src)
{
    const kt_raw_buffer *to = reachable(raw, buffer);
    if (!to)
        return;
    memcpy(to->mapped, src, (size_t)buffer->size_bytes);
    kt_raw_flush(raw, to);
    if (to != buffer)
        copy(raw, to, buffer, buffer->size_bytes);
}

void kt_raw_read(kt_raw *raw, const kt_raw_buffer *buffer, void *dst)
{
    const kt_raw_buffer *from = reachable(raw, buffer);
    if (!from || (from != buffer && !copy(raw, buffer, from, buffer->size_bytes)))
        return;
    kt_raw_invalidate(raw, from);
    memcpy(dst, from->mapped, (size_t)buffer->size_bytes);
    kt_read_back(raw->t, dst, (size_t)buffer->size_bytes);
}
