// What the results of an operation amount to: the worst of them, and how the device computes.
#ifndef PRECISION_TALLY_H
#define PRECISION_TALLY_H

#include "expect.h"

// Errors that are looked for.
typedef enum precision_measure {
    PRECISION_IN_ULPS,     // in units in the last place of the exact result
    PRECISION_IN_ABSOLUTE, // where the bound is one on the distance
    PRECISION_OF_BOUND,    // as a part of what is allowed
    PRECISION_MEASURES,
} precision_measure;

typedef struct precision_record {
    double value; // 0: there is none
    double x[PRECISION_OPERANDS], result;
} precision_record;

// Operands whose results Vulkan leaves open.
typedef enum precision_special {
    PRECISION_AT_NAN,
    PRECISION_AT_INFINITY,
    PRECISION_AT_MINUS_INFINITY,
    PRECISION_AT_ZERO,
    PRECISION_AT_MINUS_ZERO,
    PRECISION_SPECIALS,
    PRECISION_AT_ONE = PRECISION_SPECIALS, // of pairs
    PRECISION_PAIRED,
} precision_special;

// What results have shown, as bits.
enum {
    PRECISION_NOT_NEAREST =
        1 << 0, // a rounded result that is not the nearest number, or the even one
    PRECISION_NOT_ZEROWARD = 1 << 1,
    PRECISION_INEXACT = 1 << 2, // there were results to round
    PRECISION_OPERAND_KEPT = 1 << 3,
    PRECISION_OPERAND_FLUSHED = 1 << 4,
    PRECISION_RESULT_KEPT = 1 << 5,
    PRECISION_RESULT_FLUSHED = 1 << 6,
};

typedef struct precision_tally {
    const exact_format *format;
    uint32_t operation;
    bool certain;     // every reference by MPFR, to hold the quick ones against; it takes long
    uint64_t inputs;  // that Vulkan bounds the result of
    uint64_t outside; // others: not judged
    uint64_t over;    // results that are not allowed
    precision_record worst[PRECISION_MEASURES];
    unsigned seen;
    bool has_special[PRECISION_SPECIALS];
    double special[PRECISION_SPECIALS]; // of operations of one operand
    bool has_pair[PRECISION_PAIRED][PRECISION_PAIRED];
    double pair[PRECISION_PAIRED][PRECISION_PAIRED]; // of two
} precision_tally;

bool precision_all_finite(const double x[PRECISION_OPERANDS]);
bool precision_any_denormal(const exact_format *format, const double x[PRECISION_OPERANDS]);

// Takes one result into account. `operands` beyond the operation's are any finite numbers.
void precision_judge(precision_tally *tally, const double operands[PRECISION_OPERANDS],
                     double result);

// Adds what another tally of the same operation has counted; in which order makes no difference.
void precision_tally_merge(precision_tally *into, const precision_tally *from);

#endif
