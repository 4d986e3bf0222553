// Every allocation of the core, and every call that it makes of a backend, fails once, in turn: the
// caller is told, what stands stays usable, and nothing is left behind.
#include "context.h"

#include <string.h>

#include "fake_backend.h"
#include "heap_watch.h"
#include "shaders.h"

enum {
    BYTES = 4096,
    THREADS = 64,
    PAGE = 64, // the fake device's limits.host_alignment
    REPEATS = 3,
};

static void ignore_log(void *user, kro_log_level level, const char *message)
{
    (void)user;
    (void)level;
    (void)message;
}

// Whatever a program may hold; NULL until it is made.
typedef struct program {
    kro_context *ctx;
    kro_buffer *a, *b, *dying;
    kro_pipeline *kernel;
    kro_stream *stream, *other;
    kro_graph *graph;
    uint32_t word; // read back
    kro_buffer *mine;
    _Alignas(PAGE) uint32_t page[PAGE / 4]; // the memory of it
} program;

static kro_status create_all(program *p, const kro_context_config *config)
{
    static const uint32_t contents[BYTES / 4];
    const kro_buffer_config buffer = {.size_bytes = BYTES, .data = contents, .label = "buffer"};
    const kronos_shader *shader = kronos_shader_find("affine_words");
    kro_status status = KRO_OK;
    if (!p->ctx)
        status = kro__context_open(&fake_backend, config, &p->ctx);
    if (status >= 0)
        status = kro_buffer_create(p->ctx, &buffer, &p->a);
    if (status >= 0)
        status = kro_buffer_create(p->ctx, &buffer, &p->b);
    if (status >= 0)
        status = kro_buffer_create(p->ctx, &buffer, &p->dying);
    if (status >= 0)
        status = kro_host_register(
            p->ctx, &(kro_host_config){.memory = p->page, .size_bytes = sizeof p->page}, &p->mine);
    if (status >= 0)
        status = kro_stream_create(p->ctx, NULL, &p->stream);
    if (status >= 0)
        status = kro_stream_create(p->ctx, &(kro_stream_config){.queue = 1, .label = "other"},
                                   &p->other);
    if (status >= 0)
        status = kro_pipeline_create(
            p->ctx,
            &(kro_pipeline_config){.spirv = shader->words, .spirv_bytes = shader->size_bytes},
            &p->kernel);
    return status;
}

// Each kind of operation, on whole buffers and on parts.
static kro_status record_all(program *p)
{
    const uint32_t push[3] = {THREADS, 2, 1}, source[2] = {7, 8};
    const kro_dispatch_args args = {
        .buffers = {p->a}, .push = push, .push_bytes = sizeof push, .threads = {THREADS}};
    kro_status status = kro_dispatch(p->stream, p->kernel, &args);
    for (int i = 0; i < REPEATS && status >= 0; i++)
        status = kro_dispatch(p->stream, p->kernel, &args);
    if (status >= 0)
        status = kro_copy(p->stream, p->b, 64, p->a, 0, 256);
    if (status >= 0)
        status = kro_fill(p->stream, p->b, 128, 64, 5);
    if (status >= 0)
        status = kro_write(p->stream, p->b, 4, source, sizeof source);
    if (status >= 0)
        status = kro_copy(p->stream, p->dying, 0, p->b, 0, BYTES);
    if (status >= 0)
        status = kro_read(p->stream, p->dying, 4, &p->word, sizeof p->word);
    if (status >= 0)
        status = kro_read(p->stream, p->dying, 8, &p->page[1], sizeof p->page[1]); // in place
    return status;
}

// A graph of each kind of operation, launched, changed and launched again. It adds 1 to words of
// `a` and takes them away.
static kro_status run_graph(program *p)
{
    const uint32_t up[3] = {THREADS, 1, 1}, down[3] = {THREADS, 1, UINT32_MAX};
    kro_buffer *const touched[] = {p->a};
    const kro_binding whole = {.buffer = p->a};
    kro_dispatch_args args = {.bindings = &whole,
                              .binding_count = 1,
                              .touches = touched,
                              .touch_count = 1,
                              .push = up,
                              .push_bytes = sizeof up,
                              .threads = {THREADS}};
    kro_graph_destroy(p->graph);
    p->graph = NULL;
    kro_status status = kro_graph_begin(p->stream, &(kro_graph_config){.label = "graph"});
    if (status < 0)
        return status;
    (void)kro_dispatch(p->stream, p->kernel, &args);
    (void)kro_barrier(p->stream);
    (void)kro_copy(p->stream, p->b, 512, p->a, 512, 64);
    (void)kro_fill(p->stream, p->b, 768, 64, 5);
    status = kro_graph_end(p->stream, &p->graph);
    if (status >= 0)
        status = kro_graph_launch(p->graph, p->stream, NULL);
    args.push = down;
    if (status >= 0)
        status = kro_graph_update(p->graph, 0, &args);
    return status < 0 ? status : kro_graph_launch(p->graph, p->stream, NULL);
}

// A round of the program; with `destroys` its last.
static kro_status run_all(program *p, bool destroys)
{
    kro_fence fence = {0};
    uint32_t words[2] = {0};
    kro_status status = destroys   ? run_graph(p)
                        : p->graph ? kro_graph_launch(p->graph, p->stream, NULL)
                                   : KRO_OK;
    if (status >= 0)
        status = record_all(p);
    if (destroys) {
        kro_buffer_destroy(p->dying); // in use by the open batch, or dropped with it
        p->dying = NULL;
    }
    if (status >= 0)
        status = kro_submit(p->stream, &fence);
    if (status >= 0)
        status = kro_stream_wait(p->other, fence);
    if (status >= 0)
        status = kro_copy(p->other, p->a, 0, p->b, 0, 64);
    if (status >= 0)
        status = kro_finish(p->other);
    if (status >= 0)
        status = kro_wait(p->ctx, fence, UINT64_MAX);
    if (status >= 0)
        status = kro_buffer_write(p->b, 12, words, 4);
    return status < 0 ? status : kro_buffer_read(p->a, 4, words, sizeof words);
}

// A failure is told once more by the stream that kept it; then all is as ever.
static void check_usable(kt_test *t, program *p)
{
    (void)kro_submit(p->stream, NULL);
    CHECK_OK(kro_fill(p->stream, p->a, 0, BYTES, 9));
    CHECK_OK(kro_finish(p->stream));
    CHECK_OK(kro_buffer_read(p->a, BYTES - 4, &p->word, sizeof p->word));
    CHECK_EQ_U64(p->word, 9);
}

static void destroy_all(program *p)
{
    kro_graph_destroy(p->graph);
    kro_pipeline_destroy(p->kernel);
    kro_stream_destroy(p->other);
    kro_stream_destroy(p->stream);
    kro_buffer_destroy(p->dying);
    kro_buffer_destroy(p->mine);
    kro_buffer_destroy(p->b);
    kro_buffer_destroy(p->a);
    kro_context_destroy(p->ctx); // looks for what is left on the device
}

static void exhaust(kt_test *t, kro_context_config config)
{
    config.queues = 2;
    config.copy_threads = 2;
    config.log = ignore_log;
    for (uint64_t n = 1;; n++) {
        program p = {0};
        heap_watch_begin(n);
        kro_status status = create_all(&p, &config);
        if (status >= 0)
            status = run_all(&p, true);
        const bool right = p.word == 7 && p.page[1] == 8;
        if (status < 0 && p.kernel)
            check_usable(t, &p);
        destroy_all(&p);
        heap_watch watch = heap_watch_end();
        CHECK_EQ_I64(watch.live_blocks, 0);
        if (watch.allocations < n) {
            CHECK_OK(status);
            CHECK(right);
            LOGF(t, "%llu allocations", (unsigned long long)watch.allocations);
            break;
        }
        if (status == KRO_OK) // the library, or the validator, could do without
            continue;
        CHECK(status == KRO_ERROR_OUT_OF_HOST_MEMORY || status == KRO_ERROR_OUT_OF_DEVICE_MEMORY);
        if (!CHECK(strstr(kro_error_detail(), "memory")))
            LOGF(t, "allocation %llu: %s", (unsigned long long)n, kro_error_detail());
    }
}

TEST(every_allocation_of_the_core_may_fail)
{
    exhaust(t, (kro_context_config){0});
}

// Once its memory has grown, the core asks the heap for nothing, whatever is recorded, submitted,
// waited for and read. The fake device takes two blocks for each batch, and none for a launch.
TEST(steady_rounds_allocate_nothing)
{
    enum { WARM_UP = 20, ROUNDS = 200 };
    program p = {0};
    const kro_context_config config = {.queues = 2, .log = ignore_log};
    kro_status status = create_all(&p, &config);
    if (status >= 0)
        status = run_graph(&p);
    for (int round = 0; round < WARM_UP && status >= 0; round++)
        status = run_all(&p, false);
    if (CHECK_OK(status)) {
        const fake_device *device = fake_device_of(p.ctx);
        const uint32_t submits = device->submit_count;
        heap_watch_begin(0);
        for (int round = 0; round < ROUNDS && status >= 0; round++)
            status = run_all(&p, false);
        const heap_watch watch = heap_watch_end();
        CHECK_OK(status);
        CHECK(device->submit_count >= submits + ROUNDS);
        CHECK_EQ_U64(watch.allocations, 2 * (device->submit_count - submits - ROUNDS));
    }
    destroy_all(&p);
}

TEST(every_allocation_may_fail_in_plain_mode)
{
    exhaust(t, (kro_context_config){.plain = true});
}

TEST(every_allocation_may_fail_while_hazards_are_checked)
{
    exhaust(t, (kro_context_config){.check_hazards = true});
}

// A lost device says so in every call that needs it.
static void check_lost(kt_test *t, program *p)
{
    kro_buffer *buffer;
    CHECK_STATUS(kro_buffer_create(p->ctx, &(kro_buffer_config){.size_bytes = 4}, &buffer),
                 KRO_ERROR_DEVICE_LOST);
    if (p->a)
        CHECK_STATUS(kro_buffer_read(p->a, 0, &p->word, 4), KRO_ERROR_DEVICE_LOST);
}

// `told` comes back from the n-th call of the backend after the context was opened.
static void fail_calls(kt_test *t, kro_context_config config, kro_status told)
{
    config.queues = 2;
    config.log = ignore_log;
    for (uint32_t n = 0;; n++) {
        program p = {.ctx = fake_context(t, &config)};
        fake_device *device = fake_device_of(p.ctx);
        device->fail_next = told;
        device->fail_in = FAKE_ANY;
        device->fail_skip = n;
        kro_status status = create_all(&p, &config);
        if (status >= 0)
            status = run_all(&p, true);
        if (status < 0 && told != KRO_ERROR_DEVICE_LOST) // a loss may be told by a later call
            CHECK_CONTAINS(kro_error_detail(), "told to fail");
        const bool failed = device->fail_next == KRO_OK;
        device->fail_next = KRO_OK;
        if (failed && told == KRO_ERROR_DEVICE_LOST)
            check_lost(t, &p);
        else if (failed && p.kernel)
            check_usable(t, &p);
        // Looking for what can be freed may fail without harm: it looks again later.
        if (!failed || status != KRO_OK)
            CHECK_STATUS(status, failed ? told : KRO_OK);
        kro_context *ctx = p.ctx;
        p.ctx = NULL;
        destroy_all(&p);
        kt_release(t, ctx);
        if (!failed) {
            LOGF(t, "%u calls", n);
            break;
        }
    }
}

TEST(every_call_of_a_backend_may_fail)
{
    fail_calls(t, (kro_context_config){0}, KRO_ERROR_DRIVER);
    fail_calls(t, (kro_context_config){.plain = true}, KRO_ERROR_DRIVER);
}

TEST(every_call_of_a_backend_may_find_the_device_lost)
{
    fail_calls(t, (kro_context_config){0}, KRO_ERROR_DEVICE_LOST);
    fail_calls(t, (kro_context_config){.plain = true}, KRO_ERROR_DEVICE_LOST);
}
