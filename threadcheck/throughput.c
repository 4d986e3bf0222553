#include "throughput.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <kronos/kronos.h>

#include "os/process.h"
#include "shaders.h"

enum { THREADS = 2, ATTEMPTS = 3, BATCH_NODES = 1000, BATCHES = 3000, PLAIN_LOOPS = 30000000 };
enum { APART_BYTES = 128 }; // two cache lines: processors fetch them in pairs

static const double required_gain = 1.8;

// What one thread does; nothing of it is another's, and no cache line either: it writes here after
// every dispatch.
typedef struct lane {
    _Alignas(APART_BYTES) kro_stream *stream;
    kro_pipeline *adder;
    kro_buffer *buffers[3];
    pthread_barrier_t *start;
    uint64_t begin_ns, end_ns;
    uint64_t sum; // of the plain loop, so that it is not optimised away
    kro_status status;
} lane;

typedef struct setting {
    kro_context *ctx;
    lane lanes[THREADS];
} setting;

// Batches that differ, so that each is recorded.
static void record(lane *of)
{
    for (uint32_t batch = 0; batch < BATCHES && of->status >= 0; batch++) {
        const kro_dispatch_args args = {
            .buffers = {of->buffers[0], of->buffers[1], of->buffers[2]},
            .groups = {1 + batch % 61},
        };
        for (uint32_t node = 0; node < BATCH_NODES && of->status >= 0; node++)
            of->status = kro_dispatch(of->stream, of->adder, &args);
        if (of->status >= 0)
            of->status = kro_finish(of->stream);
    }
}

static void compute(lane *of)
{
    uint64_t sum = (uint64_t)(uintptr_t)of;
    for (uint32_t i = 0; i < PLAIN_LOOPS; i++)
        sum = (sum ^ (sum >> 31)) * UINT64_C(0x9e3779b97f4a7c15) + i;
    of->sum = sum;
}

static void run_lane(lane *of, void (*work)(lane *of))
{
    pthread_barrier_wait(of->start);
    of->begin_ns = kt_now_ns();
    work(of);
    of->end_ns = kt_now_ns();
}

static void *run_recording(void *user)
{
    run_lane(user, record);
    return NULL;
}

static void *run_computing(void *user)
{
    run_lane(user, compute);
    return NULL;
}

// Runs `count` lanes at once.
//
// Returns: the time from the first begin to the last end; 0 where a thread could not be started.
static uint64_t run_lanes(setting *in, unsigned count, void *(*work)(void *lane))
{
    pthread_t threads[THREADS];
    pthread_barrier_t start;
    unsigned started = 0;
    pthread_barrier_init(&start, NULL, count);
    for (; started < count; started++) {
        in->lanes[started].start = &start;
        // Those that wait for the missing one are not left alone: the process has no threads to
        // give, and nothing else to do.
        if (pthread_create(&threads[started], NULL, work, &in->lanes[started]) != 0)
            abort();
    }
    uint64_t begin_ns = UINT64_MAX, end_ns = 0;
    for (unsigned i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
        const lane *of = &in->lanes[i];
        begin_ns = of->begin_ns < begin_ns ? of->begin_ns : begin_ns;
        end_ns = of->end_ns > end_ns ? of->end_ns : end_ns;
    }
    pthread_barrier_destroy(&start);
    return end_ns - begin_ns;
}

static kro_status lane_init(lane *of, kro_context *ctx)
{
    const kronos_shader *shader = kronos_shader_find("vector_add");
    kro_status status = kro_stream_create(ctx, NULL, &of->stream);
    if (status >= 0)
        status = kro_pipeline_create(
            ctx, &(kro_pipeline_config){.spirv = shader->words, .spirv_bytes = shader->size_bytes},
            &of->adder);
    for (int i = 0; i < 3 && status >= 0; i++)
        status =
            kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = 1 << 16}, &of->buffers[i]);
    return status;
}

static void setting_finish(setting *in)
{
    for (int i = 0; i < THREADS; i++) {
        for (int b = 0; b < 3; b++)
            kro_buffer_destroy(in->lanes[i].buffers[b]);
        kro_pipeline_destroy(in->lanes[i].adder);
        kro_stream_destroy(in->lanes[i].stream);
    }
    kro_context_destroy(in->ctx);
}

static kro_status setting_init(setting *in, const char *driver)
{
    *in = (setting){0};
    kro_status status = kro_context_create(&(kro_context_config){.driver = driver}, &in->ctx);
    for (int i = 0; i < THREADS && status >= 0; i++)
        status = lane_init(&in->lanes[i], in->ctx);
    return status;
}

static int compare(const void *left, const void *right)
{
    const double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

static double median(double *values)
{
    qsort(values, THROUGHPUT_ROUNDS, sizeof *values, compare);
    return values[THROUGHPUT_ROUNDS / 2];
}

static kro_status status_of(const setting *in)
{
    for (int i = 0; i < THREADS; i++)
        if (in->lanes[i].status < 0)
            return in->lanes[i].status;
    return KRO_OK;
}

// One and two threads take turns in each round, so that what else the machine does meets both.
static void measure(setting *in, throughput *out)
{
    double gains[THROUGHPUT_ROUNDS], plain[THROUGHPUT_ROUNDS], shares[THROUGHPUT_ROUNDS];
    double rates[THROUGHPUT_ROUNDS];
    run_lanes(in, THREADS, run_recording); // warms up
    for (int i = 0; i < THROUGHPUT_ROUNDS; i++) {
        const double one_ns = (double)run_lanes(in, 1, run_recording);
        const double two_ns = (double)run_lanes(in, THREADS, run_recording);
        const double plain_one_ns = (double)run_lanes(in, 1, run_computing);
        const double plain_two_ns = (double)run_lanes(in, THREADS, run_computing);
        gains[i] = THREADS * one_ns / two_ns;
        plain[i] = THREADS * plain_one_ns / plain_two_ns;
        shares[i] = gains[i] / plain[i];
        rates[i] = (double)BATCHES * BATCH_NODES * (double)KT_NS_PER_S / one_ns;
    }
    out->gain = median(gains);
    out->best_gain = gains[THROUGHPUT_ROUNDS - 1]; // sorted now
    out->plain_gain = median(plain);
    out->share = median(shares);
    out->dispatches_per_s = median(rates);
}

bool throughput_measure(const char *driver, throughput *out, kt_text *problem)
{
    setting in;
    *out = (throughput){0};
    kro_status status = setting_init(&in, driver);
    for (int i = 0; i < ATTEMPTS && status >= 0 && !throughput_is_enough(out); i++) {
        measure(&in, out);
        status = status_of(&in);
    }
    if (status < 0)
        kt_text_format(problem, "recording on %s failed: %s", driver, kro_error_detail());
    setting_finish(&in);
    return status >= 0;
}

bool throughput_is_enough(const throughput *of)
{
    return of->gain >= required_gain || of->share >= required_gain / THREADS;
}
