// Streams: their life, and what they record.
#include "torture.h"

static kro_status destroy(torture_bench *bench)
{
    kro_stream_destroy(bench->stream);
    bench->stream = NULL;
    return KRO_OK;
}

static kro_status create(torture_bench *bench)
{
    return kro_stream_create(bench->ctx, &(kro_stream_config){.label = "made"}, &bench->stream);
}

static kro_status create_anew(torture_bench *bench)
{
    (void)destroy(bench);
    return create(bench);
}

static kro_status work(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->stream, 14);
    if (status >= 0)
        status = kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES);
    return status;
}

static kro_status read_back(torture_bench *bench)
{
    kro_status status = work(bench);
    if (status >= 0)
        status = kro_read(bench->stream, bench->b, 0, bench->words, TORTURE_BYTES);
    return status;
}

static kro_status submit_and_record(torture_bench *bench)
{
    kro_status status = read_back(bench);
    if (status >= 0)
        status = kro_submit(bench->stream, NULL);
    return status < 0 ? status : work(bench);
}

static bool it_works(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(work(bench)) && CHECK_OK(kro_finish(bench->stream)) &&
           torture_check_word(t, bench, bench->b, 14);
}

static bool another_works(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(create(bench)) && it_works(t, bench);
}

static kro_status look(torture_bench *bench)
{
    return kro_stream_get_info(bench->stream) ? KRO_OK : KRO_ERROR_DRIVER;
}

const torture_call torture_kro_stream_create_usual = {
    .holds = TORTURE_PROGRAM, .prepare = destroy, .run = create, .right = it_works};
const torture_call torture_kro_stream_destroy_idle = {
    .holds = TORTURE_PROGRAM, .run = destroy, .right = another_works};
const torture_call torture_kro_stream_destroy_busy = {
    .holds = TORTURE_PROGRAM, .prepare = submit_and_record, .run = destroy, .right = another_works};
const torture_call torture_kro_stream_get_info_usual = {
    .holds = TORTURE_PROGRAM, .run = look, .cannot_fail = true};

// Each is recorded on a stream that has not worked yet, so that it has to make room for everything.

static kro_status dispatch(torture_bench *bench)
{
    return torture_set(bench, bench->stream, 15);
}

static bool a_is_fifteen(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_finish(bench->stream)) && torture_check_word(t, bench, bench->a, 15);
}

static bool b_is_fifteen(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_finish(bench->stream)) && torture_check_word(t, bench, bench->b, 15);
}

// A batch holds two operations, and this is the second.
static kro_status record_one(torture_bench *bench)
{
    kro_stream_destroy(bench->stream);
    bench->stream = NULL;
    kro_status status = kro_stream_create(
        bench->ctx, &(kro_stream_config){.batch_nodes = 2, .label = "short"}, &bench->stream);
    return status < 0 ? status : torture_set(bench, bench->stream, 14);
}

static kro_status write_groups(torture_bench *bench)
{
    const uint32_t groups[3] = {TORTURE_WORDS / 64, 1, 1};
    kro_status status = kro_buffer_write(bench->b, 0, groups, sizeof groups);
    return status < 0 ? status : create_anew(bench);
}

static kro_status dispatch_indirect(torture_bench *bench)
{
    const uint32_t push[3] = {TORTURE_WORDS, 0, 15};
    return kro_dispatch_indirect(
        bench->stream, bench->set,
        &(kro_dispatch_args){.buffers = {bench->a}, .push = push, .push_bytes = sizeof push},
        bench->b, 0);
}

const torture_call torture_kro_dispatch_first = {.holds = TORTURE_PROGRAM,
                                                 .prepare = create_anew,
                                                 .run = dispatch,
                                                 .right = a_is_fifteen,
                                                 .records = true};
const torture_call torture_kro_dispatch_full = {.holds = TORTURE_PROGRAM,
                                                .prepare = record_one,
                                                .run = dispatch,
                                                .right = a_is_fifteen,
                                                .records = true};
const torture_call torture_kro_dispatch_indirect_first = {.holds = TORTURE_PROGRAM,
                                                          .prepare = write_groups,
                                                          .run = dispatch_indirect,
                                                          .right = a_is_fifteen,
                                                          .records = true};

static kro_status fill(torture_bench *bench)
{
    return kro_fill(bench->stream, bench->b, 0, TORTURE_BYTES, 15);
}

static kro_status set_a(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->other, 15);
    if (status >= 0)
        status = kro_finish(bench->other);
    return status < 0 ? status : create_anew(bench);
}

static kro_status copy(torture_bench *bench)
{
    return kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES);
}

static kro_status barrier(torture_bench *bench)
{
    return kro_barrier(bench->stream);
}

const torture_call torture_kro_fill_first = {.holds = TORTURE_PROGRAM,
                                             .prepare = create_anew,
                                             .run = fill,
                                             .right = b_is_fifteen,
                                             .records = true};
const torture_call torture_kro_copy_first = {.holds = TORTURE_PROGRAM,
                                             .prepare = set_a,
                                             .run = copy,
                                             .right = b_is_fifteen,
                                             .records = true};
const torture_call torture_kro_barrier_first = {
    .holds = TORTURE_PROGRAM, .prepare = create_anew, .run = barrier, .records = true};

static kro_status write_words(torture_bench *bench)
{
    for (int i = 0; i < TORTURE_WORDS; i++)
        bench->words[i] = 15;
    return kro_write(bench->stream, bench->a, 0, bench->words, TORTURE_BYTES);
}

static kro_status read_words(torture_bench *bench)
{
    return kro_read(bench->stream, bench->a, 0, bench->words, TORTURE_BYTES);
}

static bool words_are_fifteen(kt_test *t, torture_bench *bench)
{
    if (!CHECK_OK(kro_finish(bench->stream)))
        return false;
    bool right = true;
    for (int i = 0; i < TORTURE_WORDS && bench->computes && right; i++)
        right = CHECK_EQ_U64(bench->words[i], 15);
    return right;
}

const torture_call torture_kro_write_small = {.holds = TORTURE_PROGRAM,
                                              .prepare = create_anew,
                                              .run = write_words,
                                              .right = a_is_fifteen,
                                              .records = true};
const torture_call torture_kro_read_small = {.holds = TORTURE_PROGRAM,
                                             .prepare = set_a,
                                             .run = read_words,
                                             .right = words_are_fifteen,
                                             .records = true};

// Beyond limits.staging_bytes, and beyond a chunk of the stream's.
enum { LARGE_BYTES = 3 << 20 };
static uint8_t large[LARGE_BYTES];

static kro_status make_large(torture_bench *bench)
{
    kro_status status = KRO_OK;
    if (!bench->made)
        status = kro_buffer_create(bench->ctx, &(kro_buffer_config){.size_bytes = LARGE_BYTES},
                                   &bench->made);
    large[LARGE_BYTES - 1] = 15;
    return status < 0 ? status : create_anew(bench);
}

static kro_status write_large(torture_bench *bench)
{
    return kro_write(bench->stream, bench->made, 0, large, LARGE_BYTES);
}

static bool large_is_written(kt_test *t, torture_bench *bench)
{
    uint8_t last = 0;
    return CHECK_OK(kro_finish(bench->stream)) &&
           CHECK_OK(kro_buffer_read(bench->made, LARGE_BYTES - 1, &last, 1)) &&
           (!bench->computes || CHECK_EQ_U64(last, 15));
}

static kro_status fill_large(torture_bench *bench)
{
    kro_status status = make_large(bench);
    if (status >= 0)
        status = kro_fill(bench->other, bench->made, 0, LARGE_BYTES, 0x0f0f0f0f);
    if (status >= 0)
        status = kro_finish(bench->other);
    large[LARGE_BYTES - 1] = 0;
    return status;
}

static kro_status read_large(torture_bench *bench)
{
    return kro_read(bench->stream, bench->made, 0, large, LARGE_BYTES);
}

static bool large_is_read(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_finish(bench->stream)) &&
           (!bench->computes || CHECK_EQ_U64(large[LARGE_BYTES - 1], 15));
}

const torture_call torture_kro_write_large = {.holds = TORTURE_PROGRAM,
                                              .prepare = make_large,
                                              .run = write_large,
                                              .right = large_is_written,
                                              .records = true};
const torture_call torture_kro_read_large = {.holds = TORTURE_PROGRAM,
                                             .prepare = fill_large,
                                             .run = read_large,
                                             .right = large_is_read,
                                             .records = true};

// Memory of the program's own, which the work reaches in place: as much as is not copied at once.
static kro_status register_page(torture_bench *bench)
{
    kro_status status = KRO_OK;
    if (!bench->made)
        status = kro_host_register(
            bench->ctx, &(kro_host_config){.memory = bench->page, .size_bytes = TORTURE_PAGE},
            &bench->made);
    bench->page[7] = 0;
    return status < 0 ? status : set_a(bench);
}

static kro_status read_page(torture_bench *bench)
{
    return kro_read(bench->stream, bench->a, 0, bench->page, TORTURE_BYTES);
}

static bool page_is_fifteen(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_finish(bench->stream)) &&
           (!bench->computes || CHECK_EQ_U64(bench->page[7], 15));
}

const torture_call torture_kro_read_page = {.holds = TORTURE_PROGRAM,
                                            .prepare = register_page,
                                            .run = read_page,
                                            .right = page_is_fifteen,
                                            .records = true};
