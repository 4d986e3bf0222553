// Buffers, and memory of the program's own.
#include "torture.h"

#include <string.h>

static const uint32_t *words_of(uint32_t word)
{
    static uint32_t words[TORTURE_WORDS];
    for (int i = 0; i < TORTURE_WORDS; i++)
        words[i] = word;
    return words;
}

static kro_status create_plainly(torture_bench *bench)
{
    return kro_buffer_create(bench->ctx, &(kro_buffer_config){.size_bytes = TORTURE_BYTES},
                             &bench->made);
}

static bool it_works(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_buffer_write(bench->made, 0, words_of(5), TORTURE_BYTES)) &&
           torture_check_word(t, bench, bench->made, 5);
}

static kro_status create_with(torture_bench *bench, kro_memory memory)
{
    return kro_buffer_create(
        bench->ctx,
        &(kro_buffer_config){
            .size_bytes = TORTURE_BYTES, .memory = memory, .data = words_of(4), .label = "made"},
        &bench->made);
}

static kro_status create_in_device(torture_bench *bench)
{
    return create_with(bench, KRO_MEMORY_DEVICE);
}

static kro_status create_in_upload(torture_bench *bench)
{
    return create_with(bench, KRO_MEMORY_UPLOAD);
}

static kro_status create_in_readback(torture_bench *bench)
{
    return create_with(bench, KRO_MEMORY_READBACK);
}

static bool it_has_contents(kt_test *t, torture_bench *bench)
{
    return torture_check_word(t, bench, bench->made, 4);
}

// Too large for a slab.
static kro_status create_alone(torture_bench *bench)
{
    return kro_buffer_create(bench->ctx, &(kro_buffer_config){.size_bytes = UINT64_C(48) << 20},
                             &bench->made);
}

static kro_status create_with_address(torture_bench *bench)
{
    return kro_buffer_create(
        bench->ctx,
        &(kro_buffer_config){.size_bytes = TORTURE_BYTES,
                             .device_address =
                                 kro_context_info(bench->ctx)->features.device_address},
        &bench->made);
}

static bool its_end_is_written(kt_test *t, torture_bench *bench)
{
    const uint64_t end = (UINT64_C(48) << 20) - TORTURE_BYTES;
    if (!CHECK_OK(kro_buffer_write(bench->made, end, words_of(5), TORTURE_BYTES)) ||
        !CHECK_OK(kro_buffer_read(bench->made, end, bench->words, TORTURE_BYTES)))
        return false;
    return !bench->computes || CHECK_U32S(bench->words, words_of(5), TORTURE_WORDS);
}

const torture_call torture_kro_buffer_create_plain = {
    .holds = TORTURE_CONTEXT, .run = create_plainly, .right = it_works};
const torture_call torture_kro_buffer_create_device = {
    .holds = TORTURE_CONTEXT, .run = create_in_device, .right = it_has_contents};
const torture_call torture_kro_buffer_create_upload = {
    .holds = TORTURE_CONTEXT, .run = create_in_upload, .right = it_has_contents};
const torture_call torture_kro_buffer_create_readback = {
    .holds = TORTURE_CONTEXT, .run = create_in_readback, .right = it_has_contents};
const torture_call torture_kro_buffer_create_alone = {
    .holds = TORTURE_CONTEXT, .run = create_alone, .right = its_end_is_written};
const torture_call torture_kro_buffer_create_address = {
    .holds = TORTURE_CONTEXT, .run = create_with_address, .right = it_works};

static kro_status register_page(torture_bench *bench)
{
    memcpy(bench->page, words_of(6), TORTURE_BYTES);
    return kro_host_register(bench->ctx,
                             &(kro_host_config){.memory = bench->page, .size_bytes = TORTURE_PAGE},
                             &bench->made);
}

static kro_status can_register(torture_bench *bench)
{
    kro_status status = register_page(bench);
    if (status >= 0)
        status = kro_host_unregister(bench->made);
    bench->made = NULL;
    return status;
}

static bool it_is_in_place(kt_test *t, torture_bench *bench)
{
    return torture_check_word(t, bench, bench->made, 6) &&
           CHECK_EQ_U64(kro_buffer_get_info(bench->made)->memory, KRO_MEMORY_HOST);
}

static kro_status fill_page(torture_bench *bench)
{
    kro_status status = register_page(bench);
    if (status >= 0)
        status = kro_fill(bench->stream, bench->made, 0, TORTURE_BYTES, 7);
    return status < 0 ? status : kro_submit(bench->stream, NULL);
}

static kro_status unregister_page(torture_bench *bench)
{
    kro_status status = kro_host_unregister(bench->made);
    if (status >= 0)
        bench->made = NULL;
    return status;
}

static bool page_is_filled(kt_test *t, torture_bench *bench)
{
    return !bench->computes || CHECK_U32S(bench->page, words_of(7), TORTURE_WORDS);
}

const torture_call torture_kro_host_register_page = {.holds = TORTURE_CONTEXT,
                                                     .prepare = can_register,
                                                     .run = register_page,
                                                     .right = it_is_in_place,
                                                     .refusal = "VK_ERROR_INVALID_EXTERNAL_HANDLE"};
const torture_call torture_kro_host_unregister_busy = {.holds = TORTURE_PROGRAM,
                                                       .prepare = fill_page,
                                                       .run = unregister_page,
                                                       .right = page_is_filled,
                                                       .keeps = true};

static kro_status destroy_buffer(torture_bench *bench)
{
    kro_buffer_destroy(bench->a);
    bench->a = NULL;
    return KRO_OK;
}

static kro_status use_buffer(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->stream, 8);
    if (status >= 0)
        status = kro_submit(bench->stream, NULL);
    if (status >= 0)
        status = torture_set(bench, bench->stream, 9);
    return status < 0 ? status : kro_copy(bench->stream, bench->b, 0, bench->a, 0, TORTURE_BYTES);
}

static bool its_work_runs_on(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_finish(bench->stream)) && torture_check_word(t, bench, bench->b, 9);
}

static kro_status look_at_buffer(torture_bench *bench)
{
    return kro_buffer_get_info(bench->a) ? KRO_OK : KRO_ERROR_DRIVER;
}

const torture_call torture_kro_buffer_destroy_idle = {.holds = TORTURE_PROGRAM,
                                                      .run = destroy_buffer};
const torture_call torture_kro_buffer_destroy_busy = {.holds = TORTURE_PROGRAM,
                                                      .prepare = use_buffer,
                                                      .run = destroy_buffer,
                                                      .right = its_work_runs_on};
const torture_call torture_kro_buffer_get_info_usual = {
    .holds = TORTURE_PROGRAM, .run = look_at_buffer, .cannot_fail = true};
