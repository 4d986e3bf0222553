// What Vulkan promises of memory types and of what buffers need, and allocations up to their
// limits: the largest, as many as lie in one, and until there is no more.
#include <inttypes.h>
#include <string.h>

#include "proxied.h"
#include "typed.h"

// Large allocations are whole ones of it, so that buffers may lie at their very ends.
static const uint64_t PAGE = 65536;

static uint64_t round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) / to * to;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

// Buffers in one allocation, where the case puts them.
static const VkBufferUsageFlags TENANT = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT |
                                         VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                                         VK_BUFFER_USAGE_TRANSFER_DST_BIT;

typedef struct tenant {
    VkBuffer handle;
    uint64_t size_bytes, offset_bytes;
    uint8_t *bytes;
} tenant;

static bool create_tenant(kt_raw *raw, tenant *one, VkMemoryRequirements *needs)
{
    kt_test *t = raw->t;
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = one->size_bytes, .usage = TENANT};
    if (!CHECK_VK(raw->vkCreateBuffer(raw->device, &info, NULL, &one->handle)))
        return false;
    raw->vkGetBufferMemoryRequirements(raw->device, one->handle, needs);
    one->bytes = kt_alloc(t, one->size_bytes);
    kt_fill_bytes(t, one->bytes, one->size_bytes);
    return true;
}

// Binds all tenants to the memory, writes each, in an order that is none of theirs, and finds in
// each what was written. Their sizes are multiples of 4, below 64 KiB.
static void check_tenants(kt_raw *raw, tenant *all, uint32_t count, VkDeviceMemory memory)
{
    kt_test *t = raw->t;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        sum += all[i].size_bytes;
        if (!CHECK_VK(
                raw->vkBindBufferMemory(raw->device, all[i].handle, memory, all[i].offset_bytes)))
            return;
    }
    kt_raw_buffer *out =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = sum, .host = true});
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    if (!out || !commands)
        return;
    for (uint32_t i = 0; i < count; i++) {
        const tenant *one = &all[(i * 5 + 2) % count];
        raw->vkCmdUpdateBuffer(commands, one->handle, 0, one->size_bytes, one->bytes);
    }
    kt_raw_full_barrier(raw, commands);
    uint64_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        const VkBufferCopy region = {.dstOffset = at, .size = all[i].size_bytes};
        raw->vkCmdCopyBuffer(commands, all[i].handle, out->handle, 1, &region);
        at += all[i].size_bytes;
    }
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return;
    kt_raw_invalidate(raw, out);
    at = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!CHECK_BYTES((uint8_t *)out->mapped + at, all[i].bytes, all[i].size_bytes)) {
            LOGF(t, "the buffer of %" PRIu64 " bytes at offset %" PRIu64, all[i].size_bytes,
                 all[i].offset_bytes);
            return;
        }
        at += all[i].size_bytes;
    }
}

static void destroy_tenants(kt_raw *raw, const tenant *all, uint32_t count, VkDeviceMemory memory)
{
    for (uint32_t i = 0; i < count; i++)
        raw->vkDestroyBuffer(raw->device, all[i].handle, NULL);
    raw->vkFreeMemory(raw->device, memory, NULL);
}

// Buffers as close to each other as their size and alignment allow do not touch each other's bytes.
TEST(buffers_lie_side_by_side_in_one_allocation)
{
    enum { COUNT = 63 }; // shares no factor with 5
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    tenant all[COUNT] = {0};
    uint64_t end = 0;
    if (!raw)
        return;
    const uint32_t type = typed_find(raw, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    VkDeviceMemory memory = VK_NULL_HANDLE;
    for (uint32_t i = 0; i < COUNT; i++) {
        VkMemoryRequirements needs;
        all[i].size_bytes = 4 + 4 * kt_random_below(t, i % 3 ? 60 : 3000);
        if (!create_tenant(raw, &all[i], &needs) || !CHECK(needs.memoryTypeBits >> type & 1))
            return;
        all[i].offset_bytes = round_up(end, needs.alignment);
        end = all[i].offset_bytes + needs.size;
    }
    if (CHECK_VK(typed_allocate(raw, type, end, &memory)))
        check_tenants(raw, all, COUNT, memory);
    destroy_tenants(raw, all, COUNT, memory);
}

static bool ran_out(VkResult result)
{
    return result == VK_ERROR_OUT_OF_DEVICE_MEMORY || result == VK_ERROR_OUT_OF_HOST_MEMORY;
}

// Buffers at the start, the end and around 2^31 bytes of one allocation.
//
// Returns: whether there was room for it.
static bool check_allocation(kt_raw *raw, uint32_t type, uint64_t size_bytes)
{
    enum { MOST = 4, TENANT_BYTES = 32768 };
    kt_test *t = raw->t;
    tenant all[MOST] = {0};
    VkMemoryRequirements needs;
    VkDeviceMemory memory = VK_NULL_HANDLE;
    uint32_t count = 0;
    const VkResult result = typed_allocate(raw, type, size_bytes, &memory);
    if (ran_out(result) || !CHECK_VK(result) || !typed_needs(raw, TENANT_BYTES, TENANT, &needs))
        return false;
    const uint64_t room = round_up(needs.size, needs.alignment), edge = UINT64_C(1) << 31;
    const uint64_t last = (size_bytes - room) / needs.alignment * needs.alignment;
    const uint64_t offsets[MOST] = {0, edge - room, edge, last};
    for (uint32_t i = 0; i < MOST; i++) {
        if (i + 1 < MOST && offsets[i] + room > last)
            continue; // the allocation is shorter
        all[count] = (tenant){.size_bytes = TENANT_BYTES, .offset_bytes = offsets[i]};
        if (!create_tenant(raw, &all[count++], &needs))
            break;
    }
    if (!kt_has_failed(t))
        check_tenants(raw, all, count, memory);
    destroy_tenants(raw, all, count, memory);
    return true;
}

// As much of a heap as one allocation may have: maxMemoryAllocationSize, or all that there is.
static uint64_t largest(const kt_raw *raw, uint32_t type)
{
    const uint64_t heap_bytes =
        raw->memory.memoryHeaps[raw->memory.memoryTypes[type].heapIndex].size;
    const bool local =
        raw->memory.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT;
    // Of the host's own memory others need something, too.
    return least(local ? heap_bytes : heap_bytes / 4, raw->max_allocation_bytes) / PAGE * PAGE;
}

// Each heap gives its largest allocation, which is memory up to its end; where it says that it has
// no room, half of it. GPUOpen-Drivers/AMDVLK#413: 2 GiB were the most.
TEST(largest_allocation_is_memory_to_its_end)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    uint32_t heaps_seen = 0;
    for (uint32_t type = 0; raw && type < raw->memory.memoryTypeCount; type++) {
        const uint32_t heap = raw->memory.memoryTypes[type].heapIndex;
        const uint64_t most = largest(raw, type);
        VkMemoryRequirements needs;
        if ((heaps_seen >> heap & 1) || !typed_is_usual(raw, type) ||
            !typed_needs(raw, 4, TENANT, &needs) || !(needs.memoryTypeBits >> type & 1))
            continue;
        heaps_seen |= 1u << heap;
        uint64_t size = most;
        while (size > PAGE && !check_allocation(raw, type, size) && !kt_has_failed(t))
            size = size / 2 / PAGE * PAGE;
        if (size < most)
            WARN(t, "heap %u has no room for %" PRIu64 " bytes at once, but for %" PRIu64, heap,
                 most, size);
        if (kt_has_failed(t)) {
            LOGF(t, "%" PRIu64 " bytes of memory type %u", size, type);
            return;
        }
    }
}

// Allocates until a heap has no more, or has given more than it says to have: the status says so,
// the device still works, and what is freed can be had again.
static void check_exhaustion(kt_raw *raw, bool must_run_out)
{
    enum { MOST = 4096, SLICES = 16, WORDS = 256 };
    kt_test *t = raw->t;
    const uint32_t type = typed_find(raw, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    const uint64_t heap_bytes =
        raw->memory.memoryHeaps[raw->memory.memoryTypes[type].heapIndex].size;
    const uint64_t size = least(heap_bytes / SLICES, raw->max_allocation_bytes) / PAGE * PAGE;
    uint32_t count = 0, words[WORDS], after[WORDS];
    const kt_raw_buffer *buffer =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = sizeof words});
    VkDeviceMemory *all = kt_alloc(t, MOST * sizeof(VkDeviceMemory));
    VkResult result = VK_SUCCESS;
    kt_fill_u32s(t, words, WORDS);
    if (!buffer)
        return;
    kt_raw_write(raw, buffer, words);
    while (count < MOST && count * size <= heap_bytes) {
        result = typed_allocate(raw, type, size, &all[count]);
        if (result != VK_SUCCESS)
            break;
        count++;
    }
    CHECK(result == VK_SUCCESS || ran_out(result));
    CHECK(!must_run_out || ran_out(result));
    kt_raw_read(raw, buffer, after);
    CHECK_U32S(after, words, WORDS);
    for (uint32_t i = 0; i < count; i++)
        raw->vkFreeMemory(raw->device, all[i], NULL);
    // Half of it, as the rest may be in use by others now.
    uint32_t again = 0;
    while (again < count / 2 && CHECK_VK(typed_allocate(raw, type, size, &all[again])))
        again++;
    for (uint32_t i = 0; i < again; i++)
        raw->vkFreeMemory(raw->device, all[i], NULL);
}

TEST(memory_that_runs_out_says_so)
{
    const kro_device_info *device = kt_device(t);
    if (device && device->type != KRO_DEVICE_TYPE_DISCRETE) {
        SKIP(t, "device memory of its own"); // it is the host's, which would run out, too
        return;
    }
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (raw)
        check_exhaustion(raw, false);
}

// On any device, with small heaps that the proxy makes.
TEST(memory_of_a_small_heap_runs_out)
{
    kro_context *ctx = proxied_context(t, "limit=heap_bytes:67108864", NULL);
    kt_raw *raw = kt_raw_create(t, ctx, NULL);
    if (raw)
        check_exhaustion(raw, true);
}
