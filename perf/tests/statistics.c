#include <string.h>

#include "statistics.h"
#include "test.h"

// The bootstrap's interval lies about the median, and is narrow where the values are.
TEST(the_interval_holds_the_median)
{
    const double values[] = {5, 1, 4, 2, 3}, same[] = {7, 7, 7};
    uint64_t random = kt_seed(t);
    const kp_interval interval = kp_bootstrap(values, 5, &random);
    CHECK(interval.middle == 3);
    CHECK(interval.low >= 1 && interval.low <= 3 && interval.high >= 3 && interval.high <= 5);
    const kp_interval narrow = kp_bootstrap(same, 3, &random);
    CHECK(narrow.low == 7 && narrow.middle == 7 && narrow.high == 7);
}

// An interval of 95 % misses the true median about once in twenty times.
TEST(few_of_many_intervals_miss)
{
    enum { TRIES = 1000, COUNT = 31 };
    uint64_t random = kt_seed(t);
    int missed = 0;
    for (int i = 0; i < TRIES; i++) {
        double values[COUNT];
        for (int k = 0; k < COUNT; k++)
            values[k] = (double)(kp_random(&random) >> 11) / 0x1p53; // true median: 0.5
        const kp_interval interval = kp_bootstrap(values, COUNT, &random);
        missed += interval.low > 0.5 || interval.high < 0.5;
    }
    LOGF(t, "%d of %d missed", missed, TRIES);
    CHECK(missed > 10 && missed < 110);
}

// A line is found, however far off every fourth point is, and noise has no slope.
TEST(a_slope_stands_against_points_that_are_off)
{
    enum { COUNT = 40 };
    double xs[COUNT], ys[COUNT], noise[COUNT];
    uint64_t random = kt_seed(t);
    for (int i = 0; i < COUNT; i++) {
        xs[i] = 3 * i;
        ys[i] = 1000 + 48 * xs[i] + (i % 4 == 1 ? 1e6 * i : 0);
        noise[i] = (double)(kp_random(&random) % 1000);
    }
    CHECK(kp_slope(xs, ys, COUNT) == 48);
    const double flat = kp_slope(xs, noise, COUNT);
    CHECK(flat > -5 && flat < 5);
    CHECK(kp_slope(xs, ys, 1) == 0);
}

// What would be found alone is not found among many, and a strong finding helps no weak one.
TEST(holm_corrects_for_how_many_are_asked)
{
    const double p_values[] = {0.04, 0.001, 0.02, 0.5};
    unsigned char found[4];
    kp_holm(p_values, 1, 0.05, found);
    CHECK(found[0]);
    kp_holm(p_values, 4, 0.05, found); // 0.001 <= 0.05 / 4, 0.02 > 0.05 / 3
    CHECK(!found[0] && found[1] && !found[2] && !found[3]);
    const double close[] = {0.012, 0.016, 0.024, 0.05};
    kp_holm(close, 4, 0.05, found);
    CHECK(found[0] && found[1] && found[2] && found[3]);
}

// Every order of three contenders comes up.
TEST(an_order_is_drawn_anew_each_time)
{
    uint64_t random = kt_seed(t);
    bool seen[27] = {false};
    int orders = 0;
    for (int i = 0; i < 200; i++) {
        size_t order[] = {0, 1, 2};
        kp_shuffle(order, 3, &random);
        const size_t key = order[0] * 9 + order[1] * 3 + order[2];
        orders += !seen[key];
        seen[key] = true;
    }
    CHECK_EQ_I64(orders, 6);
}
