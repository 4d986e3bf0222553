// Marks of the byte ranges of one buffer: a treap with subtree maxima and deferred raises, or, as
// long as ranges are used in ascending order, a list (row.h). Pure.
//
// A tree covers [0, UINT64_MAX) without gaps; each node is a range up to the next node's begin,
// with the highest mark of a write and of a read to it. Many trees share one pool of nodes.
#ifndef KRO_SRC_INTERVALS_H
#define KRO_SRC_INTERVALS_H

#include <stdbool.h>
#include <stdint.h>

// A range [begin, begin of the next node). `write_tag` and `read_tag` are raises that the children
// have not seen yet.
typedef struct kro__interval {
    uint64_t begin;
    uint64_t write, read;
    uint64_t write_max, read_max; // over the subtree
    uint64_t write_tag, read_tag;
    uint32_t left, right; // 0: none
    uint32_t priority;
} kro__interval;

typedef struct kro__interval_tree {
    uint32_t root;   // 0: no tree
    uint32_t last;   // of a row: its last range; 0: a treap
    uint32_t cursor; // of a row: the range that was used last
} kro__interval_tree;

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

// A node of its own, for the parts of this module; there must be room.
uint32_t kro__intervals_take(kro__intervals *intervals, uint64_t begin, uint64_t write,
                             uint64_t read);

// Makes a tree of one range.
kro__interval_tree kro__intervals_create(kro__intervals *intervals, uint64_t write, uint64_t read);
void kro__intervals_destroy(kro__intervals *intervals, uint32_t root);

// The highest mark in [begin, end) that an access conflicts with. It may change how the tree is
// kept, not what is in it.
uint64_t kro__intervals_conflict(kro__intervals *intervals, kro__interval_tree *tree,
                                 uint64_t begin, uint64_t end, bool writes);

// Raises the marks of [begin, end), which is not empty.
void kro__intervals_add(kro__intervals *intervals, kro__interval_tree *tree, uint64_t begin,
                        uint64_t end, uint64_t write, uint64_t read);

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
