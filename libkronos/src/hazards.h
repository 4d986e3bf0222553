// Which bytes of which buffers were read and written, and when. Pure.
//
// A `kro__accesses` remembers, for every byte of every buffer, the highest mark under which it was
// written and the highest under which it was read. What a mark means is the caller's affair: a
// stream uses the level of a node in its open batch, a queue uses submit values. A new access
// conflicts with the marks it overlaps where at least one side writes (read after write, write
// after read, write after write).
//
// Cost: constant for accesses to whole buffers, O(log n) in the number of distinct ranges
// otherwise.
#ifndef KRO_SRC_HAZARDS_H
#define KRO_SRC_HAZARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "intervals.h"

#define KRO__WHOLE UINT64_MAX // end of a range that reaches the end of its buffer

typedef struct kro__access {
    uint64_t buffer_id;              // from 1
    uint64_t begin_bytes, end_bytes; // KRO__WHOLE as the end where it is the buffer's end
    bool reads, writes;
} kro__access;

typedef struct kro__tracked_buffer {
    uint64_t buffer_id;   // 0: empty slot
    uint64_t write, read; // marks of the whole buffer while root is 0
    uint32_t root;        // its tree in `intervals` while it is accessed in parts
} kro__tracked_buffer;

typedef struct kro__accesses {
    kro__tracked_buffer *slots; // open addressing; capacity is a power of two
    uint32_t capacity, count;
    uint64_t everything; // highest mark of an access to every buffer
    uint64_t highest;    // highest mark of all
    kro__intervals intervals;
} kro__accesses;

// Makes an empty map; it holds no memory until used. Never fails.
void kro__accesses_init(kro__accesses *accesses);
void kro__accesses_finish(kro__accesses *accesses);

// Forgets everything and keeps the memory.
void kro__accesses_clear(kro__accesses *accesses);

// Forgets one buffer.
void kro__accesses_remove(kro__accesses *accesses, uint64_t buffer_id);

// Makes room for one more access to a buffer, so that kro__accesses_add cannot fail.
//
// Returns: false when memory ran out; the map is as it was.
bool kro__accesses_reserve(kro__accesses *accesses, uint32_t count);

// The highest mark that an access conflicts with; 0 for none.
uint64_t kro__accesses_conflict(const kro__accesses *accesses, const kro__access *access);

// Notes an access under a mark above 0. kro__accesses_reserve must have made room.
//
// Returns: whether the buffer was not in the map before.
bool kro__accesses_add(kro__accesses *accesses, const kro__access *access, uint64_t mark);

// Notes an access to every buffer there is or may be.
void kro__accesses_add_everything(kro__accesses *accesses, uint64_t mark);

// Whether anything in `later` conflicts with a mark of `earlier` above `retired`.
bool kro__accesses_overlap(const kro__accesses *earlier, uint64_t retired, kro__accesses *later);

// Notes everything in `from` under one mark.
//
// Returns: false when memory ran out; `into` may then hold part of it.
bool kro__accesses_merge(kro__accesses *into, kro__accesses *from, uint64_t mark);

// Calls `visit` for every buffer and range in the map that was accessed, until it returns false.
//
// Returns: false if `visit` did.
typedef bool (*kro__access_visit)(void *user, const kro__access *access, uint64_t highest_mark);
bool kro__accesses_each(kro__accesses *accesses, kro__access_visit visit, void *user);

#endif
