// Dispatches in a pattern, for instructions.py to count what they cost: all the work is the
// library's own where the driver is the null driver.
//
// usage: kronos-workload DRIVER PATTERN ROUNDS
#include <kronos/kronos.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t affine_words_spirv[] =
#include "affine_words.spv.inc"
    ;

enum { DISPATCHES = 1000, BUFFERS = 8, RANGE_BYTES = 256 };

typedef struct program {
    kro_context *ctx;
    kro_stream *stream;
    kro_pipeline *kernel; // one buffer, read and written; three words of push constants
    kro_buffer *buffers[BUFFERS];
    kro_buffer *ring; // of DISPATCHES ranges
    uint32_t push[3]; // of all dispatches
    uint32_t round;
} program;

// A way to dispatch once; the batch is submitted and waited for at the end of a round.
typedef kro_status (*pattern_function)(const program *p, uint32_t i);

static kro_status use_buffer(const program *p, uint32_t buffer, bool independent)
{
    return kro_dispatch(p->stream, p->kernel,
                        &(kro_dispatch_args){.buffers = {p->buffers[buffer]},
                                             .push = p->push,
                                             .push_bytes = sizeof p->push,
                                             .groups = {1},
                                             .independent = independent});
}

static kro_status chain(const program *p, uint32_t i)
{
    (void)i;
    return use_buffer(p, 0, false);
}

static kro_status chains(const program *p, uint32_t i)
{
    return use_buffer(p, i % BUFFERS, false);
}

// Each round in another order of buffers than the rounds before.
static kro_status shuffled(const program *p, uint32_t i)
{
    return use_buffer(p, (i * (2 * p->round + 1) + p->round / 4) % BUFFERS, false);
}

static kro_status independent(const program *p, uint32_t i)
{
    return use_buffer(p, i % BUFFERS, true);
}

static kro_status ring(const program *p, uint32_t i)
{
    const kro_binding range = {
        .buffer = p->ring, .offset_bytes = (uint64_t)i * RANGE_BYTES, .size_bytes = RANGE_BYTES};
    return kro_dispatch(p->stream, p->kernel,
                        &(kro_dispatch_args){.bindings = &range,
                                             .binding_count = 1,
                                             .push = p->push,
                                             .push_bytes = sizeof p->push,
                                             .groups = {1}});
}

static const struct pattern {
    const char *name;
    pattern_function dispatch;
    uint32_t dispatches; // of a batch
    bool again;          // batches are the same in every round; otherwise each has to be recorded
} patterns[] = {
    {"chain", chain, DISPATCHES, false},       {"chain-again", chain, DISPATCHES, true},
    {"chains", chains, DISPATCHES, false},     {"independent", independent, DISPATCHES, false},
    {"shuffled", shuffled, DISPATCHES, false}, {"ring", ring, DISPATCHES, false},
    {"synchronous", chains, 1, false},         {"synchronous-again", chains, 1, true},
};

static kro_status create(program *p, const char *driver)
{
    const kro_pipeline_config kernel = {.spirv = affine_words_spirv,
                                        .spirv_bytes = sizeof affine_words_spirv};
    kro_status status = kro_context_create(&(kro_context_config){.driver = driver}, &p->ctx);
    if (status >= 0)
        status = kro_stream_create(p->ctx, NULL, &p->stream);
    if (status >= 0)
        status = kro_pipeline_create(p->ctx, &kernel, &p->kernel);
    for (int i = 0; status >= 0 && i < BUFFERS; i++)
        status = kro_buffer_create(p->ctx, &(kro_buffer_config){.size_bytes = RANGE_BYTES},
                                   &p->buffers[i]);
    if (status >= 0)
        status = kro_buffer_create(
            p->ctx, &(kro_buffer_config){.size_bytes = DISPATCHES * RANGE_BYTES}, &p->ring);
    return status;
}

static kro_status run_batch(program *p, const struct pattern *pattern, uint32_t first)
{
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i < pattern->dispatches; i++)
        status = pattern->dispatch(p, first + i);
    if (!pattern->again)
        p->push[2]++;
    return status < 0 ? status : kro_finish(p->stream);
}

static kro_status run(program *p, const struct pattern *pattern, long rounds)
{
    kro_status status = KRO_OK;
    for (long round = 0; status >= 0 && round < rounds; round++) {
        for (uint32_t i = 0; status >= 0 && i < DISPATCHES; i += pattern->dispatches)
            status = run_batch(p, pattern, i);
        p->round++;
    }
    return status;
}

int main(int argc, char **argv)
{
    const struct pattern *pattern = NULL;
    for (size_t i = 0; argc == 4 && i < sizeof patterns / sizeof *patterns; i++)
        if (strcmp(patterns[i].name, argv[2]) == 0)
            pattern = &patterns[i];
    if (!pattern) {
        fputs("usage: kronos-workload DRIVER PATTERN ROUNDS, PATTERN one of", stderr);
        for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
            fprintf(stderr, " %s", patterns[i].name);
        fputc('\n', stderr);
        return 2;
    }
    program p = {.push = {64, 3, 1}};
    kro_status status = create(&p, argv[1]);
    if (status >= 0)
        status = run(&p, pattern, strtol(argv[3], NULL, 10));
    if (status < 0)
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
    kro_context_destroy(p.ctx); // and all that was made in it
    return status < 0;
}
