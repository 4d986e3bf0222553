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
        // 3 + 2 |x| ULP, of which one is 2^-24 at 1 and 2^-22 at 4, as below, and 2^-23 above 1
        {PRECISION_EXP, {0}, 1 + 2 * 0x1p-24, 1 + 4 * 0x1p-24},
        {PRECISION_EXP, {0}, 1 - 3 * 0x1p-24, 1 - 4 * 0x1p-24},
        {PRECISION_EXP, {0x1p-60}, 1 + 3 * 0x1p-23, 1 + 4 * 0x1p-23},
        {PRECISION_EXP, {-0x1p-60}, 1 - 3 * 0x1p-24, 1 - 4 * 0x1p-24},
        {PRECISION_EXP2, {0x1p-60}, 1 + 3 * 0x1p-23, 1 + 4 * 0x1p-23},
        {PRECISION_EXP2, {2}, 4 + 6 * 0x1p-22, 4 + 8 * 0x1p-22},
        {PRECISION_EXP2, {-2}, 0.25 + 6 * 0x1p-26, 0.25 + 8 * 0x1p-26},
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
        {PRECISION_INVERSE_SQRT, {4}, 0.5 + 2 * 0x1p-25, 0.5 + 4 * 0x1p-25},
        {PRECISION_RECIPROCAL, {4}, 0.25 - 2 * 0x1p-26, 0.25 - 3 * 0x1p-26},
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
        // 2^128 is 1 ULP above the largest number
        {PRECISION_DIVIDE, {0x1p127, 0.5}, 0x1.fffffcp127, 0x1.fffffap127},
        // as the expression: log2(2) is 2^-21 off, 3 of those and a rounding make at most 9.7 ULP
        // of 2^3, which has 9 ULP of its own
        {PRECISION_POW, {2, 3}, 8 + 17 * 0x1p-20, 8 + 20 * 0x1p-20},
        {PRECISION_FMA, {0x1.000002p0, 0x1.000002p0, -1}, 0x1.8p-22, 0x1.800002p-22},
        // 2^-22 + 2^-46, from which the product and the sum may be 2^-23 - 2^-46 off
        {PRECISION_FMA, {0x1.000002p0, 0x1.000002p0, -1}, 0x1.000004p-23, 0x1.000002p-23},
        {PRECISION_MIX, {0, 1, 0.5}, 0.5, 0x1.000002p-1},
        {PRECISION_MIX, {0x1p30, 1, 1}, -62, -63}, // x + (y - x) is up to 64, and 63 too large
        {PRECISION_MIX, {0x1p30, 1, 1}, 64, 65},
        {PRECISION_MODULO, {-1, 3}, 2, -1},
        {PRECISION_REMAINDER, {-1, 3}, -1, 2},
    };
    check_rows(t, &exact_single, ROWS, sizeof ROWS / sizeof ROWS[0]);
}

TEST(bounds_of_parts_comparisons_and_vectors_are_those_of_the_table)
{
    static const row ROWS[] = {
        {PRECISION_FREXP_SIGNIFICAND, {3}, 0.75, 0.5},
        {PRECISION_FREXP_EXPONENT, {3}, 2, 1},
        {PRECISION_FREXP_SIGNIFICAND, {0x1p-140}, 0.5, 0x1p-140}, // as it is,
        {PRECISION_FREXP_SIGNIFICAND, {0x1p-140}, 0, 0.75},       // or taken as zero
        {PRECISION_MODF_FRACTION, {-2.5}, -0.5, 0.5},
        {PRECISION_MODF_WHOLE, {-2.5}, -2, -3},
        {PRECISION_NOT_EQUAL, {1, 2}, 1, 0},
        {PRECISION_ORDERED_NOT_EQUAL, {2, 2}, 0, 1},
        {PRECISION_UNORDERED_EQUAL, {2, 2}, 1, 0},
        {PRECISION_GREATER, {1, 2}, 0, 1},
        {PRECISION_UNORDERED_GREATER, {2, 1}, 1, 0},
        {PRECISION_UNORDERED_LESS, {1, 2}, 1, 0},
        {PRECISION_LESS_EQUAL, {2, 2}, 1, 0},
        {PRECISION_UNORDERED_LESS_EQUAL, {2, 1}, 0, 1},
        {PRECISION_GREATER_EQUAL, {2, 2}, 1, 0},
        {PRECISION_UNORDERED_GREATER_EQUAL, {1, 2}, 0, 1},
        {PRECISION_NMIN, {1, 2}, 1, 2},
        {PRECISION_NMAX, {1, 2}, 2, 1},
        {PRECISION_NCLAMP, {5, 1, 2}, 2, 5},
        {PRECISION_VECTOR_TIMES_SCALAR, {3, 0.5}, 1.5, 0x1.800002p0},
        {PRECISION_MATRIX_TIMES_SCALAR, {3, 0.5}, 1.5, 0x1.7ffffep0},
        {PRECISION_DOT, {1, 2, 3, 4}, 11, 11 + 0x1p-20},
        {PRECISION_CROSS, {1, 2, 3, 4}, -2, -2 + 0x1p-23},
        // 1 / inversesqrt(25) is (25 * 2^-25 + 2.5 * 2^-21) off, which is 4.06 ULP of 5
        {PRECISION_LENGTH, {3, 4}, 5 + 4 * 0x1p-21, 5 + 5 * 0x1p-21},
        {PRECISION_DISTANCE, {4, 6, 1, 2}, 5 + 4 * 0x1p-21, 5 + 5 * 0x1p-21},
        // 0.6 is 10,066,329.6 * 2^-24: 3 (0.2 + 2^-25) rounds up to 2.4 more, and as much less is
        // right
        {PRECISION_NORMALIZE, {3, 4}, 10066332 * 0x1p-24, 10066333 * 0x1p-24},
        {PRECISION_NORMALIZE, {3, 4}, 10066328 * 0x1p-24, 10066327 * 0x1p-24},
        {PRECISION_FACE_FORWARD, {2, 1, -1}, 2, -2},
        {PRECISION_FACE_FORWARD, {2, 1, 1}, -2, 2},
        {PRECISION_REFLECT, {1, 0, 1, 0}, -1, 1},
        {PRECISION_REFRACT, {-1, 1, 0.5}, -1, -1 - 0x1p-15},
        {PRECISION_REFRACT, {0.5, 1, 2}, 0, 0.5}, // all is reflected
    };
    check_rows(t, &exact_single, ROWS, sizeof ROWS / sizeof ROWS[0]);
}

TEST(bounds_of_half_precision_are_those_of_the_table)
{
    static const row ROWS[] = {
        {PRECISION_EXP, {0}, 1 - 0x1p-11, 1 + 0x1p-10},
        {PRECISION_EXP2, {2}, 4 + 4 * 0x1p-9, 4 + 6 * 0x1p-9},
        {PRECISION_LOG2, {8}, 3 + 3 * 0x1p-9, 3 + 4 * 0x1p-9},
        {PRECISION_LOG2, {1}, 0x1p-7, 0x1.004p-7},
        {PRECISION_SIN, {0}, 0x1p-7, 0x1.004p-7},
        {PRECISION_ATAN, {0x1p-10}, 0x1.008p-10, 0x1.00cp-10},
        {PRECISION_INVERSE_SQRT, {4}, 0.5 + 2 * 0x1p-12, 0.5 + 4 * 0x1p-12},
        {PRECISION_DIVIDE, {3, 4}, 0.75 + 2 * 0x1p-11, 0.75 + 3 * 0x1p-11},
        {PRECISION_ADD, {1, 0x1p-20}, 1 + 0x1p-10, 1 + 0x1p-9},
        {PRECISION_MULTIPLY, {0x1p-10, 0x1p-10}, 0, 0x1p-24},
        {PRECISION_MULTIPLY, {256, 256}, INFINITY, 0x1p15},
        {PRECISION_MULTIPLY, {256, 256}, 65504, NAN},
    };
    check_rows(t, &exact_half, ROWS, sizeof ROWS / sizeof ROWS[0]);
}
