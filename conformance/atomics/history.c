#include "atomics/history.h"

#include <stdlib.h>

// A value that occurs. Places that steps join are one region, named by one of them.
typedef struct place {
    uint64_t value;
    uint32_t parent;  // towards the name of its region
    int64_t waiting;  // comings without a going: what blind steps overwrite
    bool blind_comes; // a blind step leads into the region; of its name only
    bool blind_goes;  // a blind step leads out of it; of its name only
} place;

typedef struct map {
    place *places;
    uint32_t count;
} map;

static int compare_values(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint32_t place_of(const map *m, uint64_t value)
{
    uint32_t low = 0, high = m->count - 1;
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (m->places[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint32_t region_of(const map *m, uint32_t at)
{
    while (m->places[at].parent != at)
        at = m->places[at].parent = m->places[m->places[at].parent].parent;
    return at;
}

// Every value once, each a region of its own.
static map draw_map(uint64_t first, uint64_t last, const history_step *steps, uint32_t count)
{
    uint64_t *values = calloc(2 * (size_t)count + 2, sizeof *values);
    place *places = calloc(2 * (size_t)count + 2, sizeof *places);
    if (!values || !places)
        abort();
    uint32_t named = 0, kept = 0;
    values[named++] = first;
    values[named++] = last;
    for (uint32_t i = 0; i < count; i++) {
        values[named++] = steps[i].left;
        if (!steps[i].blind)
            values[named++] = steps[i].found;
    }
    qsort(values, named, sizeof *values, compare_values);
    for (uint32_t i = 0; i < named; i++) {
        if (i > 0 && values[i] == values[i - 1])
            continue;
        places[kept] = (place){.value = values[i], .parent = kept};
        kept++;
    }
    free(values);
    return (map){places, kept};
}

static void draw_roads(map *m, uint64_t first, uint64_t last, const history_step *steps,
                       uint32_t count)
{
    m->places[place_of(m, first)].waiting++;
    m->places[place_of(m, last)].waiting--;
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t to = place_of(m, steps[i].left);
        m->places[to].waiting++;
        if (steps[i].blind)
            continue;
        const uint32_t from = place_of(m, steps[i].found);
        m->places[from].waiting--;
        m->places[region_of(m, from)].parent = region_of(m, to);
    }
    for (uint32_t i = 0; i < count; i++)
        if (steps[i].blind)
            m->places[region_of(m, place_of(m, steps[i].left))].blind_comes = true;
    for (uint32_t i = 0; i < m->count; i++)
        if (m->places[i].waiting > 0)
            m->places[region_of(m, i)].blind_goes = true;
}

// Blind steps may start wherever one waits, in any pairing, so a walk exists where no place is left
// more often than reached and none of the regions lies apart: all but the first are entered by a
// blind step, and the first is not closed while there are others.
static history_fault find_fault(const map *m, uint64_t first)
{
    const uint32_t home = region_of(m, place_of(m, first));
    for (uint32_t i = 0; i < m->count; i++) {
        const place *p = &m->places[i];
        if (p->waiting < 0)
            return (history_fault){"was found more often than it was there", p->value};
    }
    uint32_t regions = 0;
    for (uint32_t i = 0; i < m->count; i++) {
        const place *p = &m->places[i];
        if (p->parent != i)
            continue;
        regions++;
        if (i != home && !p->blind_comes)
            return (history_fault){"comes from itself alone, never from the first one", p->value};
    }
    if (regions > 1 && !m->places[home].blind_goes)
        return (history_fault){"was never overwritten, but others came after it", first};
    return (history_fault){0};
}

history_fault history_find_fault(uint64_t first, uint64_t last, const history_step *steps,
                                 uint32_t count)
{
    map m = draw_map(first, last, steps, count);
    draw_roads(&m, first, last, steps, count);
    const history_fault fault = find_fault(&m, first);
    free(m.places);
    return fault;
}
