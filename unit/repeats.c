// Dispatches like earlier ones, which the stream neither checks nor resolves again: they have to
// come to the same, and to notice whatever has changed in between.
#include "bench.h"

#include "shaders.h"
#include "shapes.h"
#include "stream.h"

static const uint32_t nine_buffers_spirv[] =
#include "nine_buffers.spv.inc"
    ;

// affine_words: one buffer, read and written, and three words of push constants; 64 invocations.
static kro_dispatch_args affine_args(kro_buffer *words, const uint32_t push[3])
{
    return (kro_dispatch_args){
        .buffers = {words}, .push = push, .push_bytes = 3 * sizeof *push, .groups = {1}};
}

static void submit(kt_test *t, bench *it)
{
    CHECK_OK(kro_finish(it->stream));
}

TEST(a_repeated_dispatch_is_recorded_like_the_first)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    for (uint32_t round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < 4; i++) {
            const uint32_t push[3] = {10 * round + i};
            const kro_dispatch_args args = affine_args(i % 2 ? it.b : it.a, push);
            CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        }
        submit(t, &it);
        CHECK_EQ_U64(it.device->last.node_count, 4);
        CHECK_EQ_U64(it.device->last.barrier_count, 1); // two chains of two
        CHECK_EQ_U64(it.device->last.set_count, round == 0 ? 2 : 0);
        CHECK_EQ_U64(it.device->last.push_word, 10 * round + 3);
        CHECK_EQ_U64(it.device->last.order[0], 0);
        CHECK_EQ_U64(it.device->last.order[3], 3);
    }
}

static void check_groups(kt_test *t, bench *it, uint32_t x, uint32_t y, uint32_t z)
{
    submit(t, it);
    CHECK_EQ_U64(it->device->last.groups[0], x);
    CHECK_EQ_U64(it->device->last.groups[1], y);
    CHECK_EQ_U64(it->device->last.groups[2], z);
}

TEST(a_repeated_dispatch_may_ask_for_other_groups)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {0};
    kro_dispatch_args args = affine_args(it.a, push);
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    check_groups(t, &it, 1, 1, 1);
    args.groups[0] = 5;
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    check_groups(t, &it, 5, 1, 1);
    args.groups[1] = 7;
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    check_groups(t, &it, 5, 7, 1);
    args.groups[2] = 3;
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    check_groups(t, &it, 5, 7, 3);
    args.dims = 2; // and a third count
    CHECK_STATUS(kro_dispatch(it.stream, kernel, &args), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
    args = affine_args(it.a, push);
    args.groups[0] = 0;
    args.threads[0] = 65;
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    check_groups(t, &it, 2, 1, 1);
    args.threads[1] = 3;
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    check_groups(t, &it, 2, 3, 1);
    args.threads[2] = 4;
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    check_groups(t, &it, 2, 3, 4);
    args.threads[1] = args.threads[2] = 0;

    uint32_t submits = it.device->submit_count;
    args.threads[0] = 0;
    args.dims = 2;
    CHECK_OK(kro_dispatch(it.stream, kernel, &args)); // of nothing
    submit(t, &it);
    CHECK_EQ_U64(it.device->submit_count, submits);
    args.dims = 0;
    CHECK_STATUS(kro_dispatch(it.stream, kernel, &args), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
    args.groups[0] = 65536;
    CHECK_STATUS(kro_dispatch(it.stream, kernel, &args), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
}

TEST(a_repeated_dispatch_is_refused_while_its_buffer_is_mapped)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    kro_buffer *words = bench_buffer(t, it.ctx, KRO_MEMORY_UPLOAD, "words");
    const uint32_t push[3] = {0};
    const kro_dispatch_args args = affine_args(words, push);
    void *host;
    for (int i = 0; i < 8; i++) // now the stream has the memory for a few more
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    submit(t, &it);
    for (int round = 0; round < 2; round++) {
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        CHECK_OK(kro_buffer_map(words, &host)); // in the middle of a batch, too
        CHECK_STATUS(kro_dispatch(it.stream, kernel, &args), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_STATUS(kro_dispatch(it.stream, kernel, &args), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_OK(kro_buffer_unmap(words));
    }
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    submit(t, &it);
    CHECK_EQ_U64(it.device->last.node_count, 1);
    CHECK(it.device->last.exit_barrier);
}

// The heap tends to give a new object the address of one that has just been freed.
TEST(a_new_buffer_is_not_taken_for_an_old_one)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {0};
    for (int round = 0; round < 20; round++) {
        kro_buffer *words;
        if (!CHECK_OK(kro_buffer_create(
                it.ctx, &(kro_buffer_config){.size_bytes = 64 * (1 + round % 2)}, &words)))
            return;
        const kro_dispatch_args args = affine_args(words, push);
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        submit(t, &it);
        CHECK_EQ_U64(it.device->last.set_count, 1);
        CHECK_EQ_U64(it.device->last.barrier_count, 1);
        kro_buffer_destroy(words);
    }
}

TEST(a_new_pipeline_is_not_taken_for_an_old_one)
{
    bench it = bench_create(t, NULL);
    const uint32_t push[3] = {0};
    const kro_dispatch_args args = affine_args(it.a, push);
    for (int round = 0; round < 10; round++) {
        bool fits = round % 2 == 0; // the other takes as many push constants, and two buffers
        const kronos_shader *shader =
            kronos_shader_find(fits ? "affine_words" : "add_scaled_words");
        kro_pipeline *kernel;
        if (!CHECK_OK(kro_pipeline_create(
                it.ctx,
                &(kro_pipeline_config){.spirv = shader->words, .spirv_bytes = shader->size_bytes},
                &kernel)))
            return;
        kro_status expected = fits ? KRO_OK : KRO_ERROR_INVALID_ARGUMENT;
        CHECK_STATUS(kro_dispatch(it.stream, kernel, &args), expected);
        CHECK_STATUS(kro_finish(it.stream), expected);
        kro_pipeline_destroy(kernel);
    }
}

TEST(descriptors_that_are_gone_are_written_again)
{
    const uint32_t push[3] = {0};
    bench plain = bench_create(t, &(kro_context_config){.plain = true}); // evicts at once
    kro_pipeline *kernel = kt_pipeline_in(t, plain.ctx, "affine_words", NULL);
    kro_dispatch_args args = affine_args(plain.a, push);
    for (int round = 0; round < 3; round++) {
        CHECK_OK(kro_dispatch(plain.stream, kernel, &args));
        CHECK_EQ_U64(plain.device->last.set_count, 1);
    }

    bench it = bench_create(t, NULL);
    kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    args = affine_args(it.a, push);
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    CHECK_OK(kro_dispatch(it.stream, kernel, &args));
    CHECK_STATUS(kro_dispatch(it.stream, kernel, NULL), KRO_ERROR_INVALID_ARGUMENT); // drops them
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
    for (int round = 0; round < 2; round++) {
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        submit(t, &it);
        CHECK_EQ_U64(it.device->last.node_count, 1);
        CHECK_EQ_U64(it.device->last.set_count, round == 0);
    }
}

// One of 16 ranges of one of two buffers, or all of it.
static kro_binding random_range(kt_test *t, const bench *it)
{
    kro_binding range = {.buffer = kt_random_below(t, 2) ? it->a : it->b};
    if (kt_random_below(t, 2)) {
        range.offset_bytes = 64 * kt_random_below(t, 4);
        range.size_bytes = 64 * (1 + kt_random_below(t, 4));
    }
    return range;
}

TEST(repeated_dispatches_conflict_as_fills_do)
{
    enum { ROUNDS = 100, NODES = 40 };
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {0};
    for (uint32_t round = 0; round < ROUNDS; round++) {
        kro_binding ranges[NODES];
        uint32_t count = 1 + (uint32_t)kt_random_below(t, NODES);
        for (uint32_t i = 0; i < count; i++) {
            ranges[i] = random_range(t, &it);
            uint64_t size_bytes = ranges[i].size_bytes ? ranges[i].size_bytes : BENCH_BYTES;
            CHECK_OK(kro_fill(it.stream, ranges[i].buffer, ranges[i].offset_bytes, size_bytes, 0));
        }
        submit(t, &it);
        uint32_t barriers = it.device->last.barrier_count;
        for (uint32_t i = 0; i < count; i++) {
            kro_dispatch_args args = affine_args(NULL, push);
            args.bindings = &ranges[i];
            args.binding_count = 1;
            CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        }
        submit(t, &it);
        if (!CHECK_EQ_U64(it.device->last.barrier_count, barriers))
            return;
    }
}

TEST(more_dispatches_than_are_remembered_are_recorded)
{
    enum { COUNT = KRO__MAX_SHAPES + 100 };
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    kro_buffer *words = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = COUNT * 16});
    for (uint32_t round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < COUNT; i++) {
            const uint32_t push[3] = {i};
            const kro_binding range = {.buffer = words, .offset_bytes = 16 * i, .size_bytes = 16};
            kro_dispatch_args args = affine_args(NULL, push);
            args.bindings = &range;
            args.binding_count = 1;
            CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        }
        submit(t, &it);
        CHECK_EQ_U64(it.device->last.node_count, COUNT);
        CHECK_EQ_U64(it.device->last.barrier_count, 0);
        CHECK_EQ_U64(it.device->last.set_count, round == 0);
        CHECK_EQ_U64(it.device->last.push_word, COUNT - 1);
    }
}

TEST(more_buffers_than_are_remembered_are_recorded)
{
    enum { BUFFERS = KRO__SHAPE_BUFFERS + 1 };
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel;
    kro_binding bindings[BUFFERS];
    for (uint32_t i = 0; i < BUFFERS; i++)
        bindings[i] = (kro_binding){.element = i, .buffer = i == 0 ? it.a : it.b};
    const kro_dispatch_args args = {.bindings = bindings, .binding_count = BUFFERS, .groups = {1}};
    if (!CHECK_OK(
            kro_pipeline_create(it.ctx,
                                &(kro_pipeline_config){.spirv = nine_buffers_spirv,
                                                       .spirv_bytes = sizeof nine_buffers_spirv},
                                &kernel)))
        return;
    for (uint32_t round = 0; round < 3; round++) {
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        CHECK_OK(kro_dispatch(it.stream, kernel, &args));
        submit(t, &it);
        CHECK_EQ_U64(it.device->last.node_count, 2);
        CHECK_EQ_U64(it.device->last.barrier_count, 1);
        CHECK_EQ_U64(it.device->last.set_count, round == 0);
    }
    CHECK_EQ_U64(it.stream->shapes.count, 0);
    kro_pipeline_destroy(kernel);
}
