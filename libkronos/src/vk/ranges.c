#include "vk/ranges.h"

#include <stdlib.h>

static const uint32_t none = UINT32_MAX;

enum {
    FIRST_BLOCKS = 16,
    SPLIT_BLOCKS = 2, // new blocks that one allocation may need: before and after what it takes
};

typedef struct size_class {
    uint32_t power, step;
} size_class;

static uint32_t highest_bit(uint64_t value)
{
    uint32_t bit = 0;
    while (value >>= 1)
        bit++;
    return bit;
}

static uint32_t lowest_bit(uint64_t value)
{
    uint32_t bit = 0;
    while (!(value & 1)) {
        value >>= 1;
        bit++;
    }
    return bit;
}

// The class whose lists hold blocks of this size: sizes below 16 have exact classes of their own.
static size_class class_of(uint64_t size)
{
    uint32_t power = highest_bit(size);
    if (power < KRO__RANGES_STEP_BITS)
        return (size_class){0, (uint32_t)size};
    // The four bits below the highest one tell the step; the highest itself is cut off below.
    uint64_t step = size >> (power - KRO__RANGES_STEP_BITS);
    return (size_class){power, (uint32_t)step - KRO__RANGES_STEPS};
}

// The first class of which every block is at least this large. False where there is none.
static bool class_above(uint64_t size, size_class *out)
{
    uint32_t power = highest_bit(size);
    if (power >= KRO__RANGES_STEP_BITS) {
        // To the next step: what is at least as large as its lowest member fits.
        uint64_t round = (UINT64_C(1) << (power - KRO__RANGES_STEP_BITS)) - 1;
        if (size > UINT64_MAX - round)
            return false;
        size += round;
    }
    *out = class_of(size);
    return true;
}

// The first non-empty list at or above a class. False where there is none.
static bool find_list(const kro__ranges *ranges, size_class *at)
{
    if (at->step < KRO__RANGES_STEPS) {
        uint32_t steps = ranges->steps[at->power] & (UINT32_MAX << at->step);
        if (steps) {
            at->step = lowest_bit(steps);
            return true;
        }
    }
    if (at->power + 1 >= KRO__RANGES_POWERS)
        return false;
    uint64_t powers = ranges->powers & (UINT64_MAX << (at->power + 1));
    if (!powers)
        return false;
    at->power = lowest_bit(powers);
    at->step = lowest_bit(ranges->steps[at->power]);
    return true;
}

// Newest first: what was freed last is used again first, while it is warm in caches.
static void link_free(kro__ranges *ranges, uint32_t index)
{
    kro__range_block *block = &ranges->blocks[index];
    size_class at = class_of(block->size_bytes);
    uint32_t *head = &ranges->lists[at.power][at.step];
    block->is_free = true;
    block->previous = none;
    block->next = *head;
    if (*head != none)
        ranges->blocks[*head].previous = index;
    *head = index;
    ranges->steps[at.power] |= (uint16_t)(1u << at.step);
    // A set bit says: not empty; find_list trusts it.
    ranges->powers |= UINT64_C(1) << at.power;
}

// Takes a block out of its list and keeps the bit maps true.
static void unlink_free(kro__ranges *ranges, uint32_t index)
{
    kro__range_block *block = &ranges->blocks[index];
    size_class at = class_of(block->size_bytes);
    uint32_t *head = &ranges->lists[at.power][at.step];
    if (block->next != none)
        ranges->blocks[block->next].previous = block->previous;
    if (block->previous != none)
        ranges->blocks[block->previous].next = block->next;
    else
        *head = block->next;
    block->is_free = false;
    if (*head != none)
        return;
    ranges->steps[at.power] &= (uint16_t) ~(1u << at.step);
    if (!ranges->steps[at.power])
        ranges->powers &= ~(UINT64_C(1) << at.power);
}

// Records are named by index, because their array moves when it grows.
static uint32_t take_record(kro__ranges *ranges)
{
    uint32_t index = ranges->unused;
    ranges->unused = ranges->blocks[index].next;
    ranges->unused_count--;
    return index;
}

static void return_record(kro__ranges *ranges, uint32_t index)
{
    ranges->blocks[index].next = ranges->unused;
    ranges->unused = index;
    ranges->unused_count++;
}

// Makes sure that an allocation cannot run out of records half-way.
static kro_status reserve_records(kro__ranges *ranges)
{
    if (ranges->unused_count >= SPLIT_BLOCKS)
        return KRO_OK;
    uint32_t old = ranges->block_capacity;
    // Indices must stay below `none` after doubling.
    if (old > none / 4)
        return KRO_ERROR_OUT_OF_HOST_MEMORY;
    uint32_t capacity = old ? 2 * old : FIRST_BLOCKS;
    kro__range_block *blocks = realloc(ranges->blocks, capacity * sizeof *blocks);
    if (!blocks)
        return KRO_ERROR_OUT_OF_HOST_MEMORY;
    ranges->blocks = blocks;
    ranges->block_capacity = capacity;
    for (uint32_t i = capacity; i > old; i--)
        return_record(ranges, i - 1);
    return KRO_OK;
}

kro_status kro__ranges_init(kro__ranges *ranges, uint64_t size_bytes)
{
    *ranges = (kro__ranges){.size_bytes = size_bytes, .unused = none};
    for (uint32_t power = 0; power < KRO__RANGES_POWERS; power++)
        for (uint32_t step = 0; step < KRO__RANGES_STEPS; step++)
            ranges->lists[power][step] = none;
    kro_status status = reserve_records(ranges);
    if (status < 0)
        return status;
    uint32_t whole = take_record(ranges);
    // Its neighbours are the ends of the slab.
    ranges->blocks[whole] =
        (kro__range_block){.size_bytes = size_bytes, .before = none, .after = none};
    link_free(ranges, whole);
    return KRO_OK;
}

void kro__ranges_finish(kro__ranges *ranges)
{
    free(ranges->blocks);
    *ranges = (kro__ranges){0};
}

// The bytes to skip at the start of a block; false where the block is too small.
static bool fits(const kro__range_block *block, uint64_t size, uint64_t alignment, uint64_t *gap)
{
    // Alignments are powers of two.
    *gap = (alignment - (block->offset_bytes & (alignment - 1))) & (alignment - 1);
    return block->size_bytes >= *gap && block->size_bytes - *gap >= size;
}

// Constant time: the first block of the size's own class or of the next one, where it happens to
// fit. Blocks that were freed at an aligned offset are found again this way.
static uint32_t find_close(const kro__ranges *ranges, uint64_t size, uint64_t alignment)
{
    enum { TRIES = 2 };
    uint64_t gap;
    size_class at = class_of(size);
    for (int i = 0; i < TRIES && find_list(ranges, &at); i++, at.step++) {
        uint32_t index = ranges->lists[at.power][at.step];
        if (fits(&ranges->blocks[index], size, alignment, &gap))
            return index;
    }
    return none;
}

// Constant time: a block of a class where even the worst alignment leaves room.
static uint32_t find_roomy(const kro__ranges *ranges, uint64_t size, uint64_t alignment)
{
    size_class at;
    if (size > UINT64_MAX - (alignment - 1) || !class_above(size + (alignment - 1), &at) ||
        !find_list(ranges, &at))
        return none;
    return ranges->lists[at.power][at.step];
}

// Every block that may be large enough, one by one.
static uint32_t find_tight(const kro__ranges *ranges, uint64_t size, uint64_t alignment)
{
    uint64_t gap;
    for (size_class at = class_of(size); find_list(ranges, &at); at.step++)
        for (uint32_t i = ranges->lists[at.power][at.step]; i != none; i = ranges->blocks[i].next)
            if (fits(&ranges->blocks[i], size, alignment, &gap))
                return i;
    return none;
}

// Cuts `head_bytes` off the start of a block; the rest becomes a new block after it, which is
// returned. Neither is in a list.
static uint32_t split(kro__ranges *ranges, uint32_t index, uint64_t head_bytes)
{
    uint32_t rest = take_record(ranges);
    kro__range_block *block = &ranges->blocks[index];
    ranges->blocks[rest] = (kro__range_block){
        .offset_bytes = block->offset_bytes + head_bytes,
        .size_bytes = block->size_bytes - head_bytes,
        .before = index,
        .after = block->after,
    };
    if (block->after != none)
        ranges->blocks[block->after].before = rest;
    block->after = rest;
    block->size_bytes = head_bytes;
    return rest;
}

// Appends a block's right neighbour to it. Neither is in a list.
static void join_after(kro__ranges *ranges, uint32_t index)
{
    kro__range_block *block = &ranges->blocks[index];
    uint32_t gone = block->after;
    block->size_bytes += ranges->blocks[gone].size_bytes;
    block->after = ranges->blocks[gone].after;
    if (block->after != none)
        ranges->blocks[block->after].before = index;
    return_record(ranges, gone);
}

kro_status kro__ranges_alloc(kro__ranges *ranges, uint64_t size_bytes, uint64_t alignment,
                             kro__range *out)
{
    uint32_t index = find_close(ranges, size_bytes, alignment);
    if (index == none)
        index = find_roomy(ranges, size_bytes, alignment);
    if (index == none)
        index = find_tight(ranges, size_bytes, alignment);
    if (index == none)
        return KRO_ERROR_OUT_OF_DEVICE_MEMORY;
    kro_status status = reserve_records(ranges);
    if (status < 0)
        return status;

    uint64_t gap;
    (void)fits(&ranges->blocks[index], size_bytes, alignment, &gap);
    // From here on nothing can fail.
    unlink_free(ranges, index);
    if (gap > 0) {
        uint32_t skipped = index;
        index = split(ranges, skipped, gap);
        link_free(ranges, skipped);
    }
    if (ranges->blocks[index].size_bytes > size_bytes)
        link_free(ranges, split(ranges, index, size_bytes));
    ranges->used_bytes += size_bytes;
    *out = (kro__range){.offset_bytes = ranges->blocks[index].offset_bytes,
                        .size_bytes = size_bytes,
                        .block = index};
    return KRO_OK;
}

void kro__ranges_free(kro__ranges *ranges, const kro__range *range)
{
    uint32_t index = range->block;
    ranges->used_bytes -= range->size_bytes;
    // Free never needs a record, so it cannot fail; it gives up to two back.
    uint32_t after = ranges->blocks[index].after;
    if (after != none && ranges->blocks[after].is_free) {
        unlink_free(ranges, after);
        join_after(ranges, index);
    }
    uint32_t before = ranges->blocks[index].before;
    if (before != none && ranges->blocks[before].is_free) {
        unlink_free(ranges, before);
        join_after(ranges, before);
        index = before;
    }
    link_free(ranges, index);
}
