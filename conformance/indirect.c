// Dispatches whose workgroup counts lie in a buffer.
#include "kernel.h"

enum { VISITS = 4096 };

// Dispatches count_groups with the counts at `offset_bytes` of `counts`, over zeroed counters, and
// checks that just the first x * y * z groups ran, each once.
static void check_visits(kt_test *t, kro_stream *stream, kro_buffer *counts, uint64_t offset_bytes,
                         uint32_t expected_groups)
{
    static const uint32_t ZEROS[VISITS];
    uint32_t expected[VISITS];
    for (uint32_t i = 0; i < VISITS; i++)
        expected[i] = i < expected_groups;
    kro_buffer *visits = kt_buffer(t, sizeof ZEROS, ZEROS);
    kro_pipeline *pipeline = kt_pipeline(t, "count_groups");
    CHECK_OK(kro_dispatch_indirect(stream, pipeline, &(kro_dispatch_args){.buffers = {visits}},
                                   counts, offset_bytes));
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, visits), expected, VISITS);
}

// Counts of one, two and three dimensions, at every word of a buffer.
TEST(indirect_counts_are_read_where_they_lie)
{
    static const uint32_t COUNTS[] = {1, 1, 1, 7, 5, 3, 100, 1, 1, 1, 200, 1, 1, 1, 300, 2};
    enum { WORDS = sizeof COUNTS / sizeof COUNTS[0] };
    kro_buffer *counts = kt_buffer(t, sizeof COUNTS, COUNTS);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i + 3 <= WORDS; i++)
        check_visits(t, stream, counts, 4 * i, COUNTS[i] * COUNTS[i + 1] * COUNTS[i + 2]);
}

// A zero in any dimension runs nothing.
TEST(indirect_zero_runs_nothing)
{
    static const uint32_t COUNTS[] = {0, 5, 7, 0, 3, 2, 0, 0, 0};
    kro_buffer *counts = kt_buffer(t, sizeof COUNTS, COUNTS);
    kro_stream *stream = kt_stream(t);
    for (uint32_t i = 0; i <= 6; i++)
        check_visits(t, stream, counts, 4 * i, COUNTS[i] * COUNTS[i + 1] * COUNTS[i + 2]);
}

// Counts that a kernel, a copy, a fill or the host wrote earlier in the same batch. They are zero
// before: a driver that reads them too early runs nothing, and not a grid of whatever was there.

TEST(indirect_sees_counts_of_a_kernel)
{
    static const uint32_t ZEROS[3];
    kro_buffer *counts = kt_buffer(t, sizeof ZEROS, ZEROS);
    kro_pipeline *make = kt_pipeline(t, "make_group_counts");
    kro_stream *stream = kt_stream(t);
    for (uint32_t first = 1; first <= 8; first++) {
        CHECK_OK(kro_dispatch(
            stream, make,
            &(kro_dispatch_args){
                .buffers = {counts}, .push = &first, .push_bytes = sizeof first, .groups = {1}}));
        check_visits(t, stream, counts, 0, first * (first + 1) * (first + 2));
    }
}

TEST(indirect_sees_counts_of_copies_and_fills)
{
    static const uint32_t COUNTS[] = {9, 8, 7}, ZEROS[16];
    kro_buffer *source = kt_buffer(t, sizeof COUNTS, COUNTS);
    kro_buffer *counts = kt_buffer(t, sizeof ZEROS, ZEROS);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_copy(stream, counts, 20, source, 0, sizeof COUNTS));
    check_visits(t, stream, counts, 20, 9 * 8 * 7);
    CHECK_OK(kro_fill(stream, counts, 32, 12, 6));
    check_visits(t, stream, counts, 32, 6 * 6 * 6);
    CHECK_OK(kro_write(stream, counts, 40, COUNTS, sizeof COUNTS));
    check_visits(t, stream, counts, 40, 9 * 8 * 7);
}

// Counts may change while earlier indirect dispatches still stand in the batch.
TEST(indirect_counts_wait_for_earlier_readers)
{
    enum { ROUNDS = 100 };
    static const uint32_t ZEROS[VISITS];
    uint32_t expected[VISITS] = {0};
    kro_buffer *visits = kt_buffer(t, sizeof ZEROS, ZEROS), *counts = kt_buffer(t, 12, ZEROS);
    kro_pipeline *pipeline = kt_pipeline(t, "count_groups");
    kro_stream *stream = kt_stream(t);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t groups[] = {1 + (uint32_t)kt_random_below(t, VISITS), 1, 1};
        CHECK_OK(kro_write(stream, counts, 0, groups, sizeof groups));
        CHECK_OK(kro_dispatch_indirect(stream, pipeline, &(kro_dispatch_args){.buffers = {visits}},
                                       counts, 0));
        for (uint32_t i = 0; i < groups[0]; i++)
            expected[i]++;
    }
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, visits), expected, VISITS);
}
