// What a floating-point operation may return under Vulkan's rules, computed at higher precision.
//
// Vulkan lets a correctly rounded result go to either neighbour of the exact value, lets denormal
// operands and results become zero, and says nothing of a zero's sign. Operands here are finite,
// and results are compared as numbers. Every value of the three formats is exact in a double.
// Source: Vulkan 1.3, "Precision and Operation of SPIR-V Instructions".
#ifndef EXACT_H
#define EXACT_H

#include <stdbool.h>
#include <stdint.h>

typedef struct exact_format {
    uint32_t size_bytes;
    int precision;    // bits of a significand, with the leading one
    int min_exponent; // of the smallest normal number: 2^min_exponent
    int max_exponent; // of the largest number
} exact_format;

extern const exact_format exact_half, exact_single, exact_double;

// Numbers from `low` to `high`; infinite where the format overflows.
typedef struct exact_range {
    double low, high;
} exact_range;

// The bits of a number of a format as a double.
double exact_decode(const exact_format *format, uint64_t bits);

double exact_smallest_normal(const exact_format *format);
double exact_largest(const exact_format *format);
// Distance of neighbours at `value`.
double exact_ulp(const exact_format *format, double value);

// The neighbours of a number in a format; twice itself where it is exact.
exact_range exact_round(const exact_format *format, double value);
exact_range exact_round_u64(const exact_format *format, uint64_t value, bool negative);

// Whether an operation of shaders/float_operations.h may return `result` for three operands.
bool exact_allows(const exact_format *format, uint32_t operation, const double operands[3],
                  double result);

// Whether `result` may stand for a number of `range` that the operation computed: it lies inside,
// or is zero where the range has denormals.
bool exact_range_allows(const exact_format *format, exact_range range, double result);

#endif
