// What the next wait is expected to take.
#include "forecast.h"

#include "bench.h"
#include "test.h"

TEST(nothing_is_foreseen_from_few_waits)
{
    kro__forecast forecast = {0};
    for (int i = 0; i < KRO__FORECAST_WAITS; i++) {
        CHECK_EQ_U64(kro__forecast_next(&forecast), 0);
        kro__forecast_note(&forecast, 700);
    }
    CHECK_EQ_U64(kro__forecast_next(&forecast), 700);
}

TEST(the_shortest_of_the_last_waits_is_expected)
{
    kro__forecast forecast = {0};
    for (uint64_t wait_ns = 100; wait_ns <= 1000; wait_ns += 100)
        kro__forecast_note(&forecast, wait_ns);
    CHECK_EQ_U64(kro__forecast_next(&forecast), 700);
    kro__forecast_note(&forecast, 5);
    for (int i = 0; i < KRO__FORECAST_WAITS; i++) {
        CHECK_EQ_U64(kro__forecast_next(&forecast), 5);
        kro__forecast_note(&forecast, 900);
    }
    CHECK_EQ_U64(kro__forecast_next(&forecast), 900);
    atomic_store(&forecast.count, UINT32_MAX); // a stream that has waited for years
    kro__forecast_note(&forecast, 3);
    kro__forecast_note(&forecast, 2);
    CHECK_EQ_U64(kro__forecast_next(&forecast), 2);
}

static void run_for(kt_test *t, bench *it, uint64_t busy_ns, uint64_t timeout_ns, kro_status status)
{
    kro_fence fence;
    it->device->busy_ns = busy_ns;
    CHECK_OK(kro_fill(it->stream, it->a, 0, 4, 1));
    CHECK_OK(kro_submit(it->stream, &fence));
    CHECK_STATUS(kro_wait(it->ctx, fence, timeout_ns), status);
    CHECK_STATUS(kro_poll(it->ctx, fence), status == KRO_OK ? KRO_OK : KRO_NOT_READY);
    if (status != KRO_OK)
        CHECK_OK(kro_wait(it->ctx, fence, UINT64_MAX));
}

// Where waits take alike, one polls when it should end and seldom blocks, which would wake it late.
// It ends when it was told to, and sees what ends before or after its time.
TEST(waits_that_take_alike_are_foreseen)
{
    enum { WAITS = 30 };
    const uint64_t spin_ns = 1000000, usual_ns = 6 * spin_ns;
    bench it = bench_create(t, &(kro_context_config){.spin_ns = spin_ns});
    for (int i = 0; i < KRO__FORECAST_WAITS; i++)
        run_for(t, &it, usual_ns, UINT64_MAX, KRO_OK);
    CHECK_EQ_U64(it.device->waits, KRO__FORECAST_WAITS);
    for (int i = 0; i < WAITS; i++)
        run_for(t, &it, usual_ns, UINT64_MAX, KRO_OK);
    // A machine with much to do lets some sleep too long, and those behind them expect too little.
    CHECK(it.device->waits < KRO__FORECAST_WAITS + WAITS);
    run_for(t, &it, 60 * spin_ns, spin_ns / 10, KRO_TIMEOUT);
    run_for(t, &it, 60 * spin_ns, usual_ns, KRO_TIMEOUT);
    run_for(t, &it, 60 * spin_ns, UINT64_MAX, KRO_OK);
    run_for(t, &it, 1, UINT64_MAX, KRO_OK);
}

// Without time for polling, or with very long waits, each blocks.
TEST(nothing_is_foreseen_where_it_does_not_matter)
{
    bench it = bench_create(t, &(kro_context_config){.spin_ns = 20000});
    const uint32_t count = 2 * KRO__FORECAST_WAITS;
    for (uint32_t i = 0; i < count; i++)
        run_for(t, &it, 4000000, UINT64_MAX, KRO_OK);
    CHECK_EQ_U64(it.device->waits, count);
}
