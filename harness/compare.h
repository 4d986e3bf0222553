// Comparing arrays: pure.
#ifndef KT_COMPARE_H
#define KT_COMPARE_H

#include "test.h"

typedef struct kt_mismatches {
    uint64_t count;
    size_t first_index;
    uint64_t max_ulp; // largest distance seen; 0 for integers; UINT64_MAX where it has no meaning
} kt_mismatches;

kt_mismatches kt_compare(const kt_arrays *arrays, const kt_tolerance *tolerance);

// Distance of two finite values in units in the last place; UINT64_MAX where one is NaN or exactly
// one is infinite. Opposite signs count through zero.
uint64_t kt_ulp_distance(kt_element element, uint64_t a_bits, uint64_t b_bits);

// One element as text: decimal and hexadecimal, or the shortest decimal that gives the same float.
void kt_element_text(kt_element element, const void *array, size_t index, char *out,
                     size_t size_bytes);

#endif
