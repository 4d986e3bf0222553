// Arguments of dispatches are checked against the shader and the device before Vulkan sees them.
#include "contract.h"

#include <string.h>

static kro_dispatch_args bench_args(const contract_bench *bench)
{
    return (kro_dispatch_args){.buffers = {bench->left, bench->right, bench->sum},
                               .threads = {CONTRACT_COUNT}};
}

// The same on other groups or threads.
typedef struct grid {
    uint32_t groups[3], threads[3], dims;
} grid;

static kro_dispatch_args grid_args(const contract_bench *bench, const grid *g)
{
    kro_dispatch_args args = bench_args(bench);
    memcpy(args.groups, g->groups, sizeof args.groups);
    memcpy(args.threads, g->threads, sizeof args.threads);
    args.dims = g->dims;
    return args;
}

// The same with another range of the second buffer, which is the caller's to keep.
static kro_dispatch_args range_args(const contract_bench *bench, const kro_binding *range)
{
    kro_dispatch_args args = bench_args(bench);
    args.buffers[1] = NULL;
    args.bindings = range;
    args.binding_count = 1;
    return args;
}

TEST(dispatch_refuses_missing_buffers)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    for (int missing = 0; missing < 3; missing++) {
        kro_dispatch_args args = bench_args(&bench);
        args.buffers[missing] = NULL;
        const char *binding = contract_text(t, "binding %d", missing);
        const char *name = kro_pipeline_get_info(bench.add)->bindings[missing].name;
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'", binding,
                      name, "no buffer");
    }
    kro_dispatch_args none = {.threads = {1}};
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &none), "'vector_add'",
                  "binding 0");
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_extra_buffers)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    kro_dispatch_args args = bench_args(&bench);
    args.buffers[7] = bench.left;
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'", "binding 7",
                  "'left'");
    static const kro_binding extra[] = {
        {.binding = 3},          {.binding = 0, .set = 1},          {.binding = 0, .element = 1},
        {.binding = UINT32_MAX}, {.binding = 1, .set = UINT32_MAX},
    };
    for (size_t i = 0; i < sizeof extra / sizeof *extra; i++) {
        kro_binding binding = extra[i];
        binding.buffer = bench.left;
        args = bench_args(&bench);
        args.bindings = &binding;
        args.binding_count = 1;
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                      "'left'", contract_text(t, "binding %u", binding.binding),
                      contract_text(t, "set %u", binding.set));
    }
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_a_binding_given_twice)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    const kro_binding twice[] = {{.buffer = bench.left, .binding = 1},
                                 {.buffer = bench.right, .binding = 1}};
    kro_dispatch_args args = bench_args(&bench);
    args.bindings = twice;
    args.binding_count = 1; // against .buffers
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'", "binding 1",
                  "twice");
    args.buffers[1] = NULL;
    args.binding_count = 2; // within .bindings
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'", "binding 1",
                  "twice");
    args.bindings = NULL;
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'", "bindings");
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_ranges_past_the_end)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    const uint64_t step = kt_device(t)->limits.offset_alignment;
    const struct {
        uint64_t offset_bytes, size_bytes;
    } ranges[] = {
        {0, CONTRACT_BYTES + 4},       {CONTRACT_BYTES, 0},
        {CONTRACT_BYTES, 4},           {CONTRACT_BYTES - step, step + 4},
        {CONTRACT_BYTES + step, 0},    {0, UINT64_MAX},
        {UINT64_MAX - step + 1, step}, {UINT64_MAX - step + 1, 2 * step},
        {step, UINT64_MAX - step + 1},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        const kro_binding binding = {.buffer = bench.right,
                                     .binding = 1,
                                     .offset_bytes = ranges[i].offset_bytes,
                                     .size_bytes = ranges[i].size_bytes};
        const kro_dispatch_args args = range_args(&bench, &binding);
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                      "binding 1", "'right'",
                      contract_text(t, "%llu", (unsigned long long)binding.offset_bytes),
                      contract_text(t, "%llu", (unsigned long long)binding.size_bytes), "4096");
    }
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_misaligned_offsets)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    const uint32_t alignment = bench.ctx ? kt_device(t)->limits.offset_alignment : 1;
    if (alignment == 1) {
        SKIP(t, "limits.offset_alignment above 1");
        return;
    }
    const uint64_t offsets[] = {1, alignment / 2, alignment + 1, alignment + alignment / 2};
    for (int i = 0; i < 4; i++) {
        const kro_binding binding = {
            .buffer = bench.right, .binding = 1, .offset_bytes = offsets[i], .size_bytes = 4};
        const kro_dispatch_args args = range_args(&bench, &binding);
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                      "binding 1", contract_text(t, "%llu", (unsigned long long)offsets[i]),
                      contract_text(t, "%u", alignment), "limits.offset_alignment");
    }
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_wrong_push_constants)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    kro_pipeline *saxpy = kt_pipeline(t, "saxpy");
    if (!bench.ctx || !saxpy)
        return;
    const struct {
        float a;
        uint32_t count;
        uint32_t extra[30];
    } push = {.a = 2, .count = CONTRACT_COUNT};
    const uint32_t sizes[] = {0, 1, 4, 7, 9, 12, 128, UINT32_MAX};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        kro_dispatch_args args = {.buffers = {bench.left, bench.right},
                                  .push = &push,
                                  .push_bytes = sizes[i],
                                  .threads = {CONTRACT_COUNT}};
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, saxpy, &args), "'saxpy'",
                      contract_text(t, "%u bytes", sizes[i]), "8");
    }
    kro_dispatch_args args = {
        .buffers = {bench.left, bench.right}, .push_bytes = 8, .threads = {CONTRACT_COUNT}};
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, saxpy, &args), "'saxpy'", "8");
    args = bench_args(&bench);
    args.push = &push;
    args.push_bytes = 4;
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'", "4 bytes",
                  "0");
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_unclear_groups)
{
    static const struct {
        grid grid;
        const char *part;
    } cases[] = {
        {{{0}, {0}, 0}, "no groups"},          {{{0, 1}, {0}, 0}, "dimension 0"},
        {{{1, 0, 1}, {0}, 0}, "dimension 1"},  {{{0}, {0, 0, 9}, 0}, "dimension 0"},
        {{{1}, {1}, 0}, "groups and threads"}, {{{1}, {0, 0, 1}, 0}, "groups and threads"},
        {{{1, 1, 1}, {0}, 4}, "dims 4"},       {{{1}, {0}, UINT32_MAX}, "dims 4294967295"},
        {{{1, 2}, {0}, 1}, "dimension 1"},     {{{0}, {1, 1, 3}, 2}, "dimension 2"},
    };
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const kro_dispatch_args args = grid_args(&bench, &cases[i].grid);
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                      cases[i].part);
    }
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_groups_over_the_limit)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    const uint32_t *limits = kt_device(t)->limits.max_groups;
    for (int d = 0; d < 3; d++) {
        if (limits[d] == UINT32_MAX)
            continue;
        kro_dispatch_args args = bench_args(&bench);
        memset(args.threads, 0, sizeof args.threads);
        for (int i = 0; i < 3; i++)
            args.groups[i] = i == d ? limits[d] + 1 : 1;
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                      contract_text(t, "dimension %d", d), contract_text(t, "%u", limits[d] + 1),
                      contract_text(t, "%u", limits[d]), "limits.max_groups");
        args.groups[d] = UINT32_MAX;
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                      contract_text(t, "dimension %d", d), "4294967295");
    }
    if (limits[0] < UINT32_MAX / 64) { // vector_add has 64 invocations a group
        kro_dispatch_args args = bench_args(&bench);
        args.threads[0] = limits[0] * 64 + 1;
        CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                      "dimension 0", contract_text(t, "%u", limits[0] + 1));
    }
    contract_check_usable(t, &bench);
}

// With `dims` a zero is a count like any other: nothing runs, and nothing is wrong.
TEST(dispatch_of_no_groups_runs_nothing)
{
    static const grid empties[] = {{{0}, {0}, 1},       {{0}, {0}, 3},     {{4, 0}, {0}, 2},
                                   {{4, 2, 0}, {0}, 3}, {{0}, {64, 0}, 2}, {{0}, {0, 64}, 2}};
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    for (size_t i = 0; i < sizeof empties / sizeof *empties; i++) {
        const kro_dispatch_args args = grid_args(&bench, &empties[i]);
        CHECK_OK(kro_dispatch(bench.stream, bench.add, &args));
    }
    CHECK_OK(kro_finish(bench.stream));
    contract_check_untouched(t, &bench);

    // Its other arguments are checked all the same.
    kro_dispatch_args args = bench_args(&bench);
    args.threads[0] = 0;
    args.dims = 1;
    args.buffers[2] = NULL;
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "binding 2");
}

// Trailing zeros mean 1; threads are divided by the local size, rounding up.
TEST(dispatch_counts_mean_what_they_say)
{
    static const struct {
        grid grid;
        uint32_t invocations;
    } cases[] = {
        {{{2}, {0}, 0}, 128},         {{{2, 1}, {0}, 0}, 128}, {{{3, 1, 1}, {0}, 3}, 192},
        {{{0}, {1}, 0}, 64},          {{{0}, {64}, 1}, 64},    {{{0}, {65}, 0}, 128},
        {{{0}, {128, 1, 1}, 0}, 128}, {{{1}, {0}, 1}, 64},
    };
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const kro_dispatch_args args = grid_args(&bench, &cases[i].grid);
        uint32_t words[CONTRACT_COUNT] = {0};
        CHECK_OK(kro_fill(bench.stream, bench.sum, 0, CONTRACT_BYTES, 0x7fc00001));
        CHECK_OK(kro_dispatch(bench.stream, bench.add, &args));
        CHECK_OK(kro_finish(bench.stream));
        CHECK_OK(kro_buffer_read(bench.sum, 0, words, sizeof words));
        uint32_t written = 0;
        while (written < CONTRACT_COUNT && words[written] != 0x7fc00001)
            written++;
        CHECK_EQ_U64(written, cases[i].invocations);
    }
}

TEST(indirect_dispatch_refuses_bad_arguments)
{
    static const uint32_t one_group[] = {1, 1, 1, 1};
    contract_bench bench = contract_bench_create(t, kt_context(t));
    kro_buffer *groups = kt_buffer_in(
        t, bench.ctx,
        &(kro_buffer_config){.size_bytes = sizeof one_group, .data = one_group, .label = "counts"});
    if (!bench.ctx || !groups)
        return;
    kro_stream *stream = bench.stream;
    kro_dispatch_args args = bench_args(&bench);
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, &args, groups, 0),
                  "'vector_add'", "threads");
    args.threads[0] = 0;
    args.groups[2] = 1;
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, &args, groups, 0),
                  "'vector_add'", "groups");
    args.groups[2] = 0;
    args.dims = 1;
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, &args, groups, 0),
                  "'vector_add'", "dims");
    args.dims = 0;
    static const uint64_t misaligned[] = {1, 2, 3, 5};
    for (int i = 0; i < 4; i++)
        CHECK_DROPPED(
            &bench, kro_dispatch_indirect(stream, bench.add, &args, groups, misaligned[i]),
            "'vector_add'", contract_text(t, "%u", (unsigned)misaligned[i]), "multiple of 4");
    static const uint64_t past[] = {8, 16, 20, UINT64_MAX - 3, UINT64_MAX - 11};
    for (int i = 0; i < 5; i++)
        CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, &args, groups, past[i]),
                      "'counts'", contract_text(t, "%llu", (unsigned long long)past[i]), "16");
    args.buffers[0] = NULL;
    CHECK_DROPPED(&bench, kro_dispatch_indirect(stream, bench.add, &args, groups, 4),
                  "'vector_add'", "binding 0");
    contract_check_usable(t, &bench);
}

TEST(dispatch_refuses_touches_of_nothing)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    kro_buffer *const touches[] = {bench.left, NULL};
    kro_dispatch_args args = bench_args(&bench);
    args.touch_count = 2;
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'", "touches");
    args.touches = touches;
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, bench.add, &args), "'vector_add'",
                  "touches[1]");
    contract_check_usable(t, &bench);
}
