// Marks of the byte ranges of one buffer: a treap with subtree maxima and deferred raises. Pure.
//
// A tree covers [0, UINT64_MAX) without gaps; each node is a range up to the next node's begin,
// with the highest mark of a write and of a read to it. Many trees share one pool of nodes.
#ifndef KRO_SRC_INTERVALS_H
#define KRO_SRC_INTERVALS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct kro__interval kro__interval;

typedef struct kro__intervals {
    kro__interval *nodes; // index 0 is never used
    uint32_t capacity, count, free_node;
    uint64_t random; // decides priorities; fixed seed, so that costs repeat
} kro__intervals;

void kro__intervals_init(kro__intervals *intervals);
void kro__intervals_finish(kro__intervals *intervals);

// Frees every tree and keeps the memory.
void kro__intervals_clear(kro__intervals *intervals);

// Makes room for `count` more calls of create and add together.
//
// Returns: false when memory ran out; nothing has changed.
bool kro__intervals_reserve(kro__intervals *intervals, uint32_t count);

// Makes a tree of one range.
uint32_t kro__intervals_create(kro__intervals *intervals, uint64_t write, uint64_t read);
void kro__intervals_destroy(kro__intervals *intervals, uint32_t root);

// The highest mark in [begin, end) that an access conflicts with.
uint64_t kro__intervals_conflict(const kro__intervals *intervals, uint32_t root, uint64_t begin,
                                 uint64_t end, bool writes);

// Raises the marks of [begin, end), which is not empty. Returns the new root.
uint32_t kro__intervals_add(kro__intervals *intervals, uint32_t root, uint64_t begin, uint64_t end,
                            uint64_t write, uint64_t read);

// Whether the tree is one range again; if so, its marks.
bool kro__intervals_is_single(const kro__intervals *intervals, uint32_t root, uint64_t *write,
                              uint64_t *read);

// Calls `visit` for each range in order.
typedef void (*kro__interval_visit)(void *user, uint64_t begin, uint64_t write, uint64_t read);
void kro__intervals_each(kro__intervals *intervals, uint32_t root, kro__interval_visit visit,
                         void *user);

// The higher of two marks.
static inline uint64_t kro__max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

#endif
