// Blocking access of the host to buffers.
#include "torture.h"

#include <stdlib.h>

static const uint32_t eleven[4] = {11, 11, 11, 11};

// What the device is still about to do when the host comes.
static kro_status work_on_a(torture_bench *bench)
{
    kro_status status = torture_set(bench, bench->stream, 10);
    if (status >= 0)
        status = kro_submit(bench->stream, NULL);
    if (status >= 0) // on the stream that the host's access submits
        status = kro_fill(kro_context_stream(bench->ctx), bench->a, 0, TORTURE_BYTES, 11);
    return status;
}

static kro_status work_on_b(torture_bench *bench)
{
    return kro_fill(kro_context_stream(bench->ctx), bench->b, 0, TORTURE_BYTES, 11);
}

static kro_status write_a(torture_bench *bench)
{
    return kro_buffer_write(bench->a, 16, eleven, sizeof eleven);
}

static kro_status write_b(torture_bench *bench)
{
    return kro_buffer_write(bench->b, 16, eleven, sizeof eleven);
}

static bool a_is_eleven(kt_test *t, torture_bench *bench)
{
    return torture_check_word(t, bench, bench->a, 11);
}

static bool b_is_eleven(kt_test *t, torture_bench *bench)
{
    return torture_check_word(t, bench, bench->b, 11);
}

static kro_status read_a(torture_bench *bench)
{
    return kro_buffer_read(bench->a, 0, bench->words, TORTURE_BYTES);
}

static kro_status read_b(torture_bench *bench)
{
    return kro_buffer_read(bench->b, 0, bench->words, TORTURE_BYTES);
}

static bool words_are_eleven(kt_test *t, torture_bench *bench)
{
    bool right = true;
    for (int i = 0; i < TORTURE_WORDS && bench->computes && right; i++)
        right = CHECK_EQ_U64(bench->words[i], 11);
    return right;
}

const torture_call torture_kro_buffer_write_device = {
    .holds = TORTURE_PROGRAM, .prepare = work_on_a, .run = write_a, .right = a_is_eleven};
const torture_call torture_kro_buffer_write_mapped = {
    .holds = TORTURE_PROGRAM, .prepare = work_on_b, .run = write_b, .right = b_is_eleven};
const torture_call torture_kro_buffer_read_device = {
    .holds = TORTURE_PROGRAM, .prepare = work_on_a, .run = read_a, .right = words_are_eleven};
const torture_call torture_kro_buffer_read_mapped = {
    .holds = TORTURE_PROGRAM, .prepare = work_on_b, .run = read_b, .right = words_are_eleven};

// The program's own memory as the other side.
static kro_status register_page(torture_bench *bench)
{
    kro_status status =
        bench->made
            ? KRO_OK
            : kro_host_register(
                  bench->ctx, &(kro_host_config){.memory = bench->page, .size_bytes = TORTURE_PAGE},
                  &bench->made);
    for (int i = 0; i < TORTURE_WORDS; i++)
        bench->page[i] = 11;
    return status;
}

static kro_status write_page(torture_bench *bench)
{
    return kro_buffer_write(bench->a, 0, bench->page, TORTURE_BYTES);
}

static kro_status work_and_register(torture_bench *bench)
{
    kro_status status = register_page(bench);
    bench->page[7] = 0;
    return status < 0 ? status : work_on_a(bench);
}

static kro_status read_page(torture_bench *bench)
{
    return kro_buffer_read(bench->a, 0, bench->page, TORTURE_BYTES);
}

static bool page_is_eleven(kt_test *t, torture_bench *bench)
{
    return !bench->computes || CHECK_EQ_U64(bench->page[7], 11);
}

const torture_call torture_kro_buffer_write_page = {
    .holds = TORTURE_PROGRAM, .prepare = register_page, .run = write_page, .right = a_is_eleven};
const torture_call torture_kro_buffer_read_page = {.holds = TORTURE_PROGRAM,
                                                   .prepare = work_and_register,
                                                   .run = read_page,
                                                   .right = page_is_eleven};

// In pieces of 4 MiB, three of which are under way at once: the host copies while the device moves.
enum { LARGE_BYTES = 17 << 20 };
static uint8_t large[LARGE_BYTES];

static kro_status make_large(torture_bench *bench)
{
    kro_status status = KRO_OK;
    if (!bench->made)
        status = kro_buffer_create(bench->ctx, &(kro_buffer_config){.size_bytes = LARGE_BYTES},
                                   &bench->made);
    large[0] = large[LARGE_BYTES - 1] = 1;
    return status;
}

static kro_status write_large(torture_bench *bench)
{
    return kro_buffer_write(bench->made, 0, large, LARGE_BYTES);
}

static kro_status fill_large(torture_bench *bench)
{
    kro_status status = make_large(bench);
    return status < 0
               ? status
               : kro_fill(kro_context_stream(bench->ctx), bench->made, 0, LARGE_BYTES, 0x07070707);
}

static kro_status read_large(torture_bench *bench)
{
    return kro_buffer_read(bench->made, 0, large, LARGE_BYTES);
}

static bool large_is_written(kt_test *t, torture_bench *bench)
{
    uint8_t last = 0;
    return CHECK_OK(kro_buffer_read(bench->made, LARGE_BYTES - 1, &last, 1)) &&
           (!bench->computes || CHECK_EQ_U64(last, 1));
}

static bool large_is_read(kt_test *t, torture_bench *bench)
{
    return !bench->computes || CHECK_EQ_U64(large[0] + large[LARGE_BYTES - 1], 14);
}

const torture_call torture_kro_buffer_write_large = {
    .holds = TORTURE_PROGRAM, .prepare = make_large, .run = write_large, .right = large_is_written};
const torture_call torture_kro_buffer_read_large = {
    .holds = TORTURE_PROGRAM, .prepare = fill_large, .run = read_large, .right = large_is_read};

static kro_status map(torture_bench *bench)
{
    void *mapped;
    return kro_buffer_map(bench->b, &mapped);
}

static kro_status unmap(torture_bench *bench)
{
    return kro_buffer_unmap(bench->b);
}

static kro_status map_and_write(torture_bench *bench)
{
    void *mapped;
    kro_status status = kro_buffer_map(bench->b, &mapped);
    for (int i = 0; i < TORTURE_WORDS && status >= 0; i++)
        ((uint32_t *)mapped)[i] = 11;
    return status;
}

// A buffer that is mapped twice is refused; so it is mapped, and unmapped it works.
static bool it_was_mapped(kt_test *t, torture_bench *bench)
{
    return CHECK_OK(kro_buffer_unmap(bench->b)) && b_is_eleven(t, bench);
}

const torture_call torture_kro_buffer_map_readback = {
    .holds = TORTURE_PROGRAM, .prepare = work_on_b, .run = map, .right = it_was_mapped};
const torture_call torture_kro_buffer_unmap_readback = {.holds = TORTURE_PROGRAM,
                                                        .prepare = map_and_write,
                                                        .run = unmap,
                                                        .right = b_is_eleven,
                                                        .keeps = true};
