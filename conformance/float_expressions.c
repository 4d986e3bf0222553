// Expressions of floats: what compilers may not change, vectors and matrices.
#include "exact.h"
#include "kernel.h"

#include <math.h>
#include <string.h>

// Sums that are precise are neither simplified nor reordered: the error term of an addition is what
// it should be. Products that are precise are rounded before they are subtracted from.
TEST(precise_expressions_are_left_alone)
{
    typedef struct results {
        float sum, error, difference;
    } results;
    enum { COUNT = 4096 };
    float a[COUNT], b[COUNT], c[COUNT];
    results actual[COUNT];
    for (int i = 0; i < COUNT; i++) {
        a[i] = (float)kt_random_u32(t) * (kt_random_below(t, 2) ? 0x1p-20f : -0x1p-20f);
        b[i] = ldexpf((float)kt_random_u32(t), (int)kt_random_below(t, 24) - 40);
        c[i] = (float)((double)a[i] * b[i]);
    }
    if (!kernel_map(t, "precise_expressions",
                    (kernel_input[]){{a, sizeof a}, {b, sizeof b}, {c, sizeof c}, {0}}, COUNT,
                    actual, sizeof actual))
        return;
    for (int i = 0; i < COUNT; i++) {
        // Rounding to nearest leaves no error; other roundings leave one far below half a unit.
        const double sum = (double)a[i] + b[i], found = (double)actual[i].sum + actual[i].error;
        if (!(fabs(found - sum) <= 0x1p-20 * exact_ulp(&exact_single, sum))) { // nor a NaN
            FAILF(t, "%a + %a gave %a and an error of %a", a[i], b[i], actual[i].sum,
                  actual[i].error);
            return;
        }
        const exact_range product = exact_round(&exact_single, (double)a[i] * b[i]);
        const double low = product.low - c[i], high = product.high - c[i];
        if (actual[i].difference != low && actual[i].difference != high) {
            FAILF(t, "%a * %a - %a gave %a, not %a or %a", a[i], b[i], c[i], actual[i].difference,
                  low, high);
            return;
        }
    }
}

// Kahan's sum of many small numbers after a large one is right to the last bits; an optimiser that
// cancels the compensation loses them all. shader-slang/slang#12285: lost with the function
// inlined.
TEST(compensated_sum_keeps_small_terms)
{
    enum { COUNT = 50000 };
    float *x = kt_alloc(t, COUNT * sizeof *x), actual;
    double sum = 0;
    for (int i = 0; i < COUNT; i++) {
        x[i] = i == 0 ? 1 : (float)kt_random_below(t, 1 << 20) * 0x1p-46f;
        sum += x[i]; // exact: all are multiples of 2^-46 below 2^6
    }
    if (kernel_run_once(t, &(kernel_run){.shader = "compensated_sum",
                                         .inputs = {{x, COUNT * sizeof *x}},
                                         .groups = {1},
                                         .output = &actual,
                                         .output_bytes = sizeof actual}) &&
        !(fabs(actual - sum) <= 4 * exact_ulp(&exact_single, sum))) // nor a NaN
        FAILF(t, "the sum is %a, not %a", actual, sum);
}

// Products of vectors right after they are put together, which a compiler on GFX11 got wrong
// (flightlessmango/MangoHud#2081). Those of small integers are exact.
TEST(vectors_that_are_put_together_multiply)
{
    enum { COUNT = 1000, RESULTS = 16 };
    float(*a)[4] = kt_alloc(t, COUNT * sizeof *a), (*b)[4] = kt_alloc(t, COUNT * sizeof *b);
    float(*expected)[RESULTS] = kt_alloc(t, COUNT * sizeof *expected);
    float(*actual)[RESULTS] = kt_alloc(t, COUNT * sizeof *actual);
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < 4; k++) {
            a[i][k] = (float)kt_random_below(t, 2001) - 1000;
            b[i][k] = (float)kt_random_below(t, 2001) - 1000;
        }
        const float x = a[i][0], y = a[i][1], z = a[i][2], w = a[i][3];
        const float p = b[i][0], q = b[i][1], r = b[i][2], s = b[i][3];
        const float row[RESULTS] = {x * p, y * p,     z * p,  w * p,    //
                                    x * s, y * p,     r * q,  w * z,    //
                                    x * q, y * q * p, -z * q, w * 0.5f, //
                                    x * q, 0 * y,     z,      p * 2};
        memcpy(expected[i], row, sizeof row);
    }
    if (kernel_map(t, "composed_vectors",
                   (kernel_input[]){{a, COUNT * sizeof *a}, {b, COUNT * sizeof *b}, {0}}, COUNT,
                   actual, COUNT * sizeof *actual))
        CHECK_FLOATS(actual[0], expected[0], COUNT * RESULTS, .any_zero_sign = true);
}

// What shaders/matrix_operations.comp writes of a pair of matrices, in std430 layout.
typedef struct matrix_results {
    float product[4][4], transposed_product[4][4], right[4], left[4], rectangular[3][2];
    float determinant2, determinant3, determinant4, dot4, padding[2], cross3[3], more_padding;
} matrix_results;

// Matrices are [column][row].

static float determinant(float m[4][4], int size, const int columns[4], int row)
{
    if (row == size)
        return 1;
    float sum = 0, sign = 1;
    for (int k = 0; k < size - row; k++) {
        int rest[4], count = 0;
        for (int other = 0; other < size - row; other++)
            if (other != k)
                rest[count++] = columns[other];
        sum += sign * m[columns[k]][row] * determinant(m, size, rest, row + 1);
        sign = -sign;
    }
    return sum;
}

static float dot_of(const float *x, size_t step, const float *y, int count)
{
    float sum = 0;
    for (int k = 0; k < count; k++)
        sum += x[(size_t)k * step] * y[k];
    return sum;
}

static void expect_matrices(float x[4][4], float y[4][4], matrix_results *r)
{
    static const int COLUMNS[] = {0, 1, 2, 3};
    kt_poison(r, sizeof *r); // padding stays as it was
    for (int column = 0; column < 4; column++)
        for (int row = 0; row < 4; row++) {
            r->product[column][row] = dot_of(&x[0][row], 4, y[column], 4);
            r->transposed_product[column][row] = dot_of(x[row], 1, y[column], 4);
        }
    for (int k = 0; k < 4; k++) {
        r->right[k] = dot_of(&x[0][k], 4, y[1], 4);
        r->left[k] = dot_of(x[k], 1, y[2], 4);
    }
    for (int column = 0; column < 3; column++)
        for (int row = 0; row < 2; row++)
            r->rectangular[column][row] = dot_of(&x[0][row], 4, y[column], 4);
    r->determinant2 = determinant(x, 2, COLUMNS, 0);
    r->determinant3 = determinant(x, 3, COLUMNS, 0);
    r->determinant4 = determinant(x, 4, COLUMNS, 0);
    r->dot4 = dot_of(x[3], 1, y[3], 4);
    const float *u = x[2], *v = &y[0][1];
    r->cross3[0] = u[1] * v[2] - v[1] * u[2];
    r->cross3[1] = u[2] * v[0] - v[2] * u[0];
    r->cross3[2] = u[0] * v[1] - v[0] * u[1];
}

// With elements that are small integers every product and sum is exact, in any order.
TEST(matrices_of_small_integers_are_exact)
{
    enum { COUNT = 300, FLOATS = sizeof(matrix_results) / sizeof(float) };
    float(*a)[4][4] = kt_alloc(t, COUNT * sizeof *a), (*b)[4][4] = kt_alloc(t, COUNT * sizeof *b);
    matrix_results *expected = kt_alloc(t, COUNT * sizeof *expected);
    matrix_results *actual = kt_alloc(t, COUNT * sizeof *actual);
    for (int i = 0; i < COUNT; i++) {
        for (int k = 0; k < 16; k++) {
            a[i][k / 4][k % 4] = (float)kt_random_below(t, 17) - 8;
            b[i][k / 4][k % 4] = (float)kt_random_below(t, 17) - 8;
        }
        expect_matrices(a[i], b[i], &expected[i]);
    }
    if (kernel_map(t, "matrix_operations",
                   (kernel_input[]){{a, COUNT * sizeof *a}, {b, COUNT * sizeof *b}, {0}}, COUNT,
                   actual, COUNT * sizeof *actual))
        CHECK_FLOATS(actual->product[0], expected->product[0], COUNT * FLOATS,
                     .any_zero_sign = true);
}
