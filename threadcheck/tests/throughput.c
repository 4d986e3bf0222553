// Threads that share a context and nothing else do not wait for each other.
#include "throughput.h"

#include <unistd.h>

#include "races.h"
#include "test.h"

TEST(two_threads_record_nearly_twice_as_much)
{
    throughput measured;
    kt_text problem = {0};
    if (kt_finds_races()) {
        SKIP(t, "a build without ThreadSanitizer, which locks at every access");
        return;
    }
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
        SKIP(t, "two processors");
        return;
    }
    if (!CHECK(throughput_measure(kt_null_driver(t), &measured, &problem)))
        LOGF(t, "%s", kt_text_string(&problem));
    LOGF(t,
         "two threads record %.2f times as much as one (best round %.2f) where plain loops gain "
         "%.2f: %.2f of that; one records %.0f dispatches a second",
         measured.gain, measured.best_gain, measured.plain_gain, measured.share,
         measured.dispatches_per_s);
    CHECK(throughput_is_enough(&measured));
    kt_text_finish(&problem);
}

// The figures decide as they should.
TEST(a_gain_is_judged_by_what_the_machine_gives)
{
    CHECK(throughput_is_enough(&(throughput){.gain = 1.8, .plain_gain = 2, .share = 0.9}));
    CHECK(throughput_is_enough(&(throughput){.gain = 1.2, .plain_gain = 1.3, .share = 0.92}));
    CHECK(!throughput_is_enough(&(throughput){.gain = 1.6, .plain_gain = 1.9, .share = 0.84}));
    CHECK(!throughput_is_enough(&(throughput){.gain = 0.9, .plain_gain = 1.9, .share = 0.47}));
}
