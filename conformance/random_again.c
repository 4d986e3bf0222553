// Random batches that a stream has seen before, and such as differ from them in little: what was
// recorded once is submitted again only where it is the same in everything.
#include <stdio.h>
#include <string.h>

#include "proxied.h"
#include "random_ops.h"

enum { PROGRAMS = 5, ROUNDS = 60, BATCHES = 3, BATCH_OPS = 7, RANGE_BYTES = 256 };

typedef struct repeats {
    random_kernels kernels;
    random_program *program; // its `expected` is what all rounds so far come to
    random_bench *bench;
    random_op batches[BATCHES][BATCH_OPS];
} repeats;

// Few numbers and one size, so that most operations differ from another in one thing alone: where
// they work, or with what.
static void draw_repeated(kt_test *t, repeats *r, random_op *op)
{
    *op = (random_op){.kind = (random_kind)kt_random_below(t, RANDOM_ADD_ATOMIC + 1)};
    random_op_redraw(r->program, op, kt_random_u64(t));
    op->factor = 3 + 2 * (uint32_t)kt_random_below(t, 2);
    op->addend = 1;
    // Ranges begin at multiples of that, so they overlap no more than before.
    for (uint32_t i = 0; i < op->range_count; i++)
        op->ranges[i].size_bytes = RANGE_BYTES;
}

// A buffer like the one before, which may lie where it lay.
static void replace_buffer(kt_test *t, repeats *r)
{
    random_program *p = r->program;
    const uint32_t b = (uint32_t)kt_random_below(t, p->buffer_count);
    // Work in flight keeps the old one; the new one begins with what that will hold.
    kt_release(t, r->bench->buffers[b]);
    r->bench->buffers[b] = kt_buffer_in(
        t, r->kernels.ctx, &(kro_buffer_config){.size_bytes = p->sizes[b], .data = p->expected[b]});
}

// Two kernels with the same arguments: each may lie where the other lay, and a batch that uses the
// one for the other looks as before.
static void change_kernels(kt_test *t, repeats *r, random_op *batch)
{
    kt_release(t, r->kernels.add_atomic);
    kt_release(t, r->kernels.xor_reversed);
    r->kernels.add_atomic = kt_pipeline_in(t, r->kernels.ctx, "add_words_atomically", NULL);
    r->kernels.xor_reversed = kt_pipeline_in(t, r->kernels.ctx, "xor_reversed", NULL);
    for (uint32_t i = 0; i < BATCH_OPS; i++) {
        if (batch[i].kind == RANDOM_XOR_REVERSED)
            batch[i].kind = RANDOM_ADD_ATOMIC;
        else if (batch[i].kind == RANDOM_ADD_ATOMIC)
            batch[i].kind = RANDOM_XOR_REVERSED;
    }
}

// Now and then a batch is drawn anew in one of its operations, or two change places.
static void vary(kt_test *t, repeats *r, random_op *batch)
{
    random_op *one = &batch[kt_random_below(t, BATCH_OPS)];
    random_op *other = &batch[kt_random_below(t, BATCH_OPS)], kept = *one;
    switch (kt_random_below(t, 10)) {
    case 0:
        draw_repeated(t, r, one);
        break;
    case 1:
        one->factor ^= 6; // 3 or 5
        break;
    case 2:
        *one = *other;
        *other = kept;
        break;
    case 3:
        replace_buffer(t, r);
        break;
    case 4:
        change_kernels(t, r, batch);
        break;
    default:
        break;
    }
}

static void run_repeats(kt_test *t, repeats *r, char *difference)
{
    const random_program *p = r->program;
    kro_stream *stream = r->bench->streams[0];
    uint8_t bytes[RANDOM_MAX_BYTES];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        random_op *batch = r->batches[kt_random_below(t, BATCHES)];
        vary(t, r, batch);
        for (uint32_t i = 0; i < BATCH_OPS; i++) {
            CHECK_OK(random_op_run(r->bench, &batch[i]));
            random_op_model(r->program, &batch[i]);
        }
        CHECK_OK(kt_random_below(t, 4) == 0 ? kro_submit(stream, NULL) : kro_finish(stream));
    }
    for (uint32_t b = 0; b < p->buffer_count; b++) {
        CHECK_OK(kro_buffer_read(r->bench->buffers[b], 0, bytes, p->sizes[b]));
        if (!random_bytes_equal(p, "buffer", b, bytes, p->expected[b], p->sizes[b], difference))
            FAILF(t, "%s", difference);
    }
}

TEST_FAMILY_CASE(random_batches_that_come_again_are_right)
{
    (void)param;
    char spec[128], difference[RANDOM_DIFFERENCE_BYTES] = "";
    snprintf(spec, sizeof spec, "delay=4000000000;exits;reorder=%u", kt_random_u32(t) / 2);
    const kronos_proxy_api *proxy = proxied_api(t);
    repeats *r = kt_alloc(t, sizeof *r);
    kro_context *ctx = proxied_context(t, spec, NULL);
    if (!ctx)
        return;
    proxy->reset_counts();
    r->program = kt_alloc(t, sizeof *r->program);
    r->kernels = random_kernels_create(t, ctx);
    for (uint32_t i = 0; i < PROGRAMS; i++) {
        random_program_make(r->program, kt_random_u64(t));
        memcpy(r->program->expected, r->program->initial, sizeof r->program->expected);
        r->bench = random_bench_create(t, &r->kernels, r->program);
        for (uint32_t k = 0; k < BATCHES * BATCH_OPS; k++)
            draw_repeated(t, r, &r->batches[k / BATCH_OPS][k % BATCH_OPS]);
        run_repeats(t, r, difference);
        random_bench_release(r->bench);
    }
    // Some were recorded anew, and some were not: fewer where more are in flight at once.
    const uint64_t recorded = proxy->calls("vkBeginCommandBuffer"), sent = proxy->submissions();
    LOGF(t, "%llu of %llu batches were recorded", (unsigned long long)recorded,
         (unsigned long long)sent);
    CHECK(recorded < sent && recorded > sent / 10);
}
