// Every floating-point operation against the bound of Vulkan's precision table, with a certificate
// of what the device does (docs/precision.md).
#include "certify.h"

#include <string.h>

#include "inputs.h"
#include "sweep.h"

// How much of 2^32 made words is looked at: one of 2^shift.
enum { QUICK_SHIFT = 12, STANDARD_SHIFT = 6, FULL_SHIFT = 0, WORD_BITS = 32, HALF_BITS = 16 };

static uint32_t operation_named(const char *name)
{
    uint32_t operation = 0;
    while (strcmp(precision_operations[operation].name, name) != 0)
        operation++;
    return operation;
}

static void list_operations(kt_params *params, uint32_t operands, bool of_double)
{
    for (uint32_t i = 0; i < PRECISION_OPERATION_COUNT; i++) {
        const precision_operation *operation = &precision_operations[i];
        const bool fits = !of_double || operation->has_double;
        if (fits && (!operands || operation->operands == operands))
            kt_param(params, "%s", operation->name);
    }
}

TEST_PARAMS(precision_of_one)
{
    list_operations(params, 1, false);
}

TEST_PARAMS(precision_of_two)
{
    list_operations(params, 2, false);
}

TEST_PARAMS(precision_of_three)
{
    list_operations(params, 3, false);
}

TEST_PARAMS(precision_of_four)
{
    list_operations(params, 4, false);
}

TEST_PARAMS(precision_of_doubles)
{
    list_operations(params, 0, true);
}

static const char *shader_of(const exact_format *format)
{
    return format->size_bytes == 2   ? "precision_16"
           : format->size_bytes == 4 ? "precision_32"
                                     : "precision_64";
}

static precision_sweep sweep_of(const exact_format *format, const char *param)
{
    return (precision_sweep){.shader = shader_of(format),
                             .format = format,
                             .operation = operation_named(param),
                             .judge = precision_judge};
}

// Adds what a list of inputs shows to a tally.
static bool add_list(kt_test *t, precision_sweep sweep, const precision_inputs *inputs,
                     precision_tally *tally)
{
    precision_tally listed;
    sweep.list = inputs->words;
    sweep.item_count = inputs->item_count;
    const bool right = precision_sweep_run(t, &sweep, &listed);
    if (right)
        precision_tally_merge(tally, &listed);
    return right;
}

// Made words, and the inputs that no sample may miss.
static void certify_words(kt_test *t, const exact_format *format, const char *param, uint32_t bits,
                          uint32_t shift)
{
    precision_sweep sweep = sweep_of(format, param);
    sweep.shift = shift;
    sweep.item_count = UINT64_C(1) << (bits - shift);
    precision_inputs inputs;
    if (precision_operations[sweep.operation].operands == 1) {
        inputs = precision_inputs_create(t, format, sweep.operation,
                                         precision_boundary_count(format) +
                                             precision_known_worst_count());
        precision_add_boundaries(&inputs);
        precision_add_known_worst(&inputs, sweep.operation);
    } else {
        inputs = precision_inputs_create(t, format, sweep.operation,
                                         precision_edge_count(2) + PRECISION_SPECIAL_PAIRS);
        precision_add_edges(&inputs);
        precision_add_specials(&inputs);
    }
    precision_tally tally;
    // What covers everything has them already, and counts each once.
    if (precision_sweep_run(t, &sweep, &tally) &&
        (shift == 0 || add_list(t, sweep, &inputs, &tally)))
        precision_certify(t, &tally);
}

TEST_FAMILY_CASE(half)
{
    certify_words(t, &exact_half, param, HALF_BITS, FULL_SHIFT);
}

TEST_FAMILY_CASE(single_sampled)
{
    certify_words(t, &exact_single, param, WORD_BITS, QUICK_SHIFT);
}

TEST_FAMILY_CASE(single_swept)
{
    certify_words(t, &exact_single, param, WORD_BITS, STANDARD_SHIFT);
}

TEST_FAMILY_CASE(single)
{
    certify_words(t, &exact_single, param, WORD_BITS, FULL_SHIFT);
}

TEST_FAMILY_CASE(half_pairs_sampled)
{
    certify_words(t, &exact_half, param, WORD_BITS, QUICK_SHIFT);
}

TEST_FAMILY_CASE(half_pairs_swept)
{
    certify_words(t, &exact_half, param, WORD_BITS, STANDARD_SHIFT);
}

TEST_FAMILY_CASE(half_pairs)
{
    certify_words(t, &exact_half, param, WORD_BITS, FULL_SHIFT);
}

static void certify_list(kt_test *t, const exact_format *format, const char *param,
                         uint32_t exponent_step, uint64_t random_count)
{
    const precision_sweep sweep = sweep_of(format, param);
    const uint32_t operands = precision_operations[sweep.operation].operands;
    const uint64_t exponents =
        exponent_step ? precision_exponent_count(format, operands, exponent_step) : 0;
    precision_inputs inputs =
        precision_inputs_create(t, format, sweep.operation,
                                precision_edge_count(operands) + PRECISION_SPECIAL_PAIRS +
                                    exponents + random_count + precision_known_worst_count());
    // Numbers that are no integers are no power for ldexp.
    const bool takes_any = sweep.operation != PRECISION_LDEXP;
    if (takes_any)
        precision_add_edges(&inputs);
    if (exponent_step)
        precision_add_exponents(&inputs, sweep.operation, exponent_step);
    if (takes_any)
        precision_add_random(t, &inputs, random_count);
    if (takes_any && operands == 2)
        precision_add_specials(&inputs);
    precision_add_known_worst(&inputs, sweep.operation);
    precision_tally tally = {.format = format, .operation = sweep.operation};
    if (add_list(t, sweep, &inputs, &tally))
        precision_certify(t, &tally);
}

TEST_FAMILY_CASE(single_pairs_sampled)
{
    certify_list(t, &exact_single, param, 8, 1 << 16);
}

TEST_FAMILY_CASE(single_pairs)
{
    certify_list(t, &exact_single, param, 1, 1 << 20);
}

TEST_FAMILY_CASE(half_triples)
{
    certify_list(t, &exact_half, param, 0, 1 << 16);
}

TEST_FAMILY_CASE(single_triples)
{
    certify_list(t, &exact_single, param, 0, 1 << 16);
}

TEST_FAMILY_CASE(half_triples_swept)
{
    certify_list(t, &exact_half, param, 2, 1 << 18);
}

TEST_FAMILY_CASE(single_triples_swept)
{
    certify_list(t, &exact_single, param, 16, 1 << 18);
}

TEST_FAMILY_CASE(half_quadruples)
{
    certify_list(t, &exact_half, param, 0, 1 << 16);
}

TEST_FAMILY_CASE(single_quadruples)
{
    certify_list(t, &exact_single, param, 0, 1 << 16);
}

TEST_FAMILY_CASE(half_quadruples_swept)
{
    certify_list(t, &exact_half, param, 8, 1 << 18);
}

TEST_FAMILY_CASE(single_quadruples_swept)
{
    certify_list(t, &exact_single, param, 64, 1 << 18);
}

TEST_FAMILY_CASE(double)
{
    certify_list(t, &exact_double, param, 0, 1 << 12);
}
