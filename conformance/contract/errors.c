// Errors while recording are returned and kept; sentences belong to the thread that failed.
#include "contract.h"

#include <stdio.h>
#include <string.h>

static const char *copy_sentence(kt_test *t)
{
    return contract_text(t, "%s", kro_error_detail());
}

static void check_kept(kt_test *t, kro_status status, const char *sentence)
{
    CHECK_STATUS(status, KRO_ERROR_INVALID_ARGUMENT);
    CHECK_EQ_STRING(kro_error_detail(), sentence);
}

TEST(first_error_stands_until_the_next_submit)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    kro_stream *stream = bench.stream;
    uint32_t word = 7;
    CHECK_REFUSED(kro_fill(stream, bench.sum, 2, 4, 0), KRO_ERROR_INVALID_ARGUMENT, "'sum'");
    const char *first = copy_sentence(t);
    // Right calls and wrong ones alike: nothing is recorded behind an error.
    check_kept(t, kro_fill(stream, bench.sum, 0, 4, 0), first);
    check_kept(t, kro_copy(stream, bench.sum, 0, bench.left, 0, 4), first);
    check_kept(t, kro_write(stream, bench.sum, 0, &word, 4), first);
    check_kept(t, kro_read(stream, bench.left, 0, &word, 4), first);
    check_kept(t, kro_barrier(stream), first);
    CHECK_STATUS(kro_dispatch(stream, bench.add, &(kro_dispatch_args){0}),
                 KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_fill(stream, NULL, 0, 4, 0), KRO_ERROR_INVALID_ARGUMENT);
    kro_fence fence = {7, 7};
    check_kept(t, kro_submit(stream, &fence), first);
    CHECK_EQ_U64(fence.queue, 0);
    CHECK_EQ_U64(fence.value, 0);
    CHECK_OK(kro_submit(stream, NULL));
    CHECK_EQ_U64(word, 7);
    contract_check_untouched(t, &bench);
    contract_check_usable(t, &bench);
}

// Each of the calls that end a batch gives the kept error, once.
TEST(every_end_of_a_batch_returns_the_kept_error)
{
    contract_bench bench = contract_bench_create(t, kt_context_with(t, NULL));
    if (!bench.ctx)
        return;
    kro_stream *stream = kro_context_stream(bench.ctx);
    for (int end = 0; end < 4; end++) {
        uint32_t word = 0x600df00d;
        CHECK_OK(kro_fill(stream, bench.sum, 0, CONTRACT_BYTES, 1));
        CHECK_REFUSED(kro_fill(stream, bench.sum, 0, CONTRACT_BYTES + 4, 2),
                      KRO_ERROR_INVALID_ARGUMENT, "'sum'", "4100");
        const char *sentence = copy_sentence(t);
        CHECK_STATUS(kro_poll(NULL, (kro_fence){0}), KRO_ERROR_INVALID_ARGUMENT);
        kro_status status = end == 0   ? kro_submit(stream, NULL)
                            : end == 1 ? kro_finish(stream)
                            : end == 2 ? kro_buffer_read(bench.left, 0, &word, 4)
                                       : kro_buffer_write(bench.left, 4, &word, 4);
        check_kept(t, status, sentence);
        CHECK_EQ_U64(word, 0x600df00d);
        contract_check_untouched(t, &bench);
        CHECK_OK(kro_finish(stream));
    }
    contract_check_usable(t, &bench);
}

TEST(submitted_work_stands_when_a_later_batch_is_dropped)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    kro_buffer *const buffers[4] = {bench.left, bench.right, bench.sum};
    kro_fence fence, again;
    float sum[CONTRACT_COUNT] = {0}, twice[CONTRACT_COUNT] = {0};
    CHECK_OK(contract_dispatch(bench.stream, bench.add, CONTRACT_COUNT, buffers));
    CHECK_OK(kro_submit(bench.stream, &fence));
    CHECK_OK(kro_fill(bench.stream, bench.sum, 0, CONTRACT_BYTES, 0));
    CHECK_STATUS(kro_fill(bench.stream, bench.sum, 1, 4, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_finish(bench.stream), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_OK(kro_submit(bench.stream, &again));
    CHECK_EQ_U64(again.queue, fence.queue);
    CHECK_EQ_U64(again.value, fence.value); // nothing was submitted since
    CHECK_OK(kro_wait(bench.ctx, fence, UINT64_MAX));
    CHECK_OK(kro_buffer_read(bench.sum, 0, sum, sizeof sum));
    contract_check_usable(t, &bench);
    CHECK_OK(kro_buffer_read(bench.sum, 0, twice, sizeof twice));
    CHECK_FLOATS(sum, twice, CONTRACT_COUNT);
}

TEST(errors_stay_within_their_stream)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    kro_stream *other = kt_stream_in(t, bench.ctx, NULL);
    if (!bench.ctx || !other)
        return;
    CHECK_STATUS(kro_fill(other, bench.sum, 1, 4, 0), KRO_ERROR_INVALID_ARGUMENT);
    contract_check_usable(t, &bench);
    CHECK_OK(kro_finish(kro_context_stream(bench.ctx)));
    CHECK_STATUS(kro_submit(other, NULL), KRO_ERROR_INVALID_ARGUMENT);
    // A stream may be destroyed with an error kept.
    CHECK_STATUS(kro_fill(other, bench.sum, 1, 4, 0), KRO_ERROR_INVALID_ARGUMENT);
}

// What a dropped batch would have read into host memory stays as it was.
TEST(dropped_reads_are_never_delivered)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    uint32_t words[16], before[16];
    kt_poison(words, sizeof words);
    kt_poison(before, sizeof before);
    CHECK_OK(kro_read(bench.stream, bench.left, 0, words, sizeof words));
    CHECK_STATUS(kro_fill(bench.stream, bench.left, 1, 4, 0), KRO_ERROR_INVALID_ARGUMENT);
    CHECK_STATUS(kro_submit(bench.stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
    contract_check_usable(t, &bench);
    CHECK_OK(kro_finish(bench.stream));
    CHECK_BYTES(words, before, sizeof words);
}

TEST(kept_sentences_are_whole)
{
    char label[400];
    memset(label, 'n', sizeof label);
    memcpy(label, "begin", 5);
    memcpy(label + sizeof label - 4, "end", 4);
    contract_bench bench = contract_bench_create(t, kt_context(t));
    kro_pipeline *pipeline =
        kt_pipeline_in(t, bench.ctx, "vector_add", &(kro_pipeline_config){.label = label});
    if (!bench.ctx || !pipeline)
        return;
    const kro_dispatch_args args = {.buffers = {bench.left, bench.right, bench.sum},
                                    .threads = {1},
                                    .push = label,
                                    .push_bytes = 4};
    CHECK_DROPPED(&bench, kro_dispatch(bench.stream, pipeline, &args), label, "push");
}

TEST(success_leaves_the_sentence)
{
    contract_bench bench = contract_bench_create(t, kt_context(t));
    if (!bench.ctx)
        return;
    CHECK_STATUS(kro_poll(NULL, (kro_fence){0}), KRO_ERROR_INVALID_ARGUMENT);
    const char *sentence = copy_sentence(t);
    contract_check_usable(t, &bench);
    CHECK_OK(kro_poll(bench.ctx, (kro_fence){0}));
    CHECK_EQ_STRING(kro_error_detail(), sentence);
}

typedef struct thread_sentences {
    kt_test *t;
    kro_buffer *buffer;
    char before[32], after[512];
} thread_sentences;

static void *fail_in_thread(void *user)
{
    thread_sentences *sentences = user;
    kt_test *t = sentences->t;
    snprintf(sentences->before, sizeof sentences->before, "%s", kro_error_detail());
    char byte;
    CHECK_STATUS(kro_buffer_read(sentences->buffer, 77, &byte, 1), KRO_ERROR_INVALID_ARGUMENT);
    snprintf(sentences->after, sizeof sentences->after, "%s", kro_error_detail());
    return NULL;
}

TEST(sentences_belong_to_their_thread)
{
    thread_sentences sentences = {.t = t, .buffer = kt_buffer(t, 16, NULL)};
    CHECK_STATUS(kro_poll(NULL, (kro_fence){0}), KRO_ERROR_INVALID_ARGUMENT);
    const char *mine = copy_sentence(t);
    pthread_t thread;
    if (!CHECK(pthread_create(&thread, NULL, fail_in_thread, &sentences) == 0))
        return;
    pthread_join(thread, NULL);
    CHECK_EQ_STRING(sentences.before, "");
    CHECK_CONTAINS(sentences.after, "77");
    CHECK_EQ_STRING(kro_error_detail(), mine);
}

// Labels are the caller's words; a sentence is one line whatever they are.
TEST(sentences_are_one_line)
{
    kro_buffer *out;
    CHECK_REFUSED(
        kro_buffer_create(kt_context(t), &(kro_buffer_config){.label = "two\nlines\r\n"}, &out),
        KRO_ERROR_INVALID_ARGUMENT, "two lines");
    CHECK_REFUSED(
        kro_buffer_create(kt_context(t), &(kro_buffer_config){.label = "100 %s %n"}, &out),
        KRO_ERROR_INVALID_ARGUMENT, "'100 %s %n'");
}
