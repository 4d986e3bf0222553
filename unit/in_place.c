// Transfers between buffers and registered memory: which of them the device makes in place, and
// that all others find the bytes that they always found.
#include "bench.h"

#include <string.h>

enum {
    PAGE = 64,           // the fake device's limits.host_alignment
    COPIED = 1 << 20,    // its limits.staging_bytes
    SIZE = 2 * COPIED,   // of the registered memory, and of the buffer beside it
    ABOVE = COPIED + 12, // bytes that kro_write takes no copy of
    BEFORE = 7,          // what the source holds when a write is recorded …
    AFTER = 9,           // … and when it is submitted
};

// A bench with registered memory and a buffer that the host does not reach.
typedef struct in_place {
    bench it;
    uint8_t *memory, *around; // SIZE bytes each; the latter ends where the former does, and is
                              // PAGE bytes longer
    kro_buffer *mine, *large;
} in_place;

static in_place in_place_create(kt_test *t)
{
    in_place p = {.it = bench_create(t, NULL)};
    char *bytes = kt_alloc(t, SIZE + 2 * PAGE);
    p.around = (uint8_t *)bytes + (PAGE - (uintptr_t)bytes % PAGE) % PAGE;
    p.memory = p.around + PAGE;
    const kro_host_config config = {.memory = p.memory, .size_bytes = SIZE, .label = "mine"};
    CHECK_OK(kro_host_register(p.it.ctx, &config, &p.mine));
    p.large = kt_buffer_in(t, p.it.ctx, &(kro_buffer_config){.size_bytes = SIZE});
    memset(p.around, BEFORE, PAGE + SIZE);
    return p;
}

// Records a write from `src`, changes it, submits. Returns a byte of what arrived.
static uint8_t write_then_change(kt_test *t, in_place *p, uint8_t *src, uint64_t size_bytes)
{
    uint8_t arrived[2] = {0};
    CHECK_OK(kro_write(p->it.stream, p->large, 3, src, size_bytes));
    memset(src, AFTER, size_bytes);
    CHECK_OK(kro_finish(p->it.stream));
    CHECK_OK(kro_buffer_read(p->large, 3, &arrived[0], 1));
    CHECK_OK(kro_buffer_read(p->large, 3 + size_bytes - 1, &arrived[1], 1));
    CHECK_EQ_U64(arrived[0], arrived[1]);
    return arrived[0];
}

TEST(large_writes_from_registered_memory_are_not_copied)
{
    in_place p = in_place_create(t);
    uint32_t before = p.it.device->memory_count;
    CHECK_OK(kro_write(p.it.stream, p.large, 3, p.memory + 5, ABOVE));
    CHECK_EQ_U64(p.it.device->memory_count, before); // no staging
    p.memory[5] = 1;
    p.memory[5 + ABOVE - 1] = 2;
    CHECK_OK(kro_finish(p.it.stream));
    uint8_t *arrived = kt_alloc(t, ABOVE);
    CHECK_OK(kro_buffer_read(p.large, 3, arrived, ABOVE));
    CHECK_BYTES(arrived, p.memory + 5, ABOVE);
}

// The promise of kro_write holds whatever is registered.
TEST(small_writes_from_registered_memory_are_copied)
{
    in_place p = in_place_create(t);
    CHECK_EQ_U64(write_then_change(t, &p, p.memory, COPIED), BEFORE);
    CHECK_EQ_U64(write_then_change(t, &p, p.memory, COPIED + 1), AFTER);
}

// Wherever the source is not registered as a whole, or not the device's to read, it is copied.
TEST(other_writes_are_copied)
{
    in_place p = in_place_create(t);
    void *bytes;
    CHECK_EQ_U64(write_then_change(t, &p, p.memory - 1, ABOVE), BEFORE);
    memset(p.memory, BEFORE, SIZE);
    CHECK_OK(kro_buffer_map(p.mine, &bytes));
    CHECK_EQ_U64(write_then_change(t, &p, p.memory, ABOVE), BEFORE);
    CHECK_OK(kro_buffer_unmap(p.mine));
    memset(p.memory, BEFORE, SIZE);
    kro_buffer_destroy(p.mine);
    CHECK_EQ_U64(write_then_change(t, &p, p.memory, ABOVE), BEFORE);
}

// Two neighbours are two buffers: no copy reaches across.
TEST(ranges_across_two_registrations_are_copied)
{
    in_place p = in_place_create(t);
    kro_buffer *before;
    const kro_host_config config = {.memory = p.around, .size_bytes = PAGE};
    CHECK_OK(kro_host_register(p.it.ctx, &config, &before));
    CHECK_EQ_U64(write_then_change(t, &p, p.around + PAGE / 2, ABOVE), BEFORE);
    memset(p.memory, BEFORE, SIZE);
    CHECK_EQ_U64(write_then_change(t, &p, p.memory, SIZE - 3), AFTER);
    CHECK_OK(kro_host_unregister(before));
    CHECK_OK(kro_host_unregister(p.mine));
}

// A buffer that is written from its own memory takes a copy: the two ranges may overlap.
TEST(a_registered_buffer_may_be_written_from_itself)
{
    in_place p = in_place_create(t);
    for (int i = 0; i < SIZE; i++)
        p.memory[i] = (uint8_t)(i * 31 + i / 256);
    uint8_t *expected = kt_alloc(t, SIZE);
    memcpy(expected, p.memory, SIZE);
    memcpy(expected + 1, p.memory, ABOVE);
    CHECK_OK(kro_write(p.it.stream, p.mine, 1, p.memory, ABOVE));
    p.memory[ABOVE / 2] ^= 1; // of the source, and copied already
    CHECK_OK(kro_finish(p.it.stream));
    CHECK_BYTES(p.memory, expected, SIZE);
    memcpy(expected + 2, p.memory, ABOVE);
    CHECK_OK(kro_read(p.it.stream, p.mine, 0, p.memory + 2, ABOVE));
    CHECK_OK(kro_submit(p.it.stream, NULL));
    CHECK(p.memory[2] != expected[2]); // not before it is waited for
    CHECK_OK(kro_finish(p.it.stream));
    CHECK_BYTES(p.memory, expected, SIZE);
}

// Of any size: the bytes are there when the work has finished, and no wait has to bring them.
TEST(reads_into_registered_memory_are_not_copied)
{
    static const uint32_t sizes[] = {1, 60, ABOVE};
    in_place p = in_place_create(t);
    CHECK_OK(kro_fill(p.it.stream, p.large, 0, SIZE, 0x05050505));
    CHECK_OK(kro_finish(p.it.stream));
    uint32_t before = p.it.device->memory_count;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        memset(p.memory, BEFORE, SIZE);
        CHECK_OK(kro_read(p.it.stream, p.large, 2, p.memory + 3, sizes[i]));
        CHECK_EQ_U64(p.memory[3], BEFORE);
        CHECK_OK(kro_submit(p.it.stream, NULL));
        CHECK_EQ_U64(p.memory[2], BEFORE);
        CHECK_EQ_U64(p.memory[3], 5);
        CHECK_EQ_U64(p.memory[3 + sizes[i] - 1], 5);
        CHECK_EQ_U64(p.memory[3 + sizes[i]], BEFORE);
        CHECK(p.it.device->last.exit_barrier); // the host looks with no call in between
    }
    CHECK_EQ_U64(p.it.device->memory_count, before);
    // Partly outside: delivered by a wait, as ever.
    CHECK_OK(kro_read(p.it.stream, p.large, 0, p.memory - 1, 2));
    CHECK_OK(kro_submit(p.it.stream, NULL));
    CHECK_EQ_U64(p.memory[0], BEFORE);
    CHECK_OK(kro_finish(p.it.stream));
    CHECK_EQ_U64(p.memory[0], 5);
}

// In place the registered buffer is a side of a copy, and its hazards count.
TEST(transfers_in_place_keep_their_order)
{
    in_place p = in_place_create(t);
    CHECK_OK(kro_fill(p.it.stream, p.mine, 0, SIZE, 0x01010101));
    CHECK_OK(kro_write(p.it.stream, p.large, 0, p.memory, ABOVE));
    CHECK_OK(kro_fill(p.it.stream, p.mine, 0, SIZE, 0x02020202));
    CHECK_OK(kro_read(p.it.stream, p.large, 0, p.memory + COPIED, 4));
    CHECK_OK(kro_submit(p.it.stream, NULL));
    CHECK_EQ_U64(p.it.device->last.barrier_count, 3);
    CHECK_EQ_U64(p.memory[0], 2);
    CHECK_EQ_U64(p.memory[COPIED], 1);
    CHECK_EQ_U64(p.memory[COPIED + 4], 2);
}

TEST(unregistering_waits_for_transfers_in_place)
{
    in_place p = in_place_create(t);
    CHECK_OK(kro_write(p.it.stream, p.large, 0, p.memory, ABOVE));
    CHECK_STATUS(kro_host_unregister(p.mine), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "open batch");
    p.it.device->manual = true;
    CHECK_OK(kro_submit(p.it.stream, NULL));
    p.it.device->fail_in = FAKE_WAIT; // where it comes to only if it waits
    p.it.device->fail_next = KRO_ERROR_DRIVER;
    CHECK_STATUS(kro_host_unregister(p.mine), KRO_ERROR_DRIVER);
    p.it.device->manual = false;
    CHECK_OK(kro_host_unregister(p.mine));
    CHECK_EQ_U64(write_then_change(t, &p, p.memory, ABOVE), BEFORE); // the caller's again
}

// However large: one submission, and no memory besides.
TEST(blocking_transfers_of_registered_memory_are_one_copy)
{
    enum { LARGE = (64 << 20) + 2 * PAGE };
    bench it = bench_create(t, NULL);
    char *bytes = kt_alloc(t, LARGE + PAGE);
    uint8_t *memory = (uint8_t *)bytes + (PAGE - (uintptr_t)bytes % PAGE) % PAGE;
    memset(memory, 3, LARGE);
    kro_buffer *mine, *dst;
    const kro_host_config config = {.memory = memory, .size_bytes = LARGE};
    CHECK_OK(kro_host_register(it.ctx, &config, &mine));
    uint32_t memories = it.device->memory_count, submits = it.device->submit_count;
    const kro_buffer_config filled = {.size_bytes = LARGE, .data = memory};
    CHECK_OK(kro_buffer_create(it.ctx, &filled, &dst));
    CHECK_OK(kro_buffer_write(dst, 1, memory + 1, LARGE - 1));
    memset(memory, 4, LARGE);
    CHECK_OK(kro_buffer_read(dst, 0, memory, LARGE));
    CHECK_EQ_U64(memory[0], 3);
    CHECK_EQ_U64(memory[LARGE - 1], 3);
    // Small ones, too: nobody can change the bytes while the call is on.
    CHECK_OK(kro_buffer_write(dst, 0, memory, 1));
    CHECK_EQ_U64(it.device->submit_count, submits + 4);
    CHECK_EQ_U64(it.device->memory_count, memories + 1); // dst alone
    kro_buffer_destroy(dst);
    CHECK_OK(kro_host_unregister(mine));
}
