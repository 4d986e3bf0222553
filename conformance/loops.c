// Loops that run as often as they should.
#include "kernel.h"

#include <string.h>

enum { INVOCATIONS = 64 };

static const uint32_t TRIP_COUNTS[] = {65535, 65536, 65537, 1048576};

TEST_PARAMS(trip_counts)
{
    for (size_t i = 0; i < sizeof TRIP_COUNTS / sizeof TRIP_COUNTS[0]; i++)
        kt_param(params, "%u", TRIP_COUNTS[i]);
}

// Rounds that an invocation went, and a hash over them.
typedef struct loop_result {
    uint32_t rounds, hash;
} loop_result;

// Runs a kernel that loops and compares what each invocation counted.
static void check_loops(kt_test *t, const char *shader, const uint32_t *trips, uint32_t trip_bytes,
                        const loop_result expected[INVOCATIONS])
{
    loop_result actual[INVOCATIONS];
    if (!kernel_map(t, shader, (kernel_input[]){{trips, trip_bytes}, {0}}, INVOCATIONS, actual,
                    sizeof actual))
        return;
    kt_compared(t, KRO_ELEMENT_U32, actual, expected, expected, 2 * INVOCATIONS);
    for (uint32_t i = 0; i < INVOCATIONS; i++) {
        if (actual[i].rounds == expected[i].rounds && actual[i].hash == expected[i].hash)
            continue;
        FAILF(t, "invocation %u went %u rounds of %u and has 0x%08x, not 0x%08x", i,
              actual[i].rounds, expected[i].rounds, actual[i].hash, expected[i].hash);
        return;
    }
}

static uint32_t step(uint32_t hash)
{
    return hash * 1664525 + 1013904223;
}

// Runs the plain loop of shaders/loop_trips.comp.
static void check_trips(kt_test *t, const uint32_t trips[INVOCATIONS])
{
    loop_result expected[INVOCATIONS];
    for (uint32_t i = 0; i < INVOCATIONS; i++) {
        expected[i] = (loop_result){trips[i], i};
        for (uint32_t k = 0; k < trips[i]; k++)
            expected[i].hash = step(expected[i].hash);
    }
    check_loops(t, "loop_trips", trips, 4 * INVOCATIONS, expected);
}

// A loop runs its whole count, on both sides of 2^16 and far beyond.
TEST_FAMILY_CASE(loop_trip_count)
{
    (void)param;
    uint32_t trips[INVOCATIONS];
    for (uint32_t i = 0; i < INVOCATIONS; i++)
        trips[i] = TRIP_COUNTS[kt_param_index(t)];
    check_trips(t, trips);
}

// Invocations side by side leave their loops at different times, some at once.
TEST(neighbours_loop_different_numbers_of_times)
{
    uint32_t trips[INVOCATIONS];
    for (uint32_t i = 0; i < INVOCATIONS; i++)
        trips[i] = i % 5 == 0 ? 0 : (uint32_t)kt_random_below(t, i % 3 ? 100 : 10000);
    check_trips(t, trips);
}

static void check_nested(kt_test *t, uint32_t outer, uint32_t middle, uint32_t inner)
{
    const uint32_t trips[] = {outer, middle, inner};
    loop_result expected[INVOCATIONS];
    for (uint32_t i = 0; i < INVOCATIONS; i++) {
        expected[i] = (loop_result){outer * middle * inner, i};
        for (uint32_t a = 0; a < outer; a++)
            for (uint32_t b = 0; b < middle; b++)
                for (uint32_t c = 0; c < inner; c++)
                    expected[i].hash = step(expected[i].hash) + (a ^ b);
    }
    check_loops(t, "nested_loop_trips", trips, sizeof trips, expected);
}

// Loops in loops, few rounds and none at some level.
TEST(nested_loops_run_every_round)
{
    check_nested(t, 7, 11, 13);
    check_nested(t, 1, 1, 1000);
    check_nested(t, 1000, 1, 1);
    check_nested(t, 0, 5, 5);
    check_nested(t, 5, 0, 5);
    check_nested(t, 5, 5, 0);
    check_nested(t, 20, 30, 40);
}

// A hundred thousand rounds altogether, while no loop alone is long.
TEST(nested_loops_run_100000_rounds)
{
    check_nested(t, 10, 100, 100);
}

// Loops one after another, each below 2^16 rounds and together far above.
TEST(loops_in_a_row_run_120000_rounds)
{
    static const uint32_t TRIPS[] = {40000, 40000, 40000};
    loop_result expected[INVOCATIONS];
    for (uint32_t i = 0; i < INVOCATIONS; i++) {
        uint32_t hash = i;
        for (uint32_t k = 0; k < TRIPS[0]; k++)
            hash = step(hash);
        for (uint32_t k = 0; k < TRIPS[1]; k++)
            hash = hash * 22695477 + 1;
        for (uint32_t k = 0; k < TRIPS[2]; k++)
            hash = hash * 134775813 + 1;
        expected[i] = (loop_result){120000, hash};
    }
    check_loops(t, "sequential_loop_trips", TRIPS, sizeof TRIPS, expected);
}

static uint32_t collatz_steps(uint32_t value)
{
    for (uint32_t steps = 0; steps < 200; steps++) {
        if (value <= 1)
            return steps;
        value = value & 1 ? value * 3 + 1 : value / 2;
    }
    return 1000;
}

// The loops of shaders/loop_shapes.comp, written with other words.
static void expect_shapes(uint32_t x, uint32_t y[6])
{
    memset(y, 0, 6 * sizeof *y);
    const uint32_t n = x % 50;
    while (y[0] < 3 * n)
        y[0] += y[0] & 1 ? 3 : 2;
    for (uint32_t rest = n; rest > 0; rest /= 2)
        y[1] += rest + 1;
    y[1] += n == 0; // a do loop runs once at least
    for (uint32_t k = 0; k < 100 && !((k ^ x) % 3 != 0 && k > x % 90); k++)
        y[2] += (k ^ x) % 3 != 0 ? k : 0;
    for (uint32_t a = 0; a < 10; a++) {
        for (uint32_t b = a; b < 20 && b != (x >> 4) % 20; b++)
            y[3] += (a + b) & 1 ? a * b : 0;
        if (y[3] > x % 1000)
            a = 10;
    }
    y[4] = collatz_steps(x % 10000);
    y[5] = x;
    while (y[5] % 7 != 3) {
        y[5] = y[5] / 2 + 5;
        if (y[5] < 12)
            return;
    }
}

// while, do, for and endless loops with break, continue and return, in each invocation its own way.
TEST(loops_of_every_shape_end_right)
{
    enum { COUNT = 2000, LOOPS = 6 };
    uint32_t x[COUNT], expected[COUNT][LOOPS], actual[COUNT][LOOPS];
    kt_fill_u32s(t, x, COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        x[i] = i < 100 ? i : x[i];
        expect_shapes(x[i], expected[i]);
    }
    if (kernel_map(t, "loop_shapes", (kernel_input[]){{x, sizeof x}, {0}}, COUNT, actual,
                   sizeof actual))
        CHECK_U32S(actual[0], expected[0], COUNT * LOOPS);
}
