// A two-level segregated-fit allocator over the offsets of one slab. It hands out numbers and never
// touches the memory behind them. Pure: no Vulkan, no lock.
//
// Free blocks are kept in lists by size class, so that allocation and release take constant time.
// An allocation fails only where no free block could hold it: when the classes find nothing, the
// blocks of the last candidate classes are looked at one by one.
#ifndef KRO_SRC_VK_RANGES_H
#define KRO_SRC_VK_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/status.h>

enum {
    KRO__RANGES_POWERS = 64,   // first level: the power of two below a size
    KRO__RANGES_STEP_BITS = 4, // second level: 16 steps between two powers
    KRO__RANGES_STEPS = 1 << KRO__RANGES_STEP_BITS,
};

// A stretch of the slab, in use or free. Neighbours are never both free.
typedef struct kro__range_block {
    uint64_t offset_bytes, size_bytes;
    uint32_t before, after;  // neighbours by offset
    uint32_t previous, next; // in the free list of its class; `next` also links unused records
    bool is_free;
} kro__range_block;

typedef struct kro__ranges {
    uint64_t size_bytes, used_bytes;
    kro__range_block *blocks;
    uint32_t block_capacity, unused; // unused: head of the list of records without a block
    uint32_t unused_count;
    uint64_t powers;                    // bit p: some list of power p has blocks
    uint16_t steps[KRO__RANGES_POWERS]; // bit s: list [p][s] has blocks
    uint32_t lists[KRO__RANGES_POWERS][KRO__RANGES_STEPS];
} kro__ranges;

// What an allocation got; handed back to free it.
typedef struct kro__range {
    uint64_t offset_bytes, size_bytes;
    uint32_t block;
} kro__range;

// Starts with one free block of the whole size.
//
// Errors: OUT_OF_HOST_MEMORY, without a sentence
kro_status kro__ranges_init(kro__ranges *ranges, uint64_t size_bytes);

// Accepts zeroed ranges.
void kro__ranges_finish(kro__ranges *ranges);

// Takes `size_bytes` (at least 1) at a multiple of `alignment` (a power of two).
//
// Errors: OUT_OF_DEVICE_MEMORY  no free block can hold it; OUT_OF_HOST_MEMORY; both without a
//         sentence and with nothing changed
kro_status kro__ranges_alloc(kro__ranges *ranges, uint64_t size_bytes, uint64_t alignment,
                             kro__range *out);

// Gives a range back; never fails.
void kro__ranges_free(kro__ranges *ranges, const kro__range *range);

#endif
