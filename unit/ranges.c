// The offsets of a slab, against a map with one byte per offset.
#include "vk/ranges.h"

#include <string.h>

#include "heap_watch.h"
#include "test.h"

enum { SLAB_BYTES = 4096, MAX_LIVE = 512 };

// What an allocator may do at all: which offsets are taken.
typedef struct model {
    uint8_t taken[SLAB_BYTES];
    kro__range live[MAX_LIVE];
    uint32_t live_count;
    uint64_t used_bytes;
} model;

static bool is_free(const model *m, uint64_t offset, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++)
        if (m->taken[offset + i])
            return false;
    return true;
}

static bool has_room(const model *m, uint64_t size, uint64_t alignment)
{
    for (uint64_t offset = 0; offset + size <= SLAB_BYTES; offset += alignment)
        if (is_free(m, offset, size))
            return true;
    return false;
}

static void try_alloc(kt_test *t, kro__ranges *ranges, model *m)
{
    bool small = kt_random_below(t, 4) > 0;
    uint64_t size = 1 + kt_random_below(t, small ? 40 : 700);
    uint64_t alignment = UINT64_C(1) << kt_random_below(t, 9);
    kro__range range;
    kro_status status = kro__ranges_alloc(ranges, size, alignment, &range);
    if (status < 0) {
        CHECK_EQ_I64(status, KRO_ERROR_OUT_OF_DEVICE_MEMORY);
        CHECK(!has_room(m, size, alignment));
        return;
    }
    CHECK_EQ_U64(range.size_bytes, size);
    CHECK_EQ_U64(range.offset_bytes % alignment, 0);
    if (!CHECK(range.offset_bytes + size <= SLAB_BYTES))
        return;
    CHECK(is_free(m, range.offset_bytes, size));
    memset(m->taken + range.offset_bytes, 1, size);
    m->live[m->live_count++] = range;
    m->used_bytes += size;
}

static void free_one(kt_test *t, kro__ranges *ranges, model *m)
{
    uint32_t index = (uint32_t)kt_random_below(t, m->live_count);
    kro__range range = m->live[index];
    kro__ranges_free(ranges, &range);
    memset(m->taken + range.offset_bytes, 0, range.size_bytes);
    m->live[index] = m->live[--m->live_count];
    m->used_bytes -= range.size_bytes;
}

// Ranges never overlap, are aligned, and are refused only where the slab has no gap that fits.
TEST(random_allocations_agree_with_a_map)
{
    model *m = kt_alloc(t, sizeof *m);
    kro__ranges ranges;
    if (!CHECK_OK(kro__ranges_init(&ranges, SLAB_BYTES)))
        return;
    for (int step = 0; step < 20000; step++) {
        // Long runs that fill the slab and long runs that empty it.
        bool filling = step / 1000 % 2 == 0;
        bool alloc = m->live_count == 0 ||
                     (m->live_count < MAX_LIVE && kt_random_below(t, 10) < (filling ? 7 : 3));
        if (alloc)
            try_alloc(t, &ranges, m);
        else
            free_one(t, &ranges, m);
        if (!CHECK_EQ_U64(ranges.used_bytes, m->used_bytes))
            break;
    }
    kro__ranges_finish(&ranges);
}

// What was freed in any order is one block again.
TEST(neighbours_that_are_free_become_one)
{
    enum { COUNT = 64 };
    kro__range live[COUNT], whole;
    kro__ranges ranges;
    CHECK_OK(kro__ranges_init(&ranges, SLAB_BYTES));
    for (int i = 0; i < COUNT; i++)
        CHECK_OK(kro__ranges_alloc(&ranges, SLAB_BYTES / COUNT, 1, &live[i]));
    CHECK_EQ_I64(kro__ranges_alloc(&ranges, 1, 1, &whole), KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    for (uint32_t left = COUNT; left > 0; left--) {
        uint32_t index = (uint32_t)kt_random_below(t, left);
        kro__ranges_free(&ranges, &live[index]);
        live[index] = live[left - 1];
    }
    CHECK_EQ_U64(ranges.used_bytes, 0);
    CHECK_OK(kro__ranges_alloc(&ranges, SLAB_BYTES, 4096, &whole));
    CHECK_EQ_U64(whole.offset_bytes, 0);
    kro__ranges_finish(&ranges);
}

// A block that was freed serves the next request of its size, so a steady program does not spread.
TEST(a_freed_block_serves_the_next_of_its_size)
{
    kro__range fence, block, again;
    kro__ranges ranges;
    CHECK_OK(kro__ranges_init(&ranges, UINT64_C(1) << 30));
    for (uint64_t size = 1; size < 100000; size = size * 3 + 1) {
        CHECK_OK(kro__ranges_alloc(&ranges, size, 256, &block));
        CHECK_OK(kro__ranges_alloc(&ranges, 1, 1, &fence)); // keeps it from joining what follows
        kro__ranges_free(&ranges, &block);
        CHECK_OK(kro__ranges_alloc(&ranges, size, 256, &again));
        CHECK_EQ_U64(again.offset_bytes, block.offset_bytes);
    }
    kro__ranges_finish(&ranges);
}

// Offsets and sizes above 2^32 are exact.
TEST(large_slabs_use_64_bits)
{
    const uint64_t half = UINT64_C(1) << 40;
    kro__range first, second, third;
    kro__ranges ranges;
    CHECK_OK(kro__ranges_init(&ranges, 2 * half + 1));
    CHECK_OK(kro__ranges_alloc(&ranges, half, half, &first));
    CHECK_OK(kro__ranges_alloc(&ranges, half, half, &second));
    CHECK_EQ_U64(first.offset_bytes + second.offset_bytes, half); // 0 and half, in some order
    CHECK_OK(kro__ranges_alloc(&ranges, 1, 1, &third));
    CHECK_EQ_U64(third.offset_bytes, 2 * half);
    // Sizes whose sum with the alignment, or whose class, would wrap around.
    kro__ranges_free(&ranges, &second);
    CHECK_EQ_I64(kro__ranges_alloc(&ranges, UINT64_MAX, 2, &third), KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    const uint64_t wraps_to_0 = UINT64_MAX - (UINT64_C(1) << 59) + 2;
    CHECK_EQ_I64(kro__ranges_alloc(&ranges, wraps_to_0, 1, &third), KRO_ERROR_OUT_OF_DEVICE_MEMORY);
    kro__ranges_finish(&ranges);
}

// A slab in use: buffers of all sizes come and go. One that finds no gap although so much is free
// tells how much of the slab is lost between the others.
typedef struct wear {
    kro__range *live;
    uint32_t count;
    uint64_t refusals, lost_bytes;
} wear;

enum { WEAR_SLAB = 64 << 20, WEAR_LIVE = 1 << 14 };

// 256 bytes to 1 MiB, each power of two as often as the others.
static uint64_t wear_size(kt_test *t)
{
    enum { LEAST_BITS = 8, POWERS = 12 };
    const uint64_t base = UINT64_C(1) << (LEAST_BITS + kt_random_below(t, POWERS));
    return base + kt_random_below(t, base);
}

// Takes a range; others go, whichever they are, until it fits.
static void wear_once(kt_test *t, kro__ranges *ranges, wear *w)
{
    enum { ALIGNMENT = 256 };
    kro__range range;
    const uint64_t size = wear_size(t);
    while (w->count == WEAR_LIVE || kro__ranges_alloc(ranges, size, ALIGNMENT, &range) < 0) {
        const uint64_t free_bytes = WEAR_SLAB - ranges->used_bytes;
        if (free_bytes >= size) {
            w->refusals++;
            w->lost_bytes += free_bytes;
        }
        const uint32_t index = (uint32_t)kt_random_below(t, w->count);
        kro__ranges_free(ranges, &w->live[index]);
        w->live[index] = w->live[--w->count];
    }
    w->live[w->count++] = range;
}

// The part of the slab that is free when a buffer is refused, on average over so many.
static double wear_part(kt_test *t, kro__ranges *ranges, wear *w, int steps)
{
    w->refusals = w->lost_bytes = 0;
    for (int step = 0; step < steps; step++)
        wear_once(t, ranges, w);
    CHECK(w->refusals > (uint64_t)steps / 2); // the slab is full, not idle
    return (double)w->lost_bytes / (double)w->refusals / WEAR_SLAB;
}

// However long it is in use: 18.6 to 18.9 % were measured with six seeds. Worst fit has 38 %.
TEST(a_full_slab_loses_little_between_ranges)
{
    enum { STEPS = 50000 };
    wear w = {.live = kt_alloc(t, WEAR_LIVE * sizeof *w.live)};
    kro__ranges ranges;
    if (!CHECK_OK(kro__ranges_init(&ranges, WEAR_SLAB)))
        return;
    const double first = wear_part(t, &ranges, &w, STEPS);
    const double second = wear_part(t, &ranges, &w, STEPS);
    LOGF(t, "%.1f %% and %.1f %% are free", 100 * first, 100 * second);
    CHECK(first < 0.22);
    CHECK(second < 0.22 && second < first * 1.1); // it does not get worse
    CHECK(ranges.block_capacity <= 4096);
    kro__ranges_finish(&ranges);
}

// Splitting a range takes records; where there is no memory for them the slab is as it was.
TEST(a_range_that_there_is_no_memory_for_changes_nothing)
{
    kro__ranges ranges;
    kro__range range;
    kro_status status = KRO_OK;
    uint64_t used_bytes = 0;
    if (!CHECK_OK(kro__ranges_init(&ranges, UINT64_C(1) << 40)))
        return;
    heap_watch_begin(1);
    while (status == KRO_OK) {
        used_bytes = ranges.used_bytes;
        status = kro__ranges_alloc(&ranges, 64, 64, &range);
    }
    (void)heap_watch_end();
    CHECK_EQ_I64(status, KRO_ERROR_OUT_OF_HOST_MEMORY);
    CHECK_EQ_U64(ranges.used_bytes, used_bytes);
    CHECK(kro__ranges_alloc(&ranges, 64, 64, &range) == KRO_OK);
    CHECK_EQ_U64(range.offset_bytes, used_bytes);
    kro__ranges_finish(&ranges);
}
