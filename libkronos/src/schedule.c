#include "schedule.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64, SHORT_LEVEL = 32 };

void kro__schedule_init(kro__schedule *schedule)
{
    *schedule = (kro__schedule){0};
}

void kro__schedule_finish(kro__schedule *schedule)
{
    free(schedule->order);
    free(schedule->barriers);
    free(schedule->scratch);
    kro__schedule_init(schedule);
}

bool kro__schedule_reserve(kro__schedule *schedule, uint32_t count)
{
    if (count <= schedule->capacity)
        return true;
    uint32_t capacity = schedule->capacity ? schedule->capacity : FIRST_CAPACITY;
    while (capacity < count)
        capacity *= 2;
    // Counting levels needs one slot more than there are nodes.
    uint32_t *order = malloc(capacity * sizeof *order);
    uint32_t *barriers = malloc((capacity + 1) * sizeof *barriers);
    uint32_t *scratch = malloc((capacity + 2) * sizeof *scratch);
    if (!order || !barriers || !scratch) {
        free(order);
        free(barriers);
        free(scratch);
        return false;
    }
    kro__schedule_finish(schedule);
    *schedule = (kro__schedule){
        .order = order, .barriers = barriers, .scratch = scratch, .capacity = capacity};
    return true;
}

static bool comes_after(const kro__schedule_node *nodes, uint32_t a, uint32_t b)
{
    if (nodes[a].pipeline_id != nodes[b].pipeline_id)
        return nodes[a].pipeline_id > nodes[b].pipeline_id;
    return nodes[a].binding_id > nodes[b].binding_id;
}

static void insertion_sort(const kro__schedule_node *nodes, uint32_t *order, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint32_t moving = order[i];
        uint32_t place = i;
        for (; place > 0 && comes_after(nodes, order[place - 1], moving); place--)
            order[place] = order[place - 1];
        order[place] = moving;
    }
}

// One pass of a stable radix sort, by eight bits of the pipeline id or the binding id.
static void sort_by_byte(const kro__schedule_node *nodes, const uint32_t *from, uint32_t *to,
                         uint32_t count, bool by_pipeline, uint32_t shift)
{
    uint32_t starts[256] = {0};
    for (uint32_t i = 0; i < count; i++) {
        const kro__schedule_node *node = &nodes[from[i]];
        starts[((by_pipeline ? node->pipeline_id : node->binding_id) >> shift) & 255]++;
    }
    for (uint32_t byte = 0, position = 0; byte < 256; byte++) {
        uint32_t length = starts[byte];
        starts[byte] = position;
        position += length;
    }
    for (uint32_t i = 0; i < count; i++) {
        const kro__schedule_node *node = &nodes[from[i]];
        to[starts[((by_pipeline ? node->pipeline_id : node->binding_id) >> shift) & 255]++] =
            from[i];
    }
}

// Stable sort of one long level. Ids are small and few, so there are one or two passes; bytes that
// all ids share need none.
static void radix_sort(const kro__schedule_node *nodes, uint32_t *order, uint32_t count,
                       uint32_t *scratch)
{
    uint32_t differing[2] = {0}; // bits of binding ids, and of pipeline ids
    for (uint32_t i = 1; i < count; i++) {
        differing[0] |= nodes[order[i]].binding_id ^ nodes[order[0]].binding_id;
        differing[1] |= nodes[order[i]].pipeline_id ^ nodes[order[0]].pipeline_id;
    }
    uint32_t *from = order, *to = scratch;
    for (int by_pipeline = 0; by_pipeline < 2; by_pipeline++)
        for (uint32_t shift = 0; shift < 32; shift += 8) {
            if (((differing[by_pipeline] >> shift) & 255) == 0)
                continue;
            sort_by_byte(nodes, from, to, count, by_pipeline, shift);
            uint32_t *swap = from;
            from = to;
            to = swap;
        }
    if (from != order)
        memcpy(order, from, count * sizeof *order);
}

// The C library's qsort may allocate, and is not stable.
static void sort_level(const kro__schedule_node *nodes, uint32_t *order, uint32_t count,
                       uint32_t *scratch)
{
    uint32_t sorted = 1;
    while (sorted < count && !comes_after(nodes, order[sorted - 1], order[sorted]))
        sorted++;
    if (sorted >= count)
        return;
    if (count <= SHORT_LEVEL)
        insertion_sort(nodes, order, count);
    else
        radix_sort(nodes, order, count, scratch);
}

// Every node has a level of its own: a chain.
static void build_chain(kro__schedule *schedule, const kro__schedule_node *nodes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        schedule->order[nodes[i].level - 1] = i;
    for (uint32_t i = 1; i < count; i++)
        schedule->barriers[i - 1] = i;
    schedule->barrier_count = count - 1;
}

// Counting sort by level, stable. Ends of levels are collected in `barriers`.
static void build_levels(kro__schedule *schedule, const kro__schedule_node *nodes, uint32_t count,
                         uint32_t highest)
{
    uint32_t *starts = schedule->scratch;
    memset(starts, 0, (highest + 1) * sizeof *starts);
    for (uint32_t i = 0; i < count; i++)
        starts[nodes[i].level]++;
    uint32_t position = 0;
    for (uint32_t level = 1; level <= highest; level++) {
        uint32_t length = starts[level];
        starts[level] = position;
        position += length;
    }
    for (uint32_t i = 0; i < count; i++)
        schedule->order[starts[nodes[i].level]++] = i;

    // Each entry of `starts` has moved to the end of its level.
    schedule->barrier_count = highest - 1;
    for (uint32_t level = 1; level < highest; level++)
        schedule->barriers[level - 1] = starts[level];
    uint32_t first = 0;
    for (uint32_t i = 0; i <= schedule->barrier_count; i++) {
        uint32_t end = i < schedule->barrier_count ? schedule->barriers[i] : count;
        sort_level(nodes, schedule->order + first, end - first, schedule->scratch);
        first = end;
    }
}

void kro__schedule_build(kro__schedule *schedule, const kro__schedule_node *nodes, uint32_t count)
{
    schedule->barrier_count = 0;
    if (count == 1) { // a caller who waits for each operation
        schedule->order[0] = 0;
        return;
    }
    uint32_t highest = 0;
    for (uint32_t i = 0; i < count; i++)
        if (nodes[i].level > highest)
            highest = nodes[i].level;
    if (highest == count && count > 0)
        build_chain(schedule, nodes, count);
    else if (count > 0)
        build_levels(schedule, nodes, count, highest);
}

void kro__schedule_build_plain(kro__schedule *schedule, uint32_t count)
{
    schedule->barrier_count = count > 0 ? count - 1 : 0;
    for (uint32_t i = 0; i < count; i++)
        schedule->order[i] = i;
    for (uint32_t i = 1; i < count; i++)
        schedule->barriers[i - 1] = i;
}
