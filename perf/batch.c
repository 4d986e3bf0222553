#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

const kp_kernel_info kp_kernels[KP_KERNEL_COUNT] = {
    [KP_KERNEL_AFFINE] = {"affine_words", 1, 3 * sizeof(uint32_t), 0},
    [KP_KERNEL_SAXPY] = {"saxpy", 2, 2 * sizeof(uint32_t), 0},
    [KP_KERNEL_SUMS] = {"reduce_group", 2, 0, KP_BUFFER_WORDS},
    [KP_KERNEL_SCAN] = {"scan_group", 2, 0, KP_BUFFER_WORDS},
};

const char *const kp_pattern_names[KP_PATTERN_COUNT] = {
    [KP_PATTERN_INDEPENDENT] = "independent",
    [KP_PATTERN_CHAIN] = "chain",
    [KP_PATTERN_CHAINS] = "chains",
    [KP_PATTERN_MIXED] = "mixed",
    [KP_PATTERN_RING] = "ring",
};

static uint32_t float_word(float value)
{
    uint32_t word;
    memcpy(&word, &value, sizeof word);
    return word;
}

static float word_float(uint32_t word)
{
    float value;
    memcpy(&value, &word, sizeof value);
    return value;
}

static kp_op affine(uint32_t buffer)
{
    return (kp_op){
        .kernel = KP_KERNEL_AFFINE, .buffers = {buffer}, .push = {KP_BUFFER_WORDS, 3, 1}};
}

// Data sets take turns at one kernel, then at the next. All read what saxpy has written and write
// to a buffer of their own, so there is a barrier before and behind each round of saxpy.
static kp_op mixed(uint32_t i)
{
    static const kp_kernel turns[] = {KP_KERNEL_SAXPY, KP_KERNEL_SUMS, KP_KERNEL_SCAN};
    enum { TURNS = sizeof turns / sizeof turns[0] };
    const uint32_t set = i % KP_DATA_SETS, turn = i / KP_DATA_SETS % TURNS;
    const uint32_t first = set * KP_SET_BUFFERS;
    kp_op op = {.kernel = turns[turn], .barrier = set == 0 && i > 0 && turn < 2};
    op.buffers[0] = turn == 0 ? first : first + 1;
    op.buffers[1] = first + 1 + turn;
    if (turn == 0) {
        op.push[0] = float_word(1);
        op.push[1] = KP_BUFFER_WORDS;
    }
    return op;
}

static kp_op make_op(kp_pattern pattern, uint32_t i)
{
    kp_op op;
    switch (pattern) {
    case KP_PATTERN_CHAIN:
        op = affine(0);
        op.barrier = i > 0;
        return op;
    case KP_PATTERN_CHAINS:
        op = affine(i % KP_DATA_SETS);
        op.barrier = i > 0 && i % KP_DATA_SETS == 0;
        return op;
    case KP_PATTERN_MIXED:
        return mixed(i);
    case KP_PATTERN_RING:
        op = affine(KP_RING);
        op.offset_bytes = i % KP_RING_RANGES * KP_RANGE_WORDS * (uint32_t)sizeof(uint32_t);
        op.barrier = i > 0 && i % KP_RING_RANGES == 0;
        return op;
    default: // every buffer is only read and written the same way: affine with factor 1, addend 0
        op = affine(i % KP_BUFFERS);
        op.push[1] = 1;
        op.push[2] = 0;
        op.independent = true;
        return op;
    }
}

void kp_batch_init(kp_batch *batch, kp_pattern pattern, uint32_t count)
{
    *batch =
        (kp_batch){.pattern = pattern, .count = count, .ops = kt_memory(count, sizeof *batch->ops)};
    for (uint32_t i = 0; i < count; i++)
        batch->ops[i] = make_op(pattern, i);
}

void kp_batch_finish(kp_batch *batch)
{
    free(batch->ops);
}

uint32_t kp_buffer_words(uint32_t buffer)
{
    return buffer == KP_RING ? KP_RING_RANGES * KP_RANGE_WORDS : KP_BUFFER_WORDS;
}

void kp_fill(uint32_t buffer, uint32_t *words)
{
    for (uint32_t i = 0; i < kp_buffer_words(buffer); i++)
        words[i] = float_word((float)((i + buffer) % 7)); // sums of such floats are exact
}

static void compute_op(const kp_op *op, uint32_t *in, uint32_t *out)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < KP_BUFFER_WORDS; i++) {
        switch (op->kernel) {
        case KP_KERNEL_AFFINE:
            in[i] = in[i] * op->push[1] + op->push[2];
            break;
        case KP_KERNEL_SAXPY:
            out[i] = float_word(word_float(op->push[0]) * word_float(in[i]) + word_float(out[i]));
            break;
        case KP_KERNEL_SUMS:
            sum += in[i] * (i + 1);
            out[0] = sum;
            break;
        default: // KP_KERNEL_SCAN
            sum += in[i];
            out[i] = sum;
        }
    }
}

void kp_batch_compute(const kp_batch *batch, uint32_t *const buffers[KP_BUFFERS + 1])
{
    for (uint32_t i = 0; i < batch->count; i++) {
        const kp_op *op = &batch->ops[i];
        compute_op(op, buffers[op->buffers[0]] + op->offset_bytes / sizeof(uint32_t),
                   buffers[op->buffers[1]]);
    }
}
