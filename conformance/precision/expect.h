// What Vulkan lets an operation return.
#ifndef PRECISION_EXPECT_H
#define PRECISION_EXPECT_H

#include "reference.h"

typedef struct precision_expected {
    exact_parts exact;
    exact_range range; // of everything that may be returned
    // Not negative: a bound on the distance from the exact result, and decides beside the range;
    // otherwise the range alone does.
    double slack;
    bool absolute; // the bound is no number of units in the last place
    bool rounded;  // correctly rounded: to either neighbour
} precision_expected;

// What an operation may return for finite operands; the answer of `certain` is as of
// precision_reference.
//
// Returns: false where Vulkan says nothing, or the formula that it gives bounds nothing.
bool precision_expect(const exact_format *format, uint32_t operation,
                      const double x[PRECISION_OPERANDS], bool certain, precision_expected *out);

// A unit in the last place of an exact result: the least distance of two numbers that have it
// between them or are it, so that of a power of two is the one below.
double precision_ulp(const exact_format *format, exact_parts exact);

// The distance of a result from the exact one.
double precision_error(const precision_expected *expected, double result);

// Whether the operation may return it.
bool precision_allows(const exact_format *format, const precision_expected *expected,
                      double result);

#endif
