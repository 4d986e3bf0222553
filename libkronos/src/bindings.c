#include "bindings.h"

#include <stdlib.h>
#include <string.h>

#include "grow.h"

struct kro__interned {
    uint64_t hash;
    uint64_t last_value; // submit that used it last
    kro__bound *bound;
    uint32_t bound_count, bound_capacity;
    uint32_t layout_id;
    uint32_t previous, next; // by last use; or `next` free id
    bool live, in_batch, fresh;
};

enum { FIRST_TABLE = 64 };

void kro__bindings_init(kro__bindings *bindings, uint32_t bound)
{
    *bindings = (kro__bindings){.bound = bound};
}

void kro__bindings_finish(kro__bindings *bindings)
{
    for (uint32_t id = 1; id <= bindings->entry_count; id++)
        free(bindings->entries[id].bound);
    free(bindings->entries);
    free(bindings->table);
    free(bindings->used);
    free(bindings->fresh);
    free(bindings->evicted);
    kro__bindings_init(bindings, bindings->bound);
}

static uint64_t hash_bound(uint32_t layout_id, const kro__bound *bound, uint32_t count)
{
    uint64_t hash = layout_id * 0x9e3779b97f4a7c15u;
    for (uint32_t i = 0; i < count; i++) {
        hash = (hash ^ bound[i].buffer_id) * 0xff51afd7ed558ccdu;
        hash = (hash ^ (hash >> 32) ^ bound[i].offset_bytes) * 0xc4ceb9fe1a85ec53u;
        hash = (hash ^ (hash >> 29) ^ bound[i].size_bytes) * 0x9e3779b97f4a7c15u;
    }
    return hash ^ (hash >> 31);
}

static bool is_same(const kro__interned *entry, uint64_t hash, uint32_t layout_id,
                    const kro__bound *bound, uint32_t count)
{
    if (entry->hash != hash || entry->layout_id != layout_id || entry->bound_count != count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (entry->bound[i].buffer_id != bound[i].buffer_id ||
            entry->bound[i].offset_bytes != bound[i].offset_bytes ||
            entry->bound[i].size_bytes != bound[i].size_bytes)
            return false;
    return true;
}

static void table_insert(kro__bindings *bindings, uint32_t id)
{
    uint32_t mask = bindings->table_capacity - 1;
    uint32_t slot = (uint32_t)bindings->entries[id].hash & mask;
    while (bindings->table[slot])
        slot = (slot + 1) & mask;
    bindings->table[slot] = id;
}

static void table_remove(kro__bindings *bindings, uint32_t id)
{
    uint32_t mask = bindings->table_capacity - 1;
    uint32_t hole = (uint32_t)bindings->entries[id].hash & mask;
    while (bindings->table[hole] != id)
        hole = (hole + 1) & mask;
    // Later slots of the same run move up, so that look-ups still find them.
    for (uint32_t i = (hole + 1) & mask; bindings->table[i]; i = (i + 1) & mask) {
        uint32_t home = (uint32_t)bindings->entries[bindings->table[i]].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            bindings->table[hole] = bindings->table[i];
            hole = i;
        }
    }
    bindings->table[hole] = 0;
}

static bool table_reserve(kro__bindings *bindings)
{
    if ((bindings->live_count + 1) * 2 <= bindings->table_capacity)
        return true;
    uint32_t capacity = bindings->table_capacity ? bindings->table_capacity * 2 : FIRST_TABLE;
    uint32_t *table = calloc(capacity, sizeof *table);
    if (!table)
        return false;
    free(bindings->table);
    bindings->table = table;
    bindings->table_capacity = capacity;
    for (uint32_t id = 1; id <= bindings->entry_count; id++)
        if (bindings->entries[id].live)
            table_insert(bindings, id);
    return true;
}

static void unlink_use(kro__bindings *bindings, uint32_t id)
{
    kro__interned *entry = &bindings->entries[id];
    if (entry->previous)
        bindings->entries[entry->previous].next = entry->next;
    else
        bindings->newest = entry->next;
    if (entry->next)
        bindings->entries[entry->next].previous = entry->previous;
    else
        bindings->oldest = entry->previous;
}

static void link_newest(kro__bindings *bindings, uint32_t id)
{
    kro__interned *entry = &bindings->entries[id];
    entry->previous = 0;
    entry->next = bindings->newest;
    if (bindings->newest)
        bindings->entries[bindings->newest].previous = id;
    else
        bindings->oldest = id;
    bindings->newest = id;
}

static void forget(kro__bindings *bindings, uint32_t id)
{
    kro__interned *entry = &bindings->entries[id];
    table_remove(bindings, id);
    unlink_use(bindings, id);
    entry->live = false;
    entry->in_batch = false;
    entry->fresh = false;
    entry->next = bindings->free_id;
    bindings->free_id = id;
    bindings->live_count--;
    bindings->forgotten++;
}

// Makes an id that nothing uses, with room for `count` ranges.
static uint32_t take_id(kro__bindings *bindings, uint32_t count)
{
    uint32_t id = bindings->free_id;
    if (!id) {
        if (!kro__grow(&bindings->entries, &bindings->entry_capacity, bindings->entry_count + 2,
                       sizeof *bindings->entries))
            return 0;
        id = bindings->entry_count + 1;
        bindings->entries[id] = (kro__interned){0};
    }
    kro__interned *entry = &bindings->entries[id];
    if (!kro__grow(&entry->bound, &entry->bound_capacity, count, sizeof *entry->bound))
        return 0;
    if (id == bindings->free_id)
        bindings->free_id = entry->next;
    else
        bindings->entry_count = id;
    return id;
}

// The lists that a new or newly used id goes into, so that nothing later can fail. `used` and
// `evicted` have room for every id, so that using one again and evicting cannot fail either.
static bool reserve_lists(kro__bindings *bindings)
{
    return kro__grow(&bindings->used, &bindings->used_capacity, bindings->live_count + 1,
                     sizeof *bindings->used) &&
           kro__grow(&bindings->fresh, &bindings->fresh_capacity, bindings->fresh_count + 1,
                     sizeof *bindings->fresh) &&
           kro__grow(&bindings->evicted, &bindings->evicted_capacity,
                     bindings->evicted_count + bindings->live_count + 1, sizeof *bindings->evicted);
}

void kro__bindings_use(kro__bindings *bindings, uint32_t id)
{
    kro__interned *entry = &bindings->entries[id];
    if (entry->in_batch)
        return;
    entry->in_batch = true;
    bindings->used[bindings->used_count++] = id;
    if (bindings->newest != id) {
        unlink_use(bindings, id);
        link_newest(bindings, id);
    }
}

uint32_t kro__bindings_intern(kro__bindings *bindings, uint32_t layout_id, const kro__bound *bound,
                              uint32_t count, bool *is_new)
{
    *is_new = false;
    if (!reserve_lists(bindings) || !table_reserve(bindings))
        return 0;
    uint64_t hash = hash_bound(layout_id, bound, count);
    uint32_t mask = bindings->table_capacity - 1;
    for (uint32_t slot = (uint32_t)hash & mask; bindings->table[slot]; slot = (slot + 1) & mask) {
        uint32_t id = bindings->table[slot];
        if (is_same(&bindings->entries[id], hash, layout_id, bound, count)) {
            kro__bindings_use(bindings, id);
            return id;
        }
    }
    uint32_t id = take_id(bindings, count);
    if (!id)
        return 0;
    kro__interned *entry = &bindings->entries[id];
    entry->hash = hash;
    entry->layout_id = layout_id;
    entry->last_value = 0;
    entry->bound_count = count;
    if (count > 0)
        memcpy(entry->bound, bound, count * sizeof *bound);
    entry->live = true;
    entry->fresh = true;
    entry->in_batch = true;
    bindings->live_count++;
    table_insert(bindings, id);
    link_newest(bindings, id);
    bindings->used[bindings->used_count++] = id;
    bindings->fresh[bindings->fresh_count++] = id;
    *is_new = true;
    return id;
}

void kro__bindings_recorded(kro__bindings *bindings, bool sets_exist)
{
    bindings->evicted_count = 0;
    for (uint32_t i = 0; sets_exist && i < bindings->fresh_count; i++)
        bindings->entries[bindings->fresh[i]].fresh = false;
}

void kro__bindings_submitted(kro__bindings *bindings, uint64_t value)
{
    for (uint32_t i = 0; i < bindings->used_count; i++) {
        kro__interned *entry = &bindings->entries[bindings->used[i]];
        entry->in_batch = false;
        entry->last_value = value;
    }
    bindings->last_count = bindings->used_count;
    bindings->used_count = 0;
    bindings->fresh_count = 0;
}

void kro__bindings_dropped(kro__bindings *bindings)
{
    for (uint32_t i = 0; i < bindings->used_count; i++)
        bindings->entries[bindings->used[i]].in_batch = false;
    for (uint32_t i = 0; i < bindings->fresh_count; i++) {
        uint32_t id = bindings->fresh[i];
        if (!bindings->entries[id].fresh)
            bindings->evicted[bindings->evicted_count++] = id;
        forget(bindings, id);
    }
    bindings->used_count = 0;
    bindings->fresh_count = 0;
}

bool kro__bindings_crowded(const kro__bindings *bindings)
{
    return bindings->live_count > bindings->bound;
}

void kro__bindings_evict(kro__bindings *bindings, uint64_t completed, uint32_t bound)
{
    while (bindings->live_count > bound) {
        uint32_t id = bindings->oldest;
        const kro__interned *entry = &bindings->entries[id];
        if (entry->in_batch || entry->last_value > completed)
            return;
        bindings->evicted[bindings->evicted_count++] = id;
        forget(bindings, id);
    }
}
