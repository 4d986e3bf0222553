// Memory that runs out where a small program has enough of it: many buffers in a slab, many
// semaphores, a cache to keep, the library's own kernel. Each allocation fails once, in turn.
#include <string.h>

#include <kronos/vulkan.h>

#include "contract/contract.h"
#include "heap_watch.h"
#include "shaders.h"

enum { BUFFERS = 40, SEMAPHORES = 40, ROUNDS = 4, NODES = 30, WORDS = 64 };

static void ignore_log(void *user, kro_log_level level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
}

typedef struct program {
    kro_context *ctx;
    kro_buffer *buffers[BUFFERS];
    kro_stream *stream, *waiting;
    kro_pipeline *kernel;
} program;

// Binary semaphores that nobody has made: nothing is submitted behind them.
static kro_status wait_for_many(kro_stream *stream)
{
    kro_status status = KRO_OK;
    for (uintptr_t i = 1; i <= SEMAPHORES && status >= 0; i++)
        status = kro_vk_stream_wait(stream, (VkSemaphore)i, 0);
    return status;
}

// Each dispatch uses buffers that the one before it does not.
static kro_status dispatch(const program *p, uint32_t first, uint32_t addend)
{
    kro_buffer *const *buffers = p->buffers + first;
    const uint32_t push[3] = {WORDS, 1, addend};
    return kro_dispatch(p->stream, p->kernel,
                        &(kro_dispatch_args){.buffers = {buffers[0], buffers[1], buffers[2]},
                                             .push = push,
                                             .push_bytes = sizeof push,
                                             .groups = {1}});
}

// Dispatches one by one, then batches of all of them that are alike, but for the buffer of the
// last.
static kro_status run_rounds(const program *p)
{
    kro_status status = KRO_OK;
    for (uint32_t i = 0; i < NODES && status >= 0; i++) {
        status = dispatch(p, i, 0);
        const kro_status finished = kro_finish(p->stream);
        status = status < 0 ? status : finished;
    }
    for (uint32_t round = 0; round < ROUNDS && status >= 0; round++) {
        for (uint32_t i = 0; i < NODES && status >= 0; i++) {
            const bool differs = i == NODES - 1 && round == ROUNDS - 1;
            status = dispatch(p, differs ? NODES : i, round);
        }
        const kro_status finished = kro_finish(p->stream);
        status = status < 0 ? status : finished;
    }
    return status;
}

static kro_status run(program *p, const kro_context_config *config)
{
    const kronos_shader *shader = kronos_shader_find("add_scaled_words");
    kro_status status = kro_context_create(config, &p->ctx);
    for (uint32_t i = 0; i < BUFFERS && status >= 0; i++)
        status = kro_buffer_create(p->ctx, &(kro_buffer_config){.size_bytes = 4 * WORDS},
                                   &p->buffers[i]);
    if (status >= 0)
        status = kro_stream_create(p->ctx, NULL, &p->stream);
    if (status >= 0)
        status = kro_stream_create(p->ctx, NULL, &p->waiting);
    if (status >= 0)
        status = wait_for_many(p->waiting);
    if (status >= 0)
        status = kro_pipeline_create(
            p->ctx,
            &(kro_pipeline_config){.spirv = shader->words, .spirv_bytes = shader->size_bytes},
            &p->kernel);
    return status < 0 ? status : run_rounds(p);
}

static void destroy(const program *p)
{
    kro_pipeline_destroy(p->kernel);
    kro_stream_destroy(p->waiting);
    kro_stream_destroy(p->stream);
    for (uint32_t i = 0; i < BUFFERS; i++)
        kro_buffer_destroy(p->buffers[i]);
    kro_context_destroy(p->ctx); // keeps its cache
}

// The null driver says to be one whose copies Kronos makes by a kernel of its own.
TEST(memory_that_runs_out_late_is_survived)
{
    const char *folder = contract_folder(t);
    const kro_context_config config = {
        .driver = kt_null_driver(t), .cache_dir = folder, .log = ignore_log};
    kt_set_environment(t, "KRONOS_NULL", "driver_id=4");
    for (uint64_t n = 1; folder; n++) {
        program p = {0};
        heap_watch_begin(n);
        const kro_status status = run(&p, &config);
        destroy(&p);
        const heap_watch watch = heap_watch_end();
        CHECK_EQ_I64(watch.live_blocks, 0);
        if (watch.allocations < n) {
            CHECK_OK(status);
            LOGF(t, "%llu allocations", (unsigned long long)watch.allocations);
            return;
        }
        // The cache, or what the next dispatch might use again, can be done without.
        if (status != KRO_OK && !CHECK_STATUS(status, KRO_ERROR_OUT_OF_HOST_MEMORY))
            LOGF(t, "allocation %llu: %s", (unsigned long long)n, kro_error_detail());
    }
}
