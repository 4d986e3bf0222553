// The operations whose precision is certified, by their numbers in shaders/precision_operations.h.
#ifndef PRECISION_OPERATIONS_H
#define PRECISION_OPERATIONS_H

#include "exact.h"

#include "../../shaders/precision_operations.h"

enum { PRECISION_OPERANDS = 4 };

typedef struct precision_operation {
    const char *name; // the parameter of its cases
    uint32_t operands;
    bool has_double; // GLSL.std.450 has it for double precision, too
} precision_operation;

extern const precision_operation precision_operations[PRECISION_OPERATION_COUNT];

#endif
