#include "hazards.h"

#include <stdlib.h>
#include <string.h>

#include "aside.h"

enum { FIRST_BUFFERS = 32 };

void kro__accesses_init(kro__accesses *accesses)
{
    *accesses = (kro__accesses){0};
    kro__intervals_init(&accesses->intervals);
}

void kro__accesses_finish(kro__accesses *accesses)
{
    free(accesses->buffers);
    free(accesses->table);
    kro__intervals_finish(&accesses->intervals);
    kro__accesses_init(accesses);
}

void kro__accesses_clear(kro__accesses *accesses)
{
    for (uint32_t i = 0; i < accesses->count; i++)
        accesses->table[accesses->buffers[i].place] = 0;
    accesses->count = 0;
    accesses->everything = 0;
    accesses->highest = 0;
    kro__intervals_clear(&accesses->intervals);
}

static uint32_t mask_of(const kro__accesses *accesses)
{
    return accesses->capacity * 2 - 1;
}

// The place of a buffer in the table, or the empty one where it would go.
static uint32_t find_place(const kro__accesses *accesses, uint64_t buffer_id)
{
    // Ids count up, so their low bits spread them without a hash.
    uint32_t mask = mask_of(accesses);
    uint32_t place = (uint32_t)buffer_id & mask;
    while (accesses->table[place] &&
           accesses->buffers[accesses->table[place] - 1].buffer_id != buffer_id)
        place = (place + 1) & mask;
    return place;
}

static void put_at(kro__accesses *accesses, uint32_t place, uint32_t index)
{
    accesses->table[place] = index + 1;
    accesses->buffers[index].place = place;
}

bool kro__accesses_grow(kro__accesses *accesses, uint32_t count)
{
    if (count > UINT32_MAX - accesses->count)
        return false;
    uint64_t capacity = accesses->capacity ? accesses->capacity : FIRST_BUFFERS;
    while (capacity < accesses->count + count)
        capacity *= 2;
    if (capacity > UINT32_MAX / 2)
        return false;
    uint32_t *table = calloc((size_t)capacity * 2, sizeof *table);
    kro__tracked_buffer *buffers =
        realloc(accesses->buffers, (size_t)capacity * sizeof *accesses->buffers);
    if (buffers)
        accesses->buffers = buffers;
    if (!buffers || !table) {
        free(table);
        return false;
    }
    free(accesses->table);
    accesses->table = table;
    accesses->capacity = (uint32_t)capacity;
    for (uint32_t i = 0; i < accesses->count; i++)
        put_at(accesses, find_place(accesses, buffers[i].buffer_id), i);
    return true;
}

bool kro__accesses_reserve_parts(kro__accesses *accesses, uint32_t count)
{
    return kro__intervals_reserve(&accesses->intervals, count * 2); // a create and an add each
}

bool kro__accesses_reserve(kro__accesses *accesses, uint32_t count)
{
    return kro__accesses_reserve_buffers(accesses, count) &&
           kro__accesses_reserve_parts(accesses, count);
}

uint32_t kro__accesses_track(kro__accesses *accesses, uint64_t buffer_id)
{
    uint32_t place = find_place(accesses, buffer_id);
    if (accesses->table[place])
        return accesses->table[place] - 1;
    uint32_t index = accesses->count++;
    accesses->buffers[index] = (kro__tracked_buffer){.buffer_id = buffer_id};
    put_at(accesses, place, index);
    return index;
}

// Empties a place of the table. Later places of the same run move up, so that look-ups still find
// what is there.
static void empty_place(kro__accesses *accesses, uint32_t hole)
{
    uint32_t mask = mask_of(accesses);
    for (uint32_t i = (hole + 1) & mask; accesses->table[i]; i = (i + 1) & mask) {
        uint32_t index = accesses->table[i] - 1;
        uint32_t home = (uint32_t)accesses->buffers[index].buffer_id & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            put_at(accesses, hole, index);
            hole = i;
        }
    }
    accesses->table[hole] = 0;
}

void kro__accesses_remove(kro__accesses *accesses, uint64_t buffer_id)
{
    if (accesses->count == 0)
        return;
    uint32_t place = find_place(accesses, buffer_id);
    if (!accesses->table[place])
        return;
    uint32_t index = accesses->table[place] - 1;
    kro__intervals_destroy(&accesses->intervals, accesses->buffers[index].tree.root);
    empty_place(accesses, place);
    accesses->count--;
    if (index == accesses->count)
        return;
    accesses->buffers[index] = accesses->buffers[accesses->count];
    put_at(accesses, accesses->buffers[index].place, index);
}

// What a kernel declares and does not use is in the map, for its lifetime, and harms nobody.
static bool is_nothing(const kro__access *access)
{
    return access->begin_bytes >= access->end_bytes || !(access->reads || access->writes);
}

uint64_t kro__accesses_conflict_at(kro__accesses *accesses, uint32_t index,
                                   const kro__access *access)
{
    if (is_nothing(access))
        return 0;
    kro__tracked_buffer *tracked = &accesses->buffers[index];
    uint64_t conflict =
        tracked->tree.root
            ? kro__intervals_conflict(&accesses->intervals, &tracked->tree, access->begin_bytes,
                                      access->end_bytes, access->writes)
            : kro__tracked_conflict(tracked, access->writes);
    return kro__max_u64(conflict, accesses->everything);
}

uint64_t kro__accesses_conflict(kro__accesses *accesses, const kro__access *access)
{
    if (is_nothing(access))
        return 0;
    uint32_t at = accesses->count ? accesses->table[find_place(accesses, access->buffer_id)] : 0;
    return at ? kro__accesses_conflict_at(accesses, at - 1, access) : accesses->everything;
}

// Notes an access to a part of a buffer in its tree, which it gets now if it has none.
static void add_part(kro__accesses *accesses, kro__tracked_buffer *tracked,
                     const kro__access *access, uint64_t mark)
{
    kro__intervals *intervals = &accesses->intervals;
    if (!tracked->tree.root)
        tracked->tree = kro__intervals_create(intervals, tracked->write, tracked->read);
    kro__intervals_add(intervals, &tracked->tree, access->begin_bytes, access->end_bytes,
                       access->writes ? mark : 0, access->reads ? mark : 0);
    if (kro__intervals_is_single(intervals, tracked->tree.root, &tracked->write, &tracked->read)) {
        kro__intervals_destroy(intervals, tracked->tree.root);
        tracked->tree = (kro__interval_tree){0};
    }
}

void kro__accesses_add_at(kro__accesses *accesses, uint32_t index, const kro__access *access,
                          uint64_t mark)
{
    if (is_nothing(access))
        return;
    kro__tracked_buffer *tracked = &accesses->buffers[index];
    accesses->highest = kro__max_u64(accesses->highest, mark);
    if (tracked->tree.root || !kro__access_is_whole(access))
        add_part(accesses, tracked, access, mark);
    else
        kro__tracked_raise(tracked, access->reads, access->writes, mark);
}

void kro__accesses_add(kro__accesses *accesses, const kro__access *access, uint64_t mark)
{
    kro__accesses_add_at(accesses, kro__accesses_track(accesses, access->buffer_id), access, mark);
}

void kro__accesses_add_everything(kro__accesses *accesses, uint64_t mark)
{
    accesses->everything = kro__max_u64(accesses->everything, mark);
    accesses->highest = kro__max_u64(accesses->highest, mark);
}

typedef struct visitor {
    kro__access_visit visit;
    void *user;
    kro__access access; // the range visited last, until its end is known
    uint64_t mark;
    bool stopped;
} visitor;

static void visit_range(void *user, uint64_t begin, uint64_t write, uint64_t read)
{
    visitor *v = user;
    bool reads = read > 0, writes = write > 0;
    if (begin < KRO__WHOLE && reads == v->access.reads && writes == v->access.writes) {
        v->mark = kro__max_u64(v->mark, kro__max_u64(write, read));
        return;
    }
    if (!v->stopped && v->access.begin_bytes < begin && (v->access.reads || v->access.writes)) {
        v->access.end_bytes = begin;
        v->stopped = !v->visit(v->user, &v->access, v->mark);
    }
    v->access.begin_bytes = begin;
    v->access.reads = reads;
    v->access.writes = writes;
    v->mark = kro__max_u64(write, read);
}

// Visits one buffer's ranges.
static void visit_buffer(kro__accesses *accesses, const kro__tracked_buffer *tracked, visitor *v)
{
    v->access = (kro__access){.buffer_id = tracked->buffer_id};
    v->mark = 0;
    if (tracked->tree.root)
        kro__intervals_each(&accesses->intervals, tracked->tree.root, visit_range, v);
    else
        visit_range(v, 0, tracked->write, tracked->read);
    visit_range(v, KRO__WHOLE, 0, 0);
}

bool kro__accesses_each(kro__accesses *accesses, kro__access_visit visit, void *user)
{
    visitor v = {.visit = visit, .user = user};
    for (uint32_t i = 0; i < accesses->count && !v.stopped; i++)
        visit_buffer(accesses, &accesses->buffers[i], &v);
    return !v.stopped;
}

typedef struct overlap_search {
    kro__accesses *earlier;
    uint64_t retired;
} overlap_search;

static bool no_conflict(void *user, const kro__access *access, uint64_t mark)
{
    (void)mark;
    const overlap_search *search = user;
    return kro__accesses_conflict(search->earlier, access) <= search->retired;
}

bool kro__accesses_overlap(kro__accesses *earlier, uint64_t retired, kro__accesses *later)
{
    if (earlier->highest <= retired)
        return false;
    if (later->everything || earlier->everything > retired)
        return later->highest > 0;
    overlap_search search = {.earlier = earlier, .retired = retired};
    return !kro__accesses_each(later, no_conflict, &search);
}

typedef struct merge_target {
    kro__accesses *into;
    uint64_t mark;
} merge_target;

static bool merge_one(void *user, const kro__access *access, uint64_t mark)
{
    (void)mark;
    const merge_target *target = user;
    if (!kro__accesses_reserve(target->into, 1))
        return false;
    kro__accesses_add(target->into, access, target->mark);
    return true;
}

// The part of kro__accesses_merge for a buffer that one of the maps knows in parts.
KRO__ASIDE static bool merge_parts(kro__accesses *into, kro__accesses *from,
                                   const kro__tracked_buffer *tracked, uint64_t mark)
{
    merge_target target = {.into = into, .mark = mark};
    visitor v = {.visit = merge_one, .user = &target};
    visit_buffer(from, tracked, &v);
    return !v.stopped;
}

bool kro__accesses_merge(kro__accesses *into, kro__accesses *from, uint64_t mark)
{
    if (from->everything)
        kro__accesses_add_everything(into, mark);
    if (!kro__accesses_reserve_buffers(into, from->count))
        return false;
    for (uint32_t i = 0; i < from->count; i++) {
        const kro__tracked_buffer *tracked = &from->buffers[i];
        if (!tracked->tree.root && !tracked->write && !tracked->read)
            continue;
        // Nearly always both know the buffer as a whole.
        uint32_t index = kro__accesses_track(into, tracked->buffer_id);
        if (tracked->tree.root || into->buffers[index].tree.root) {
            if (!merge_parts(into, from, tracked, mark))
                return false;
            continue;
        }
        kro__tracked_raise(&into->buffers[index], tracked->read > 0, tracked->write > 0, mark);
        into->highest = kro__max_u64(into->highest, mark);
    }
    return true;
}
