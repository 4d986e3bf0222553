// Comparing arrays: pure. Shared by kronos/test.h and by the harness of Kronos' own suites.
#ifndef KRO_TEST_COMPARE_H
#define KRO_TEST_COMPARE_H

#include <kronos/test.h>

// Two arrays as a check sees them.
typedef struct kro__arrays {
    kro_element element;
    const char *actual_text, *expected_text; // the caller's expressions
    const void *actual, *expected;
} kro__arrays;

typedef struct kro__mismatches {
    uint64_t count;
    size_t first_index;
    uint64_t first_ulp; // distance at first_index, and
    uint64_t max_ulp;   // largest distance seen; 0 for integers; UINT64_MAX where it has no meaning
} kro__mismatches;

kro__mismatches kro__compare(const kro__arrays *arrays, const kro_tolerance *tolerance);

// What is to be said of mismatches: the first of them, and how many there are.
void kro__mismatch_text(const kro__arrays *arrays, const kro_tolerance *tolerance,
                        const kro__mismatches *found, char *out, size_t size_bytes);

size_t kro__element_bytes(kro_element element);

// Distance of two finite values in units in the last place; UINT64_MAX where one is NaN or exactly
// one is infinite. Opposite signs count through zero.
uint64_t kro__ulp_distance(kro_element element, uint64_t a_bits, uint64_t b_bits);

// The value of one element.
double kro__element_value(kro_element element, const void *array, size_t index);

// The least and the greatest number that a tolerance takes for an expected one of floating point;
// both are put into arrays of the element, at the same place.
void kro__element_range(const kro__arrays *arrays, const kro_tolerance *tolerance, size_t index,
                        void *low, void *high);

// One element as text: decimal and hexadecimal, or the shortest decimal that gives the same float.
void kro__element_text(kro_element element, const void *array, size_t index, char *out,
                       size_t size_bytes);

#endif
