// What changes between batches that are followed: whoever follows has to notice.
#include "bench.h"

#include "follow.h"

enum { ROUNDS = 8 };

static kro_status dispatch(bench *it, kro_pipeline *kernel, kro_buffer *buffer,
                           const uint32_t push[3])
{
    const kro_dispatch_args args = {
        .buffers = {buffer}, .push = push, .push_bytes = 3 * sizeof *push, .groups = {1}};
    return kro_dispatch(it->stream, kernel, &args);
}

// Submits two batches in turns until they are followed; the next one is that of `a`.
static void run_rounds(kt_test *t, bench *it, kro_pipeline *kernel)
{
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t push[3] = {64, 1, round};
        kro_buffer *buffer = round % 2 ? it->b : it->a;
        CHECK_OK(dispatch(it, kernel, buffer, push));
        CHECK_OK(dispatch(it, kernel, buffer, push));
        CHECK_OK(kro_finish(it->stream));
    }
    CHECK(it->stream->batch->following.count > 0);
}

// A batch that may use what is gone is not followed, from its first node on.
TEST(a_destroyed_object_ends_following)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    kro_buffer *other;
    CHECK_OK(kro_buffer_create(it.ctx, &(kro_buffer_config){.size_bytes = 64}, &other));
    run_rounds(t, &it, kernel);
    kro_buffer_destroy(other);
    const uint32_t push[3] = {7, 1, 99};
    CHECK_OK(dispatch(&it, kernel, it.a, push));
    CHECK_EQ_U64(it.stream->batch->following.count, 0);
    CHECK_OK(kro_finish(it.stream));
    CHECK_EQ_U64(it.device->last.node_count, 1);
    CHECK_EQ_U64(it.device->last.push_word, 7);
}

// Descriptor sets that are evicted are gone, whichever batch has asked for the room.
TEST(evicted_descriptor_sets_end_following)
{
    enum { RANGES = 1100, WORD = 4 }; // more than a stream keeps
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {7, 1, 99};
    run_rounds(t, &it, kernel);
    CHECK_OK(dispatch(&it, kernel, it.a, push));
    CHECK_OK(dispatch(&it, kernel, it.a, push));
    CHECK_OK(kro_finish(it.stream));
    for (uint32_t i = 0; i < RANGES; i++) {
        const kro_binding range = {.buffer = i % 2 ? it.c : it.d, .size_bytes = WORD * (i / 2 + 1)};
        CHECK_OK(kro_dispatch(it.stream, kernel,
                              &(kro_dispatch_args){.bindings = &range,
                                                   .binding_count = 1,
                                                   .push = push,
                                                   .push_bytes = sizeof push,
                                                   .groups = {1}}));
    }
    CHECK_OK(kro_finish(it.stream));
    for (int round = 0; round < 2; round++) {
        CHECK_OK(dispatch(&it, kernel, round ? it.b : it.a, push));
        CHECK_OK(kro_finish(it.stream));
        CHECK_EQ_U64(it.device->last.node_count, 1);
        CHECK_EQ_U64(it.device->last.set_count, 1);
    }
}

// What is ordered by `touches` is remembered as no shape, but has descriptor sets like any other.
TEST(a_followed_batch_may_evict_what_the_next_one_would_follow)
{
    enum { RANGES = 1100, WORD = 4 }; // more than a stream keeps
    bench it = bench_create(t, NULL);
    it.device->manual = true;
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    const uint32_t push[3] = {7, 1, 99};
    for (uint32_t round = 0; round < 3; round++) {
        CHECK_OK(dispatch(&it, kernel, round % 2 ? it.b : it.a, push));
        CHECK_OK(kro_submit(it.stream, NULL));
    }
    for (uint32_t i = 0; i < RANGES; i++) {
        const kro_binding range = {.buffer = i % 2 ? it.c : it.d, .size_bytes = WORD * (i / 2 + 1)};
        CHECK_OK(kro_dispatch(it.stream, kernel,
                              &(kro_dispatch_args){.bindings = &range,
                                                   .binding_count = 1,
                                                   .touches = &it.d,
                                                   .touch_count = 1,
                                                   .push = push,
                                                   .push_bytes = sizeof push,
                                                   .groups = {1}}));
    }
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.stream->bindings.forgotten, 0); // nothing has finished
    it.device->finished[0] = it.device->submitted[0];
    CHECK_OK(dispatch(&it, kernel, it.b, push));
    CHECK(kro__follows_whole(it.stream->batch));
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK(it.stream->bindings.forgotten > 0);
    CHECK_EQ_U64(it.device->last.set_count, 0);

    CHECK(it.stream->batch->following.count > 0); // of the batch that used `a`, whose sets are gone
    CHECK_OK(dispatch(&it, kernel, it.a, push));
    CHECK_EQ_U64(it.stream->batch->following.count, 0);
    CHECK_OK(kro_submit(it.stream, NULL));
    CHECK_EQ_U64(it.device->last.set_count, 1);
    it.device->finished[0] = it.device->submitted[0];
}

TEST(push_constants_that_are_missing_are_refused_while_following)
{
    bench it = bench_create(t, NULL);
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "affine_words", NULL);
    run_rounds(t, &it, kernel);
    CHECK_STATUS(dispatch(&it, kernel, it.a, NULL), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_submit(it.stream, NULL), KRO_ERROR_INVALID_ARGUMENT); // told once more
    run_rounds(t, &it, kernel);
}
