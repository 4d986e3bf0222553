// The bounds themselves, worked out by hand.
#include "tally.h"

#include <math.h>

#include "test.h"

typedef struct row {
    uint32_t operation;
    double x[PRECISION_OPERANDS];
    double allowed, refused; // neighbours at the end of what may be returned
} row;

static bool is_allowed(const exact_format *format, const row *r, double result)
{
    precision_tally tally = {.format = format, .operation = r->operation};
    precision_judge(&tally, r->x, result);
    return tally.inputs == 1 && tally.over == 0;
}

static void check_rows(kt_test *t, const exact_format *format, const row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const bool allowed = CHECK(is_allowed(format, &rows[i], rows[i].allowed));
        const bool refused = CHECK(!is_allowed(format, &rows[i], rows[i].refused));
        if (!allowed || !refused)
            LOGF(t, "row %zu: %s of %a, %a, %a", i, precision_operations[rows[i].operation].name,
                 rows[i].x[0], rows[i].x[1], rows[i].x[2]);
    }
}

TEST(bounds_of_single_precision_are_those_of_the_table)
{
    static const row ROWS[] = {
        // 3 + 2 |x| ULP, of which one is 2^-23 at 1 and 2^-21 at 4
        {PRECISION_EXP, {0}, 1 + 3 * 0x1p-23, 1 + 4 * 0x1p-23},
        {PRECISION_EXP, {0}, 1 - 3 * 0x1p-23, 1 - 3.5 * 0x1p-23},
        {PRECISION_EXP2, {2}, 4 + 7 * 0x1p-21, 4 + 8 * 0x1p-21},
        {PRECISION_EXP2, {-2}, 0.25 + 7 * 0x1p-25, 0.25 + 8 * 0x1p-25},
        // what was found of lavapipe: 3.49 ULP, where 3.09 are allowed
        {PRECISION_EXP, {-0x1.7254e8p-5}, 0x1.e95ea6p-1, 0x1.e95ea8p-1},
        // 3 ULP outside of [0.5, 2], and inside a distance of 2^-21
        {PRECISION_LOG2, {8}, 3 + 3 * 0x1p-22, 3 + 4 * 0x1p-22},
        {PRECISION_LOG2, {1}, 0x1p-21, 0x1.000002p-21},
        {PRECISION_LOG2, {0.5}, -1 - 0x1p-21, -1 - 0x1.4p-21},
        {PRECISION_LOG, {1}, -0x1p-21, -0x1.000002p-21},
        // a distance of 2^-11
        {PRECISION_SIN, {0}, 0x1p-11, 0x1.000002p-11},
        {PRECISION_COS, {0}, 1 - 0x1p-11, 1 - 0x1.002p-11},
        // 4,096 ULP: atan(1) is 0.37 ULP below 0x1.921fb6p-1
        {PRECISION_ATAN, {1}, 0x1.921fb6p-1 + 4095 * 0x1p-24, 0x1.921fb6p-1 + 4096 * 0x1p-24},
        {PRECISION_ATAN2, {1, 1}, 0x1.921fb6p-1 - 4096 * 0x1p-24, 0x1.921fb6p-1 - 4097 * 0x1p-24},
        // 2 ULP, and 2.5
        {PRECISION_INVERSE_SQRT, {4}, 0.5 + 2 * 0x1p-24, 0.5 + 3 * 0x1p-24},
        {PRECISION_RECIPROCAL, {4}, 0.25 - 2 * 0x1p-25, 0.25 - 3 * 0x1p-25},
        {PRECISION_DIVIDE, {3, 4}, 0.75 + 2 * 0x1p-24, 0.75 + 3 * 0x1p-24},
        // 1 / inversesqrt(4): the divisor may be 2 ULP off, which is as much of 2, and 2.5 more
        {PRECISION_SQRT, {4}, 2 + 4 * 0x1p-22, 2 + 5 * 0x1p-22},
        // either neighbour, and what is exact alone
        {PRECISION_ADD, {1, 0x1p-30}, 1 + 0x1p-23, 1 + 0x1p-22},
        {PRECISION_ADD, {1, 0x1p-30}, 1, 1 - 0x1p-24},
        {PRECISION_ADD, {1, -0x1p-30}, 1 - 0x1p-24, 1 - 0x1p-23},
        {PRECISION_SUBTRACT, {3, 1}, 2, 2 + 0x1p-22},
        {PRECISION_MULTIPLY, {0x1.000002p0, 0x1.000002p0}, 0x1.000006p0, 0x1.000008p0},
        {PRECISION_FRACT, {-0x1p-30}, 1, 1 + 0x1p-23},
        {PRECISION_FRACT, {-0x1p-30}, 1 - 0x1p-24, 1 - 0x1p-23},
        {PRECISION_ROUND, {2.5}, 3, 4},
        {PRECISION_ROUND, {2.5}, 2, 1},
        {PRECISION_ROUND_EVEN, {2.5}, 2, 3},
        {PRECISION_FLOOR, {-1.5}, -2, -1},
        {PRECISION_LDEXP, {1.5, 100}, 0x1.8p100, 0x1.800002p100},
        // denormal results and operands may be zero, results beyond the largest number infinite
        {PRECISION_MULTIPLY, {0x1p-100, 0x1p-40}, 0, 0x1p-149},
        {PRECISION_MULTIPLY, {0x1p-100, 0x1p-40}, 0x1p-140, 0x1.1p-140},
        {PRECISION_LESS, {0x1p-140, 0x1p-139}, 0, 2},
        {PRECISION_LESS, {0x1p-140, 0x1p-139}, 1, -1},
        {PRECISION_MULTIPLY, {0x1p100, 0x1p100}, INFINITY, -INFINITY},
        {PRECISION_MULTIPLY, {0x1p100, 0x1p100}, 0x1.fffffep127, NAN},
        {PRECISION_EXP, {89}, INFINITY, 0x1p127},
        // as the expression: log2(2) is 2^-21 off, 3 of those and a rounding make at most 9.7 ULP
        // of 2^3, which has 9 ULP of its own
        {PRECISION_POW, {2, 3}, 8 + 17 * 0x1p-20, 8 + 20 * 0x1p-20},
        {PRECISION_FMA, {0x1.000002p0, 0x1.000002p0, -1}, 0x1.8p-22, 0x1.800002p-22},
        {PRECISION_FMA, {0x1.000002p0, 0x1.000002p0, -1}, 0x1p-22, 0x1.fffffep-23},
        {PRECISION_MIX, {0, 1, 0.5}, 0.5, 0x1.000002p-1},
        {PRECISION_MIX, {0x1p30, 1, 1}, 0, -1}, // x + (y - x), which is up to 64
        {PRECISION_MODULO, {-1, 3}, 2, -1},
        {PRECISION_REMAINDER, {-1, 3}, -1, 2},
    };
    check_rows(t, &exact_single, ROWS, sizeof ROWS / sizeof ROWS[0]);
}

TEST(bounds_of_half_precision_are_those_of_the_table)
{
    static const row ROWS[] = {
        {PRECISION_EXP, {0}, 1 + 0x1p-10, 1 + 2 * 0x1p-10},
        {PRECISION_EXP2, {2}, 4 + 5 * 0x1p-8, 4 + 6 * 0x1p-8},
        {PRECISION_LOG2, {8}, 3 + 3 * 0x1p-9, 3 + 4 * 0x1p-9},
        {PRECISION_LOG2, {1}, 0x1p-7, 0x1.004p-7},
        {PRECISION_SIN, {0}, 0x1p-7, 0x1.004p-7},
        {PRECISION_ATAN, {0x1p-10}, 0x1.008p-10, 0x1.00cp-10},
        {PRECISION_INVERSE_SQRT, {4}, 0.5 + 2 * 0x1p-11, 0.5 + 3 * 0x1p-11},
        {PRECISION_DIVIDE, {3, 4}, 0.75 + 2 * 0x1p-11, 0.75 + 3 * 0x1p-11},
        {PRECISION_ADD, {1, 0x1p-20}, 1 + 0x1p-10, 1 + 0x1p-9},
        {PRECISION_MULTIPLY, {0x1p-10, 0x1p-10}, 0, 0x1p-24},
        {PRECISION_MULTIPLY, {256, 256}, INFINITY, 0x1p15},
        {PRECISION_MULTIPLY, {256, 256}, 65504, NAN},
    };
    check_rows(t, &exact_half, ROWS, sizeof ROWS / sizeof ROWS[0]);
}
