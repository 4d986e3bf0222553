// Threads that share the default stream: whoever waits for the bound of what is in flight, or fills
// what was read, is in nobody's way.
#include "bench.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "os/time.h"
#include "stream.h"

// A call that has to wait, and one that must not, each on a thread of its own.
typedef struct caller {
    bench *it;
    kro_stream *stream; // the default one
    kro_graph *graph;
    kro_fence other; // of another queue, not finished
    const char *how;
    kro_status status;
    char sentence[512];
    _Atomic bool returned;
} caller;

static const char *const ways[] = {"submit", "finish", "read", "wait", "launch", "full"};

TEST_PARAMS(blocking_calls)
{
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        kt_param(params, "%s", ways[i]);
}

// One batch more than may be in flight, by the call that the case is about.
static kro_status call(caller *it)
{
    uint32_t word;
    if (!strcmp(it->how, "submit"))
        return kro_submit(it->stream, NULL);
    if (!strcmp(it->how, "finish"))
        return kro_finish(it->stream);
    if (!strcmp(it->how, "read"))
        return kro_buffer_read(it->it->d, 0, &word, sizeof word);
    if (!strcmp(it->how, "wait"))
        return kro_stream_wait(it->stream, it->other);
    if (!strcmp(it->how, "launch"))
        return kro_graph_launch(it->graph, it->stream, NULL);
    return kro_fill(it->stream, it->it->b, 0, 4, 3); // fills the batch
}

static void *call_and_wait(void *user)
{
    caller *it = user;
    it->status = call(it);
    snprintf(it->sentence, sizeof it->sentence, "%s", kro_error_detail());
    atomic_store(&it->returned, true);
    return NULL;
}

static void *call_others(void *user)
{
    caller *it = user;
    it->status = kro_stream_wait(it->stream, (kro_fence){1, 1});
    // A node that would fill the batch has to wait like the first thread's.
    if (it->status >= 0 && strcmp(it->how, "full") != 0)
        it->status = kro_fill(it->stream, it->it->c, 0, 4, 2);
    atomic_store(&it->returned, true);
    return NULL;
}

static bool wait_for(const _Atomic bool *flag)
{
    const uint64_t long_ns = UINT64_C(10000000000);
    for (uint64_t start_ns = kro__now_ns(); !atomic_load(flag);) {
        if (kro__now_ns() - start_ns > long_ns)
            return false;
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    }
    return true;
}

static void wait_for_a_waiter(const bench *it)
{
    while (atomic_load(&it->device->waits) == 0)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

// A graph that fills one buffer.
static kro_graph *capture_fill(kt_test *t, const bench *it)
{
    kro_graph *graph = NULL;
    CHECK_OK(kro_graph_begin(it->stream, NULL));
    CHECK_OK(kro_fill(it->stream, it->a, 0, 4, 5));
    CHECK_OK(kro_graph_end(it->stream, &graph));
    return graph;
}

// As many batches of the default stream are in flight as may be, none has finished, and another one
// is open, one node short of the last.
static caller crowd(kt_test *t, bench *it, const char *how)
{
    caller made = {.it = it, .stream = kro_context_stream(it->ctx), .how = how};
    kro_stream *other = kt_stream_in(t, it->ctx, &(kro_stream_config){.queue = 1});
    made.graph = capture_fill(t, it);
    it->device->manual = true;
    CHECK_OK(kro_fill(other, it->a, 0, 4, 0));
    CHECK_OK(kro_submit(other, &made.other));
    for (uint32_t i = 0; i < KRO__MAX_IN_FLIGHT; i++) {
        CHECK_OK(kro_fill(made.stream, it->a, 0, 4, i));
        CHECK_OK(kro_submit(made.stream, NULL));
    }
    const uint32_t open = strcmp(how, "full") != 0 ? 1 : 3;
    for (uint32_t i = 0; i < open; i++)
        CHECK_OK(kro_fill(made.stream, it->b, 0, 4, 1));
    CHECK_EQ_U64(it->device->waits, 0);
    return made;
}

// Crowds the default stream, and starts a thread whose call has to wait for that.
static bool start_waiting(kt_test *t, bench *it, const char *how, caller *first, pthread_t *thread)
{
    *it = bench_create(t, &(kro_context_config){.queues = 2, .batch_nodes = 4});
    *first = crowd(t, it, how);
    if (!CHECK(pthread_create(thread, NULL, call_and_wait, first) == 0))
        return false;
    wait_for_a_waiter(it);
    return true;
}

TEST_FAMILY_CASE(the_default_stream_is_free_while_one_waits)
{
    bench it;
    caller first;
    pthread_t threads[2];
    if (!start_waiting(t, &it, param, &first, &threads[0]))
        return;
    caller second = {.it = &it, .stream = first.stream, .how = param};
    bool started = CHECK(pthread_create(&threads[1], NULL, call_others, &second) == 0);
    bool free = started && wait_for(&second.returned);
    bool waits = !atomic_load(&first.returned);
    it.device->manual = false; // all is finished now
    pthread_join(threads[0], NULL);
    if (started)
        pthread_join(threads[1], NULL);
    CHECK(free);
    CHECK(waits);
    CHECK_OK(first.status);
    CHECK_OK(second.status);
    CHECK_OK(kro_finish(first.stream));
    const kro_stream_info *info = kro_stream_get_info(first.stream);
    CHECK_EQ_U64(info->nodes, KRO__MAX_IN_FLIGHT + (strcmp(param, "full") != 0 ? 2u : 4u) +
                                  (strcmp(param, "launch") == 0));
    kro_graph_destroy(first.graph);
}

// What goes wrong on another thread meanwhile drops the batch, which the waiting one is told.
TEST(an_error_on_another_thread_is_told_to_the_one_that_waits)
{
    bench it;
    caller first;
    pthread_t thread;
    if (!start_waiting(t, &it, "submit", &first, &thread))
        return;
    CHECK_STATUS(kro_fill(first.stream, it.b, 1, 4, 0), KRO_ERROR_INVALID_ARGUMENT);
    it.device->manual = false;
    pthread_join(thread, NULL);
    CHECK_STATUS(first.status, KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(first.sentence, "multiples of 4");
    CHECK_OK(kro_submit(first.stream, NULL)); // it was told once
    CHECK_EQ_U64(kro_stream_get_info(first.stream)->submits, KRO__MAX_IN_FLIGHT);
    kro_graph_destroy(first.graph);
}

// A loss wakes whoever waits for the bound.
TEST(a_lost_device_ends_the_wait_for_the_bound)
{
    bench it;
    caller first;
    pthread_t thread;
    if (!start_waiting(t, &it, "submit", &first, &thread))
        return;
    CHECK_STATUS(kro__context_note(it.ctx, KRO_ERROR_DEVICE_LOST), KRO_ERROR_DEVICE_LOST);
    pthread_join(thread, NULL);
    CHECK_STATUS(first.status, KRO_ERROR_DEVICE_LOST);
    CHECK_CONTAINS(first.sentence, "lost");
    it.device->manual = false;
    kro_graph_destroy(first.graph);
}

// A thread that reads, submits and waits for the read.
typedef struct reader {
    kro_stream *stream;
    kro_buffer *buffer;
    kro_context *ctx;
    kro_fence fence; // waited for instead, where it is given
    uint32_t word;
    kro_status status;
    _Atomic bool submitted, returned;
} reader;

static void *read_and_wait(void *user)
{
    reader *it = user;
    if (it->fence.value == 0) {
        it->status = kro_read(it->stream, it->buffer, 0, &it->word, sizeof it->word);
        if (it->status >= 0)
            it->status = kro_submit(it->stream, &it->fence);
    }
    atomic_store(&it->submitted, true);
    if (it->status >= 0)
        it->status = kro_wait(it->ctx, it->fence, UINT64_MAX);
    atomic_store(&it->returned, true);
    return NULL;
}

// While one thread fills what was read, others submit reads of their own; only who waits for the
// same read waits for that.
TEST(nobody_waits_while_reads_are_filled_but_for_them)
{
    enum { READERS = 3 };
    bench it = bench_create(t, NULL);
    kro_stream *shared = kro_context_stream(it.ctx);
    CHECK_OK(kro_fill(shared, it.a, 0, BENCH_BYTES, 5));
    CHECK_OK(kro_finish(shared));
    reader readers[READERS];
    pthread_t threads[READERS];
    for (int i = 0; i < READERS; i++)
        readers[i] = (reader){.stream = shared, .buffer = it.a, .ctx = it.ctx};
    it.device->slow_reads = true;
    if (!CHECK(pthread_create(&threads[0], NULL, read_and_wait, &readers[0]) == 0))
        return;
    CHECK(wait_for(&it.device->reads));
    readers[1].fence = readers[0].fence; // the same read
    int started = 1;
    for (; started < READERS; started++)
        if (!CHECK(pthread_create(&threads[started], NULL, read_and_wait, &readers[started]) == 0))
            break;
    CHECK(wait_for(&readers[2].submitted));
    CHECK(!atomic_load(&readers[1].returned));
    it.device->slow_reads = false;
    for (int i = 0; i < started; i++) {
        pthread_join(threads[i], NULL);
        CHECK_OK(readers[i].status);
    }
    CHECK_EQ_U64(readers[0].word, 5);
    CHECK_EQ_U64(readers[2].word, 5);
}
