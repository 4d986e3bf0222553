// Allocations of device memory: of every type, as many as fit, and what the budget says of them.
#include "typed.h"

#include <string.h>

enum {
    WORDS = 16384,
    BYTES = 4 * WORDS,
    ATOM_BYTES = 256, // a multiple of every nonCoherentAtomSize
    ATOMS = BYTES / ATOM_BYTES,
};

typedef VkResult (*cache_call)(VkDevice device, uint32_t count, const VkMappedMemoryRange *ranges);

// Flushes or invalidates a whole buffer atom by atom, in no order, seven with each call.
static void by_atoms(kt_raw *raw, const kt_raw_buffer *buffer, cache_call call)
{
    enum { TOGETHER = 7 };
    kt_test *t = raw->t;
    VkMappedMemoryRange ranges[TOGETHER];
    uint32_t count = 0;
    for (uint32_t i = 0; i < ATOMS; i++) {
        const uint32_t atom = (5 * i + 3) % ATOMS; // each once
        ranges[count++] = (VkMappedMemoryRange){.sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
                                                .memory = buffer->memory,
                                                .offset = (uint64_t)atom * ATOM_BYTES,
                                                .size = ATOM_BYTES};
        if (count == TOGETHER || i + 1 == ATOMS) {
            CHECK_VK(call(raw->device, count, ranges));
            count = 0;
        }
    }
}

// A kernel reads one buffer and writes the other, both of one memory type; the host writes and
// reads them in place where it can.
static void check_type(kt_test *t, kt_raw *raw, const kt_raw_kernel *kernel,
                       const kt_raw_buffer *in, const kt_raw_buffer *out)
{
    const uint32_t key[KT_RAW_PUSH_BYTES / 4] = {0x9e3779b9};
    uint32_t *expected = kt_alloc(t, BYTES), *actual = kt_alloc(t, BYTES);
    kt_fill_u32s(t, actual, WORDS);
    for (uint32_t i = 0; i < WORDS; i++)
        expected[i] = actual[i] ^ key[0];
    if (in->mapped) {
        memcpy(in->mapped, actual, BYTES);
        by_atoms(raw, in, raw->vkFlushMappedMemoryRanges);
    } else {
        kt_raw_write(raw, in, actual);
    }
    kt_poison(actual, BYTES);
    kt_raw_write(raw, out, actual);
    const kt_raw_range ranges[] = {{.buffer = in}, {.buffer = out}};
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    VkDescriptorSet set = kt_raw_set(raw, kernel, ranges);
    if (!commands || !set)
        return;
    kt_raw_full_barrier(raw, commands);
    kt_raw_bind(raw, commands, kernel, set, key);
    raw->vkCmdDispatch(commands, WORDS / 64, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return;
    if (out->mapped) {
        by_atoms(raw, out, raw->vkInvalidateMappedMemoryRanges);
        memcpy(actual, out->mapped, BYTES);
    } else {
        kt_raw_read(raw, out, actual);
    }
    CHECK_U32S(actual, expected, WORDS);
}

// Buffers of each memory type hold what kernels write, and the host sees it through a mapping that
// is flushed and invalidated in pieces.
TEST(memory_of_every_type_is_the_same_to_host_and_device)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    const kt_raw_kernel *kernel = kt_raw_kernel_create(raw, "xor_words", 2);
    for (uint32_t type = 0; kernel && type < raw->memory.memoryTypeCount; type++) {
        if (!typed_is_usual(raw, type))
            continue;
        kt_raw_buffer in = typed_create(raw, type, BYTES), out = typed_create(raw, type, BYTES);
        if (in.handle && out.handle && typed_map(raw, type, &in) && typed_map(raw, type, &out))
            check_type(t, raw, kernel, &in, &out);
        typed_destroy(raw, &in);
        typed_destroy(raw, &out);
        if (kt_has_failed(t)) {
            LOGF(t, "memory type %u", type);
            return;
        }
    }
}

// As many allocations at once as maxMemoryAllocationCount allows, less those of others, but at most
// 4,000: they are distinct memory.
TEST(as_many_allocations_as_fit_are_told_apart)
{
    enum { MOST = 4000, OF_OTHERS = 64, SMALL_BYTES = 4096 };
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    const kro_memory_info *info = kro_context_memory(kt_context(t));
    if (!raw || !info)
        return;
    const uint32_t type = typed_find(raw, VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT);
    if (!CHECK(type != UINT32_MAX)) // every driver has one
        return;
    const uint32_t taken = info->allocation_count + OF_OTHERS, limit = info->max_allocation_count;
    const uint32_t rest = limit > taken ? limit - taken : 1;
    const uint32_t count = rest < MOST ? rest : MOST;
    VkDeviceMemory *all = kt_alloc(t, count * sizeof *all);
    void **mapped = kt_alloc(t, count * sizeof *mapped);
    uint32_t made = 0;
    while (made < count && CHECK_VK(typed_allocate(raw, type, SMALL_BYTES, &all[made]))) {
        made++;
        if (!CHECK_VK(raw->vkMapMemory(raw->device, all[made - 1], 0, VK_WHOLE_SIZE, 0,
                                       &mapped[made - 1])))
            break;
        memset(mapped[made - 1], (int)(made % 251), SMALL_BYTES);
        memcpy(mapped[made - 1], &made, sizeof made);
    }
    for (uint32_t i = 0; i < made && !kt_has_failed(t); i++) {
        uint32_t number;
        memcpy(&number, mapped[i], sizeof number);
        CHECK_EQ_U64(number, i + 1);
        CHECK_EQ_U64(((const uint8_t *)mapped[i])[SMALL_BYTES - 1], (i + 1) % 251);
    }
    for (uint32_t i = 0; i < made; i++)
        raw->vkFreeMemory(raw->device, all[i], NULL);
}

// What the driver grants this process of a heap, and what it says is used.
static VkPhysicalDeviceMemoryBudgetPropertiesEXT ask_budget(kt_test *t, const kt_raw *raw)
{
    const kro_vk_handles *handles = kro_vk_context(kt_context(t));
    VkPhysicalDeviceMemoryBudgetPropertiesEXT budget = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT};
    VkPhysicalDeviceMemoryProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_PROPERTIES_2, .pNext = &budget};
    PFN_vkGetPhysicalDeviceMemoryProperties2 ask =
        (PFN_vkGetPhysicalDeviceMemoryProperties2)handles->get_instance_proc_addr(
            handles->instance, "vkGetPhysicalDeviceMemoryProperties2");
    if (CHECK(ask))
        ask(raw->physical, &properties);
    return budget;
}

// No heap's budget is 0 or more than the heap, and what is used grows by about what was allocated.
// The amount is the driver's estimate: where it is far off, that is a warning.
// Source: VK_EXT_memory_budget.
TEST(budgets_follow_what_is_allocated)
{
    static const uint64_t SIZE = UINT64_C(64) << 20;
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    const kro_memory_info *info = kro_context_memory(kt_context(t));
    if (!raw || !info)
        return;
    if (!info->budget_known) {
        SKIP(t, "VK_EXT_memory_budget");
        return;
    }
    const uint32_t type = typed_find(raw, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT);
    if (!CHECK(type != UINT32_MAX))
        return;
    const uint32_t heap = raw->memory.memoryTypes[type].heapIndex;
    const VkPhysicalDeviceMemoryBudgetPropertiesEXT before = ask_budget(t, raw);
    for (uint32_t i = 0; i < raw->memory.memoryHeapCount; i++)
        CHECK(before.heapBudget[i] > 0 && before.heapBudget[i] <= raw->memory.memoryHeaps[i].size);
    VkDeviceMemory memory;
    if (!CHECK_VK(typed_allocate(raw, type, SIZE, &memory)))
        return;
    const VkPhysicalDeviceMemoryBudgetPropertiesEXT during = ask_budget(t, raw);
    raw->vkFreeMemory(raw->device, memory, NULL);
    const uint64_t grown = during.heapUsage[heap] - before.heapUsage[heap];
    if (grown < SIZE / 2 || grown > 2 * SIZE)
        WARN(t, "heap %u: usage went from %llu to %llu bytes while %llu were allocated", heap,
             (unsigned long long)before.heapUsage[heap], (unsigned long long)during.heapUsage[heap],
             (unsigned long long)SIZE);
}
