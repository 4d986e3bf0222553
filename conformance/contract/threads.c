// Threads: the default stream is shared, other streams belong to a thread each, everything else may
// be called by any thread at any time.
#include "contract.h"

#include <stdatomic.h>
#include <sched.h>
#include <string.h>

#include "proxied.h"
#include "shaders.h"

enum { THREADS = 4, ROUNDS = 240 };

// What one thread works with. On the null driver nothing is computed, so nothing is compared.
typedef struct worker {
    kt_test *t;
    kro_context *ctx;
    kro_pipeline *add;
    uint32_t index;
    bool computes;
    void *shared; // by all threads
    void *(*body)(void *);
    atomic_bool *go; // all threads start together, or they would hardly meet
} worker;

static void *wait_and_work(void *user)
{
    worker *w = user;
    while (!atomic_load(w->go))
        sched_yield();
    return w->body(w);
}

static void run_threads(kt_test *t, kro_context *ctx, bool computes, void *shared,
                        void *(*body)(void *))
{
    pthread_t threads[THREADS];
    worker workers[THREADS];
    kro_pipeline *add = kt_pipeline_in(t, ctx, "vector_add", NULL);
    if (!ctx || !add)
        return;
    atomic_bool go = false;
    int started = 0;
    for (; started < THREADS; started++) {
        workers[started] = (worker){t, ctx, add, (uint32_t)started, computes, shared, body, &go};
        if (!CHECK(pthread_create(&threads[started], NULL, wait_and_work, &workers[started]) == 0))
            break;
    }
    atomic_store(&go, true);
    for (int i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

// Cases run on the run's device and on the null driver, where threads meet more often.
TEST_PARAMS(thread_drivers)
{
    kt_param(params, "device");
    kt_param(params, "null");
}

static void run_on(kt_test *t, const char *param, void *(*body)(void *))
{
    bool computes = strcmp(param, "device") == 0;
    kro_context_config config = {.driver = computes ? NULL : kt_null_driver(t)};
    run_threads(t, kt_context_with(t, &config), computes, NULL, body);
}

static void fill_values(float *values, float first)
{
    for (int i = 0; i < CONTRACT_COUNT; i++)
        values[i] = first + (float)i;
}

static void check_sums(const worker *w, const float *actual, float first)
{
    kt_test *t = w->t;
    float expected[CONTRACT_COUNT];
    for (int i = 0; i < CONTRACT_COUNT; i++)
        expected[i] = 2 * (first + (float)i);
    if (w->computes)
        CHECK_FLOATS(actual, expected, CONTRACT_COUNT);
}

// Doubles numbers on the default stream, in buffers of its own, by blocking and by other access.
static void *use_default_stream(void *user)
{
    const worker *w = user;
    kt_test *t = w->t;
    kro_stream *stream = kro_context_stream(w->ctx);
    kro_buffer *in, *out;
    const kro_buffer_config config = {.size_bytes = CONTRACT_BYTES};
    if (!CHECK_OK(kro_buffer_create(w->ctx, &config, &in)) ||
        !CHECK_OK(kro_buffer_create(w->ctx, &config, &out)))
        return NULL;
    for (int round = 0; round < ROUNDS; round++) {
        float values[CONTRACT_COUNT], sums[CONTRACT_COUNT] = {0};
        float first = (float)(1000 * w->index) + (float)round;
        kro_fence fence;
        fill_values(values, first);
        CHECK_OK(round % 2 ? kro_write(stream, in, 0, values, sizeof values)
                           : kro_buffer_write(in, 0, values, sizeof values));
        CHECK_OK(contract_dispatch(stream, w->add, CONTRACT_COUNT, (kro_buffer *[4]){in, in, out}));
        if (round % 3) {
            CHECK_OK(kro_buffer_read(out, 0, sums, sizeof sums));
        } else {
            CHECK_OK(kro_read(stream, out, 0, sums, sizeof sums));
            CHECK_OK(kro_submit(stream, &fence));
            CHECK_OK(kro_wait(w->ctx, fence, UINT64_MAX));
        }
        check_sums(w, sums, first);
    }
    kro_buffer_destroy(in);
    kro_buffer_destroy(out);
    return NULL;
}

TEST_FAMILY_CASE(default_stream_is_shared_by_threads)
{
    run_on(t, param, use_default_stream);
}

// Makes everything anew in each round, and destroys it while it may still be in use.
static void *create_and_destroy(void *user)
{
    const worker *w = user;
    kt_test *t = w->t;
    const kronos_shader *shader = kronos_shader_find("vector_add");
    const kro_pipeline_config config = {.spirv = shader->words, .spirv_bytes = shader->size_bytes};
    for (int round = 0; round < ROUNDS; round++) {
        float values[CONTRACT_COUNT], sums[CONTRACT_COUNT] = {0};
        float first = (float)(1000 * w->index) + (float)round;
        kro_stream *stream;
        kro_buffer *in, *out;
        kro_pipeline *add;
        fill_values(values, first);
        if (!CHECK_OK(kro_stream_create(w->ctx, NULL, &stream)) ||
            !CHECK_OK(kro_buffer_create(
                w->ctx, &(kro_buffer_config){.size_bytes = sizeof values, .data = values}, &in)) ||
            !CHECK_OK(kro_buffer_create(
                w->ctx,
                &(kro_buffer_config){.size_bytes = sizeof sums, .memory = KRO_MEMORY_READBACK},
                &out)) ||
            !CHECK_OK(kro_pipeline_create(w->ctx, &config, &add)))
            return NULL;
        CHECK_OK(contract_dispatch(stream, add, CONTRACT_COUNT, (kro_buffer *[4]){in, in, out}));
        kro_pipeline_destroy(add);
        kro_buffer_destroy(in);
        CHECK_OK(round % 2 ? kro_finish(stream) : kro_submit(stream, NULL));
        if (round % 3)
            kro_stream_destroy(stream);
        CHECK_OK(kro_buffer_read(out, 0, sums, sizeof sums));
        check_sums(w, sums, first);
        kro_buffer_destroy(out);
        if (round % 3 == 0)
            kro_stream_destroy(stream);
    }
    return NULL;
}

TEST_FAMILY_CASE(objects_come_and_go_on_every_thread)
{
    run_on(t, param, create_and_destroy);
}

// Registers memory of its own, has it written in place, and takes it back. Batches that others have
// open may use it for all that Kronos knows; they are submitted soon.
static void *register_and_unregister(void *user)
{
    enum { REGISTER_ROUNDS = 100, MOST = 1 << 16 };
    static _Alignas(MOST) uint8_t memory[THREADS][MOST];
    const worker *w = user;
    kt_test *t = w->t;
    uint32_t *words = (uint32_t *)(void *)memory[w->index];
    const kro_host_config config = {.memory = words,
                                    .size_bytes = kro_context_info(w->ctx)->limits.host_alignment};
    kro_stream *stream;
    kro_buffer *source, *mine;
    if (!CHECK_OK(kro_stream_create(w->ctx, NULL, &stream)) ||
        !CHECK_OK(kro_buffer_create(w->ctx, &(kro_buffer_config){.size_bytes = 64}, &source)))
        return NULL;
    for (uint32_t round = 0; round < REGISTER_ROUNDS; round++) {
        const uint32_t word = w->index << 16 | round;
        if (!CHECK_OK(kro_host_register(w->ctx, &config, &mine)))
            break;
        words[1] = UINT32_MAX;
        CHECK_OK(kro_fill(stream, source, 0, 64, word));
        CHECK_OK(kro_read(stream, source, 0, words, 4));
        CHECK_OK(kro_finish(stream));
        if (w->computes)
            CHECK_EQ_U64(words[0], word);
        CHECK_EQ_U64(words[1], UINT32_MAX);
        while (kro_host_unregister(mine) == KRO_ERROR_INVALID_ARGUMENT)
            sched_yield();
    }
    kro_buffer_destroy(source);
    kro_stream_destroy(stream);
    return NULL;
}

TEST_FAMILY_CASE(registered_memory_comes_and_goes_on_every_thread)
{
    const bool computes = strcmp(param, "device") == 0;
    const kro_context_config config = {.driver = computes ? NULL : kt_null_driver(t)};
    kro_context *ctx = kt_context_with(t, &config);
    const uint64_t alignment = ctx ? kro_context_info(ctx)->limits.host_alignment : 0;
    if (ctx && (alignment == 0 || alignment > 65536))
        SKIP(t, "the device cannot use host memory in place (limits.host_alignment)");
    else
        run_threads(t, ctx, computes, NULL, register_and_unregister);
}

// Captures, launches and updates graphs while other threads destroy what theirs name.
static void *capture_and_destroy(void *user)
{
    const worker *w = user;
    kt_test *t = w->t;
    kro_stream *stream;
    if (!CHECK_OK(kro_stream_create(w->ctx, NULL, &stream)))
        return NULL;
    for (int round = 0; round < ROUNDS / 4; round++) {
        float values[CONTRACT_COUNT], sums[CONTRACT_COUNT] = {0};
        float first = (float)(1000 * w->index) + (float)round;
        kro_buffer *in, *again, *out;
        kro_graph *graph;
        fill_values(values, first);
        const kro_buffer_config config = {.size_bytes = sizeof values, .data = values};
        if (!CHECK_OK(kro_buffer_create(w->ctx, &config, &in)) ||
            !CHECK_OK(kro_buffer_create(w->ctx, &config, &again)) ||
            !CHECK_OK(kro_buffer_create(w->ctx, &config, &out)) ||
            !CHECK_OK(kro_graph_begin(stream, NULL)))
            return NULL;
        CHECK_OK(contract_dispatch(stream, w->add, CONTRACT_COUNT, (kro_buffer *[4]){in, in, out}));
        if (!CHECK_OK(kro_graph_end(stream, &graph)))
            return NULL;
        CHECK_OK(kro_graph_launch(graph, stream, NULL));
        kro_buffer_destroy(in);
        CHECK_STATUS(kro_graph_launch(graph, stream, NULL), KRO_ERROR_INVALID_ARGUMENT);
        CHECK_OK(kro_graph_update(
            graph, 0,
            &(kro_dispatch_args){.buffers = {again, again, out}, .threads = {CONTRACT_COUNT}}));
        CHECK_OK(kro_graph_launch(graph, stream, NULL));
        if (round % 2)
            kro_graph_destroy(graph);
        CHECK_OK(kro_buffer_read(out, 0, sums, sizeof sums));
        check_sums(w, sums, first);
        kro_buffer_destroy(again);
        kro_buffer_destroy(out);
        if (round % 2 == 0)
            kro_graph_destroy(graph);
    }
    kro_stream_destroy(stream);
    return NULL;
}

TEST_FAMILY_CASE(graphs_come_and_go_on_every_thread)
{
    run_on(t, param, capture_and_destroy);
}

// A ring: each thread waits for the fence of the thread before it and hands its own on.
typedef struct ring {
    kro_buffer *buffer;
    _Atomic uint64_t queue, value; // of the last fence
    _Atomic uint32_t turn;
} ring;

static void *pass_around(void *user)
{
    const worker *w = user;
    kt_test *t = w->t;
    ring *r = w->shared;
    kro_stream *stream;
    if (!CHECK_OK(kro_stream_create(w->ctx, NULL, &stream)))
        return NULL;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t turn = round * THREADS + w->index;
        while (atomic_load(&r->turn) != turn)
            sched_yield();
        kro_fence fence = {atomic_load(&r->queue), atomic_load(&r->value)};
        uint64_t from = 4 * (uint64_t)turn;
        CHECK_OK(kro_stream_wait(stream, fence));
        // Each word is the one before it and its own mark.
        CHECK_OK(kro_copy(stream, r->buffer, from + 4, r->buffer, from, 4));
        CHECK_OK(kro_submit(stream, &fence));
        atomic_store(&r->queue, fence.queue);
        atomic_store(&r->value, fence.value);
        atomic_store(&r->turn, turn + 1);
    }
    CHECK_OK(kro_finish(stream));
    kro_stream_destroy(stream);
    return NULL;
}

TEST_FAMILY_CASE(streams_wait_for_each_other_across_threads)
{
    enum { WORDS = THREADS * ROUNDS + 1 };
    bool computes = strcmp(param, "device") == 0;
    kro_context_config config = {.driver = computes ? NULL : kt_null_driver(t)};
    kro_context *ctx = kt_context_with(t, &config);
    uint32_t words[WORDS] = {0x5eed5eed};
    ring r = {.buffer = kt_buffer_in(
                  t, ctx, &(kro_buffer_config){.size_bytes = sizeof words, .data = words})};
    if (!r.buffer)
        return;
    run_threads(t, ctx, computes, &r, pass_around);
    CHECK_OK(kro_buffer_read(r.buffer, 0, words, sizeof words));
    for (int i = 1; computes && i < WORDS; i++)
        if (!CHECK_EQ_U64(words[i], 0x5eed5eed))
            return;
}

// Contexts and lists share nothing.
static void *open_and_close(void *user)
{
    const worker *w = user;
    kt_test *t = w->t;
    const kro_context_config config = {.driver = kt_null_driver(t)};
    for (int round = 0; round < 10; round++) {
        kro_devices *devices;
        kro_context *ctx;
        if (!CHECK_OK(kro_devices_create(&config, &devices)) ||
            !CHECK_OK(kro_context_create(&config, &ctx)))
            return NULL;
        CHECK_EQ_STRING(kro_context_info(ctx)->uuid, kro_devices_info(devices, 0)->uuid);
        kro_context_destroy(ctx);
        kro_devices_destroy(devices);
        char byte;
        CHECK_REFUSED(kro_buffer_read(NULL, w->index, &byte, 1), KRO_ERROR_INVALID_ARGUMENT,
                      "kro_buffer_read");
    }
    return NULL;
}

TEST(contexts_open_and_close_on_every_thread)
{
    run_threads(t, kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)}), false,
                NULL, open_and_close);
}

// One thread maps, writes and unmaps what others ask about and wait for.
static void *look_on(void *user)
{
    const worker *w = user;
    kt_test *t = w->t;
    kro_stream *stream;
    kro_buffer *buffer;
    const kro_buffer_config config = {.size_bytes = 4096, .memory = KRO_MEMORY_UPLOAD};
    if (!CHECK_OK(kro_stream_create(w->ctx, NULL, &stream)) ||
        !CHECK_OK(kro_buffer_create(w->ctx, &config, &buffer)))
        return NULL;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        void *mapped;
        kro_fence fence;
        uint32_t word = 0;
        CHECK_OK(kro_fill(stream, buffer, 0, 4096, round));
        CHECK_OK(kro_submit(stream, &fence));
        kro_status status = kro_poll(w->ctx, fence);
        CHECK(status == KRO_OK || status == KRO_NOT_READY);
        CHECK_OK(kro_buffer_map(buffer, &mapped)); // waits for the fill
        memcpy(&word, (char *)mapped + 4 * round, 4);
        if (w->computes)
            CHECK_EQ_U64(word, round);
        CHECK_OK(kro_buffer_unmap(buffer));
        CHECK_OK(kro_poll(w->ctx, fence));
    }
    kro_buffer_destroy(buffer);
    kro_stream_destroy(stream);
    return NULL;
}

TEST_FAMILY_CASE(mapping_waits_on_every_thread)
{
    run_on(t, param, look_on);
}

// Writes words of its own, which share their atoms with every other thread's, and reads them back.
static void *write_neighbours(void *user)
{
    enum { NEIGHBOUR_ROUNDS = 4000 };
    const worker *w = user;
    kt_test *t = w->t;
    kro_buffer *buffer = w->shared;
    for (uint32_t round = 0; round < NEIGHBOUR_ROUNDS; round++) {
        const uint64_t offset_bytes = (w->index + round % 8 * THREADS) * sizeof(uint32_t);
        const uint32_t written = w->index << 24 | round;
        uint32_t actual = 0;
        CHECK_OK(kro_buffer_write(buffer, offset_bytes, &written, sizeof written));
        CHECK_OK(kro_buffer_read(buffer, offset_bytes, &actual, sizeof actual));
        if (!CHECK_EQ_U64(actual, written))
            return NULL;
    }
    return NULL;
}

// In memory that is not coherent whole atoms pass between host and device: a thread that fetches
// one must not take another's fresh bytes away.
TEST(neighbouring_bytes_are_written_by_several_threads)
{
    kro_context *ctx = proxied_context(t, "noncoherent;limit=nonCoherentAtomSize:256", NULL);
    kro_buffer *buffer = kt_buffer_in(
        t, ctx, &(kro_buffer_config){.size_bytes = 256, .memory = KRO_MEMORY_READBACK});
    if (buffer)
        run_threads(t, ctx, true, buffer, write_neighbours);
}
