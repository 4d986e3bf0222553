#include "schedule.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64, SHORT_RUN = 8 };

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

// Stable merge sort of one level. The C library's qsort may allocate, and is not stable.
static void sort_level(const kro__schedule_node *nodes, uint32_t *order, uint32_t count,
                       uint32_t *scratch)
{
    uint32_t sorted = 1;
    while (sorted < count && !comes_after(nodes, order[sorted - 1], order[sorted]))
        sorted++;
    if (sorted >= count)
        return;
    for (uint32_t i = 0; i < count; i += SHORT_RUN)
        insertion_sort(nodes, order + i, count - i < SHORT_RUN ? count - i : SHORT_RUN);
    for (uint32_t run = SHORT_RUN; run < count; run *= 2) {
        for (uint32_t first = 0; first + run < count; first += 2 * run) {
            uint32_t length = count - first < 2 * run ? count - first : 2 * run;
            uint32_t left = 0, right = run;
            memcpy(scratch, order + first, length * sizeof *order);
            for (uint32_t i = 0; i < length; i++) {
                bool take_right =
                    left == run ||
                    (right < length && comes_after(nodes, scratch[left], scratch[right]));
                order[first + i] = take_right ? scratch[right++] : scratch[left++];
            }
        }
    }
}

void kro__schedule_build(kro__schedule *schedule, const kro__schedule_node *nodes, uint32_t count)
{
    // Counting sort by level, stable. Ends of levels are collected in `barriers`.
    uint32_t *starts = schedule->scratch;
    uint32_t highest = 0;
    for (uint32_t i = 0; i < count; i++)
        if (nodes[i].level > highest)
            highest = nodes[i].level;
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
    schedule->barrier_count = highest > 0 ? highest - 1 : 0;
    for (uint32_t level = 1; level < highest; level++)
        schedule->barriers[level - 1] = starts[level];
    uint32_t first = 0;
    for (uint32_t i = 0; i <= schedule->barrier_count && count > 0; i++) {
        uint32_t end = i < schedule->barrier_count ? schedule->barriers[i] : count;
        sort_level(nodes, schedule->order + first, end - first, schedule->scratch);
        first = end;
    }
}

void kro__schedule_build_plain(kro__schedule *schedule, uint32_t count)
{
    schedule->barrier_count = count > 0 ? count - 1 : 0;
    for (uint32_t i = 0; i < count; i++)
        schedule->order[i] = i;
    for (uint32_t i = 1; i < count; i++)
        schedule->barriers[i - 1] = i;
}
