// What Vulkan promises of memory types, and of the memory that buffers need.
#include <inttypes.h>

#include "typed.h"

static const VkMemoryPropertyFlags COHERENT =
    VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;

// Whether one of the types has all of these properties.
static bool any_has(const kt_raw *raw, uint32_t types, VkMemoryPropertyFlags wanted)
{
    for (uint32_t i = 0; i < raw->memory.memoryTypeCount; i++)
        if ((types >> i & 1) && (raw->memory.memoryTypes[i].propertyFlags & wanted) == wanted)
            return true;
    return false;
}

// Source: Vulkan 1.3, "Device Memory": VkPhysicalDeviceMemoryProperties.
TEST(memory_types_are_those_that_vulkan_promises)
{
    static const VkMemoryPropertyFlags of_host =
        VK_MEMORY_PROPERTY_HOST_COHERENT_BIT | VK_MEMORY_PROPERTY_HOST_CACHED_BIT;
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!raw)
        return;
    const VkPhysicalDeviceMemoryProperties *all = &raw->memory;
    bool local_heap = false;
    for (uint32_t i = 0; i < all->memoryHeapCount; i++) {
        local_heap = local_heap || all->memoryHeaps[i].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT;
        CHECK(all->memoryHeaps[i].size > 0);
    }
    CHECK(local_heap);
    CHECK(any_has(raw, UINT32_MAX, COHERENT));
    CHECK(any_has(raw, UINT32_MAX, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT));
    for (uint32_t i = 0; i < all->memoryTypeCount; i++) {
        const VkMemoryPropertyFlags flags = all->memoryTypes[i].propertyFlags;
        const uint32_t heap = all->memoryTypes[i].heapIndex;
        if (!CHECK(heap < all->memoryHeapCount))
            return;
        // Local memory is in local heaps, and local heaps have nothing else.
        CHECK(!(flags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) ==
              !(all->memoryHeaps[heap].flags & VK_MEMORY_HEAP_DEVICE_LOCAL_BIT));
        CHECK(!(flags & of_host) || (flags & VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT));
        // A type with fewer properties comes before those that have them, too.
        for (uint32_t k = 0; k < i; k++) {
            const VkMemoryPropertyFlags before = all->memoryTypes[k].propertyFlags;
            CHECK(before == flags || (before & flags) != flags);
        }
    }
}

static const VkBufferUsageFlags USAGES[] = {
    VK_BUFFER_USAGE_STORAGE_BUFFER_BIT,
    VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT,
    VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
    VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT,
    VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
        VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
        VK_BUFFER_USAGE_TRANSFER_DST_BIT,
};

// Room for the buffer, at an alignment that its descriptors can have, in memory that the host sees
// and in memory that is the device's; the same types whatever the size.
// Source: Vulkan 1.3, "Resource Memory Association": VkMemoryRequirements.
TEST(buffers_need_the_memory_that_vulkan_promises)
{
    static const uint64_t SIZES[] = {
        1,    2,    3,    4,    16,    63,    64,    65,      255,     256,      257,
        1000, 4095, 4096, 4097, 65535, 65536, 65537, 1000003, 1 << 20, 16 << 20, 128 << 20};
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    for (size_t u = 0; raw && u < sizeof USAGES / sizeof USAGES[0]; u++) {
        VkMemoryRequirements first = {0}, needs;
        for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
            if (!typed_needs(raw, SIZES[i], USAGES[u], &needs))
                return;
            if (i == 0)
                first = needs;
            CHECK(needs.size >= SIZES[i]);
            CHECK(needs.alignment && !(needs.alignment & (needs.alignment - 1)));
            if (USAGES[u] & VK_BUFFER_USAGE_STORAGE_BUFFER_BIT)
                CHECK_EQ_U64(
                    needs.alignment % raw->properties.limits.minStorageBufferOffsetAlignment, 0);
            if (USAGES[u] & VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT)
                CHECK_EQ_U64(
                    needs.alignment % raw->properties.limits.minUniformBufferOffsetAlignment, 0);
            CHECK_EQ_U64(needs.memoryTypeBits, first.memoryTypeBits);
            CHECK(any_has(raw, needs.memoryTypeBits, COHERENT));
            CHECK(any_has(raw, needs.memoryTypeBits, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT));
            if (kt_has_failed(t)) {
                LOGF(t, "%" PRIu64 " bytes with usage %#x", SIZES[i], USAGES[u]);
                return;
            }
        }
    }
}
