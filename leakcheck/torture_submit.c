// What goes to the device: submits, waits.
#include "torture.h"

static kro_status record(torture_bench *bench)
{
    for (int i = 0; i < TORTURE_WORDS; i++)
        bench->words[i] = 0;
    kro_status status = torture_set(bench, bench->stream, 16);
    if (status >= 0)
        status = kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES);
    if (status >= 0)
        status = kro_read(bench->stream, bench->a, 0, bench->words, TORTURE_BYTES);
    return status;
}

// A stream that has never submitted has nothing in stock.
static kro_status record_first(torture_bench *bench)
{
    kro_stream_destroy(bench->stream);
    bench->stream = NULL;
    kro_status status =
        kro_stream_create(bench->ctx, &(kro_stream_config){.label = "made"}, &bench->stream);
    return status < 0 ? status : record(bench);
}

// Batches that come again are kept: this is the third that is the same.
static kro_status record_again(torture_bench *bench)
{
    kro_status status = KRO_OK;
    for (int i = 0; i < 2 && status >= 0; i++) {
        status = record(bench);
        if (status >= 0)
            status = kro_finish(bench->stream);
    }
    return status < 0 ? status : record(bench);
}

static kro_status submit(torture_bench *bench)
{
    return kro_submit(bench->stream, &bench->fence);
}

static bool words_are_there(kt_test *t, torture_bench *bench)
{
    bool right = true;
    for (int i = 0; i < TORTURE_WORDS && bench->computes && right; i++)
        right = CHECK_EQ_U64(bench->words[i], 16);
    return right && torture_check_word(t, bench, bench->b, 16);
}

static bool its_fence_is_reached(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_wait(bench->ctx, bench->fence, UINT64_MAX)) && words_are_there(t, bench);
}

static kro_status finish(torture_bench *bench)
{
    return kro_finish(bench->stream);
}

const torture_call torture_kro_submit_first = {.holds = TORTURE_PROGRAM,
                                               .prepare = record_first,
                                               .run = submit,
                                               .right = its_fence_is_reached};
const torture_call torture_kro_submit_again = {.holds = TORTURE_PROGRAM,
                                               .prepare = record_again,
                                               .run = submit,
                                               .right = its_fence_is_reached};
const torture_call torture_kro_finish_first = {
    .holds = TORTURE_PROGRAM, .prepare = record_first, .run = finish, .right = words_are_there};

static kro_status record_and_submit(torture_bench *bench)
{
    kro_status status = record(bench);
    return status < 0 ? status : submit(bench);
}

static kro_status wait(torture_bench *bench)
{
    return kro_wait(bench->ctx, bench->fence, UINT64_MAX);
}

static kro_status poll(torture_bench *bench)
{
    return kro_poll(bench->ctx, bench->fence);
}

const torture_call torture_kro_wait_fence = {.holds = TORTURE_PROGRAM,
                                             .prepare = record_and_submit,
                                             .run = wait,
                                             .right = words_are_there,
                                             .keeps = true};
const torture_call torture_kro_poll_fence = {.holds = TORTURE_PROGRAM,
                                             .prepare = record_and_submit,
                                             .run = poll,
                                             .right = its_fence_is_reached,
                                             .keeps = true};

// Both streams have something: what the one has recorded is submitted before it waits for the
// other.
static kro_status use_both(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->other, 15);
    if (status >= 0)
        status = kro_submit(bench->other, &bench->fence);
    return status < 0 ? status : kro_fill(bench->stream, bench->b, 0, TORTURE_BYTES, 15);
}

static kro_status stream_wait(torture_bench *bench)
{
    return kro_stream_wait(bench->stream, bench->fence);
}

static bool later_work_comes_later(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(record(bench)) && CHECK_OK(finish(bench)) && words_are_there(t, bench);
}

const torture_call torture_kro_stream_wait_other = {.holds = TORTURE_PROGRAM,
                                                    .prepare = use_both,
                                                    .run = stream_wait,
                                                    .right = later_work_comes_later,
                                                    .records = true};
