#include "metamorphic/kernels.h"

static void expect_sums(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->push[0]; i++)
        b[2][i] = b[0][i] + b[1][i] * s->push[1];
}

static void expect_affine(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->push[0]; i++)
        b[0][i] = b[0][i] * s->push[1] + s->push[2];
}

static void expect_reversed(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->push[0]; i++)
        b[1][i] = b[0][s->push[0] - 1 - i] ^ s->push[1];
}

static void expect_masked(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->buffers[1].count; i++)
        b[1][i] = b[0][i] ^ s->push[0];
}

static void expect_gathered(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->buffers[1].count; i++)
        b[1][i] = b[0][s->push[0] + i * s->push[1]];
}

static void expect_counts(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->buffers[0].count; i++)
        for (uint32_t k = 0; k < 32; k += 8)
            b[1][b[0][i] >> k & 0xff]++;
}

static void expect_product(const subject *s, uint32_t *const b[])
{
    const uint32_t n = s->push[0];
    for (uint32_t i = 0; i < n * n; i++)
        for (uint32_t k = 0; k < n; k++)
            b[2][i] += b[0][i / n * n + k] * b[1][k * n + i % n];
}

static void expect_group_reversed(const subject *s, uint32_t *const b[])
{
    const uint32_t size = s->constants[0].value.u32;
    for (uint32_t i = 0; i < s->buffers[0].count; i++)
        b[1][i] = b[0][i / size * size + size - 1 - i % size];
}

static void expect_scanned(const subject *s, uint32_t *const b[])
{
    const uint32_t size = s->constants[0].value.u32;
    for (uint32_t i = 0; i < s->buffers[0].count; i++)
        b[1][i] = b[0][i] + (i % size ? b[1][i - 1] : 0);
}

static void expect_weighted(const subject *s, uint32_t *const b[])
{
    const uint32_t size = s->constants[0].value.u32;
    for (uint32_t i = 0; i < s->buffers[0].count; i++)
        b[1][i / size] += b[0][i] * (i % size + 1);
}

static void expect_group_sums(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->buffers[0].count; i++)
        b[1][i / s->constants[0].value.u32] += b[0][i];
}

static void expect_chunk_sums(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->buffers[0].count; i++)
        b[1][i / (4 * s->push[0])] += b[0][i];
}

static void expect_transposed(const subject *s, uint32_t *const b[])
{
    const uint32_t width = 8 * s->groups[0], height = 8 * s->groups[1];
    for (uint32_t i = 0; i < width * height; i++)
        b[1][i % width * height + i / width] = b[0][i];
}

static void expect_visits(const subject *s, uint32_t *const b[])
{
    for (uint32_t i = 0; i < s->buffers[0].count; i++)
        b[0][i]++;
}

// Words that may be anything, and none before.
#define ANY(count)        \
    {                     \
        count, UINT32_MAX \
    }
#define ZERO(count) \
    {               \
        count, 0    \
    }

const subject subjects[] = {
    {.shader = "add_scaled_words",
     .buffers = {ANY(64), ANY(64), ZERO(64)},
     .groups = {1},
     .push = {60, 5, 0},
     .push_words = 3,
     .expect = expect_sums},
    {.shader = "affine_words",
     .buffers = {ANY(64)},
     .groups = {1},
     .push = {60, 3, 7},
     .push_words = 3,
     .expect = expect_affine},
    {.shader = "branch_with_barrier", .buffers = {ZERO(384)}, .groups = {6}},
    {.shader = "compare_and_swap_loop", .buffers = {ZERO(8)}, .groups = {4}},
    {.shader = "constant_branches",
     .buffers = {ZERO(64)},
     .groups = {1},
     .constants = {{0, {2}}, {1, {4}}},
     .constant_count = 2},
    {.shader = "count_visits",
     .buffers = {ZERO(128)},
     .groups = {2},
     .push = {32, 4},
     .push_words = 2,
     .expect = expect_visits},
    {.shader = "fill_shared",
     .buffers = {ZERO(256)},
     .groups = {2},
     .push = {5},
     .push_words = 1,
     .constants = {{1, {32}}},
     .constant_count = 1},
    {.shader = "function_calls", .buffers = {ANY(64), ZERO(1024)}, .groups = {1}},
    {.shader = "gather_stride",
     .buffers = {ANY(256), ZERO(64)},
     .groups = {1},
     .push = {2, 3},
     .push_words = 2,
     .expect = expect_gathered},
    {.shader = "group_sums",
     .buffers = {ANY(192), ZERO(4)},
     .groups = {4},
     .constants = {{0, {48}}},
     .constant_count = 1,
     .expect = expect_group_sums},
    {.shader = "histogram",
     .buffers = {ANY(256), ZERO(256)},
     .groups = {2},
     .expect = expect_counts},
    {.shader = "integer_bit_functions",
     .buffers = {ANY(64), ANY(64), {64, 0x000f000f}, ZERO(1088)},
     .groups = {1}},
    {.shader = "integer_matrix_product",
     .buffers = {ANY(144), ANY(144), ZERO(144)},
     .groups = {2, 2},
     .push = {12},
     .push_words = 1,
     .expect = expect_product},
    {.shader = "integer_vectors", .buffers = {ANY(256), ANY(256), ZERO(896)}, .groups = {1}},
    {.shader = "integer_widths_16",
     .buffers = {ANY(64), ZERO(384)},
     .groups = {1},
     .needs = NEEDS_INT16},
    {.shader = "integer_widths_64",
     .buffers = {ANY(64), ANY(64), ZERO(640)},
     .groups = {1},
     .needs = NEEDS_INT64},
    {.shader = "interpreter", .buffers = {ANY(2048), ZERO(320)}, .groups = {1}},
    {.shader = "large_private_array", .buffers = {ANY(32), ZERO(32)}, .groups = {1}},
    {.shader = "last_groups", .buffers = {ZERO(128)}, .groups = {70}},
    {.shader = "loop_shapes", .buffers = {ANY(64), ZERO(384)}, .groups = {1}},
    {.shader = "loop_trips", .buffers = {{64, 63}, ZERO(128)}, .groups = {1}},
    {.shader = "nested_branches", .buffers = {ANY(128), ZERO(256)}, .groups = {2}},
    {.shader = "nested_loop_trips", .buffers = {{3, 7}, ZERO(128)}, .groups = {1}},
    {.shader = "reduce_group",
     .buffers = {ANY(192), ZERO(4)},
     .groups = {4},
     .constants = {{0, {48}}},
     .constant_count = 1,
     .expect = expect_weighted},
    {.shader = "reverse_group",
     .buffers = {ANY(192), ZERO(192)},
     .groups = {4},
     .constants = {{0, {48}}},
     .constant_count = 1,
     .expect = expect_group_reversed},
    {.shader = "rotate_in_loop",
     .buffers = {ZERO(192)},
     .groups = {4},
     .push = {5},
     .push_words = 1,
     .constants = {{0, {48}}},
     .constant_count = 1},
    {.shader = "scan_chunks",
     .buffers = {ANY(1600), ANY(2), ZERO(1600)},
     .groups = {2},
     .push = {200, 1, 0},
     .push_words = 3},
    {.shader = "scan_group",
     .buffers = {ANY(192), ZERO(192)},
     .groups = {4},
     .constants = {{0, {48}}},
     .constant_count = 1,
     .expect = expect_scanned},
    {.shader = "sequential_loop_trips", .buffers = {{3, 31}, ZERO(128)}, .groups = {1}},
    {.shader = "shared_structs", .buffers = {ZERO(1536)}, .groups = {2}},
    {.shader = "store_then_load",
     .buffers = {ANY(192), ZERO(64)},
     .groups = {1},
     .push = {64},
     .push_words = 1},
    {.shader = "sum_chunks",
     .buffers = {ANY(1600), ZERO(2)},
     .groups = {2},
     .push = {200, 0},
     .push_words = 2,
     .expect = expect_chunk_sums},
    {.shader = "switch_shapes", .buffers = {ANY(128), ZERO(512)}, .groups = {2}},
    {.shader = "transpose_group",
     .buffers = {ANY(256), ZERO(256)},
     .groups = {2, 2},
     .expect = expect_transposed},
    {.shader = "xor_reversed",
     .buffers = {ANY(64), ZERO(64)},
     .groups = {1},
     .push = {60, 0x5a5a5a5a, 0},
     .push_words = 3,
     .expect = expect_reversed},
    {.shader = "xor_words",
     .buffers = {ANY(64), ZERO(64)},
     .groups = {1},
     .push = {0x12345678},
     .push_words = 1,
     .expect = expect_masked},
};

const size_t subject_count = sizeof subjects / sizeof subjects[0];
