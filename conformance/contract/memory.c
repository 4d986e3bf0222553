// What a device's memories hold, what the driver grants of them, and what happens beyond.
#include "contract.h"

#include "proxied.h"

enum { MIB = 1 << 20, BUDGET_MIB = 32, BUDGET = BUDGET_MIB * MIB };

// A context whose driver grants 32 MiB of each heap, with slabs of 1 MiB.
static kro_context *budgeted_context(kt_test *t, bool ignored)
{
    return proxied_context(t, contract_text(t, "budget=%d", BUDGET),
                           &(kro_context_config){.slab_bytes = MIB, .no_memory_budget = ignored});
}

// What is held of all heaps.
static uint64_t held_bytes(kro_context *ctx)
{
    const kro_memory_info *memory = kro_context_memory(ctx);
    uint64_t held = 0;
    for (uint32_t i = 0; i < memory->heap_count; i++)
        held += memory->heaps[i].held_bytes;
    return held;
}

static kro_status create_buffer(kro_context *ctx, uint64_t size_bytes, kro_buffer **out)
{
    return kro_buffer_create(
        ctx, &(kro_buffer_config){.size_bytes = size_bytes, .label = "one of many"}, out);
}

TEST(memory_info_follows_what_is_held)
{
    CHECK(kro_context_memory(NULL) == NULL);
    kro_context *ctx = budgeted_context(t, false);
    const kronos_proxy_api *proxy = proxied_api(t);
    if (!ctx || !proxy)
        return;
    const kro_memory_info *memory = kro_context_memory(ctx);
    const kro_device_info *info = kro_context_info(ctx);
    CHECK(memory->heap_count >= 1 && memory->heap_count <= KRO_MAX_HEAPS);
    CHECK(memory->budget_known && info->memory.budget_known);
    CHECK_EQ_U64(info->memory.heap_count, memory->heap_count);
    uint64_t local_bytes = 0;
    for (uint32_t i = 0; i < memory->heap_count; i++) {
        CHECK_EQ_U64(memory->heaps[i].budget_bytes, BUDGET);
        CHECK_EQ_U64(info->memory.heaps[i].budget_bytes, BUDGET);
        local_bytes += memory->heaps[i].device_local ? memory->heaps[i].size_bytes : 0;
    }
    CHECK_EQ_U64(local_bytes, info->device_memory_bytes);
    const uint64_t before = held_bytes(ctx);
    const uint32_t allocations = memory->allocation_count;
    const uint64_t others = proxy->memory_bytes() - before; // of contexts that are still open
    kro_buffer *buffer;
    CHECK_OK(create_buffer(ctx, 5 * MIB, &buffer));
    CHECK(held_bytes(ctx) >= before + 5 * MIB);
    CHECK_EQ_U64(proxy->memory_bytes(), others + held_bytes(ctx));
    CHECK_EQ_U64(memory->allocation_count, allocations + 1); // the same struct, asked anew
    for (uint32_t i = 0; i < memory->heap_count; i++)
        CHECK(memory->heaps[i].used_bytes >= memory->heaps[i].held_bytes);
    kro_buffer_destroy(buffer);
    CHECK_EQ_U64(held_bytes(ctx), before);
    CHECK_EQ_U64(memory->allocation_count, allocations);
}

TEST(memory_info_does_without_budgets)
{
    kro_context *ctx = proxied_context(t, "hide=memory_budget", NULL);
    const kro_memory_info *memory = kro_context_memory(ctx);
    if (!memory)
        return;
    CHECK(!memory->budget_known);
    for (uint32_t i = 0; i < memory->heap_count; i++) {
        CHECK_EQ_U64(memory->heaps[i].budget_bytes, memory->heaps[i].size_bytes);
        CHECK_EQ_U64(memory->heaps[i].used_bytes, memory->heaps[i].held_bytes);
    }
}

// The driver is not even asked, because it might give what it should not.
TEST(buffers_over_the_budget_are_refused)
{
    enum { BUFFERS = 2 * BUDGET_MIB, SIZE_MIB = 4 };
    kro_context *ctx = budgeted_context(t, false);
    const kronos_proxy_api *proxy = proxied_api(t);
    contract_bench bench = contract_bench_create(t, ctx);
    if (!bench.ctx || !proxy)
        return;
    kro_buffer *buffers[BUFFERS + 1] = {NULL};
    kro_status status = KRO_OK;
    int count = 0;
    while (count < BUFFERS &&
           (status = create_buffer(ctx, SIZE_MIB * MIB, &buffers[count])) == KRO_OK)
        count++;
    CHECK(count >= BUDGET_MIB / SIZE_MIB - 1 && count <= BUDGET_MIB / SIZE_MIB);
    CHECK_REFUSED(status, KRO_ERROR_OUT_OF_DEVICE_MEMORY, "'one of many' of 4194304 bytes",
                  "grants this process 33554432 of", "config.no_memory_budget");
    const uint64_t held = proxy->memory_bytes(), asked = proxy->calls("vkAllocateMemory");
    CHECK(held_bytes(ctx) <= BUDGET);
    CHECK_STATUS(create_buffer(ctx, SIZE_MIB * MIB, &buffers[count]),
                 KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    CHECK_EQ_U64(proxy->calls("vkAllocateMemory"), asked);
    CHECK_EQ_U64(proxy->memory_bytes(), held);
    contract_check_usable(t, &bench);
    // One goes, one fits.
    kro_buffer_destroy(buffers[0]);
    CHECK_OK(create_buffer(ctx, SIZE_MIB * MIB, &buffers[0]));
    for (int i = 0; i < count; i++)
        kro_buffer_destroy(buffers[i]);
}

TEST(the_budget_may_be_ignored)
{
    kro_context *ctx = budgeted_context(t, true);
    kro_buffer *buffer = NULL;
    if (!ctx)
        return;
    CHECK_OK(create_buffer(ctx, BUDGET + MIB, &buffer));
    CHECK(held_bytes(ctx) > BUDGET);
    kro_buffer_destroy(buffer);
}

// A slab that nothing is in goes back before a buffer is refused.
TEST(empty_slabs_make_room_within_the_budget)
{
    kro_context *ctx = budgeted_context(t, false);
    const kronos_proxy_api *proxy = proxied_api(t);
    kro_buffer *buffer = NULL;
    if (!ctx || !proxy || !CHECK_OK(create_buffer(ctx, 1000, &buffer)))
        return;
    kro_buffer_destroy(buffer);
    CHECK_EQ_U64(held_bytes(ctx), MIB); // kept for the next
    const uint64_t freed = proxy->calls("vkFreeMemory");
    CHECK_OK(create_buffer(ctx, BUDGET - MIB, &buffer));
    CHECK_EQ_U64(proxy->calls("vkFreeMemory"), freed); // both fit
    kro_buffer_destroy(buffer);
    CHECK_EQ_U64(held_bytes(ctx), MIB);
    CHECK_OK(create_buffer(ctx, BUDGET - MIB / 2, &buffer));
    CHECK_EQ_U64(held_bytes(ctx), BUDGET - MIB / 2);
    kro_buffer_destroy(buffer);
}

// The same where the device allows few allocations: here one.
TEST(empty_slabs_make_room_among_the_allocations)
{
    kro_context *ctx = proxied_context(t, "limit=maxMemoryAllocationCount:1",
                                       &(kro_context_config){.slab_bytes = MIB});
    kro_buffer *buffer = NULL, *other = NULL;
    if (!ctx || !CHECK_OK(create_buffer(ctx, 1000, &buffer)))
        return;
    kro_buffer_destroy(buffer);
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, 1);
    CHECK_EQ_U64(kro_context_memory(ctx)->max_allocation_count, 1);
    CHECK_OK(create_buffer(ctx, 5 * MIB, &buffer));
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, 1);
    CHECK_REFUSED(create_buffer(ctx, 5 * MIB, &other), KRO_ERROR_OUT_OF_DEVICE_MEMORY,
                  "'one of many' of 5242880 bytes", "1 of 1 allocations are in use");
    kro_buffer_destroy(buffer);
}

// A slab that is full, or has no piece that is large enough, is passed over.
TEST(buffers_share_the_first_slab_with_room)
{
    enum { QUARTERS = 4, QUARTER = MIB / QUARTERS };
    kro_context *ctx =
        kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t), .slab_bytes = MIB});
    kro_buffer *quarters[QUARTERS] = {NULL}, *half = NULL, *other = NULL;
    if (!ctx)
        return;
    const kro_memory_info *memory = kro_context_memory(ctx);
    const uint32_t before = memory->allocation_count;
    for (int i = 0; i < QUARTERS; i++)
        CHECK_OK(create_buffer(ctx, QUARTER, &quarters[i]));
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, before + 1);
    CHECK_OK(create_buffer(ctx, 2 * QUARTER, &half)); // the slab is full
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, before + 2);
    CHECK_OK(create_buffer(ctx, 2 * QUARTER, &other));
    kro_buffer_destroy(quarters[0]);
    kro_buffer_destroy(quarters[2]);
    kro_buffer_destroy(half);
    kro_buffer_destroy(other); // which leaves an empty slab, besides two separate quarters
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, before + 2);
    CHECK_OK(create_buffer(ctx, 2 * QUARTER, &half));
    CHECK_OK(create_buffer(ctx, 2 * QUARTER, &other));
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, before + 2);
    CHECK_OK(create_buffer(ctx, 2 * QUARTER, &quarters[0])); // two quarters are no half
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, before + 3);
    CHECK_OK(create_buffer(ctx, QUARTER, &quarters[2]));
    CHECK_EQ_U64(kro_context_memory(ctx)->allocation_count, before + 3);
    for (int i = 0; i < QUARTERS; i++)
        kro_buffer_destroy(quarters[i]);
    kro_buffer_destroy(half);
    kro_buffer_destroy(other);
}

// Where a whole slab would go over it, a small buffer may still fit.
TEST(small_buffers_fit_into_the_rest_of_the_budget)
{
    kro_context *ctx = budgeted_context(t, false);
    kro_buffer *large = NULL, *little = NULL;
    if (!ctx || !CHECK_OK(create_buffer(ctx, BUDGET - MIB / 2, &large)))
        return;
    CHECK_OK(create_buffer(ctx, MIB / 4, &little));
    CHECK(held_bytes(ctx) <= BUDGET);
    kro_buffer_destroy(little);
    kro_buffer_destroy(large);
}

// The memory is there already.
TEST(registered_memory_is_outside_the_budget)
{
    kro_context *ctx = budgeted_context(t, false);
    const uint64_t alignment = ctx ? kro_context_info(ctx)->limits.host_alignment : 0;
    if (ctx && alignment == 0)
        SKIP(t, "the device cannot use host memory in place (limits.host_alignment)");
    if (alignment == 0)
        return;
    uint8_t *memory = kt_alloc(t, BUDGET + 2 * alignment);
    memory += (alignment - (uintptr_t)memory % alignment) % alignment;
    const kro_host_config config = {.memory = memory, .size_bytes = BUDGET + alignment};
    const uint64_t held = held_bytes(ctx);
    kro_buffer *buffer;
    kro_status status = kro_host_register(ctx, &config, &buffer);
    if (status == KRO_ERROR_UNSUPPORTED)
        SKIP(t, "%s", kro_error_detail());
    if (status == KRO_ERROR_UNSUPPORTED || !CHECK_OK(status))
        return;
    CHECK_EQ_U64(held_bytes(ctx), held);
    CHECK_OK(kro_host_unregister(buffer));
    CHECK_EQ_U64(held_bytes(ctx), held);
}

// Where the driver wants it, each buffer has an allocation of its own, which names it.
TEST(buffers_get_allocations_of_their_own_where_the_driver_wants)
{
    enum { BUFFERS = 6 };
    kro_context *ctx = proxied_context(t, "dedicated", NULL);
    const kronos_proxy_api *proxy = proxied_api(t);
    contract_bench bench = contract_bench_create(t, ctx);
    if (!bench.ctx || !proxy)
        return;
    contract_check_usable(t, &bench);
    const uint64_t before = proxy->objects("VkDeviceMemory");
    kro_buffer *buffers[BUFFERS] = {NULL};
    for (int i = 0; i < BUFFERS; i++)
        CHECK_OK(kro_buffer_create(
            ctx, &(kro_buffer_config){.size_bytes = 100, .memory = (kro_memory)(i % 3)},
            &buffers[i]));
    CHECK_EQ_U64(proxy->objects("VkDeviceMemory"), before + BUFFERS);
    for (int i = 0; i < BUFFERS; i++)
        kro_buffer_destroy(buffers[i]);
    CHECK_EQ_U64(proxy->objects("VkDeviceMemory"), before);
    CHECK_EQ_U64(proxy->violations(), 0);
}

// Whole atoms are flushed and invalidated, but none beyond the end of an allocation: one that is
// the buffer's own ends where the buffer's requirement does.
TEST(the_last_atom_of_an_allocation_may_be_cut)
{
    enum { ATOM = 4096, SIZE = 2 * MIB + 100, TAIL = 70 };
    static const kro_memory kinds[] = {KRO_MEMORY_UPLOAD, KRO_MEMORY_READBACK};
    kro_context *ctx =
        proxied_context(t, contract_text(t, "noncoherent;limit=nonCoherentAtomSize:%d", ATOM),
                        &(kro_context_config){.slab_bytes = MIB});
    const kronos_proxy_api *proxy = proxied_api(t);
    contract_bench bench = contract_bench_create(t, ctx);
    if (!bench.ctx || !proxy)
        return;
    for (int i = 0; i < 2; i++) {
        uint8_t written[TAIL], read[TAIL];
        void *mapped;
        kro_buffer *buffer =
            kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = SIZE, .memory = kinds[i]});
        kt_fill_bytes(t, written, TAIL);
        CHECK_OK(kro_buffer_write(buffer, SIZE - TAIL, written, TAIL));
        CHECK_OK(kro_copy(bench.stream, buffer, 0, buffer, SIZE - TAIL, TAIL));
        CHECK_OK(kro_finish(bench.stream));
        CHECK_OK(kro_buffer_read(buffer, 0, read, TAIL));
        CHECK_BYTES(read, written, TAIL);
        CHECK_OK(kro_copy(bench.stream, buffer, SIZE - TAIL, buffer, 1, TAIL - 1));
        CHECK_OK(kro_finish(bench.stream));
        if (CHECK_OK(kro_buffer_map(buffer, &mapped))) {
            CHECK_BYTES((uint8_t *)mapped + SIZE - TAIL, written + 1, TAIL - 1);
            CHECK_OK(kro_buffer_unmap(buffer));
        }
        kt_release(t, buffer);
    }
    CHECK_EQ_U64(proxy->violations(), 0);
}
