// Which bytes of which buffers were read and written, and when. Pure.
//
// A `kro__accesses` remembers, for every byte of every buffer, the highest mark under which it was
// written and the highest under which it was read. What a mark means is the caller's affair: a
// stream uses the level of a node in its open batch, a queue uses submit values. A new access
// conflicts with the marks it overlaps where at least one side writes (read after write, write
// after read, write after write).
//
// Cost: constant for accesses to whole buffers and for ranges used one after the other, O(log n) in
// the number of distinct ranges otherwise.
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
    uint64_t buffer_id;
    uint64_t write, read;    // marks of the whole buffer while it has no tree
    kro__interval_tree tree; // in `intervals`, while it is accessed in parts
    uint32_t place;          // in `table`
} kro__tracked_buffer;

typedef struct kro__accesses {
    kro__tracked_buffer
        *buffers;             // in the order of their first accesses, as long as none is removed
    uint32_t count, capacity; // a power of two
    uint32_t *table;     // open addressing by id, twice the capacity: 1 + index in `buffers`, or 0
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

// Makes room for `count` more accesses, so that kro__accesses_add cannot fail.
//
// Returns: false when memory ran out; the map is as it was.
bool kro__accesses_reserve(kro__accesses *accesses, uint32_t count);

// The two parts of it: `count` more buffers, and parts of buffers in `count` more accesses.
static inline bool kro__accesses_reserve_buffers(kro__accesses *accesses, uint32_t count);
bool kro__accesses_reserve_parts(kro__accesses *accesses, uint32_t count);

// The index of a buffer in `buffers`, where it is put if it is new; there must be room. It holds
// until the map is cleared or a buffer is removed.
uint32_t kro__accesses_track(kro__accesses *accesses, uint64_t buffer_id);

// The highest mark that an access conflicts with; 0 for none.
uint64_t kro__accesses_conflict(kro__accesses *accesses, const kro__access *access);

// The same for a tracked buffer, whose index saves looking it up.
uint64_t kro__accesses_conflict_at(kro__accesses *accesses, uint32_t index,
                                   const kro__access *access);

// Notes an access under a mark above 0. kro__accesses_reserve must have made room.
void kro__accesses_add(kro__accesses *accesses, const kro__access *access, uint64_t mark);
void kro__accesses_add_at(kro__accesses *accesses, uint32_t index, const kro__access *access,
                          uint64_t mark);

// Notes an access to every buffer there is or may be.
void kro__accesses_add_everything(kro__accesses *accesses, uint64_t mark);

// Whether anything in `later` conflicts with a mark of `earlier` above `retired`.
bool kro__accesses_overlap(kro__accesses *earlier, uint64_t retired, kro__accesses *later);

// Notes everything in `from` under one mark.
//
// Returns: false when memory ran out; `into` may then hold part of it.
bool kro__accesses_merge(kro__accesses *into, kro__accesses *from, uint64_t mark);

// Calls `visit` for every buffer and range in the map that was accessed, until it returns false.
// Neighbours that were accessed alike are one range.
//
// Returns: false if `visit` did.
typedef bool (*kro__access_visit)(void *user, const kro__access *access, uint64_t highest_mark);
bool kro__accesses_each(kro__accesses *accesses, kro__access_visit visit, void *user);

// The rare part of kro__accesses_reserve_buffers.
bool kro__accesses_grow(kro__accesses *accesses, uint32_t count);

static inline bool kro__accesses_reserve_buffers(kro__accesses *accesses, uint32_t count)
{
    return count <= accesses->capacity - accesses->count || kro__accesses_grow(accesses, count);
}

// Whether an access reads or writes all of its buffer.
static inline bool kro__access_is_whole(const kro__access *access)
{
    return access->begin_bytes == 0 && access->end_bytes == KRO__WHOLE &&
           (access->reads || access->writes);
}

// What kro__accesses_conflict says of a whole buffer that nobody accesses in parts.
static inline uint64_t kro__tracked_conflict(const kro__tracked_buffer *tracked, bool writes)
{
    return writes ? kro__max_u64(tracked->write, tracked->read) : tracked->write;
}

// What kro__accesses_add does to such a buffer.
static inline void kro__tracked_raise(kro__tracked_buffer *tracked, bool reads, bool writes,
                                      uint64_t mark)
{
    // Whatever conflicts with a read conflicts with a write, so a write says it all.
    if (writes)
        tracked->write = kro__max_u64(tracked->write, mark);
    else if (reads)
        tracked->read = kro__max_u64(tracked->read, mark);
}

#endif
