#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    WRONG = LITMUS_OUTCOMES,
    INCOMPLETE,
    BINS,
    BATCH = 64, // dispatches of one submit, at most: few enough for any watchdog
};

// The one feature that kro_features does not tell.
#define DEVICE_SCOPE "vulkanMemoryModelDeviceScope"

// Push constants of litmus_outcomes.
typedef struct outcomes_push {
    uint32_t instances, roles, value_words;
    uint32_t location_multiplier, spacing, gap;
    uint32_t observed_count, observed[LITMUS_OBSERVED];
} outcomes_push;

struct litmus_bench {
    kt_test *t;
    kro_context *ctx;
    kro_pipeline *outcomes;
    kro_buffer *locations, *results, *order, *scratch, *counts;
};

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static kro_buffer *zeroed(kt_test *t, kro_context *ctx, uint64_t size_bytes)
{
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = size_bytes});
    if (buffer)
        CHECK_OK(kro_fill(kro_context_stream(ctx), buffer, 0, size_bytes, 0));
    return buffer;
}

litmus_bench *litmus_bench_create(kt_test *t, kro_context *ctx)
{
    if (!ctx)
        return NULL;
    const litmus_scale *scale = litmus_device_scale(kro_context_info(ctx));
    litmus_bench *bench = kt_alloc(t, sizeof *bench);
    *bench = (litmus_bench){
        .t = t,
        .ctx = ctx,
        .outcomes = kt_pipeline_in(t, ctx, "litmus_outcomes", NULL),
        .locations = zeroed(t, ctx, UINT64_C(8) * scale->max_values),
        .results = zeroed(t, ctx, UINT64_C(4) * LITMUS_RESULT_WORDS * scale->max_instances),
        .order = zeroed(t, ctx, 4 * LITMUS_MAX_GROUPS),
        .scratch = zeroed(t, ctx, 4 * LITMUS_SCRATCH_WORDS),
        .counts = zeroed(t, ctx, 4 * BINS),
    };
    return kt_has_failed(t) ? NULL : bench;
}

static void destroy_pipeline(void *pipeline)
{
    kro_pipeline_destroy(pipeline);
}

kro_pipeline *litmus_bench_compile(litmus_bench *bench, const litmus_program *const *programs,
                                   uint32_t count, uint32_t local_size)
{
    kt_test *t = bench->t;
    kro_pipeline *pipeline = NULL;
    uint32_t *words = malloc(SPIRV_MODULE_WORDS * sizeof *words);
    const size_t word_count = words ? litmus_kernel(programs, count, local_size, words) : 0;
    if (CHECK(word_count > 0)) {
        const kro_status status =
            kro_pipeline_create(bench->ctx,
                                &(kro_pipeline_config){.spirv = words,
                                                       .spirv_bytes = word_count * sizeof *words,
                                                       .label = programs[0]->name},
                                &pipeline);
        if (status == KRO_ERROR_UNSUPPORTED && strstr(kro_error_detail(), DEVICE_SCOPE))
            SKIP(t, DEVICE_SCOPE);
        else
            CHECK_OK(status);
    }
    free(words);
    if (pipeline)
        kt_defer(t, destroy_pipeline, pipeline);
    return pipeline;
}

// Numbers of workgroups, for each in the order in which they start.
static void write_order(litmus_bench *bench, const litmus_environment *environment)
{
    kt_test *t = bench->t;
    uint32_t order[LITMUS_MAX_GROUPS];
    for (uint32_t i = 0; i < environment->groups; i++)
        order[i] = i;
    for (uint32_t i = environment->groups; i > 1 && environment->shuffled; i--) {
        const uint32_t other = (uint32_t)kt_random_below(t, i), last = order[i - 1];
        order[i - 1] = order[other];
        order[other] = last;
    }
    CHECK_OK(kro_write(kro_context_stream(bench->ctx), bench->order, 0, order,
                       environment->groups * sizeof order[0]));
}

static outcomes_push outcomes_of(const litmus_program *program,
                                 const litmus_environment *environment)
{
    outcomes_push push = {
        .instances = environment->push.instances,
        .roles = program->role_count,
        .value_words = program->wide ? 2 : 1,
        .location_multiplier = environment->push.location_multiplier,
        .spacing = environment->push.spacing,
        .gap = environment->push.gap,
        .observed_count = program->observed_count,
    };
    for (uint32_t i = 0; i < program->observed_count; i++) {
        const litmus_observable *seen = &program->observed[i];
        push.observed[i] = seen->index + (seen->in_the_end ? LITMUS_REGISTERS : 0u);
    }
    return push;
}

static void record(litmus_bench *bench, kro_pipeline *pipeline,
                   const litmus_environment *environment, uint32_t variant,
                   const outcomes_push *outcomes)
{
    kt_test *t = bench->t;
    kro_stream *stream = kro_context_stream(bench->ctx);
    litmus_push push = environment->push;
    push.variant = variant;
    CHECK_OK(kro_dispatch(stream, pipeline,
                          &(kro_dispatch_args){.buffers = {bench->locations, bench->results,
                                                           bench->order, bench->scratch},
                                               .push = &push,
                                               .push_bytes = sizeof push,
                                               .groups = {environment->groups}}));
    CHECK_OK(kro_dispatch(stream, bench->outcomes,
                          &(kro_dispatch_args){.buffers = {bench->locations, bench->results,
                                                           bench->counts, bench->scratch},
                                               .push = outcomes,
                                               .push_bytes = sizeof *outcomes,
                                               .threads = {outcomes->instances}}));
}

// Adds what the device has counted, and lets it start again.
static bool collect(litmus_bench *bench, uint32_t instances, litmus_tally *tally)
{
    kt_test *t = bench->t;
    uint32_t counts[BINS];
    uint64_t sum = 0;
    if (!CHECK_OK(kro_buffer_read(bench->counts, 0, counts, sizeof counts)))
        return false;
    CHECK_OK(kro_fill(kro_context_stream(bench->ctx), bench->counts, 0, sizeof counts, 0));
    for (uint32_t i = 0; i < LITMUS_OUTCOMES; i++) {
        tally->counts[i] += counts[i];
        sum += counts[i];
    }
    tally->wrong += counts[WRONG];
    tally->incomplete += counts[INCOMPLETE];
    tally->instances += sum + counts[WRONG];
    return CHECK_EQ_U64(sum + counts[WRONG] + counts[INCOMPLETE], instances);
}

bool litmus_bench_run(litmus_bench *bench, kro_pipeline *pipeline, uint32_t variant,
                      const litmus_program *program, const litmus_environment *environment,
                      uint32_t dispatches, litmus_tally *tally)
{
    kt_test *t = bench->t;
    const outcomes_push outcomes = outcomes_of(program, environment);
    const uint64_t start_ns = now_ns();
    for (uint32_t done = 0, count; done < dispatches && !kt_has_failed(t); done += count) {
        count = dispatches - done < BATCH ? dispatches - done : BATCH;
        write_order(bench, environment);
        for (uint32_t i = 0; i < count; i++)
            record(bench, pipeline, environment, variant, &outcomes);
        if (kt_has_failed(t) || !collect(bench, count * outcomes.instances, tally))
            break;
    }
    tally->ns += now_ns() - start_ns;
    return !kt_has_failed(t);
}
