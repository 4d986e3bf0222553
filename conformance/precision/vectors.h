// Operations of vectors, of whose results one component counts. Operands are the components of two
// vectors, one after the other, or numbers where those will do.
#ifndef PRECISION_VECTORS_H
#define PRECISION_VECTORS_H

#include <mpfr.h>

#include "interval.h"
#include "operations.h"

bool precision_is_of_vectors(uint32_t operation);

// The exact result, by MPFR, which replaces the first operand and spoils the others.
void precision_of_vectors(uint32_t operation, mpfr_t x[PRECISION_OPERANDS]);

// What the formula of the precision table may give.
exact_range precision_range_of_vectors(const exact_format *format, uint32_t operation,
                                       const double x[PRECISION_OPERANDS]);

#endif
