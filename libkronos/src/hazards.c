#include "hazards.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 };

void kro__accesses_init(kro__accesses *accesses)
{
    *accesses = (kro__accesses){0};
    kro__intervals_init(&accesses->intervals);
}

void kro__accesses_finish(kro__accesses *accesses)
{
    free(accesses->slots);
    kro__intervals_finish(&accesses->intervals);
    kro__accesses_init(accesses);
}

void kro__accesses_clear(kro__accesses *accesses)
{
    if (accesses->count > 0)
        memset(accesses->slots, 0, accesses->capacity * sizeof *accesses->slots);
    accesses->count = 0;
    accesses->everything = 0;
    accesses->highest = 0;
    kro__intervals_clear(&accesses->intervals);
}

static kro__tracked_buffer *find_slot(const kro__accesses *accesses, uint64_t buffer_id)
{
    // Ids count up, so their low bits spread them without a hash.
    uint32_t mask = accesses->capacity - 1;
    uint32_t index = (uint32_t)buffer_id & mask;
    while (accesses->slots[index].buffer_id && accesses->slots[index].buffer_id != buffer_id)
        index = (index + 1) & mask;
    return &accesses->slots[index];
}

static bool grow_slots(kro__accesses *accesses)
{
    kro__accesses larger = *accesses;
    larger.capacity = accesses->capacity ? accesses->capacity * 2 : FIRST_SLOTS;
    larger.slots = calloc(larger.capacity, sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (uint32_t i = 0; i < accesses->capacity; i++)
        if (accesses->slots[i].buffer_id)
            *find_slot(&larger, accesses->slots[i].buffer_id) = accesses->slots[i];
    free(accesses->slots);
    *accesses = larger;
    return true;
}

bool kro__accesses_reserve(kro__accesses *accesses, uint32_t count)
{
    // At most three quarters full, so that look-ups stay short.
    while ((accesses->count + count) * 4 > accesses->capacity * 3)
        if (!grow_slots(accesses))
            return false;
    return kro__intervals_reserve(&accesses->intervals, count * 2); // a create and an add each
}

void kro__accesses_remove(kro__accesses *accesses, uint64_t buffer_id)
{
    if (accesses->capacity == 0)
        return;
    kro__tracked_buffer *slot = find_slot(accesses, buffer_id);
    if (!slot->buffer_id)
        return;
    kro__intervals_destroy(&accesses->intervals, slot->root);
    uint32_t mask = accesses->capacity - 1;
    uint32_t hole = (uint32_t)(slot - accesses->slots);
    // Later slots of the same run move up, so that look-ups still find them.
    for (uint32_t i = (hole + 1) & mask; accesses->slots[i].buffer_id; i = (i + 1) & mask) {
        uint32_t home = (uint32_t)accesses->slots[i].buffer_id & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            accesses->slots[hole] = accesses->slots[i];
            hole = i;
        }
    }
    accesses->slots[hole] = (kro__tracked_buffer){0};
    accesses->count--;
}

// What a kernel declares and does not use is in the map, for its lifetime, and harms nobody.
static bool is_nothing(const kro__access *access)
{
    return access->begin_bytes >= access->end_bytes || !(access->reads || access->writes);
}

uint64_t kro__accesses_conflict(const kro__accesses *accesses, const kro__access *access)
{
    if (is_nothing(access))
        return 0;
    uint64_t conflict = accesses->everything;
    if (accesses->count == 0)
        return conflict;
    const kro__tracked_buffer *slot = find_slot(accesses, access->buffer_id);
    if (!slot->buffer_id)
        return conflict;
    if (slot->root)
        return kro__max_u64(conflict, kro__intervals_conflict(&accesses->intervals, slot->root,
                                                              access->begin_bytes,
                                                              access->end_bytes, access->writes));
    conflict = kro__max_u64(conflict, slot->write);
    return access->writes ? kro__max_u64(conflict, slot->read) : conflict;
}

// Notes an access to a part of a buffer in its tree, which it gets now if it has none.
static void add_part(kro__accesses *accesses, kro__tracked_buffer *slot, const kro__access *access,
                     uint64_t mark)
{
    kro__intervals *intervals = &accesses->intervals;
    if (!slot->root)
        slot->root = kro__intervals_create(intervals, slot->write, slot->read);
    slot->root = kro__intervals_add(intervals, slot->root, access->begin_bytes, access->end_bytes,
                                    access->writes ? mark : 0, access->reads ? mark : 0);
    if (kro__intervals_is_single(intervals, slot->root, &slot->write, &slot->read)) {
        kro__intervals_destroy(intervals, slot->root);
        slot->root = 0;
    }
}

bool kro__accesses_add(kro__accesses *accesses, const kro__access *access, uint64_t mark)
{
    kro__tracked_buffer *slot = find_slot(accesses, access->buffer_id);
    bool is_new = slot->buffer_id == 0;
    if (is_new) {
        slot->buffer_id = access->buffer_id;
        accesses->count++;
    }
    if (is_nothing(access))
        return is_new;
    accesses->highest = kro__max_u64(accesses->highest, mark);
    bool whole = access->begin_bytes == 0 && access->end_bytes == KRO__WHOLE;
    if (slot->root || !whole) {
        add_part(accesses, slot, access, mark);
        return is_new;
    }
    if (access->writes)
        slot->write = kro__max_u64(slot->write, mark);
    if (access->reads)
        slot->read = kro__max_u64(slot->read, mark);
    return is_new;
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
    if (!v->stopped && v->access.begin_bytes < begin && (v->access.reads || v->access.writes)) {
        v->access.end_bytes = begin;
        v->stopped = !v->visit(v->user, &v->access, v->mark);
    }
    v->access.begin_bytes = begin;
    v->access.reads = read > 0;
    v->access.writes = write > 0;
    v->mark = kro__max_u64(write, read);
}

bool kro__accesses_each(kro__accesses *accesses, kro__access_visit visit, void *user)
{
    visitor v = {.visit = visit, .user = user};
    for (uint32_t i = 0; i < accesses->capacity && !v.stopped; i++) {
        const kro__tracked_buffer *slot = &accesses->slots[i];
        if (!slot->buffer_id)
            continue;
        v.access = (kro__access){.buffer_id = slot->buffer_id};
        if (slot->root)
            kro__intervals_each(&accesses->intervals, slot->root, visit_range, &v);
        else
            visit_range(&v, 0, slot->write, slot->read);
        visit_range(&v, KRO__WHOLE, 0, 0);
    }
    return !v.stopped;
}

typedef struct overlap_search {
    const kro__accesses *earlier;
    uint64_t retired;
} overlap_search;

static bool no_conflict(void *user, const kro__access *access, uint64_t mark)
{
    (void)mark;
    const overlap_search *search = user;
    return kro__accesses_conflict(search->earlier, access) <= search->retired;
}

bool kro__accesses_overlap(const kro__accesses *earlier, uint64_t retired, kro__accesses *later)
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

bool kro__accesses_merge(kro__accesses *into, kro__accesses *from, uint64_t mark)
{
    merge_target target = {.into = into, .mark = mark};
    if (from->everything)
        kro__accesses_add_everything(into, mark);
    return kro__accesses_each(from, merge_one, &target);
}
