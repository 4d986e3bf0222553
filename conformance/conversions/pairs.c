// Conversions between every two numeric types, of numbers and of vectors.
#include "conversions/numbers.h"
#include "elements.h"
#include "kernel.h"

#include <stdio.h>

#include "../shaders/conversions.h"

// Pairs of types by number: of each type with each other one.
typedef struct type_pair {
    const number_type *from, *to;
} type_pair;

static type_pair pair_of(size_t index)
{
    const size_t from = index / (NUMBER_TYPES - 1), other = index % (NUMBER_TYPES - 1);
    return (type_pair){&NUMBER_TYPE[from], &NUMBER_TYPE[other + (other >= from)]};
}

TEST_PARAMS(conversions)
{
    for (size_t i = 0; i < NUMBER_TYPES * (NUMBER_TYPES - 1); i++)
        kt_param(params, "%s.%s", pair_of(i).from->name, pair_of(i).to->name);
}

// Numbers of a pair of types, as the kernel has them and as it gave them back.
typedef struct conversion {
    type_pair pair;
    bool through_bool;
    numbers numbers;
    uint8_t *from, *to;
} conversion;

// For `kronos repro`; a range that reaches to zero holds more than what is right, and no fault.
static void tell_compared(kt_test *t, const conversion *c)
{
    const number_type *to = c->pair.to;
    if (!kt_is_captured(t))
        return;
    const size_t count = c->numbers.count, size_bytes = count * (to->bits / 8);
    uint8_t *low = kt_alloc(t, size_bytes), *high = kt_alloc(t, size_bytes);
    for (size_t i = 0; i < count; i++) {
        const number_bounds bounds =
            number_converted(c->pair.from, to, c->through_bool, c->numbers.bits[i]);
        exact_range range = bounds.range;
        if (bounds.or_zero) {
            range.low = range.low > 0 ? 0 : range.low;
            range.high = range.high < 0 ? 0 : range.high;
        }
        element_store(to->bits, low, i,
                      to->format ? exact_encode(to->format, range.low) : bounds.integer);
        element_store(to->bits, high, i,
                      to->format ? exact_encode(to->format, range.high) : bounds.integer);
    }
    kt_compared(t, to->element, c->to, low, high, count);
}

static void check_numbers(kt_test *t, const conversion *c, uint32_t components)
{
    const number_type *from = c->pair.from, *to = c->pair.to;
    tell_compared(t, c);
    for (uint32_t i = 0; i < c->numbers.count; i++) {
        const uint64_t bits = c->numbers.bits[i], result = element_load(to->bits, c->to, i);
        const number_bounds bounds = number_converted(from, to, c->through_bool, bits);
        if (number_is_within(to, &bounds, result))
            continue;
        FAILF(t, "the %s 0x%llx%s became the %s 0x%llx, in a vector of %u", from->name,
              (unsigned long long)bits, c->through_bool ? ", as a bool," : "", to->name,
              (unsigned long long)result, components);
        if (to->format)
            FAILF(t, "that is %a, and may be from %a to %a", exact_decode(to->format, result),
                  bounds.range.low, bounds.range.high);
        else
            FAILF(t, "it should be 0x%llx", (unsigned long long)bounds.integer);
        return;
    }
}

static void convert(kt_test *t, const conversion *c, uint32_t components)
{
    const number_type *from = c->pair.from, *to = c->pair.to;
    char shader[32];
    snprintf(shader, sizeof shader, "conversion_%s_%s", from->kernel, to->kernel);
    const uint32_t signs = (!from->format && from->is_signed ? CONVERT_FROM_SIGNED : 0) |
                           (!to->format && to->is_signed ? CONVERT_TO_SIGNED : 0);
    const kro_constant constants[] = {
        {0, .value.u32 = c->through_bool ? CONVERT_THROUGH_BOOL : signs},
        {1, .value.u32 = components}};
    if (kernel_run_once(t, &(kernel_run){.shader = shader,
                                         .inputs = {{c->from, c->numbers.count * from->bits / 8}},
                                         .constants = constants,
                                         .constant_count = 2,
                                         .threads = {c->numbers.count / components},
                                         .output = c->to,
                                         .output_bytes = c->numbers.count * to->bits / 8}))
        check_numbers(t, c, components);
}

// As vectors of `least` to `most` components.
static void convert_all(kt_test *t, type_pair pair, bool through_bool, uint32_t least,
                        uint32_t most)
{
    conversion c = {.pair = pair, .through_bool = through_bool};
    c.numbers = numbers_to_convert(t, pair.from, pair.to, through_bool);
    c.from = kt_alloc(t, (size_t)c.numbers.count * pair.from->bits / 8);
    c.to = kt_alloc(t, (size_t)c.numbers.count * pair.to->bits / 8);
    for (size_t i = 0; i < c.numbers.count; i++)
        element_store(pair.from->bits, c.from, i, c.numbers.bits[i]);
    for (uint32_t components = least; components <= most && !kt_has_failed(t); components++)
        convert(t, &c, components);
}

static void check_pair(kt_test *t, uint32_t least, uint32_t most)
{
    const type_pair pair = pair_of(kt_param_index(t));
    if (!kernel_has(t, pair.from->needs | pair.to->needs))
        return;
    convert_all(t, pair, false, least, most);
    // A bool knows no sign: one of both types of a width is enough.
    const bool is_either =
        (pair.from->format || !pair.from->is_signed) && (pair.to->format || !pair.to->is_signed);
    if (is_either && !kt_has_failed(t))
        convert_all(t, pair, true, least, most);
}

TEST_FAMILY_CASE(numbers_convert)
{
    (void)param;
    check_pair(t, 1, 1);
}

TEST_FAMILY_CASE(vectors_convert)
{
    (void)param;
    check_pair(t, 2, 4);
}
