// Running an operation over many inputs, and judging what comes out on all processors.
#ifndef PRECISION_SWEEP_H
#define PRECISION_SWEEP_H

#include "kernel.h"
#include "tally.h"

typedef void precision_judgement(precision_tally *tally, const double x[PRECISION_OPERANDS],
                                 double result);

typedef struct precision_sweep {
    const char *shader;
    const exact_format *format;
    uint32_t operation;
    // Items of the list, each with the operation's operands as words (of double precision: two);
    // without a list item i is a word that the shader makes (shaders/precision.glsl): a number of
    // single precision, a number of half precision, or a pair of those.
    const uint32_t *list;
    uint64_t item_count; // at most 2^32
    uint32_t shift;      // of made words: there are 2^(32 - shift) of them in all
    precision_judgement *judge;
} precision_sweep;

// Fills `tally`, whose format and operation become the sweep's. Fails the case where the device
// does, and skips it where that is the null driver.
//
// Returns: whether every item was judged.
bool precision_sweep_run(kt_test *t, const precision_sweep *sweep, precision_tally *tally);

#endif
