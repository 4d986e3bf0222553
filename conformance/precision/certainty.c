// What judging without MPFR rests on: the host's functions, the processor's rounding, and that both
// ways of judging come to the same.
#include "tally.h"

#include <inttypes.h>
#include <math.h>
#include <mpfr.h>

#include "inputs.h"

// What the quick way of judging rests on: the host's functions are right to 2^-48 of their result,
// a fourth of what the bounds of expressions allow them and a sixteenth of what is judged anew.
TEST(functions_of_the_host_bear_the_bounds)
{
    enum { RANDOM = 1 << 12 };
    for (uint32_t operation = 0; operation < PRECISION_OPERATION_COUNT; operation++) {
        const uint64_t room = precision_boundary_count(&exact_single) + RANDOM;
        precision_inputs inputs = precision_inputs_create(t, &exact_single, operation, room);
        if (inputs.operands == 1)
            precision_add_boundaries(&inputs);
        precision_add_random(t, &inputs, RANDOM);
        for (uint64_t i = 0; i < inputs.item_count; i++) {
            double x[PRECISION_OPERANDS] = {0};
            for (uint32_t k = 0; k < inputs.operands; k++)
                x[k] = exact_decode(&exact_single, inputs.words[i * inputs.operands + k]);
            precision_expected expected;
            // Of expressions only their parts count, each of which is another operation.
            if (!isfinite(x[0]) ||
                !precision_expect(&exact_single, operation, x, true, &expected) ||
                expected.slack < 0 || isinf(expected.exact.value))
                continue;
            const exact_parts host = precision_reference(operation, x, false);
            const double error = fabs(precision_error(&expected, host.value) + host.rest);
            // Below the smallest double nothing of single precision is left.
            if (error > 0x1p-48 * fabs(expected.exact.value) + 0x1p-1060) {
                FAILF(t, "%s of %a, %a is %a on the host, %a off",
                      precision_operations[operation].name, x[0], x[1], host.value, error);
                break;
            }
        }
        kt_release(t, inputs.words);
    }
    CHECK(true);
}

// value + rest rounded toward minus infinity, by MPFR.
static double certain_below(const exact_format *format, double value, double rest)
{
    enum { SUM_BITS = 2400 }; // of any two doubles
    const mpfr_exp_t least = mpfr_get_emin(), most = mpfr_get_emax();
    mpfr_t sum, below;
    mpfr_init2(sum, SUM_BITS);
    mpfr_init2(below, format->precision);
    mpfr_set_d(sum, value, MPFR_RNDN);
    mpfr_add_d(sum, sum, rest, MPFR_RNDN);
    // MPFR's significands are below 1.
    mpfr_set_emin(format->min_exponent - format->precision + 2);
    mpfr_set_emax(format->max_exponent + 1);
    int direction = mpfr_set(below, sum, MPFR_RNDD);
    direction = mpfr_check_range(below, direction, MPFR_RNDD);
    mpfr_subnormalize(below, direction, MPFR_RNDD);
    const double result = mpfr_get_d(below, MPFR_RNDN);
    mpfr_set_emin(least);
    mpfr_set_emax(most);
    mpfr_clears(sum, below, (mpfr_ptr)0);
    return result;
}

// A number of the format or next to one, and next to halves of such; or any double.
static double number_to_round(kt_test *t, const exact_format *format)
{
    const uint64_t bits = kt_random_u64(t) & ((UINT64_C(1) << (8 * format->size_bytes)) - 1);
    const double number = exact_decode(format, bits), ulp = exact_ulp(format, number);
    switch (kt_random_below(t, 5)) {
    case 0:
        return number;
    case 1:
        return number + ulp / 2;
    case 2:
        return nextafter(number, kt_random_below(t, 2) ? INFINITY : -INFINITY);
    case 3:
        return number + ulp * (double)kt_random_below(t, 1 << 20) * 0x1p-20;
    default:
        return exact_double_of(kt_random_u64(t));
    }
}

TEST(numbers_are_rounded_as_by_mpfr)
{
    enum { ROUNDS = 1 << 16 };
    static const exact_format *const FORMATS[] = {&exact_half, &exact_single};
    for (int i = 0; i < 2; i++)
        for (int round = 0; round < ROUNDS; round++) {
            const double value = number_to_round(t, FORMATS[i]);
            if (!isfinite(value))
                continue;
            static const double SHARES[] = {0, 0x1p-54, -0x1p-54, 0x1.8p-60, -0x1p-80};
            const double rest = value * SHARES[kt_random_below(t, 5)];
            const double below = exact_round_down(FORMATS[i], value, rest);
            const double right = certain_below(FORMATS[i], value, rest);
            if (below == right)
                continue;
            FAILF(t, "%a + %a rounds down to %a in %u bits, not %a", value, rest, right,
                  8 * FORMATS[i]->size_bytes, below);
            return;
        }
    CHECK(true);
}

// The result of a device that is often right, and else up to four units in the last place off.
static double result_nearby(kt_test *t, const exact_format *format, double exact)
{
    if (!isfinite(exact))
        return exact;
    const double nearest = exact_round_nearest(format, exact, 0);
    if (!isfinite(nearest) || kt_random_below(t, 2))
        return nearest;
    const double ulps = (double)kt_random_below(t, 9) - 4;
    const double result = nearest + ulps * exact_ulp(format, nearest);
    return fabs(result) > format->largest ? copysign(INFINITY, result) : result;
}

static bool is_same_worst(const precision_record *quick, const precision_record *certain)
{
    // The errors of quick judgements are known to less than a part of 2^20.
    return fabs(quick->value - certain->value) <= 0x1p-20 * certain->value ||
           (isinf(quick->value) && isinf(certain->value));
}

static bool compare_judgements(kt_test *t, const precision_inputs *inputs, uint32_t operation)
{
    const exact_format *format = inputs->format;
    precision_tally quick = {.format = format, .operation = operation};
    precision_tally certain = quick;
    certain.certain = true;
    for (uint64_t i = 0; i < inputs->item_count; i++) {
        double x[PRECISION_OPERANDS] = {0};
        for (uint32_t k = 0; k < inputs->operands; k++)
            x[k] = exact_decode(format, inputs->words[i * inputs->operands + k]);
        if (operation == PRECISION_LDEXP)
            x[1] = (double)kt_random_below(t, 64) - 32;
        const double exact = precision_reference(operation, x, false).value;
        const double result = result_nearby(t, format, exact);
        precision_judge(&quick, x, result);
        precision_judge(&certain, x, result);
        if (quick.inputs == certain.inputs && quick.over == certain.over &&
            quick.seen == certain.seen)
            continue;
        FAILF(t, "%s of %a, %a, %a gave %a: quickly judged otherwise than by MPFR",
              precision_operations[operation].name, x[0], x[1], x[2], result);
        return false;
    }
    bool same = CHECK(quick.inputs > 0);
    for (int i = 0; i < PRECISION_MEASURES; i++)
        same = CHECK(is_same_worst(&quick.worst[i], &certain.worst[i])) && same;
    if (!same)
        LOGF(t, "%s", precision_operations[operation].name);
    return same;
}

TEST(quick_judgements_are_those_of_mpfr)
{
    enum { RANDOM = 1 << 10 };
    static const exact_format *const FORMATS[] = {&exact_half, &exact_single};
    for (uint32_t operation = 0; operation < PRECISION_OPERATION_COUNT; operation++)
        for (int i = 0; i < 2; i++) {
            precision_inputs inputs = precision_inputs_create(
                t, FORMATS[i], operation, precision_boundary_count(FORMATS[i]) + RANDOM);
            if (inputs.operands == 1)
                precision_add_boundaries(&inputs);
            precision_add_random(t, &inputs, RANDOM);
            const bool same = compare_judgements(t, &inputs, operation);
            kt_release(t, inputs.words);
            if (!same)
                return;
        }
}
