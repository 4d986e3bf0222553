// One batch of any length and a shape that is hard on whatever keeps ranges or descriptor sets, for
// growth.py to count what it costs: all the work is the library's own where the driver is the null
// driver.
//
// usage: kronos-growth DRIVER SHAPE COUNT
#include <kronos/kronos.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t sum_buffer_array_spirv[] =
#include "sum_buffer_array.spv.inc"
    ;

enum { RANGE_BYTES = 256, WORD = 4 };

typedef struct program {
    kro_context *ctx;
    kro_stream *stream;
    kro_pipeline *kernel; // sums an array of three buffers, whose offsets are never dynamic
    kro_buffer *words, *inputs, *sums;
    uint64_t count;
} program;

// Operation `i` of the batch.
typedef kro_status (*shape_function)(const program *p, uint64_t i);

static kro_status fill(const program *p, uint64_t begin, uint64_t end)
{
    return kro_fill(p->stream, p->words, begin * WORD, (end - begin) * WORD, 1);
}

static uint64_t scatter(const program *p, uint64_t i)
{
    return i * 7919 % p->count; // a prime
}

// Downwards, each step half on the one before.
static kro_status stairs(const program *p, uint64_t i)
{
    return fill(p, p->count - 1 - i, p->count + 1 - i);
}

// Single words anywhere, and after each a read of half of all of them.
static kro_status wide_reads(const program *p, uint64_t i)
{
    uint64_t begin = scatter(p, i) / 2;
    return i % 2 ? kro_copy(p->stream, p->sums, 0, p->words, begin * WORD, (p->count / 2) * WORD)
                 : fill(p, scatter(p, i), scatter(p, i) + 1);
}

// Each dispatch needs a descriptor set of its own.
static kro_status sets(const program *p, uint64_t i)
{
    kro_binding bindings[] = {
        {.buffer = p->inputs, .element = 0},
        {.buffer = p->inputs, .element = 1},
        {.buffer = p->inputs, .element = 2},
        {.buffer = p->sums, .binding = 1},
    };
    for (int n = 0; n < 4; n++)
        bindings[n].size_bytes = RANGE_BYTES;
    bindings[0].offset_bytes = scatter(p, i) * RANGE_BYTES;
    bindings[3].offset_bytes = i * RANGE_BYTES;
    return kro_dispatch(
        p->stream, p->kernel,
        &(kro_dispatch_args){.bindings = bindings, .binding_count = 4, .groups = {1}});
}

static const struct shape {
    const char *name;
    shape_function record;
} shapes[] = {
    {"stairs", stairs},
    {"wide-reads", wide_reads},
    {"sets", sets},
};

static kro_status create(program *p, const char *driver)
{
    const kro_context_config config = {.driver = driver, .batch_nodes = (uint32_t)p->count + 1};
    const kro_pipeline_config kernel = {.spirv = sum_buffer_array_spirv,
                                        .spirv_bytes = sizeof sum_buffer_array_spirv};
    const kro_buffer_config words = {.size_bytes = (2 * p->count + 2) * WORD};
    const kro_buffer_config ranges = {.size_bytes = (p->count + 1) * RANGE_BYTES};
    kro_status status = kro_context_create(&config, &p->ctx);
    if (status >= 0)
        status = kro_stream_create(p->ctx, NULL, &p->stream);
    if (status >= 0)
        status = kro_pipeline_create(p->ctx, &kernel, &p->kernel);
    if (status >= 0)
        status = kro_buffer_create(p->ctx, &words, &p->words);
    if (status >= 0)
        status = kro_buffer_create(p->ctx, &ranges, &p->inputs);
    return status >= 0 ? kro_buffer_create(p->ctx, &ranges, &p->sums) : status;
}

int main(int argc, char **argv)
{
    const struct shape *shape = NULL;
    for (size_t i = 0; argc == 4 && i < sizeof shapes / sizeof *shapes; i++)
        if (strcmp(shapes[i].name, argv[2]) == 0)
            shape = &shapes[i];
    if (!shape) {
        fputs("usage: kronos-growth DRIVER stairs|wide-reads|sets COUNT\n", stderr);
        return 2;
    }
    program p = {.count = strtoul(argv[3], NULL, 10)};
    kro_status status = create(&p, argv[1]);
    for (uint64_t i = 0; status >= 0 && i < p.count; i++)
        status = shape->record(&p, i);
    if (status >= 0)
        status = kro_finish(p.stream);
    if (status >= 0 && kro_stream_get_info(p.stream)->submits > 1) {
        fputs("kronos-growth: more than one batch\n", stderr);
        status = KRO_ERROR_DRIVER;
    } else if (status < 0) {
        fprintf(stderr, "%s: %s\n", kro_status_name(status), kro_error_detail());
    }
    kro_context_destroy(p.ctx); // and all that was made in it
    return status < 0;
}
