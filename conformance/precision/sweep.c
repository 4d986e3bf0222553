#include "sweep.h"

#include <math.h>
#include <pthread.h>
#include <unistd.h>

#include "reference.h"

enum {
    CHUNK_ITEMS = 1 << 20, // of one dispatch
    MAX_THREADS = 32,
    MADE_WORDS_SHIFT = 31,
};

// Results of one dispatch, and the part of them that one thread judges.
typedef struct part {
    const precision_sweep *sweep;
    const uint32_t *results; // of item `first` and those after it
    uint64_t first;
    uint32_t begin, end; // from `first` on
    precision_tally tally;
    pthread_t thread;
    bool started;
} part;

// The words that stand for an operand in a list, and for a result.
static uint32_t words_of(const exact_format *format)
{
    return format->precision == exact_double.precision ? 2 : 1;
}

static double number_at(const exact_format *format, const uint32_t *words, uint64_t index)
{
    if (format->precision == exact_double.precision)
        return exact_decode(format, words[2 * index] | (uint64_t)words[2 * index + 1] << 32);
    const uint32_t word = words[index];
    return exact_decode(format, format->size_bytes == 2 ? word & 0xffff : word);
}

// As the shader makes it.
static uint32_t made_word(uint32_t i, uint32_t shift)
{
    return i << shift | i * UINT32_C(0x9e3779b1) >> 1 >> (MADE_WORDS_SHIFT - shift);
}

static void operands_of(const precision_sweep *sweep, uint64_t item, double x[PRECISION_OPERANDS])
{
    const exact_format *format = sweep->format;
    const uint32_t operands = precision_operations[sweep->operation].operands;
    for (uint32_t k = 0; k < PRECISION_OPERANDS; k++)
        x[k] = 0;
    if (sweep->list) {
        for (uint32_t k = 0; k < operands; k++)
            x[k] = number_at(format, sweep->list, item * operands + k);
        return;
    }
    const uint32_t word = made_word((uint32_t)item, sweep->shift);
    if (format->size_bytes == 4) {
        x[0] = exact_decode(format, word);
        return;
    }
    for (uint32_t k = 0; k < operands; k++)
        x[k] = exact_decode(format, word >> 16 * k & 0xffff);
}

static void judge_part(part *self)
{
    for (uint32_t i = self->begin; i < self->end; i++) {
        double x[PRECISION_OPERANDS];
        operands_of(self->sweep, self->first + i, x);
        self->sweep->judge(&self->tally, x, number_at(self->sweep->format, self->results, i));
    }
}

static void *judge_in_thread(void *user)
{
    judge_part(user);
    precision_reference_end_thread();
    return NULL;
}

typedef struct judges {
    part parts[MAX_THREADS];
    uint32_t count;
} judges;

static void init_judges(judges *self, const precision_sweep *sweep, const precision_tally *empty)
{
    const long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *self = (judges){.count = processors < 1             ? 1
                              : processors > MAX_THREADS ? MAX_THREADS
                                                         : (uint32_t)processors};
    for (uint32_t i = 0; i < self->count; i++)
        self->parts[i] = (part){.sweep = sweep, .tally = *empty};
}

static void start_judges(judges *self, const uint32_t *results, uint64_t first, uint32_t count)
{
    for (uint32_t i = 0; i < self->count; i++) {
        part *next = &self->parts[i];
        next->results = results;
        next->first = first;
        next->begin = (uint32_t)((uint64_t)count * i / self->count);
        next->end = (uint32_t)((uint64_t)count * (i + 1) / self->count);
        next->started = pthread_create(&next->thread, NULL, judge_in_thread, next) == 0;
        if (!next->started) // this thread can do it as well
            judge_part(next);
    }
}

static void join_judges(judges *self)
{
    for (uint32_t i = 0; i < self->count; i++) {
        if (self->parts[i].started)
            pthread_join(self->parts[i].thread, NULL);
        self->parts[i].started = false;
    }
}

// What dispatches share.
typedef struct device_side {
    kro_context *ctx;
    kro_pipeline *pipeline;
    kro_buffer *list;
    kt_output output;
} device_side;

static device_side open_device_side(kt_test *t, const precision_sweep *sweep)
{
    const uint32_t operands = precision_operations[sweep->operation].operands;
    const uint32_t words = words_of(sweep->format), none = 0;
    const uint64_t list_bytes = sweep->item_count * operands * words * sizeof none;
    const uint64_t items = sweep->item_count < CHUNK_ITEMS ? sweep->item_count : CHUNK_ITEMS;
    const kro_constant constants[] = {{0, .value.u32 = sweep->operation},
                                      {1, .value.u32 = sweep->list ? operands : 0}};
    device_side side = {.ctx = kt_context(t)};
    side.pipeline =
        kt_pipeline_in(t, side.ctx, sweep->shader,
                       &(kro_pipeline_config){.constants = constants, .constant_count = 2});
    side.list =
        sweep->list ? kt_buffer(t, list_bytes, sweep->list) : kt_buffer(t, sizeof none, &none);
    side.output = kt_output_create(t, side.ctx, items * words * sizeof none);
    return side;
}

static void close_device_side(kt_test *t, const device_side *side)
{
    kt_release(t, side->output.buffer);
    kt_release(t, side->list);
    kt_release(t, side->pipeline);
}

static bool compute(kt_test *t, const precision_sweep *sweep, const device_side *side,
                    uint64_t first, uint32_t count, uint32_t *results)
{
    const uint32_t push[] = {(uint32_t)first, sweep->shift, count};
    const kro_binding bindings[] = {{.buffer = side->list, .binding = 0},
                                    kt_output_binding(&side->output, 1)};
    return CHECK_OK(kro_dispatch(kro_context_stream(side->ctx), side->pipeline,
                                 &(kro_dispatch_args){.bindings = bindings,
                                                      .binding_count = 2,
                                                      .push = push,
                                                      .push_bytes = sizeof push,
                                                      .threads = {count}})) &&
           kt_output_read(t, &side->output, results);
}

// The numbers that a result may be; false where that is any.
static bool find_bounds(const precision_sweep *sweep, const double x[], float *low, float *high)
{
    const exact_format *format = sweep->format;
    precision_expected expected;
    if (!precision_all_finite(x) || precision_any_denormal(format, x) ||
        !precision_expect(format, sweep->operation, x, false, &expected))
        return false;
    const exact_range range = expected.range;
    *low = isinf(range.low) ? -INFINITY : (float)exact_round_up(format, range.low, 0);
    *high = isinf(range.high) ? INFINITY : (float)exact_round_down(format, range.high, 0);
    if (exact_range_allows(format, expected.range, 0)) {
        *low = fminf(*low, 0);
        *high = fmaxf(*high, 0);
    }
    return true;
}

// Tells whoever listens what each result may be, in single precision.
static void tell_bounds(kt_test *t, const precision_sweep *sweep, uint64_t first, uint32_t count,
                        const uint32_t *results)
{
    if (!kt_is_captured(t) || sweep->format->size_bytes != sizeof(float))
        return;
    float *low = kt_alloc(t, count * sizeof *low), *high = kt_alloc(t, count * sizeof *high);
    for (uint32_t i = 0; i < count; i++) {
        double x[PRECISION_OPERANDS];
        operands_of(sweep, first + i, x);
        if (!find_bounds(sweep, x, &low[i], &high[i])) {
            low[i] = -INFINITY; // anything
            high[i] = NAN;
        }
    }
    kt_compared(t, KRO_ELEMENT_F32, results, low, high, count);
    kt_release(t, low);
    kt_release(t, high);
}

bool precision_sweep_run(kt_test *t, const precision_sweep *sweep, precision_tally *tally)
{
    *tally = (precision_tally){.format = sweep->format, .operation = sweep->operation};
    if (!kt_device_computes(t)) {
        SKIP(t, "the null driver computes nothing");
        return false;
    }
    judges *judging = kt_alloc(t, sizeof *judging);
    init_judges(judging, sweep, tally);
    const device_side side = open_device_side(t, sweep);
    // The device computes one half while the other is judged.
    uint32_t *halves[2];
    for (int i = 0; i < 2; i++)
        halves[i] = kt_alloc(t, side.output.size_bytes);
    bool right = true;
    for (uint64_t first = 0; right && first < sweep->item_count; first += CHUNK_ITEMS) {
        const uint64_t rest = sweep->item_count - first;
        const uint32_t count = (uint32_t)(rest < CHUNK_ITEMS ? rest : CHUNK_ITEMS);
        uint32_t *results = halves[first / CHUNK_ITEMS % 2];
        right = compute(t, sweep, &side, first, count, results);
        join_judges(judging);
        if (right)
            tell_bounds(t, sweep, first, count, results);
        if (right)
            start_judges(judging, results, first, count);
    }
    join_judges(judging);
    for (uint32_t i = 0; i < judging->count; i++)
        precision_tally_merge(tally, &judging->parts[i].tally);
    for (int i = 0; i < 2; i++)
        kt_release(t, halves[i]);
    kt_release(t, judging);
    close_device_side(t, &side);
    return right;
}
