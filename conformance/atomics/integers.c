// Atomic operations on integers: none is lost, none is done twice, and each returns what it
// replaced.
#include "atomics/contend.h"
#include "atomics/history.h"

static const contend_type TYPES[] = {
    {"u32", 32, false, NULL, NEEDS_NOTHING},
    {"i32", 32, true, NULL, NEEDS_NOTHING},
    {"u64", 64, false, NULL, NEEDS_INT64},
    {"i64", 64, true, NULL, NEEDS_INT64},
};
enum { TYPE_COUNT = sizeof TYPES / sizeof TYPES[0] };

TEST_PARAMS(integer_atomics)
{
    for (uint32_t type = 0; type < TYPE_COUNT; type++)
        for (uint32_t i = 0; i < ATOMIC_OPERATION_COUNT; i++)
            contend_params(params, TYPES[type].name, i, false);
}

TEST_PARAMS(scoped_integer_atomics)
{
    for (uint32_t type = 0; type < TYPE_COUNT; type++)
        for (uint32_t i = 0; i < ATOMIC_OPERATION_COUNT; i++)
            contend_params(params, TYPES[type].name, i, true);
}

static uint64_t mask_of(const contend_type *type)
{
    return UINT64_MAX >> (64 - type->bits);
}

// Between a value and its rank among all values of its type, from the smallest.
static uint64_t rank(const contend_type *type, uint64_t value)
{
    return type->is_signed ? value ^ (UINT64_C(1) << (type->bits - 1)) : value;
}

// What a step leaves of what it found.
static uint64_t apply(const contention *c, const contend_step *step, uint64_t found)
{
    const uint64_t mask = mask_of(c->type), value = step->value;
    switch (c->operation) {
    case ATOMIC_ADD:
        return (found + value) & mask;
    case ATOMIC_SUBTRACT:
        return (found - value) & mask;
    case ATOMIC_INCREMENT:
        return (found + 1) & mask;
    case ATOMIC_DECREMENT:
        return (found - 1) & mask;
    case ATOMIC_MIN:
        return rank(c->type, value) < rank(c->type, found) ? value : found;
    case ATOMIC_MAX:
        return rank(c->type, value) > rank(c->type, found) ? value : found;
    case ATOMIC_AND:
        return found & value;
    case ATOMIC_OR:
        return found | value;
    case ATOMIC_XOR:
        return found ^ value;
    case ATOMIC_COMPARE:
        return found == step->comparand ? value : found;
    case ATOMIC_LOAD:
        return contend_is_first(step) ? found : value;
    default: // ATOMIC_EXCHANGE, ATOMIC_STORE
        return value;
    }
}

// Arguments that change the words often: steps bring minima down and maxima up by and by, change
// few bits, and compare with few values.
static void choose(kt_test *t, const contention *c, uint32_t index, contend_step *step)
{
    enum { COMPARED = 8 };
    const uint64_t mask = mask_of(c->type), stride = mask / CONTEND_STEPS;
    const uint64_t few_bits = kt_random_u64(t) & kt_random_u64(t) & kt_random_u64(t) &
                              kt_random_u64(t) & kt_random_u64(t) & mask;
    const uint64_t risen = index * stride + kt_random_below(t, stride);
    switch (c->operation) {
    case ATOMIC_MIN:
        step->value = rank(c->type, mask - risen);
        break;
    case ATOMIC_MAX:
        step->value = rank(c->type, risen);
        break;
    case ATOMIC_AND:
        step->value = ~few_bits & mask;
        break;
    case ATOMIC_OR:
        step->value = few_bits;
        break;
    case ATOMIC_COMPARE:
        step->value = mask - kt_random_below(t, COMPARED);
        step->comparand = mask - kt_random_below(t, COMPARED);
        break;
    default:
        step->value = kt_random_u64(t) & mask;
        break;
    }
}

static uint64_t before(kt_test *t, const contention *c)
{
    const uint64_t mask = mask_of(c->type);
    switch (c->operation) {
    case ATOMIC_MIN:
        return rank(c->type, mask);
    case ATOMIC_MAX:
        return rank(c->type, 0);
    case ATOMIC_AND:
    case ATOMIC_COMPARE:
        return mask;
    case ATOMIC_OR:
        return 0;
    case ATOMIC_INCREMENT:
    case ATOMIC_DECREMENT: // over the end of the type, within the first steps
        return (kt_random_below(t, 16) - 8) & mask;
    default:
        return kt_random_u64(t) & mask;
    }
}

// The words of one invocation move one way under these, so it finds them ever further along.
static bool moves_one_way(uint32_t operation)
{
    return operation == ATOMIC_MIN || operation == ATOMIC_MAX || operation == ATOMIC_AND ||
           operation == ATOMIC_OR;
}

static bool is_further(const contention *c, uint64_t earlier, uint64_t later)
{
    switch (c->operation) {
    case ATOMIC_MIN:
        return rank(c->type, later) <= rank(c->type, earlier);
    case ATOMIC_MAX:
        return rank(c->type, later) >= rank(c->type, earlier);
    case ATOMIC_AND:
        return (later & ~earlier) == 0;
    default: // ATOMIC_OR
        return (earlier & ~later) == 0;
    }
}

// An invocation's own steps on a word are in its order: each finds at least what the one before it
// left. Steps are sorted by number; an invocation's next one on this word is a whole round later.
static bool check_own_order(kt_test *t, const contention *c, const contend_step *steps,
                            uint32_t count)
{
    uint64_t left[CONTEND_INVOCATIONS];
    bool known[CONTEND_INVOCATIONS] = {false};
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t invocation = steps[i].index % CONTEND_INVOCATIONS;
        if (known[invocation] && !is_further(c, left[invocation], steps[i].returned)) {
            FAILF(t, "invocation %u left 0x%llx and then found 0x%llx", invocation,
                  (unsigned long long)left[invocation], (unsigned long long)steps[i].returned);
            return false;
        }
        left[invocation] = apply(c, &steps[i], steps[i].returned);
        known[invocation] = true;
    }
    return true;
}

static bool check(kt_test *t, const contention *c, uint64_t first, uint64_t last,
                  contend_step *steps, uint32_t count)
{
    history_step history[CONTEND_STEPS];
    uint64_t folded = first;
    for (uint32_t i = 0; i < count; i++) {
        const bool blind = c->operation == ATOMIC_STORE && contend_is_first(&steps[i]);
        history[i] =
            (history_step){steps[i].returned, apply(c, &steps[i], steps[i].returned), blind};
        folded = apply(c, &steps[i], folded);
    }
    const bool any_order_is_equal = c->operation < ATOMIC_EXCHANGE;
    if (any_order_is_equal && !CHECK_EQ_U64(last, folded))
        return false;
    const history_fault fault = history_find_fault(first, last, history, count);
    if (fault.why)
        FAILF(t, "0x%llx %s", (unsigned long long)fault.value, fault.why);
    return !fault.why && (!moves_one_way(c->operation) || check_own_order(t, c, steps, count));
}

static const contend_model MODEL = {choose, before, check};

static void check_meetings(kt_test *t, contend_place place, bool scoped)
{
    uint32_t number = (uint32_t)kt_param_index(t);
    const uint32_t scope = scoped ? number % ATOMIC_SCOPE_COUNT : ATOMIC_SCOPE_DEVICE;
    number /= scoped ? ATOMIC_SCOPE_COUNT : 1;
    const contend_type *type = &TYPES[number / ATOMIC_OPERATION_COUNT];
    const uint64_t wide = place == CONTEND_GROUP ? NEEDS_SHARED_INT64_ATOMICS : NEEDS_INT64_ATOMICS;
    if (!kernel_has(t, type->needs | (type->bits == 64 ? wide : NEEDS_NOTHING)))
        return;
    contend(t,
            &(contention){.type = type,
                          .model = &MODEL,
                          .ctx = kt_context(t),
                          .place = place,
                          .operation = number % ATOMIC_OPERATION_COUNT,
                          .scope = scope,
                          .scoped = scoped},
            type->name);
}

TEST_FAMILY_CASE(integers_in_buffers)
{
    (void)param;
    check_meetings(t, CONTEND_BUFFER, false);
}

TEST_FAMILY_CASE(integers_in_workgroups)
{
    (void)param;
    check_meetings(t, CONTEND_GROUP, false);
}

TEST_FAMILY_CASE(integers_by_address)
{
    (void)param;
    check_meetings(t, CONTEND_ADDRESS, false);
}

TEST_FAMILY_CASE(scoped_integers_in_buffers)
{
    (void)param;
    check_meetings(t, CONTEND_BUFFER, true);
}

TEST_FAMILY_CASE(scoped_integers_in_workgroups)
{
    (void)param;
    check_meetings(t, CONTEND_GROUP, true);
}

TEST_FAMILY_CASE(scoped_integers_by_address)
{
    (void)param;
    check_meetings(t, CONTEND_ADDRESS, true);
}
