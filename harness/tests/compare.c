// Comparing arrays of numbers.
#include "test.h"

#include <math.h>
#include <string.h>

static uint64_t float_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

TEST(distances_in_ulp)
{
    static const struct {
        float a, b;
        uint64_t distance;
    } ROWS[] = {
        {1.0f, 1.0f, 0},
        {1.0f, 0x1.000002p0f, 1},
        {0x1.fffffep0f, 2.0f, 1},
        {-1.0f, -0x1.000006p0f, 3},
        {0.0f, -0.0f, 0},
        {0x1p-149f, -0x1p-149f, 2},
        {0x1.fffffep127f, INFINITY, UINT64_MAX},
        {INFINITY, INFINITY, 0},
        {INFINITY, -INFINITY, UINT64_MAX},
        {NAN, 1.0f, UINT64_MAX},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        uint64_t a = float_bits(ROWS[i].a), b = float_bits(ROWS[i].b);
        CHECK_EQ_U64(kro__ulp_distance(KRO_ELEMENT_F32, a, b), ROWS[i].distance);
        CHECK_EQ_U64(kro__ulp_distance(KRO_ELEMENT_F32, b, a), ROWS[i].distance);
    }
    CHECK_EQ_U64(kro__ulp_distance(KRO_ELEMENT_F16, 0x3c00, 0x3c01), 1);
    CHECK_EQ_U64(kro__ulp_distance(KRO_ELEMENT_F16, 0x7c00, 0x7bff), UINT64_MAX);
    CHECK_EQ_U64(kro__ulp_distance(KRO_ELEMENT_F64, UINT64_C(0x3ff0000000000000),
                                   UINT64_C(0x3ff0000000000005)),
                 5);
}

TEST(halves_show_their_value)
{
    static const struct {
        uint16_t bits;
        const char *text;
    } ROWS[] = {
        {0x3c00, "1 (0x3c00)"},          {0xc000, "-2 (0xc000)"},   {0x7bff, "65504 (0x7bff)"},
        {0x0001, "5.9605e-08 (0x0001)"}, {0x7c00, "inf (0x7c00)"},  {0x8000, "-0 (0x8000)"},
        {0x0400, "6.1035e-05 (0x0400)"}, {0xfc00, "-inf (0xfc00)"},
    };
    char text[64];
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        kro__element_text(KRO_ELEMENT_F16, &ROWS[i].bits, 0, text, sizeof text);
        CHECK_EQ_STRING(text, ROWS[i].text);
    }
    const int8_t least = INT8_MIN;
    kro__element_text(KRO_ELEMENT_I8, &least, 0, text, sizeof text);
    CHECK_EQ_STRING(text, "-128 (0x80)");
    const int64_t minus_one = -1;
    kro__element_text(KRO_ELEMENT_I64, &minus_one, 0, text, sizeof text);
    CHECK_EQ_STRING(text, "-1 (0xffffffffffffffff)");
}

static bool equal(float a, float b, kro_tolerance tolerance)
{
    tolerance.count = 1;
    const kro__arrays arrays = {.element = KRO_ELEMENT_F32, .actual = &a, .expected = &b};
    return kro__compare(&arrays, &tolerance).count == 0;
}

TEST(tolerances_reach_as_far_as_they_say)
{
    const kro_tolerance exact = {0}, two = {.ulp = 2}, near = {.absolute = 0.25};
    CHECK(equal(1, 1, exact));
    CHECK(!equal(1, 0x1.000002p0f, exact));
    CHECK(equal(1, 0x1.000004p0f, two));
    CHECK(!equal(1, 0x1.000006p0f, two));
    CHECK(equal(1, 1.25f, near));
    CHECK(!equal(1, 1.2500002f, near));
    CHECK(equal(NAN, -NAN, exact));
    CHECK(!equal(NAN, 0, near));
    CHECK(!equal(INFINITY, 0x1.fffffep127f, (kro_tolerance){.ulp = 100, .absolute = INFINITY}));
    CHECK(!equal(0.0f, -0.0f, exact));
    CHECK(equal(0.0f, -0.0f, (kro_tolerance){.any_zero_sign = true}));
    CHECK(equal(0.0f, -0.0f, two));
}

TEST(mismatches_are_counted_and_the_first_is_found)
{
    uint32_t actual[100], expected[100];
    for (uint32_t i = 0; i < 100; i++)
        actual[i] = expected[i] = i;
    const kro__arrays arrays = {.element = KRO_ELEMENT_U32, .actual = actual, .expected = expected};
    kro__mismatches found = kro__compare(&arrays, &(kro_tolerance){.count = 100});
    CHECK_EQ_U64(found.count, 0);
    actual[41] ^= 1;
    actual[99] ^= 0x80000000;
    found = kro__compare(&arrays, &(kro_tolerance){.count = 100});
    CHECK_EQ_U64(found.count, 2);
    CHECK_EQ_U64(found.first_index, 41);
    found = kro__compare(&arrays, &(kro_tolerance){.count = 41});
    CHECK_EQ_U64(found.count, 0);
    found = kro__compare(&arrays, &(kro_tolerance){.count = 0});
    CHECK_EQ_U64(found.count, 0);
}

// Both ends are taken, and what lies just beyond is not.
static void check_range(kt_test *t, float expected, kro_tolerance tolerance, float low, float high)
{
    const kro__arrays arrays = {KRO_ELEMENT_F32, "a", "b", &expected, &expected};
    float ends[2] = {NAN, NAN};
    tolerance.count = 1;
    kro__element_range(&arrays, &tolerance, 0, &ends[0], &ends[1]);
    LOGF(t, "%a with %u ulp and %g", expected, (unsigned)tolerance.ulp, tolerance.absolute);
    CHECK_EQ_U64(float_bits(ends[0]), float_bits(low));
    CHECK_EQ_U64(float_bits(ends[1]), float_bits(high));
}

TEST(ranges_are_what_tolerances_take)
{
    check_range(t, 1, (kro_tolerance){.ulp = 2}, 0x1.fffffcp-1f, 0x1.000004p0f);
    check_range(t, -1, (kro_tolerance){.ulp = 1}, -0x1.000002p0f, -0x1.fffffep-1f);
    check_range(t, 0, (kro_tolerance){.ulp = 1}, -0x1p-149f, 0x1p-149f);
    check_range(t, 0x1p-149f, (kro_tolerance){.ulp = 3}, -0x1p-148f, 0x1p-147f);
    check_range(t, 100, (kro_tolerance){.absolute = 0.5}, 99.5f, 100.5f);
    check_range(t, 1, (kro_tolerance){.absolute = 2}, -1, 3);
    check_range(t, 0x1.fffffep127f, (kro_tolerance){.ulp = 5}, 0x1.fffff4p127f, 0x1.fffffep127f);
    check_range(t, INFINITY, (kro_tolerance){.ulp = 5}, INFINITY, INFINITY);
    // Halves, by their bits: one, and the largest.
    const uint16_t halves[] = {0x3c00, 0x7bff};
    uint16_t low[2], high[2];
    const kro__arrays arrays = {KRO_ELEMENT_F16, "a", "b", halves, halves};
    for (size_t i = 0; i < 2; i++)
        kro__element_range(&arrays, &(kro_tolerance){.count = 2, .ulp = 4}, i, low, high);
    CHECK_U16S(low, ((uint16_t[]){0x3bfc, 0x7bfb}), 2);
    CHECK_U16S(high, ((uint16_t[]){0x3c04, 0x7bff}), 2);
}
