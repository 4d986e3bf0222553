// How many workgroups a dispatch asks for.
#include "groups.h"

#include <string.h>

#include "test.h"

static const uint32_t local_size[3] = {64, 2, 1}, max_groups[3] = {65535, 100, 100};

static void expect_groups(kt_test *t, kro_dispatch_args args, uint32_t x, uint32_t y, uint32_t z)
{
    const uint32_t expected[3] = {x, y, z};
    uint32_t groups[3] = {77, 77, 77};
    bool empty = true;
    CHECK_OK(kro__resolve_groups(&args, local_size, max_groups, "k", groups, &empty));
    CHECK_U32S(groups, expected, 3);
    CHECK(empty == (x == 0 || y == 0 || z == 0));
}

TEST(trailing_zeros_mean_one)
{
    expect_groups(t, (kro_dispatch_args){.groups = {5}}, 5, 1, 1);
    expect_groups(t, (kro_dispatch_args){.groups = {5, 6}}, 5, 6, 1);
    expect_groups(t, (kro_dispatch_args){.groups = {5, 6, 7}}, 5, 6, 7);
}

TEST(threads_round_up_to_workgroups)
{
    expect_groups(t, (kro_dispatch_args){.threads = {1}}, 1, 1, 1);
    expect_groups(t, (kro_dispatch_args){.threads = {64}}, 1, 1, 1);
    expect_groups(t, (kro_dispatch_args){.threads = {65, 3, 4}}, 2, 2, 4);
    expect_groups(t, (kro_dispatch_args){.threads = {65535 * 64}}, 65535, 1, 1);
}

TEST(dims_allow_an_empty_dispatch)
{
    expect_groups(t, (kro_dispatch_args){.dims = 1}, 0, 1, 1);
    expect_groups(t, (kro_dispatch_args){.dims = 2, .groups = {0, 4}}, 0, 4, 1);
    expect_groups(t, (kro_dispatch_args){.dims = 3, .threads = {64, 0, 2}}, 1, 0, 2);
    expect_groups(t, (kro_dispatch_args){.dims = 2, .groups = {3, 4}}, 3, 4, 1);
}

static void expect_refusal(kt_test *t, kro_dispatch_args args, const char *why)
{
    uint32_t groups[3];
    bool empty;
    CHECK_STATUS(kro__resolve_groups(&args, local_size, max_groups, "kernel", groups, &empty),
                 KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "kernel");
    CHECK_CONTAINS(kro_error_detail(), why);
}

TEST(counts_that_make_no_sense_are_refused)
{
    expect_refusal(t, (kro_dispatch_args){0}, "no groups and no threads");
    expect_refusal(t, (kro_dispatch_args){.groups = {0, 4}}, "0 in dimension 0");
    expect_refusal(t, (kro_dispatch_args){.groups = {1}, .threads = {1}}, "give one of them");
    expect_refusal(t, (kro_dispatch_args){.dims = 4, .groups = {1}}, "dims 4");
    expect_refusal(t, (kro_dispatch_args){.dims = 1, .groups = {1, 2}}, "dimension 1");
    expect_refusal(t, (kro_dispatch_args){.groups = {65536}}, "65535");
    expect_refusal(t, (kro_dispatch_args){.groups = {1, 101}}, "100");
    expect_refusal(t, (kro_dispatch_args){.threads = {UINT32_MAX}}, "67108864");
}
