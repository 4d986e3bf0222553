// Exact results.
#ifndef PRECISION_REFERENCE_H
#define PRECISION_REFERENCE_H

#include "operations.h"

// The host's functions, which take ten times as long where they overflow and underflow: there they
// need not be asked.
double precision_exp(double x);
double precision_exp2(double x);

// Whether it is the product of two numbers.
bool precision_is_product(uint32_t operation);

// An exact result, or the double nearest to it and what is missing.
//
// `certain`: by MPFR, so that value and rest together are right to 2^-100; otherwise the host's
// double precision, right to 2^-46 of the value. A rest that is not zero is right to as much of the
// value, and tells on which side of that the exact result is.
exact_parts precision_reference(uint32_t operation, const double x[PRECISION_OPERANDS],
                                bool certain);

// A thread that ends gives back what MPFR has kept for it: constants, and numbers to use again.
void precision_reference_end_thread(void);

#endif
