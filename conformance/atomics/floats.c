// Atomic operations on floating-point numbers: each returns what it replaced, and sums are rounded
// once at every step.
#include "atomics/contend.h"
#include "atomics/history.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const contend_type TYPES[] = {
    {"f16", 16, true, &exact_half, NEEDS_FLOAT16 | NEEDS_STORAGE16},
    {"f32", 32, true, &exact_single, NEEDS_NOTHING},
    {"f64", 64, true, &exact_double, NEEDS_FLOAT64},
};
enum { TYPE_COUNT = sizeof TYPES / sizeof TYPES[0] };

// What floats have; each class of operations is a feature, and a kernel.
static const struct {
    uint32_t operation;
    const char *class;
} OPERATIONS[] = {
    {ATOMIC_ADD, "add"},           {ATOMIC_MIN, "bounds"},    {ATOMIC_MAX, "bounds"},
    {ATOMIC_EXCHANGE, "exchange"}, {ATOMIC_LOAD, "exchange"}, {ATOMIC_STORE, "exchange"},
};
enum { OPERATION_COUNT = sizeof OPERATIONS / sizeof OPERATIONS[0] };

static void add_params(kt_params *params, bool scoped)
{
    for (uint32_t type = 0; type < TYPE_COUNT; type++)
        for (uint32_t i = 0; i < OPERATION_COUNT; i++)
            contend_params(params, TYPES[type].name, OPERATIONS[i].operation, scoped);
}

TEST_PARAMS(float_atomics)
{
    add_params(params, false);
}

TEST_PARAMS(scoped_float_atomics)
{
    add_params(params, true);
}

static uint64_t sign_of(const contend_type *type)
{
    return UINT64_C(1) << (type->bits - 1);
}

// The bits of 1; the next greater ones are those of 1 and a fraction.
static uint64_t one(const contend_type *type)
{
    return (uint64_t)type->format->max_exponent << (type->format->precision - 1);
}

// The normal numbers of a type, the negative ones first: how many, and the bits of one.

static uint64_t normal_count(const contend_type *type)
{
    return 2 * (2 * one(type)); // exponents from 1 to twice that of 1
}

static uint64_t normal_number(const contend_type *type, uint64_t rank)
{
    const uint64_t half = normal_count(type) / 2;
    const uint64_t smallest = UINT64_C(1) << (type->format->precision - 1);
    return rank < half ? sign_of(type) | (smallest + half - 1 - rank) : smallest + rank - half;
}

static double decode(const contention *c, uint64_t bits)
{
    return exact_decode(c->type->format, bits);
}

// Sums come in two kinds, the case runs both.
typedef enum sum_kind {
    WHOLE,   // small integers of both signs: no sum rounds, so the order of all is asked for
    ROUNDED, // numbers of 1 to 2: every sum is greater than the one before, and most round
} sum_kind;

// So few of the terms are no zeros that even halves count them all: up to 2^11, where neighbours
// are 1 apart. Of the others every one does.
static bool is_term(const contention *c, uint32_t index)
{
    return c->type->bits > 16 || index % 11 == 0;
}

static uint64_t choose_term(kt_test *t, const contention *c, uint32_t index)
{
    const uint64_t fraction = (UINT64_C(1) << (c->type->format->precision - 1)) - 1;
    if (!is_term(c, index))
        return 0;
    if (*(const sum_kind *)c->user == ROUNDED)
        return one(c->type) | (kt_random_u64(t) & fraction);
    return one(c->type) | (kt_random_below(t, 2) ? sign_of(c->type) : 0);
}

static void choose(kt_test *t, const contention *c, uint32_t index, contend_step *step)
{
    const uint64_t count = normal_count(c->type), stride = count / CONTEND_STEPS;
    const uint64_t risen = index * stride + kt_random_below(t, stride);
    switch (c->operation) {
    case ATOMIC_ADD:
        step->value = choose_term(t, c, index);
        break;
    case ATOMIC_MIN:
        step->value = normal_number(c->type, count - 1 - risen);
        break;
    case ATOMIC_MAX:
        step->value = normal_number(c->type, risen);
        break;
    default:
        step->value = normal_number(c->type, kt_random_below(t, count));
        break;
    }
}

static uint64_t before(kt_test *t, const contention *c)
{
    const uint64_t count = normal_count(c->type);
    switch (c->operation) {
    case ATOMIC_ADD:
        return *(const sum_kind *)c->user == WHOLE ? 0 : one(c->type);
    case ATOMIC_MIN:
        return normal_number(c->type, count - 1);
    case ATOMIC_MAX:
        return normal_number(c->type, 0);
    default:
        return normal_number(c->type, kt_random_below(t, count));
    }
}

// The bits of a sum of integers from -2^11 to 2^11, whose zero has no sign.
static uint64_t whole_sum(const contention *c, uint64_t a, uint64_t b)
{
    const double sum = decode(c, a) + decode(c, b);
    if (sum == 0)
        return 0;
    const int exponent = ilogb(sum);
    const uint64_t fraction = (uint64_t)ldexp(fabs(sum), c->type->format->precision - 1 - exponent);
    const uint64_t bits = one(c->type) + ((uint64_t)exponent << (c->type->format->precision - 1));
    const uint64_t hidden = UINT64_C(1) << (c->type->format->precision - 1);
    return (sum < 0 ? sign_of(c->type) : 0) | (bits + (fraction - hidden));
}

// What a step leaves of what it found, where nothing is rounded.
static uint64_t apply(const contention *c, const contend_step *step, uint64_t found)
{
    switch (c->operation) {
    case ATOMIC_ADD:
        return whole_sum(c, found, step->value);
    case ATOMIC_MIN:
        return decode(c, step->value) < decode(c, found) ? step->value : found;
    case ATOMIC_MAX:
        return decode(c, step->value) > decode(c, found) ? step->value : found;
    case ATOMIC_LOAD:
        return contend_is_first(step) ? found : step->value;
    default: // ATOMIC_EXCHANGE, ATOMIC_STORE
        return step->value;
    }
}

static uint64_t without_zero_sign(const contention *c, uint64_t bits)
{
    return bits == sign_of(c->type) ? 0 : bits;
}

// A sum outside the integers that the terms add up to has no bits to compare with.
static bool is_whole(const contention *c, uint64_t bits)
{
    const double value = decode(c, bits);
    return fabs(value) <= CONTEND_STEPS && value == floor(value);
}

static bool check_history(kt_test *t, const contention *c, uint64_t first, uint64_t last,
                          const contend_step *steps, uint32_t count)
{
    history_step history[CONTEND_STEPS];
    for (uint32_t i = 0; i < count; i++) {
        const bool blind = c->operation == ATOMIC_STORE && contend_is_first(&steps[i]);
        const uint64_t found = without_zero_sign(c, steps[i].returned);
        if (c->operation == ATOMIC_ADD && !is_whole(c, found)) {
            FAILF(t, "an addition of integers returned %a", decode(c, found));
            return false;
        }
        history[i] = (history_step){found, apply(c, &steps[i], found), blind};
    }
    const history_fault fault =
        history_find_fault(first, without_zero_sign(c, last), history, count);
    if (fault.why)
        FAILF(t, "%a (0x%llx) %s", decode(c, fault.value), (unsigned long long)fault.value,
              fault.why);
    return !fault.why;
}

// Positive numbers are in order of their bits.
static int compare_found(const void *a, const void *b)
{
    const contend_step *x = a, *y = b;
    if (x->returned != y->returned)
        return (x->returned > y->returned) - (x->returned < y->returned);
    // Zeros are added to a sum before it grows.
    return (x->value > y->value) - (x->value < y->value);
}

// Sums that only grow are in order of their size: each step must have found what the one before it
// may leave, the rounded sum.
static bool check_rounded_sums(kt_test *t, const contention *c, uint64_t first, uint64_t last,
                               contend_step *steps, uint32_t count)
{
    uint32_t rounded = 0;
    uint64_t now = first;
    qsort(steps, count, sizeof *steps, compare_found);
    for (uint32_t i = 0; i < count; i++) {
        if (steps[i].returned != now) {
            FAILF(t, "an addition found %a, the one before it left %a",
                  decode(c, steps[i].returned), decode(c, now));
            return false;
        }
        const uint64_t left = i + 1 < count ? steps[i + 1].returned : last;
        const exact_format *format = c->type->format;
        const double terms[2] = {decode(c, now), decode(c, steps[i].value)};
        const exact_range sum = exact_round_parts(format, exact_sum(terms[0], terms[1]));
        if (!exact_range_allows(format, sum, decode(c, left))) {
            FAILF(t, "%a + %a is %a in the next step", terms[0], terms[1], decode(c, left));
            return false;
        }
        rounded += decode(c, left) != terms[0] + terms[1];
        now = left;
    }
    LOGF(t, "%u sums, %u of them rounded", count, rounded);
    return true;
}

static bool check(kt_test *t, const contention *c, uint64_t first, uint64_t last,
                  contend_step *steps, uint32_t count)
{
    if (c->operation == ATOMIC_ADD && *(const sum_kind *)c->user == ROUNDED)
        return check_rounded_sums(t, c, first, last, steps, count);
    return check_history(t, c, first, last, steps, count);
}

static const contend_model MODEL = {choose, before, check};

static void check_meetings(kt_test *t, contend_place place, bool scoped)
{
    uint32_t number = (uint32_t)kt_param_index(t);
    const uint32_t scope = scoped ? number % ATOMIC_SCOPE_COUNT : ATOMIC_SCOPE_DEVICE;
    number /= scoped ? ATOMIC_SCOPE_COUNT : 1;
    const contend_type *type = &TYPES[number / OPERATION_COUNT];
    const uint32_t at = number % OPERATION_COUNT;
    if (!kernel_has(t, type->needs))
        return;
    char kernel[32];
    snprintf(kernel, sizeof kernel, "%s_%s", type->name, OPERATIONS[at].class);
    sum_kind kind = WHOLE;
    contention c = {
        .type = type,
        .model = &MODEL,
        .ctx = kt_full_context(t),
        .place = place,
        .operation = OPERATIONS[at].operation,
        .scope = scope,
        .scoped = scoped,
        .user = &kind,
    };
    if (!contend(t, &c, kernel) || c.operation != ATOMIC_ADD)
        return;
    kind = ROUNDED;
    contend(t, &c, kernel);
}

TEST_FAMILY_CASE(floats_in_buffers)
{
    (void)param;
    check_meetings(t, CONTEND_BUFFER, false);
}

TEST_FAMILY_CASE(floats_in_workgroups)
{
    (void)param;
    check_meetings(t, CONTEND_GROUP, false);
}

TEST_FAMILY_CASE(floats_by_address)
{
    (void)param;
    check_meetings(t, CONTEND_ADDRESS, false);
}

TEST_FAMILY_CASE(scoped_floats_in_buffers)
{
    (void)param;
    check_meetings(t, CONTEND_BUFFER, true);
}

TEST_FAMILY_CASE(scoped_floats_in_workgroups)
{
    (void)param;
    check_meetings(t, CONTEND_GROUP, true);
}

TEST_FAMILY_CASE(scoped_floats_by_address)
{
    (void)param;
    check_meetings(t, CONTEND_ADDRESS, true);
}
