#include "tally.h"

#include <math.h>

// Whether one of two inputs comes first: what is kept of equal errors must not depend on threads.
static bool precedes(const precision_record *a, const precision_record *b)
{
    for (int i = 0; i < PRECISION_OPERANDS; i++)
        if (a->x[i] < b->x[i] || a->x[i] > b->x[i])
            return a->x[i] < b->x[i];
    return false;
}

static void keep_worst(precision_record *worst, const precision_record *record)
{
    if (record->value > worst->value ||
        (record->value == worst->value && record->value > 0 && precedes(record, worst)))
        *worst = *record;
}

static precision_special special_of(double x)
{
    if (isnan(x))
        return PRECISION_AT_NAN;
    if (isinf(x))
        return x > 0 ? PRECISION_AT_INFINITY : PRECISION_AT_MINUS_INFINITY;
    return signbit(x) ? PRECISION_AT_MINUS_ZERO : PRECISION_AT_ZERO;
}

static void note(precision_tally *self, bool kept, bool flushed, unsigned kept_bit)
{
    self->seen |= (kept ? kept_bit : 0) | (flushed ? kept_bit << 1 : 0);
}

static void note_rounding(precision_tally *self, const precision_expected *expected, double result)
{
    const exact_format *format = self->format;
    const double value = expected->exact.value, rest = expected->exact.rest;
    const double low = exact_round_down(format, value, rest);
    const double high = exact_round_up(format, value, rest);
    if (low == high || isinf(high) || isinf(low) || (result != low && result != high))
        return;
    const double nearest = exact_round_nearest(format, value, rest);
    const double zeroward = value > 0 ? low : high;
    self->seen |= PRECISION_INEXACT | (result != nearest ? PRECISION_NOT_NEAREST : 0) |
                  (result != zeroward ? PRECISION_NOT_ZEROWARD : 0);
}

// The host's functions are right enough for formats below its own.
static bool needs_certainty(const precision_tally *self)
{
    return self->certain || self->format->precision == exact_double.precision;
}

// Whether the result is that of operands of which some denormal ones were taken as zero.
static bool allows_flushed(const precision_tally *self, const double x[], double result)
{
    for (unsigned flush = 1; flush < 1u << PRECISION_OPERANDS; flush++) {
        double used[PRECISION_OPERANDS];
        bool possible = true;
        for (int i = 0; i < PRECISION_OPERANDS; i++) {
            const bool flushed = flush >> i & 1;
            used[i] = flushed ? 0 : x[i];
            possible = possible && (!flushed || exact_is_denormal(self->format, x[i]));
        }
        precision_expected expected;
        if (possible && (!precision_expect(self->format, self->operation, used,
                                           needs_certainty(self), &expected) ||
                         precision_allows(self->format, &expected, result)))
            return true;
    }
    return false;
}

// The error as a part of what is allowed on its side.
static double part_of_bound(const precision_expected *expected, double error, double ulp)
{
    const double exact = expected->exact.value;
    const double allowed = expected->slack >= 0 ? expected->slack
                           : expected->rounded  ? ulp
                           : error > 0          ? expected->range.high - exact
                                                : exact - expected->range.low;
    return error == 0 ? 0 : fabs(error) / allowed;
}

static void note_error(precision_tally *self, const precision_expected *expected, const double x[],
                       double result, bool allowed)
{
    const double error = precision_error(expected, result), exact = expected->exact.value;
    if (allowed && !isfinite(error)) // overflowed, as it may
        return;
    const double ulp = exact_ulp(self->format, exact);
    precision_record record = {.x = {x[0], x[1], x[2]}, .result = result};
    const double size = isnan(error) ? INFINITY : fabs(error);
    record.value = expected->absolute ? size : size / ulp;
    keep_worst(&self->worst[expected->absolute ? PRECISION_IN_ABSOLUTE : PRECISION_IN_ULPS],
               &record);
    const double part = part_of_bound(expected, error, ulp);
    // An end of a range is known to a rounding only.
    record.value = allowed && !(part < 1) ? 1 : isnan(part) ? INFINITY : part;
    keep_worst(&self->worst[PRECISION_OF_BOUND], &record);
}

// Whether a reference in double precision is too coarse to decide about a result, or to tell its
// error where that may be the worst so far.
static bool is_doubtful(const precision_tally *self, const precision_expected *expected,
                        double result)
{
    const double error = fabs(precision_error(expected, result)), slack = expected->slack;
    const double size = fabs(expected->exact.value);
    if (slack < 0)
        return false;
    if (fabs(error - slack) <= 0x1p-44 * size)
        return true;
    if (expected->absolute)
        return false;
    // Next to a power of two, units in the last place are known to a factor of two only.
    int exponent;
    const double significand = frexp(size, &exponent), ulp = exact_ulp(self->format, size);
    return (significand < 0.5 + 0x1p-44 || significand > 1 - 0x1p-44) &&
           (2 * error > slack || 2 * error > ulp * self->worst[PRECISION_IN_ULPS].value ||
            2 * error > slack * self->worst[PRECISION_OF_BOUND].value);
}

static bool all_finite(const double x[])
{
    return isfinite(x[0]) && isfinite(x[1]) && isfinite(x[2]);
}

void precision_judge(precision_tally *self, const double x[PRECISION_OPERANDS], double result)
{
    const exact_format *format = self->format;
    if (x[0] == 0 || !isfinite(x[0])) {
        const precision_special special = special_of(x[0]);
        self->has_special[special] = true;
        self->special[special] = result;
    }
    const bool certain = needs_certainty(self);
    precision_expected expected;
    if (!all_finite(x) || !precision_expect(format, self->operation, x, certain, &expected)) {
        self->outside++;
        return;
    }
    self->inputs++;
    if (!certain && is_doubtful(self, &expected, result))
        (void)precision_expect(format, self->operation, x, true, &expected);
    const bool denormal = exact_is_denormal(format, x[0]) || exact_is_denormal(format, x[1]) ||
                          exact_is_denormal(format, x[2]);
    // Most results that are numbers by nature: there is nothing to learn from them.
    if (expected.rounded && !denormal && expected.exact.rest == 0 &&
        result == expected.exact.value && !exact_is_denormal(format, result))
        return;
    const bool allowed = precision_allows(format, &expected, result);
    if (denormal) {
        const bool flushed = allows_flushed(self, x, result);
        note(self, allowed && !flushed, !allowed && flushed, PRECISION_OPERAND_KEPT);
        if (flushed && !allowed)
            return;
    } else if ((expected.rounded || expected.slack >= 0) && !expected.absolute &&
               exact_is_denormal(format, expected.exact.value)) {
        note(self, allowed && result != 0, allowed && result == 0, PRECISION_RESULT_KEPT);
    }
    self->over += !allowed;
    if (expected.rounded)
        note_rounding(self, &expected, result);
    // That a denormal result became zero is no error.
    if (!allowed || result != 0 || !exact_is_denormal(format, expected.exact.value))
        note_error(self, &expected, x, result, allowed);
}

void precision_tally_merge(precision_tally *into, const precision_tally *from)
{
    into->inputs += from->inputs;
    into->outside += from->outside;
    into->over += from->over;
    into->seen |= from->seen;
    for (int i = 0; i < PRECISION_MEASURES; i++)
        keep_worst(&into->worst[i], &from->worst[i]);
    for (int i = 0; i < PRECISION_SPECIALS; i++) {
        if (!from->has_special[i])
            continue;
        into->has_special[i] = true;
        into->special[i] = from->special[i];
    }
}
