// Who is which lane of which subgroup, and who runs together: what rows of subgroup_who must say,
// whatever a kernel computes.
#ifndef CONFORMANCE_SUBGROUPS_LANES_H
#define CONFORMANCE_SUBGROUPS_LANES_H

#include "subgroups/writer.h"

enum { LANES_NOBODY = UINT16_MAX };

// The lanes of one workgroup.
typedef struct lanes_map {
    uint32_t local_size, size;                           // invocations; lanes of a full subgroup
    uint16_t at[SUBGROUP_MAX_LANES][SUBGROUP_MAX_LANES]; // the invocation that a lane is
} lanes_map;

// Reads who is who from rows that all invocations of a workgroup wrote together: ids are in range,
// no lane is taken twice, subgroups have `size` lanes, ballots name everyone and one is elected.
bool lanes_read(kt_test *t, lanes_map *map, const subgroup_who *rows, uint32_t local_size,
                uint32_t size);

// Whether nobody wrote a row: it is poison still.
bool lanes_is_absent(const subgroup_who *row);

// Checks the rows of a workgroup that some invocations wrote, at one place of the code: each knows
// who it is, a ballot holds it and none but those who wrote such a row with the same ballot, and
// its lowest lane alone is elected. Rows are so many apart.
bool lanes_check(kt_test *t, const lanes_map *map, const subgroup_who *rows, size_t stride);

static inline bool lanes_in_ballot(const subgroup_who *row, uint32_t lane)
{
    return row->ballot[lane / 32] >> lane % 32 & 1;
}

#endif
