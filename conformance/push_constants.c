// Push constants: sizes, types, and one value per dispatch.
#include <string.h>

#include "kernel.h"
#include "raw.h"

enum { MAX_PUSH_WORDS = 1024 };

static uint32_t max_push_bytes(kt_test *t)
{
    const kro_device_info *device = kt_device(t);
    uint32_t bytes = device ? device->limits.max_push_bytes : 4;
    return bytes < 4 * MAX_PUSH_WORDS ? bytes : 4 * MAX_PUSH_WORDS;
}

// Blocks of 4, 8, 12 … bytes up to limits.max_push_bytes arrive whole.
TEST(push_constants_of_every_size_arrive)
{
    uint32_t push[MAX_PUSH_WORDS], actual[MAX_PUSH_WORDS];
    for (uint32_t bytes = 4; bytes <= max_push_bytes(t); bytes += 4) {
        const kro_constant count = {0, .value.u32 = bytes / 4};
        kt_fill_u32s(t, push, bytes / 4);
        kernel_run run = {.shader = "push_array",
                          .constants = &count,
                          .constant_count = 1,
                          .push = push,
                          .push_bytes = bytes,
                          .threads = {bytes / 4},
                          .output = actual,
                          .output_bytes = bytes};
        if (!kernel_run_once(t, &run) || !CHECK_U32S(actual, push, bytes / 4)) {
            LOGF(t, "with %u bytes of push constants", bytes);
            return;
        }
    }
}

// Runs a kernel that writes the members of a push constant block, one element each.
static bool run_members(kt_test *t, const char *shader, const void *push, uint32_t push_bytes,
                        void *actual, uint32_t actual_bytes)
{
    return kernel_run_once(t, &(kernel_run){.shader = shader,
                                            .push = push,
                                            .push_bytes = push_bytes,
                                            .groups = {1},
                                            .output = actual,
                                            .output_bytes = actual_bytes});
}

// Scalars, vectors, matrices, arrays and booleans lie where the std430 rules put them.
TEST(push_constants_of_many_types_arrive)
{
    // Words of f, i, u, v2, v3, v4, i3, b, m2 and array; 3, 6, 7 and 11 are padding.
    static const uint32_t PLACES[] = {0,  1,  2,  4,  5,  8,  9,  10, 12, 13, 14, 15,
                                      16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26};
    enum { COUNT = sizeof PLACES / sizeof PLACES[0], WORDS = 27, BOOLEAN = 19, BOOLEAN_AT = 15 };
    uint32_t push[WORDS], expected[COUNT], actual[COUNT];
    for (uint32_t i = 0; i < WORDS; i++)
        push[i] = 0x3f800000 + i; // ordinary floats, which nothing may flush
    for (uint32_t i = 0; i < COUNT; i++)
        expected[i] = push[PLACES[i]];
    expected[BOOLEAN_AT] = 1;
    CHECK_EQ_U64(PLACES[BOOLEAN_AT], BOOLEAN);
    if (run_members(t, "push_types", push, sizeof push, actual, sizeof actual))
        CHECK_U32S(actual, expected, COUNT);
}

TEST(push_constants_of_64_bits_arrive)
{
    typedef struct members {
        uint32_t u, padding;
        uint64_t u64;
        int64_t i64;
        uint64_t more_padding, pair[2];
        uint32_t last;
    } members;
    const members push = {7, 0, 0xfedcba9876543210, -5, 0, {UINT64_MAX, 1}, 0x80000000};
    const uint64_t expected[] = {7, push.u64, (uint64_t)push.i64, UINT64_MAX, 1, 0x80000000};
    uint64_t actual[6];
    const uint32_t push_bytes = offsetof(members, last) + sizeof push.last;
    if (run_members(t, "push_types_64", &push, push_bytes, actual, sizeof actual))
        CHECK_U64S(actual, expected, 6);
}

TEST(push_constants_of_8_bits_arrive)
{
    // a, b, two bytes of padding, word, quad, c.
    static const uint8_t PUSH[] = {200, 0x85, 9, 9, 4, 3, 2, 1, 255, 0, 128, 127, 77};
    const uint32_t expected[] = {200, (uint32_t)(int8_t)0x85, 0x01020304, 255, 0, 128, 127, 77};
    uint32_t actual[8];
    if (run_members(t, "push_types_8", PUSH, sizeof PUSH, actual, sizeof actual))
        CHECK_U32S(actual, expected, 8);
}

TEST(push_constants_of_16_bits_arrive)
{
    // a, b, word, pair, c.
    static const uint16_t PUSH[] = {0xfedc, 0x8005, 0x0304, 0x0102, 0xffff, 0x7fff, 0x8000};
    const uint32_t expected[] = {0xfedc, (uint32_t)(int16_t)0x8005, 0x01020304, 0xffff, 0x7fff,
                                 0x8000};
    uint32_t actual[6];
    if (run_members(t, "push_types_16", PUSH, sizeof PUSH, actual, sizeof actual))
        CHECK_U32S(actual, expected, 6);
}

// Each of a thousand dispatches in one submit sees its own values, and reads only the last members
// of its block.
TEST(push_constants_change_with_each_dispatch)
{
    enum { DISPATCHES = 1000, BLOCK_WORDS = 27, AT = 25, VALUE = 26 };
    uint32_t push[BLOCK_WORDS] = {0}, expected[DISPATCHES];
    kro_buffer *out = kt_buffer(t, sizeof expected, NULL);
    kro_pipeline *pipeline = kt_pipeline(t, "push_last");
    kro_stream *stream = kt_stream(t);
    kt_fill_u32s(t, expected, DISPATCHES);
    for (uint32_t i = 0; i < DISPATCHES; i++) {
        push[AT] = i;
        push[VALUE] = expected[i];
        CHECK_OK(kro_dispatch(
            stream, pipeline,
            &(kro_dispatch_args){
                .buffers = {out}, .push = push, .push_bytes = sizeof push, .groups = {1}}));
    }
    // The values were copied when they were recorded.
    memset(push, 0xff, sizeof push);
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, out), expected, DISPATCHES);
}

// Pipelines with push constants of different sizes, and with none, take turns in one submit.
TEST(push_constants_survive_a_change_of_pipeline)
{
    enum { ROUNDS = 50, COUNT = 8 };
    static const uint32_t SIZES[] = {4, 32, 12, 16};
    uint32_t expected[ROUNDS][COUNT], push[COUNT], doubled[COUNT];
    kro_pipeline *pipelines[4];
    for (int i = 0; i < 4; i++) {
        const kro_constant count = {0, .value.u32 = SIZES[i] / 4};
        pipelines[i] =
            kt_pipeline_in(t, kt_context(t), "push_array",
                           &(kro_pipeline_config){.constants = &count, .constant_count = 1});
    }
    kro_pipeline *add = kt_pipeline(t, "vector_add");
    float ones[COUNT], twos[COUNT];
    for (int i = 0; i < COUNT; i++) {
        ones[i] = 1;
        twos[i] = 2;
    }
    kro_buffer *one = kt_buffer(t, sizeof ones, ones), *two = kt_buffer(t, sizeof ones, NULL);
    kro_buffer *out[ROUNDS];
    kro_stream *stream = kt_stream(t);
    for (int round = 0; round < ROUNDS; round++) {
        const uint32_t bytes = SIZES[round % 4];
        out[round] = kt_buffer(t, sizeof expected[round], NULL);
        kt_poison(expected[round], sizeof expected[round]);
        kt_fill_u32s(t, push, bytes / 4);
        memcpy(expected[round], push, bytes);
        CHECK_OK(kro_dispatch(
            stream, pipelines[round % 4],
            &(kro_dispatch_args){
                .buffers = {out[round]}, .push = push, .push_bytes = bytes, .threads = {COUNT}}));
        CHECK_OK(kro_dispatch(
            stream, add, &(kro_dispatch_args){.buffers = {one, one, two}, .threads = {COUNT}}));
    }
    CHECK_OK(kro_finish(stream));
    for (int round = 0; round < ROUNDS; round++)
        CHECK_U32S(kernel_read_all(t, out[round]), expected[round], COUNT);
    memcpy(doubled, twos, sizeof doubled);
    CHECK_U32S(kernel_read_all(t, two), doubled, COUNT);
}

// Blocks of 13 and of 16 bytes take the same room in Vulkan's words. The longer one begins with the
// bytes of the shorter one, and ends with what lies behind those where both were copied to.
TEST(push_constants_of_almost_equal_size_are_told_apart)
{
    static const uint8_t SHORTER[13] = {200, 0x85, 9, 9, 4, 3, 2, 1, 255, 0, 128, 127, 77};
    uint8_t longer[16];
    memcpy(longer, SHORTER, sizeof SHORTER);
    memcpy(longer + sizeof SHORTER, SHORTER, sizeof longer - sizeof SHORTER);
    uint32_t expected[4];
    memcpy(expected, longer, sizeof longer);

    const kro_constant count = {0, .value.u32 = 4};
    kro_pipeline *first = kt_pipeline(t, "push_types_8");
    kro_pipeline *second =
        kt_pipeline_in(t, kt_context(t), "push_array",
                       &(kro_pipeline_config){.constants = &count, .constant_count = 1});
    kro_buffer *ignored = kt_buffer(t, 8 * sizeof(uint32_t), NULL);
    kro_buffer *out = kt_buffer(t, sizeof expected, NULL);
    kro_stream *stream = kt_stream(t);
    CHECK_OK(kro_dispatch(
        stream, first,
        &(kro_dispatch_args){
            .buffers = {ignored}, .push = SHORTER, .push_bytes = sizeof SHORTER, .groups = {1}}));
    CHECK_OK(kro_dispatch(
        stream, second,
        &(kro_dispatch_args){
            .buffers = {out}, .push = longer, .push_bytes = sizeof longer, .threads = {4}}));
    CHECK_OK(kro_finish(stream));
    CHECK_U32S(kernel_read_all(t, out), expected, 4);
}

// Vulkan lets a program set some of the words and keeps the others, across dispatches and a change
// of pipeline whose layout is alike. libkronos always sets all.
TEST(push_constants_may_change_in_part)
{
    enum { WORDS = 64, CHANGES = 200, FACTOR = 1, ADDEND = 2 };
    uint32_t words[WORDS], expected[WORDS], push[KT_RAW_PUSH_BYTES / 4] = {WORDS, 3, 5};
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    kt_raw_buffer *buffer =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = sizeof words});
    const kt_raw_range range = {.buffer = buffer};
    kt_raw_kernel *kernels[] = {kt_raw_kernel_create(raw, "affine_words", 1),
                                kt_raw_kernel_create(raw, "affine_words", 1)};
    VkDescriptorSet set = kernels[1] && buffer ? kt_raw_set(raw, kernels[0], &range) : NULL;
    VkCommandBuffer commands = set ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return;
    kt_fill_u32s(t, expected, WORDS);
    kt_raw_write(raw, buffer, expected);
    kt_raw_bind(raw, commands, kernels[0], set, push);
    for (uint32_t i = 0; i < CHANGES; i++) {
        const uint32_t which = kt_random_below(t, 2) ? FACTOR : ADDEND;
        push[which] = (uint32_t)kt_random_u64(t) | 1;
        raw->vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernels[i % 2]->pipeline);
        raw->vkCmdPushConstants(commands, kernels[i % 2]->layout, VK_SHADER_STAGE_COMPUTE_BIT,
                                4 * which, 4, &push[which]);
        raw->vkCmdDispatch(commands, 1, 1, 1);
        kt_raw_full_barrier(raw, commands);
        for (uint32_t k = 0; k < WORDS; k++)
            expected[k] = expected[k] * push[FACTOR] + push[ADDEND];
    }
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return;
    kt_raw_read(raw, buffer, words);
    CHECK_U32S(words, expected, WORDS);
}

// The last byte stands behind the last whole word. Dispatches and batches that come again are
// compared with the earlier ones up to it, and take it along.
TEST(push_constants_of_13_bytes_come_again)
{
    enum { PAIR = 2, WORDS = 8, LAST = 12 };
    static const uint8_t ENDS[][PAIR] = {{1, 1}, {1, 1}, {1, 2}, {1, 2}, {3, 3}, {3, 3},
                                         {3, 3}, {4, 4}, {4, 5}, {5, 5}, {5, 5}, {6, 5}};
    kro_pipeline *kernel = kt_pipeline(t, "push_types_8");
    kro_stream *stream = kt_stream(t);
    kro_buffer *out[PAIR] = {kt_buffer(t, WORDS * 4, NULL), kt_buffer(t, WORDS * 4, NULL)};
    for (size_t round = 0; round < sizeof ENDS / sizeof ENDS[0]; round++) {
        for (int i = 0; i < PAIR; i++) {
            uint8_t push[LAST + 1] = {200, 0x85, 9, 9, 4, 3, 2, 1, 255, 0, 128, 127};
            push[LAST] = ENDS[round][i];
            CHECK_OK(kro_dispatch(
                stream, kernel,
                &(kro_dispatch_args){
                    .buffers = {out[i]}, .push = push, .push_bytes = sizeof push, .groups = {1}}));
        }
        CHECK_OK(kro_finish(stream));
        for (int i = 0; i < PAIR; i++) {
            const uint32_t *words = kernel_read_all(t, out[i]);
            if (!words || !CHECK_EQ_U64(words[WORDS - 1], ENDS[round][i]))
                return;
        }
    }
}
