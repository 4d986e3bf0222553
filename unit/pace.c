// How many operations a submission may hold under a watchdog.
#include "pace.h"

#include <stdlib.h>

#include "bench.h"
#include "context.h"
#include "stream.h"

static const uint64_t ms = 1000000, watchdog_ns = 400000000; // a quarter of it is 100 ms

static uint32_t next_after(uint32_t batch_nodes, uint32_t node_count, uint64_t busy_ns)
{
    const kro__pace_sample sample = {.node_count = node_count, .busy_ns = busy_ns};
    const kro__pace_sample samples[] = {sample, sample};
    return kro__pace_next(batch_nodes, samples, 2, watchdog_ns);
}

TEST(a_batch_grows_to_a_quarter_of_the_watchdogs_time)
{
    CHECK_EQ_U64(next_after(1, 1, 0), 2);
    CHECK_EQ_U64(next_after(64, 64, 1 * ms), 128);  // twice, although more would fit
    CHECK_EQ_U64(next_after(64, 64, 64 * ms), 100); // a millisecond a node
    CHECK_EQ_U64(next_after(100, 100, 100 * ms), 100);
    CHECK_EQ_U64(next_after(200, 200, 400 * ms), 50); // at once, not by steps
    CHECK_EQ_U64(next_after(64, 1, 50 * ms), 2);      // whatever the sample's size
    CHECK_EQ_U64(next_after(1, 1, 4000 * ms), 1);     // nothing smaller can be submitted
    CHECK_EQ_U64(next_after(8, 1, UINT64_MAX), 1);
    CHECK_EQ_U64(kro__pace_next(8, NULL, 0, watchdog_ns), 16);
    CHECK_EQ_U64(kro__pace_next(UINT32_C(1) << 30, NULL, 0, watchdog_ns), UINT32_C(1) << 30);
}

TEST(the_slowest_of_the_last_submissions_counts)
{
    kro__pace_sample samples[KRO__PACE_SAMPLES];
    for (uint32_t i = 0; i < KRO__PACE_SAMPLES; i++)
        samples[i] = (kro__pace_sample){.node_count = 1000, .busy_ns = 1 * ms};
    CHECK_EQ_U64(kro__pace_next(1000, samples, KRO__PACE_SAMPLES, watchdog_ns), 2000);
    samples[3] = (kro__pace_sample){.node_count = 10, .busy_ns = 10 * ms};
    CHECK_EQ_U64(kro__pace_next(40, samples, KRO__PACE_SAMPLES, watchdog_ns), 80);
    CHECK_EQ_U64(kro__pace_next(80, samples, KRO__PACE_SAMPLES, watchdog_ns), 100);
    // One alone stops the growth; two are believed.
    CHECK_EQ_U64(kro__pace_next(1000, samples, KRO__PACE_SAMPLES, watchdog_ns), 1000);
    samples[7] = (kro__pace_sample){.node_count = 10, .busy_ns = 20 * ms};
    CHECK_EQ_U64(kro__pace_next(1000, samples, KRO__PACE_SAMPLES, watchdog_ns), 100);
    samples[0] = samples[7];
    CHECK_EQ_U64(kro__pace_next(1000, samples, KRO__PACE_SAMPLES, watchdog_ns), 50);
}

// What took long because nobody looked says only that nothing may grow.
TEST(time_that_nobody_saw_makes_no_batch_smaller)
{
    kro__pace_sample samples[] = {
        {.node_count = 10, .busy_ns = 100 * ms, .blind_ns = 60 * ms},
        {.node_count = 10, .busy_ns = 100 * ms, .blind_ns = 50 * ms},
    };
    CHECK_EQ_U64(kro__pace_next(64, samples, 2, watchdog_ns), 64);
    CHECK_EQ_U64(kro__pace_next(4, samples, 2, watchdog_ns), 8); // 10 would fit
    samples[0].blind_ns = 50 * ms;
    CHECK_EQ_U64(kro__pace_next(64, samples, 2, watchdog_ns), 10);
}

// A submission is not charged for those before it that were seen running.
TEST(time_in_the_queue_does_not_count)
{
    kro__pace pace;
    kro__pace_init(&pace, watchdog_ns);
    CHECK_EQ_U64(kro__pace_limit(&pace, 8192), KRO__PACE_FIRST_NODES);
    CHECK_EQ_U64(kro__pace_limit(&pace, 3), 3);
    kro__pace_seen(&pace, 0, 900 * ms);
    kro__pace_submitted(&pace, 5, 10, 1000 * ms);
    kro__pace_submitted(&pace, 6, 10, 1001 * ms); // one at a time
    CHECK_EQ_U64(pace.value, 5);
    kro__pace_seen(&pace, 3, 1500 * ms); // value 4 still runs
    CHECK(kro__pace_wait_begin(&pace, 5));
    CHECK(!kro__pace_wait_begin(&pace, 6)); // who waits for that does not see 5 finish
    kro__pace_seen(&pace, 4, 1800 * ms);    // it may have begun long ago
    kro__pace_seen(&pace, 3, 1400 * ms);    // told late
    kro__pace_seen(&pace, 5, 1900 * ms);
    kro__pace_wait_end(&pace);
    CHECK_EQ_U64(pace.value, 0);
    CHECK_EQ_U64(pace.waiting, 0);
    CHECK_EQ_U64(pace.sample_count, 1);
    CHECK_EQ_U64(pace.samples[0].busy_ns, 400 * ms);
    CHECK_EQ_U64(pace.samples[0].blind_ns, 0);
    CHECK_EQ_U64(pace.samples[0].node_count, 10);
    CHECK_EQ_U64(kro__pace_limit(&pace, 8192), KRO__PACE_FIRST_NODES);
    kro__pace_seen(&pace, 9, 2000 * ms); // nothing is measured
    CHECK_EQ_U64(pace.sample_count, 1);
    kro__pace_submitted(&pace, 10, 10, 2100 * ms);
    kro__pace_seen(&pace, 9, 2300 * ms);
    kro__pace_seen(&pace, 10, 2500 * ms);
    CHECK_EQ_U64(pace.samples[1].busy_ns, 400 * ms);
    CHECK_EQ_U64(pace.samples[1].blind_ns, 400 * ms);
    kro__pace_submitted(&pace, 11, 10, 2600 * ms);
    CHECK(kro__pace_wait_begin(&pace, 11));
    kro__pace_seen(&pace, 11, 3000 * ms);
    CHECK_EQ_U64(kro__pace_limit(&pace, 8192), 2); // 40 ms a node, seen twice
    kro__pace_init(&pace, 0);
    CHECK_EQ_U64(kro__pace_limit(&pace, 8192), 8192);
}

enum { SIMULATED = 20 * KRO__MAX_IN_FLIGHT };

// A device whose nodes take `node_ns` each, in order, and a program that submits each `between_ns`
// until it has to wait for its oldest submission.
//
// Returns: what a batch holds in the end. `*longest_ns` receives the time of the longest
// submission.
static uint32_t simulate(uint64_t node_ns, uint64_t between_ns, uint64_t *longest_ns)
{
    kro__pace pace;
    kro__pace_init(&pace, watchdog_ns);
    uint64_t now_ns = 1, finish_ns[SIMULATED + 1] = {0}, completed = 0;
    *longest_ns = 0;
    for (uint64_t value = 1; value <= SIMULATED; value++) {
        const uint64_t oldest = value > KRO__MAX_IN_FLIGHT ? value - KRO__MAX_IN_FLIGHT : 0;
        bool waits = now_ns < finish_ns[oldest], sees = waits;
        for (int look = waits ? 0 : 1; look < 2; look++) { // before the wait, and after it
            while (completed + 1 < value && finish_ns[completed + 1] <= now_ns)
                completed++;
            kro__pace_seen(&pace, completed, now_ns);
            if (waits && look == 0) {
                sees = kro__pace_wait_begin(&pace, oldest);
                now_ns = finish_ns[oldest];
            } else if (sees) {
                kro__pace_wait_end(&pace);
            }
        }
        const uint64_t nodes = kro__pace_limit(&pace, 8192);
        const uint64_t begin_ns = finish_ns[value - 1] > now_ns ? finish_ns[value - 1] : now_ns;
        finish_ns[value] = begin_ns + nodes * node_ns;
        if (nodes * node_ns > *longest_ns)
            *longest_ns = nodes * node_ns;
        kro__pace_submitted(&pace, value, (uint32_t)nodes, now_ns);
        now_ns += between_ns;
    }
    return kro__pace_limit(&pace, 8192);
}

// No submission takes longer than the watchdog allows, where 64 nodes do not. A program that is
// ahead of its device has, in the end, batches of about what they may hold.
TEST(batches_fit_the_watchdog_whatever_a_node_takes)
{
    for (uint64_t node_ns = 10; node_ns <= watchdog_ns / KRO__PACE_FIRST_NODES; node_ns *= 5)
        for (uint64_t between_ns = 1000; between_ns < watchdog_ns; between_ns *= 9) {
            uint64_t longest_ns;
            const uint64_t nodes = simulate(node_ns, between_ns, &longest_ns);
            LOGF(t, "nodes of %llu ns, a batch each %llu ns: %llu nodes, longest %llu ns",
                 (unsigned long long)node_ns, (unsigned long long)between_ns,
                 (unsigned long long)nodes, (unsigned long long)longest_ns);
            CHECK(longest_ns <= watchdog_ns);
            if (nodes < 8192 && between_ns <= KRO__PACE_FIRST_NODES * node_ns / 4) {
                CHECK(nodes * node_ns <= watchdog_ns / 2);
                CHECK(nodes * node_ns >= watchdog_ns / 16);
            }
        }
}

// A stream on a queue that has a watchdog.
static kro_stream *watched_stream(kt_test *t, const bench *it, uint32_t batch_nodes)
{
    kro__pace_init(&it->ctx->queues[0].pace, UINT64_C(3600000000000));
    return kt_stream_in(t, it->ctx, &(kro_stream_config){.batch_nodes = batch_nodes});
}

static uint64_t submits_of(kt_test *t, kro_stream *stream, kro_buffer *buffer, uint32_t count)
{
    const uint64_t before = kro_stream_get_info(stream)->submits;
    for (uint32_t i = 0; i < count; i++)
        CHECK_OK(kro_fill(stream, buffer, 0, 4, i));
    CHECK_OK(kro_submit(stream, NULL));
    return kro_stream_get_info(stream)->submits - before;
}

TEST(batches_grow_as_they_are_seen_to_finish)
{
    bench it = bench_create(t, NULL);
    kro_stream *stream = watched_stream(t, &it, 0);
    CHECK_EQ_U64(submits_of(t, stream, it.a, 63), 1); // small batches stay whole
    // Work finishes at once here, so each flush measures the one before.
    CHECK_EQ_U64(submits_of(t, stream, it.a, 64 + 128 + 256 + 512 + 1), 5);
    CHECK_EQ_U64(submits_of(t, stream, it.a, 1024), 1);
    CHECK_EQ_U64(submits_of(t, it.stream, it.a, 2000), 1); // made before there was a watchdog
}

TEST(a_watchdog_never_makes_batches_larger_than_asked_for)
{
    bench it = bench_create(t, NULL);
    kro_stream *stream = watched_stream(t, &it, 100);
    CHECK_EQ_U64(submits_of(t, stream, it.a, 64 + 64 + 100 + 100), 4);
    CHECK_EQ_U64(submits_of(t, watched_stream(t, &it, 3), it.a, 9), 3);
}

TEST(batches_stay_small_while_nothing_finishes)
{
    bench it = bench_create(t, NULL);
    kro_stream *stream = watched_stream(t, &it, 0);
    it.device->manual = true;
    CHECK_EQ_U64(submits_of(t, stream, it.a, 20 * 64), 20);
    it.device->manual = false;
    CHECK_OK(kro_finish(stream)); // which is seen
    CHECK_EQ_U64(submits_of(t, stream, it.a, 64 + 128 + 1), 3);
}

// While somebody waits, what finishes is seen when it does; who gave up does so no more.
TEST(a_wait_that_times_out_is_over)
{
    bench it = bench_create(t, NULL);
    kro_stream *stream = watched_stream(t, &it, 0);
    kro_fence fence;
    it.device->manual = true;
    CHECK_OK(kro_fill(stream, it.a, 0, 4, 1));
    CHECK_OK(kro_submit(stream, &fence));
    CHECK_STATUS(kro_wait(it.ctx, fence, 1000), KRO_TIMEOUT);
    CHECK_EQ_U64(it.ctx->queues[0].pace.waiting, 0);
    it.device->manual = false;
    CHECK_OK(kro_wait(it.ctx, fence, UINT64_MAX));
}

// What an upload takes says nothing about the application's own batches.
TEST(blocking_copies_are_not_measured)
{
    bench it = bench_create(t, NULL);
    kro_stream *stream = watched_stream(t, &it, 0);
    uint32_t word = 1;
    for (uint32_t i = 0; i < 10; i++)
        CHECK_OK(kro_buffer_write(it.a, 0, &word, sizeof word));
    CHECK_EQ_U64(it.ctx->queues[0].pace.sample_count, 0);
    CHECK_EQ_U64(submits_of(t, stream, it.a, 65), 2);
}
