#include "typed.h"

bool typed_is_usual(const kt_raw *raw, uint32_t type)
{
    const VkMemoryPropertyFlags unusual =
        VK_MEMORY_PROPERTY_LAZILY_ALLOCATED_BIT | VK_MEMORY_PROPERTY_PROTECTED_BIT |
        VK_MEMORY_PROPERTY_DEVICE_COHERENT_BIT_AMD | VK_MEMORY_PROPERTY_DEVICE_UNCACHED_BIT_AMD;
    return !(raw->memory.memoryTypes[type].propertyFlags & unusual);
}

uint32_t typed_find(const kt_raw *raw, VkMemoryPropertyFlags wanted)
{
    for (uint32_t i = 0; i < raw->memory.memoryTypeCount; i++)
        if ((raw->memory.memoryTypes[i].propertyFlags & wanted) == wanted && typed_is_usual(raw, i))
            return i;
    return UINT32_MAX;
}

VkResult typed_allocate(kt_raw *raw, uint32_t type, uint64_t size_bytes, VkDeviceMemory *out)
{
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .allocationSize = size_bytes,
                                       .memoryTypeIndex = type};
    return raw->vkAllocateMemory(raw->device, &info, NULL, out);
}

bool typed_needs(kt_raw *raw, uint64_t size_bytes, VkBufferUsageFlags usage,
                 VkMemoryRequirements *out)
{
    kt_test *t = raw->t;
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = size_bytes, .usage = usage};
    VkBuffer buffer;
    if (!CHECK_VK(raw->vkCreateBuffer(raw->device, &info, NULL, &buffer)))
        return false;
    raw->vkGetBufferMemoryRequirements(raw->device, buffer, out);
    raw->vkDestroyBuffer(raw->device, buffer, NULL);
    return true;
}

kt_raw_buffer typed_create(kt_raw *raw, uint32_t type, uint64_t size_bytes)
{
    kt_test *t = raw->t;
    const VkMemoryPropertyFlags flags = raw->memory.memoryTypes[type].propertyFlags;
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = size_bytes,
                                     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                              VK_BUFFER_USAGE_TRANSFER_DST_BIT};
    kt_raw_buffer buffer = {.size_bytes = size_bytes,
                            .coherent = flags & VK_MEMORY_PROPERTY_HOST_COHERENT_BIT};
    VkMemoryRequirements needs;
    if (!CHECK_VK(raw->vkCreateBuffer(raw->device, &info, NULL, &buffer.handle)))
        return (kt_raw_buffer){0};
    raw->vkGetBufferMemoryRequirements(raw->device, buffer.handle, &needs);
    buffer.memory_bytes = needs.size;
    if ((needs.memoryTypeBits >> type & 1) &&
        CHECK_VK(typed_allocate(raw, type, needs.size, &buffer.memory)) &&
        CHECK_VK(raw->vkBindBufferMemory(raw->device, buffer.handle, buffer.memory, 0)))
        return buffer;
    typed_destroy(raw, &buffer);
    return (kt_raw_buffer){0};
}

void typed_destroy(kt_raw *raw, const kt_raw_buffer *buffer)
{
    raw->vkDestroyBuffer(raw->device, buffer->handle, NULL);
    raw->vkFreeMemory(raw->device, buffer->memory, NULL);
}

bool typed_map(kt_raw *raw, uint32_t type, kt_raw_buffer *buffer)
{
    kt_test *t = raw->t;
    if (!(raw->memory.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT))
        return true;
    return CHECK_VK(
        raw->vkMapMemory(raw->device, buffer->memory, 0, VK_WHOLE_SIZE, 0, &buffer->mapped));
}
