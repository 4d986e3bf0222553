#include "compare.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct format {
    unsigned size_bytes;
    unsigned exponent_bits; // 0: an integer
    bool has_sign;
} format;

static const format FORMATS[] = {
    [KRO_ELEMENT_U8] = {1, 0, false},  [KRO_ELEMENT_U16] = {2, 0, false},
    [KRO_ELEMENT_U32] = {4, 0, false}, [KRO_ELEMENT_U64] = {8, 0, false},
    [KRO_ELEMENT_I8] = {1, 0, true},   [KRO_ELEMENT_I16] = {2, 0, true},
    [KRO_ELEMENT_I32] = {4, 0, true},  [KRO_ELEMENT_I64] = {8, 0, true},
    [KRO_ELEMENT_F16] = {2, 5, true},  [KRO_ELEMENT_F32] = {4, 8, true},
    [KRO_ELEMENT_F64] = {8, 11, true},
};

size_t kro__element_bytes(kro_element element)
{
    return FORMATS[element].size_bytes;
}

// The bits of one element, in the low end.
static uint64_t load(kro_element element, const void *array, size_t index)
{
    const unsigned char *bytes = (const unsigned char *)array + index * FORMATS[element].size_bytes;
    uint64_t value64;
    uint32_t value32;
    uint16_t value16;
    switch (FORMATS[element].size_bytes) {
    case 8:
        memcpy(&value64, bytes, sizeof value64);
        return value64;
    case 4:
        memcpy(&value32, bytes, sizeof value32);
        return value32;
    case 2:
        memcpy(&value16, bytes, sizeof value16);
        return value16;
    default:
        return *bytes;
    }
}

static uint64_t sign_bit(kro_element element)
{
    return UINT64_C(1) << (FORMATS[element].size_bytes * 8 - 1);
}

// The bits of infinity: every exponent bit, no fraction.
static uint64_t infinity_bits(kro_element element)
{
    unsigned exponent_bits = FORMATS[element].exponent_bits;
    unsigned fraction_bits = FORMATS[element].size_bytes * 8 - 1 - exponent_bits;
    return ((UINT64_C(1) << exponent_bits) - 1) << fraction_bits;
}

uint64_t kro__ulp_distance(kro_element element, uint64_t a_bits, uint64_t b_bits)
{
    const uint64_t sign = sign_bit(element), infinity = infinity_bits(element);
    uint64_t a = a_bits & ~sign, b = b_bits & ~sign;
    if (a > infinity || b > infinity)
        return UINT64_MAX;
    bool same_sign = (a_bits & sign) == (b_bits & sign);
    if (a == infinity || b == infinity)
        return a == b && same_sign ? 0 : UINT64_MAX;
    // Bits of one sign count up with the value, so their difference is the distance.
    if (!same_sign)
        return a + b;
    return a > b ? a - b : b - a;
}

static double to_double(kro_element element, uint64_t bits)
{
    if (element == KRO_ELEMENT_F64) {
        double value;
        memcpy(&value, &bits, sizeof value);
        return value;
    }
    if (element == KRO_ELEMENT_F32) {
        uint32_t narrow = (uint32_t)bits;
        float value;
        memcpy(&value, &narrow, sizeof value);
        return value;
    }
    const unsigned exponent = (bits >> 10) & 31, fraction = bits & 1023;
    double magnitude = exponent == 31 ? (fraction ? (double)NAN : (double)INFINITY)
                       : exponent     ? ldexp(1024 + fraction, (int)exponent - 25)
                                      : ldexp(fraction, -24);
    return bits & 0x8000 ? -magnitude : magnitude;
}

static bool floats_equal(kro_element element, uint64_t a, uint64_t b,
                         const kro_tolerance *tolerance, uint64_t *ulp)
{
    *ulp = 0;
    if (a == b)
        return true;
    const uint64_t magnitude = ~sign_bit(element), infinity = infinity_bits(element);
    if ((a & magnitude) > infinity && (b & magnitude) > infinity)
        return true;
    bool zeros = !(a & magnitude) && !(b & magnitude);
    if (zeros)
        return tolerance->any_zero_sign || tolerance->ulp || tolerance->absolute > 0;
    *ulp = kro__ulp_distance(element, a, b);
    if (*ulp == UINT64_MAX)
        return false;
    return *ulp <= tolerance->ulp ||
           fabs(to_double(element, a) - to_double(element, b)) <= tolerance->absolute;
}

static void store(kro_element element, uint64_t bits, void *array, size_t index)
{
    const uint32_t narrow = (uint32_t)bits;
    const uint16_t half = (uint16_t)bits;
    const unsigned size_bytes = FORMATS[element].size_bytes;
    memcpy((char *)array + index * size_bytes,
           size_bytes == 8   ? (const void *)&bits
           : size_bytes == 4 ? (const void *)&narrow
                             : (const void *)&half,
           size_bytes);
}

double kro__element_value(kro_element element, const void *array, size_t index)
{
    const uint64_t bits = load(element, array, index);
    return FORMATS[element].exponent_bits ? to_double(element, bits) : (double)bits;
}

// The number that is `steps` away from one, by the order of numbers; below zero for `direction` -1.
static uint64_t step(kro_element element, uint64_t bits, uint64_t steps, int direction)
{
    const uint64_t sign = sign_bit(element), magnitude = bits & ~sign;
    const bool outwards = (bits & sign) ? direction < 0 : direction > 0;
    if (outwards)
        return (bits & sign) | (magnitude + steps);
    if (steps <= magnitude)
        return (bits & sign) | (magnitude - steps);
    return (~bits & sign) | (steps - magnitude);
}

// How far one can go before a tolerance ends: what it takes lies together.
static uint64_t furthest(kro_element element, uint64_t bits, const kro_tolerance *tolerance,
                         int direction)
{
    const uint64_t sign = sign_bit(element), infinity = infinity_bits(element);
    const bool outwards = (bits & sign) ? direction < 0 : direction > 0;
    uint64_t inside = 0, ulp;
    uint64_t outside = (outwards ? infinity - (bits & ~sign) : infinity + (bits & ~sign)) + 1;
    while (outside - inside > 1) {
        const uint64_t middle = inside + (outside - inside) / 2;
        if (floats_equal(element, step(element, bits, middle, direction), bits, tolerance, &ulp))
            inside = middle;
        else
            outside = middle;
    }
    return step(element, bits, inside, direction);
}

void kro__element_range(const kro__arrays *arrays, const kro_tolerance *tolerance, size_t index,
                        void *low, void *high)
{
    const kro_element element = arrays->element;
    const uint64_t bits = load(element, arrays->expected, index);
    const bool finite = (bits & ~sign_bit(element)) < infinity_bits(element);
    store(element, finite ? furthest(element, bits, tolerance, -1) : bits, low, index);
    store(element, finite ? furthest(element, bits, tolerance, 1) : bits, high, index);
}

kro__mismatches kro__compare(const kro__arrays *arrays, const kro_tolerance *tolerance)
{
    const kro_element element = arrays->element;
    kro__mismatches found = {0};
    // Most arrays are right, and equal bits are right whatever they stand for.
    if (!memcmp(arrays->actual, arrays->expected, tolerance->count * FORMATS[element].size_bytes))
        return found;
    for (size_t i = 0; i < tolerance->count; i++) {
        uint64_t actual = load(element, arrays->actual, i);
        uint64_t expected = load(element, arrays->expected, i);
        uint64_t ulp = 0;
        bool equal = FORMATS[element].exponent_bits
                         ? floats_equal(element, actual, expected, tolerance, &ulp)
                         : actual == expected;
        if (!equal && found.count++ == 0) {
            found.first_index = i;
            found.first_ulp = ulp;
        }
        if (ulp > found.max_ulp)
            found.max_ulp = ulp;
    }
    return found;
}

void kro__element_text(kro_element element, const void *array, size_t index, char *out,
                       size_t size_bytes)
{
    const format *f = &FORMATS[element];
    uint64_t bits = load(element, array, index);
    int digits = (int)f->size_bytes * 2;
    if (f->exponent_bits) {
        int decimals = element == KRO_ELEMENT_F64 ? 17 : element == KRO_ELEMENT_F32 ? 9 : 5;
        snprintf(out, size_bytes, "%.*g (0x%0*" PRIx64 ")", decimals, to_double(element, bits),
                 digits, bits);
    } else if (f->has_sign) {
        // Sign extension by arithmetic, which is defined for every value.
        uint64_t sign = sign_bit(element);
        int64_t value = bits & sign ? -(int64_t)((~bits & (sign - 1))) - 1 : (int64_t)bits;
        snprintf(out, size_bytes, "%" PRId64 " (0x%0*" PRIx64 ")", value, digits, bits);
    } else {
        snprintf(out, size_bytes, "%" PRIu64 " (0x%0*" PRIx64 ")", bits, digits, bits);
    }
}

void kro__mismatch_text(const kro__arrays *arrays, const kro_tolerance *tolerance,
                        const kro__mismatches *found, char *out, size_t size_bytes)
{
    const size_t index = found->first_index;
    char actual[64], expected[64], first[48] = "", most[48] = "";
    kro__element_text(arrays->element, arrays->actual, index, actual, sizeof actual);
    kro__element_text(arrays->element, arrays->expected, index, expected, sizeof expected);
    if (found->first_ulp && found->first_ulp != UINT64_MAX)
        snprintf(first, sizeof first, ", %" PRIu64 " ulp away", found->first_ulp);
    if (found->max_ulp > found->first_ulp && found->max_ulp != UINT64_MAX)
        snprintf(most, sizeof most, ", at most %" PRIu64 " ulp away", found->max_ulp);
    snprintf(out, size_bytes, "%s[%zu] is %s, not %s[%zu] = %s%s: %" PRIu64 " of %zu differ%s",
             arrays->actual_text, index, actual, arrays->expected_text, index, expected, first,
             found->count, tolerance->count, most);
}
