#include "subgroups/lanes.h"

#include <string.h>

bool lanes_is_absent(const subgroup_who *row)
{
    subgroup_who poison;
    kt_poison(&poison, sizeof poison);
    return memcmp(row, &poison, sizeof poison) == 0;
}

static bool fail_row(kt_test *t, const subgroup_who *row, uint32_t invocation, const char *what)
{
    FAILF(t,
          "invocation %u is lane %u of %u in subgroup %u, %selected, its ballot "
          "0x%08x%08x%08x%08x: %s",
          invocation, row->lane, row->size, row->subgroup, row->elected ? "" : "not ",
          row->ballot[3], row->ballot[2], row->ballot[1], row->ballot[0], what);
    return false;
}

bool lanes_read(kt_test *t, lanes_map *map, const subgroup_who *rows, uint32_t local_size,
                uint32_t size)
{
    map->local_size = local_size;
    map->size = size;
    for (uint32_t i = 0; i < SUBGROUP_MAX_LANES; i++)
        for (uint32_t k = 0; k < SUBGROUP_MAX_LANES; k++)
            map->at[i][k] = LANES_NOBODY;
    for (uint32_t i = 0; i < local_size; i++) {
        const subgroup_who *row = &rows[i];
        if (lanes_is_absent(row)) {
            FAILF(t, "invocation %u of %u did not run", i, local_size);
            return false;
        }
        if (row->size != size)
            return fail_row(t, row, i, "the device has subgroups of another size");
        if (row->subgroup >= local_size || row->lane >= size)
            return fail_row(t, row, i, "there is no such lane");
        if (map->at[row->subgroup][row->lane] != LANES_NOBODY)
            return fail_row(t, row, i, "another invocation is this lane, too");
        map->at[row->subgroup][row->lane] = (uint16_t)i;
    }
    for (uint32_t i = 0; i < local_size; i++)
        for (uint32_t lane = 0; lane < size; lane++)
            if (map->at[rows[i].subgroup][lane] != LANES_NOBODY && !lanes_in_ballot(&rows[i], lane))
                return fail_row(t, &rows[i], i, "a lane is missing, and all are here");
    return lanes_check(t, map, rows, 1);
}

static bool check_ballot(kt_test *t, const lanes_map *map, const subgroup_who *rows, size_t stride,
                         uint32_t self)
{
    const subgroup_who *row = &rows[self * stride];
    bool is_first = true;
    for (uint32_t lane = 0; lane < SUBGROUP_MAX_LANES; lane++) {
        if (!lanes_in_ballot(row, lane))
            continue;
        const uint32_t other = lane < map->size ? map->at[row->subgroup][lane] : LANES_NOBODY;
        if (other == LANES_NOBODY)
            return fail_row(t, row, self, "it names a lane that is not");
        const subgroup_who *its = &rows[other * stride];
        if (lanes_is_absent(its))
            return fail_row(t, row, self, "it names an invocation that is elsewhere");
        if (memcmp(its->ballot, row->ballot, sizeof row->ballot) != 0)
            return fail_row(t, row, self, "one that it names has another ballot");
        if (is_first && row->elected != (lane == row->lane))
            return fail_row(t, row, self, "the lowest lane is elected, and no other");
        is_first = false;
    }
    return true;
}

bool lanes_check(kt_test *t, const lanes_map *map, const subgroup_who *rows, size_t stride)
{
    for (uint32_t i = 0; i < map->local_size; i++) {
        const subgroup_who *row = &rows[i * stride];
        if (lanes_is_absent(row))
            continue;
        if (row->size != map->size || row->subgroup >= map->local_size || row->lane >= map->size ||
            map->at[row->subgroup][row->lane] != i)
            return fail_row(t, row, i, "it was another lane before");
        if (!lanes_in_ballot(row, row->lane))
            return fail_row(t, row, i, "it does not name itself");
        if (!check_ballot(t, map, rows, stride, i))
            return false;
    }
    return true;
}
