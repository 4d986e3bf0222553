// Invocations that run together: who they are, and what they tell each other.
#include "kernel.h"

#include <string.h>

enum { MAX_LANES = 128, MAX_RESULTS = 11, GROUPS = 6 };

static const uint32_t SIZES[] = {1, 7, 32, 61, 64, 100, 128};

TEST_PARAMS(subgroup_group_sizes)
{
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++)
        kt_param(params, "%u", SIZES[i]);
}

// Ids number the invocations of a workgroup: each pair of subgroup and lane occurs once, in bounds,
// and one invocation of each subgroup is elected.
TEST_FAMILY_CASE(subgroup_ids_are_a_numbering)
{
    (void)param;
    typedef struct ids {
        uint32_t size, count, subgroup, lane, elected;
    } ids;
    const uint32_t size = SIZES[kt_param_index(t)];
    const kro_constant constant = {0, .value.u32 = size};
    ids *actual = kt_alloc(t, GROUPS * size * sizeof *actual);
    const kro_device_info *device = kt_device(t);
    if (!device ||
        !kernel_run_once(t, &(kernel_run){.shader = "subgroup_ids",
                                          .constants = &constant,
                                          .constant_count = 1,
                                          .groups = {GROUPS},
                                          .output = actual,
                                          .output_bytes = GROUPS * size * sizeof *actual}))
        return;
    for (uint32_t group = 0; group < GROUPS; group++) {
        uint8_t seen[MAX_LANES][MAX_LANES] = {{0}}, elected[MAX_LANES] = {0}, used[MAX_LANES] = {0};
        for (uint32_t i = 0; i < size; i++) {
            const ids *id = &actual[group * size + i];
            if (!CHECK_EQ_U64(id->size, device->subgroup_size) || !CHECK(id->lane < id->size) ||
                !CHECK(id->count <= size) || !CHECK(id->subgroup < id->count) ||
                !CHECK(!seen[id->subgroup][id->lane])) {
                LOGF(t, "invocation %u of %u is lane %u of subgroup %u of %u", i, size, id->lane,
                     id->subgroup, id->count);
                return;
            }
            seen[id->subgroup][id->lane] = 1;
            used[id->subgroup] = 1;
            elected[id->subgroup] += (uint8_t)id->elected;
        }
        for (uint32_t s = 0; s < MAX_LANES; s++)
            CHECK_EQ_U64(elected[s], used[s]);
    }
}

// The lanes of one subgroup: those that are there, and what each brought.
typedef struct lanes {
    uint32_t size; // of a full subgroup
    bool there[MAX_LANES];
    uint32_t x[MAX_LANES];
} lanes;

// What one lane must get. Clears the bit of each result in `*defined` that Vulkan leaves open.
typedef void (*expect_function)(const lanes *all, uint32_t self, uint32_t *r, uint32_t *defined);

typedef struct subgroup_kernel {
    const char *shader;
    uint32_t results;
    expect_function expect;
} subgroup_kernel;

// Checks the subgroup of one workgroup; `rows` are the workgroup's, 2 + results words each.
static bool check_subgroup(kt_test *t, const subgroup_kernel *kernel, const uint32_t *rows,
                           const uint32_t *x, uint32_t size, uint32_t subgroup)
{
    const uint32_t width = 2 + kernel->results;
    lanes all = {.size = kt_device(t)->subgroup_size};
    for (uint32_t i = 0; i < size; i++)
        if (rows[i * width] == subgroup) {
            all.there[rows[i * width + 1]] = true;
            all.x[rows[i * width + 1]] = x[i];
        }
    for (uint32_t i = 0; i < size; i++) {
        const uint32_t *row = rows + i * width;
        if (row[0] != subgroup)
            continue;
        uint32_t expected[MAX_RESULTS], defined = UINT32_MAX;
        kernel->expect(&all, row[1], expected, &defined);
        for (uint32_t k = 0; k < kernel->results; k++)
            if (!(defined >> k & 1))
                expected[k] = row[2 + k];
        if (!CHECK_U32S(row + 2, expected, kernel->results)) {
            LOGF(t, "lane %u of subgroup %u", row[1], subgroup);
            return false;
        }
    }
    return true;
}

// Words for votes: one workgroup is unanimous, one is against, one is of many minds, and in the
// others a single invocation of each subgroup is, where those are numbered in order.
static void fill_votes(kt_test *t, uint32_t *x, uint32_t size, uint32_t subgroup_size)
{
    kt_fill_u32s(t, x, GROUPS * size);
    for (uint32_t i = 0; i < size; i++) {
        x[i] |= 1;
        x[size + i] &= 0x7ffffffe;
    }
    for (uint32_t group = 3; group < GROUPS; group++) {
        uint32_t *its = x + group * size;
        for (uint32_t i = 0; i < size; i++)
            its[i] |= 0x80000001;
        for (uint32_t start = 0; start < size; start += subgroup_size) {
            const uint32_t left = size - start;
            its[start + kt_random_below(t, left < subgroup_size ? left : subgroup_size)] = 0;
        }
    }
}

static void check_kernel(kt_test *t, const subgroup_kernel *kernel)
{
    const uint32_t size = SIZES[kt_param_index(t)], width = 2 + kernel->results;
    const kro_constant constant = {0, .value.u32 = size};
    const kro_device_info *device = kt_device(t);
    uint32_t *x = kt_alloc(t, 4 * GROUPS * size), *rows = kt_alloc(t, 4 * GROUPS * size * width);
    if (!device)
        return;
    fill_votes(t, x, size, device->subgroup_size);
    if (!kernel_run_once(t, &(kernel_run){.shader = kernel->shader,
                                          .inputs = {{x, 4 * GROUPS * size}},
                                          .constants = &constant,
                                          .constant_count = 1,
                                          .groups = {GROUPS},
                                          .output = rows,
                                          .output_bytes = 4 * GROUPS * size * width}))
        return;
    // An invocation that did not say who it is would be looked at by nobody.
    for (uint32_t i = 0; i < GROUPS * size; i++)
        if (!CHECK(rows[i * width] < size) || !CHECK(rows[i * width + 1] < MAX_LANES))
            return;
    for (uint32_t group = 0; group < GROUPS; group++)
        for (uint32_t subgroup = 0; subgroup < size; subgroup++)
            if (!check_subgroup(t, kernel, rows + group * size * width, x + group * size, size,
                                subgroup))
                return;
}

static void expect_vote(const lanes *all, uint32_t self, uint32_t *r, uint32_t *defined)
{
    (void)defined;
    r[0] = r[2] = 1;
    r[1] = 0;
    for (uint32_t i = 0; i < MAX_LANES; i++) {
        if (!all->there[i])
            continue;
        r[0] &= (all->x[i] & 3) != 0;
        r[1] |= (all->x[i] & 63) == 0;
        r[2] &= all->x[i] >> 31 == all->x[self] >> 31;
    }
}

static void expect_ballot(const lanes *all, uint32_t self, uint32_t *r, uint32_t *defined)
{
    memset(r, 0, 11 * sizeof *r);
    uint32_t first = MAX_LANES, last = 0, count = 0;
    for (uint32_t i = 0; i < MAX_LANES; i++) {
        if (!all->there[i])
            continue;
        if (first == MAX_LANES) {
            first = i;
            r[7] = all->x[i];
        }
        if (!(all->x[i] & 1))
            continue;
        r[i / 32] |= 1u << i % 32;
        r[9] = count == 0 ? i : r[9];
        last = i;
        count++;
        r[5] += i <= self;
        r[6] += i < self;
    }
    r[4] = count;
    r[8] = all->x[self] & 1;
    r[10] = last;
    (void)defined;
}

static void expect_arithmetic(const lanes *all, uint32_t self, uint32_t *r, uint32_t *defined)
{
    (void)defined;
    const uint32_t start[] = {0, 1, UINT32_MAX, 0, UINT32_MAX, 0, 0, 0, 0, 0x80000000};
    memcpy(r, start, sizeof start);
    for (uint32_t i = 0; i < MAX_LANES; i++) {
        const uint32_t x = all->x[i];
        if (!all->there[i])
            continue;
        r[0] += x;
        r[1] *= x | 1;
        r[2] = x < r[2] ? x : r[2];
        r[3] = x > r[3] ? x : r[3];
        r[4] &= x | 0xff;
        r[5] |= x & 0xff;
        r[6] ^= x;
        r[7] += i <= self ? x : 0;
        r[8] += i < self ? x : 0;
        if (i <= self && (int32_t)x > (int32_t)r[9])
            r[9] = x;
    }
}

static void expect_shuffle(const lanes *all, uint32_t self, uint32_t *r, uint32_t *defined)
{
    const uint32_t from[] = {all->size - 1 - self, self ^ 1, (self * 3 + 1) % all->size};
    for (uint32_t k = 0; k < 3; k++) {
        r[k] = all->x[from[k] % MAX_LANES];
        if (from[k] >= MAX_LANES || !all->there[from[k]])
            *defined &= ~(1u << k);
    }
}

TEST_FAMILY_CASE(subgroup_votes_count_every_lane)
{
    (void)param;
    check_kernel(t, &(subgroup_kernel){"subgroup_vote", 3, expect_vote});
}

TEST_FAMILY_CASE(subgroup_ballots_have_a_bit_for_every_lane)
{
    (void)param;
    check_kernel(t, &(subgroup_kernel){"subgroup_ballot", 11, expect_ballot});
}

TEST_FAMILY_CASE(subgroup_arithmetic_takes_every_lane)
{
    (void)param;
    check_kernel(t, &(subgroup_kernel){"subgroup_arithmetic", 10, expect_arithmetic});
}

TEST_FAMILY_CASE(subgroup_shuffles_read_the_lane_they_name)
{
    (void)param;
    check_kernel(t, &(subgroup_kernel){"subgroup_shuffle", 3, expect_shuffle});
}
