#include "certify.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "text.h"

// Operands or their bits, one after another.
static void append_operands(const precision_tally *tally, const double x[], bool bits, kt_text *out)
{
    for (uint32_t i = 0; i < precision_operations[tally->operation].operands; i++) {
        if (i)
            kt_text_format(out, ", ");
        if (bits)
            kt_text_format(out, "0x%0*" PRIx64, 2 * (int)tally->format->size_bytes,
                           exact_encode(tally->format, x[i]));
        else
            kt_text_format(out, "%a", x[i]);
    }
}

static void certify_record(kt_test *t, const precision_tally *tally, const char *name,
                           const precision_record *record)
{
    char key[64];
    kt_text text = {0};
    kt_certify_number(t, name, record->value);
    if (record->value == 0) // nothing was off
        return;
    append_operands(tally, record->x, false, &text);
    snprintf(key, sizeof key, "%s_at", name);
    kt_certify_text(t, key, "%s", kt_text_string(&text));
    kt_text_clear(&text);
    append_operands(tally, record->x, true, &text);
    snprintf(key, sizeof key, "%s_at_bits", name);
    kt_certify_text(t, key, "%s", kt_text_string(&text));
    kt_text_finish(&text);
    snprintf(key, sizeof key, "%s_gave", name);
    kt_certify_text(t, key, "%a", record->result);
}

// What became of denormal numbers, from two neighbouring bits.
static const char *fate(unsigned seen, unsigned kept_bit)
{
    const bool kept = seen & kept_bit, flushed = seen & kept_bit << 1;
    return kept ? flushed ? "mixed" : "kept" : flushed ? "flushed" : "undecided";
}

static const char *rounding(unsigned seen)
{
    if (!(seen & PRECISION_INEXACT))
        return "exact";
    const bool nearest = !(seen & PRECISION_NOT_NEAREST), zero = !(seen & PRECISION_NOT_ZEROWARD);
    return nearest ? zero ? "undecided" : "nearest_even" : zero ? "toward_zero" : "mixed";
}

// A NaN is one of whatever sign.
static const char *special_text(double value, char text[32])
{
    if (isnan(value))
        return "nan";
    snprintf(text, 32, "%a", value);
    return text;
}

static void certify_specials(kt_test *t, const precision_tally *tally)
{
    static const char *const KEYS[PRECISION_SPECIALS] = {
        [PRECISION_AT_NAN] = "at_nan",
        [PRECISION_AT_INFINITY] = "at_infinity",
        [PRECISION_AT_MINUS_INFINITY] = "at_minus_infinity",
        [PRECISION_AT_ZERO] = "at_zero",
        [PRECISION_AT_MINUS_ZERO] = "at_minus_zero",
    };
    for (int i = 0; i < PRECISION_SPECIALS; i++) {
        char text[32];
        if (tally->has_special[i])
            kt_certify_text(t, KEYS[i], "%s", special_text(tally->special[i], text));
    }
}

// What two operands give of which one is special: for each first one a line of the second ones.
static void certify_pairs(kt_test *t, const precision_tally *tally)
{
    static const char *const KEYS[PRECISION_PAIRED] = {
        [PRECISION_AT_NAN] = "at_nan_and",
        [PRECISION_AT_INFINITY] = "at_infinity_and",
        [PRECISION_AT_MINUS_INFINITY] = "at_minus_infinity_and",
        [PRECISION_AT_ZERO] = "at_zero_and",
        [PRECISION_AT_MINUS_ZERO] = "at_minus_zero_and",
        [PRECISION_AT_ONE] = "at_one_and",
    };
    static const char *const SECONDS[PRECISION_PAIRED] = {
        [PRECISION_AT_NAN] = "nan",
        [PRECISION_AT_INFINITY] = "inf",
        [PRECISION_AT_MINUS_INFINITY] = "-inf",
        [PRECISION_AT_ZERO] = "0",
        [PRECISION_AT_MINUS_ZERO] = "-0",
        [PRECISION_AT_ONE] = "1",
    };
    for (int first = 0; first < PRECISION_PAIRED; first++) {
        kt_text line = {0};
        for (int second = 0; second < PRECISION_PAIRED; second++) {
            char text[32];
            if (tally->has_pair[first][second])
                kt_text_format(&line, "%s%s: %s", line.size_bytes ? ", " : "", SECONDS[second],
                               special_text(tally->pair[first][second], text));
        }
        if (line.size_bytes)
            kt_certify_text(t, KEYS[first], "%s", kt_text_string(&line));
        kt_text_finish(&line);
    }
}

static void fail(kt_test *t, const precision_tally *tally)
{
    const precision_record *worst = &tally->worst[PRECISION_OF_BOUND];
    kt_text text = {0};
    append_operands(tally, worst->x, false, &text);
    FAILF(t,
          "%s of %s gave %a, %.4g times as far off as it may be; %" PRIu64 " of %" PRIu64
          " results are not allowed",
          precision_operations[tally->operation].name, kt_text_string(&text), worst->result,
          worst->value, tally->over, tally->inputs);
    kt_text_finish(&text);
}

void precision_certify(kt_test *t, const precision_tally *tally)
{
    const precision_record *worst = tally->worst;
    kt_certify_u64(t, "inputs", tally->inputs);
    kt_certify_u64(t, "inputs_without_a_bound", tally->outside);
    kt_certify_u64(t, "over_bound", tally->over);
    certify_record(t, tally, "max_of_bound", &worst[PRECISION_OF_BOUND]);
    certify_record(t, tally, "max_ulp", &worst[PRECISION_IN_ULPS]);
    if (worst[PRECISION_IN_ABSOLUTE].value > 0)
        certify_record(t, tally, "max_absolute", &worst[PRECISION_IN_ABSOLUTE]);
    kt_certify_text(t, "rounding", "%s", rounding(tally->seen));
    kt_certify_text(t, "denormal_operands", "%s", fate(tally->seen, PRECISION_OPERAND_KEPT));
    kt_certify_text(t, "denormal_results", "%s", fate(tally->seen, PRECISION_RESULT_KEPT));
    if (precision_operations[tally->operation].operands == 1)
        certify_specials(t, tally);
    if (precision_operations[tally->operation].operands == 2)
        certify_pairs(t, tally);
    CHECK(tally->inputs > 0);
    if (tally->over)
        fail(t, tally);
}
