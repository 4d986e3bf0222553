#include "tally.h"

#include <math.h>
#include <string.h>

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

// PRECISION_PAIRED: no such operand.
static precision_special special_of(double x)
{
    if (isnan(x))
        return PRECISION_AT_NAN;
    if (isinf(x))
        return x > 0 ? PRECISION_AT_INFINITY : PRECISION_AT_MINUS_INFINITY;
    if (x == 0)
        return signbit(x) ? PRECISION_AT_MINUS_ZERO : PRECISION_AT_ZERO;
    return x == 1 ? PRECISION_AT_ONE : PRECISION_PAIRED;
}

static bool is_special(double x)
{
    return x == 0 || !isfinite(x);
}

// There are several NaN: where one of them gives NaN that counts, in whatever order they come.
static void keep_special(bool *has, double *kept, double result)
{
    if (!*has || isnan(result))
        *kept = result;
    *has = true;
}

static void note_special(precision_tally *self, const double x[], double result)
{
    const uint32_t operands = precision_operations[self->operation].operands;
    if (operands == 1 && is_special(x[0])) {
        const precision_special special = special_of(x[0]);
        keep_special(&self->has_special[special], &self->special[special], result);
    }
    if (operands != 2 || (!is_special(x[0]) && !is_special(x[1])))
        return;
    const precision_special first = special_of(x[0]), second = special_of(x[1]);
    if (first == PRECISION_PAIRED || second == PRECISION_PAIRED)
        return;
    keep_special(&self->has_pair[first][second], &self->pair[first][second], result);
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
    const double error = precision_error(expected, result);
    if (allowed && !isfinite(error)) // overflowed, as it may
        return;
    const double ulp = precision_ulp(self->format, expected->exact);
    precision_record record = {.result = result};
    memcpy(record.x, x, sizeof record.x);
    const double size = isnan(error) ? INFINITY : fabs(error);
    record.value = expected->absolute ? size : size / ulp;
    keep_worst(&self->worst[expected->absolute ? PRECISION_IN_ABSOLUTE : PRECISION_IN_ULPS],
               &record);
    const double part = part_of_bound(expected, error, ulp);
    // An end of a range is known to a rounding only.
    record.value = allowed && !(part < 1) ? 1 : isnan(part) ? INFINITY : part;
    keep_worst(&self->worst[PRECISION_OF_BOUND], &record);
}

// Within a part of 2^-43.
static bool is_near_power_of_two(double size)
{
    const uint64_t one = UINT64_C(1) << EXACT_DOUBLE_FRACTION_BITS, near = 1 << 9;
    return ((exact_double_bits(size) + near) & (one - 1)) < 2 * near;
}

// Whether a reference in double precision is too coarse to decide about a result, or to tell its
// error where that may be the worst so far.
static bool is_doubtful(const precision_tally *self, const precision_expected *expected,
                        double result)
{
    const double error = fabs(precision_error(expected, result)), slack = expected->slack;
    const double size = fabs(expected->exact.value);
    if (expected->rounded)
        return false;
    if (slack >= 0 && fabs(error - slack) <= 0x1p-44 * size)
        return true;
    if (expected->absolute || expected->exact.rest != 0 || !is_near_power_of_two(size))
        return false;
    // There, units in the last place are known to a factor of two only.
    return 2 * error > exact_ulp(self->format, size) * self->worst[PRECISION_IN_ULPS].value ||
           (slack >= 0 &&
            (2 * error > slack || 2 * error > slack * self->worst[PRECISION_OF_BOUND].value));
}

bool precision_all_finite(const double x[PRECISION_OPERANDS])
{
    for (int i = 0; i < PRECISION_OPERANDS; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

bool precision_any_denormal(const exact_format *format, const double x[PRECISION_OPERANDS])
{
    for (int i = 0; i < PRECISION_OPERANDS; i++)
        if (exact_is_denormal(format, x[i]))
            return true;
    return false;
}

void precision_judge(precision_tally *self, const double x[PRECISION_OPERANDS], double result)
{
    const exact_format *format = self->format;
    note_special(self, x, result);
    const bool certain = needs_certainty(self);
    precision_expected expected;
    if (!precision_all_finite(x) ||
        !precision_expect(format, self->operation, x, certain, &expected)) {
        self->outside++;
        return;
    }
    self->inputs++;
    if (!certain && is_doubtful(self, &expected, result))
        (void)precision_expect(format, self->operation, x, true, &expected);
    const bool denormal = precision_any_denormal(format, x);
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
    for (int i = 0; i < PRECISION_SPECIALS; i++)
        if (from->has_special[i])
            keep_special(&into->has_special[i], &into->special[i], from->special[i]);
    for (int i = 0; i < PRECISION_PAIRED; i++)
        for (int k = 0; k < PRECISION_PAIRED; k++)
            if (from->has_pair[i][k])
                keep_special(&into->has_pair[i][k], &into->pair[i][k], from->pair[i][k]);
}
