#include "subgroups/calls.h"

#include <stdio.h>
#include <string.h>

#include "elements.h"
#include "subgroups/features.h"
#include "subgroups/lanes.h"
#include "subgroups/run.h"

enum {
    LOCAL_SIZE = 77, // full subgroups and a part of one, whatever their size
    GROUPS = 3,      // unanimous, almost, and of many minds
    INVOCATIONS = LOCAL_SIZE * GROUPS,
    ROWS = CALLS_ROUNDS * INVOCATIONS,
    IN_WORDS = SUBGROUP_IN_HEADER + SUBGROUP_IN_WORDS * INVOCATIONS,
};

// One dispatch on the host.
typedef struct calls_trial {
    const subgroup_type *type;
    const subgroup_call *calls;
    uint32_t count;
    uint32_t size, required; // of subgroups; 0: the device's
    uint32_t in[IN_WORDS];   // see SUBGROUP_IN
    uint64_t values[INVOCATIONS][4];
    uint8_t *elements; // the same, as the device has them
    subgroup_who who[ROWS];
    uint8_t *expected, *actual; // elements
    size_t result_count;
} calls_trial;

bool calls_have_type(kt_test *t, const subgroup_type *type)
{
    if (!kernel_has(t, type->needs))
        return false;
    if (type->is_extended && !subgroup_features_of(t).extended_types) {
        SKIP(t, "shaderSubgroupExtendedTypes");
        return false;
    }
    return true;
}

// Which invocations take part: all, some of each kind, and single ones.
static uint32_t choose_mask(kt_test *t, uint32_t invocation)
{
    const uint32_t local = invocation % LOCAL_SIZE;
    const bool rounds[CALLS_ROUNDS] = {
        true,
        kt_random_below(t, 2) == 0,
        local % 2 == 1,
        kt_random_below(t, 8) == 0,
        kt_random_below(t, 8) != 0,
        local < 41,
        local % 4 == 2 || local > 60,
        kt_random_below(t, 40) == 0,
    };
    uint32_t mask = 0;
    for (uint32_t i = 0; i < CALLS_ROUNDS; i++)
        mask |= (uint32_t)rounds[i] << i;
    return mask;
}

// Floats whose sums and products are exact in any order, of 128 of them, too.
static double choose_float(kt_test *t, subgroup_operation operation, uint32_t invocation)
{
    if (operation == SUBGROUP_ADD)
        return (double)kt_random_below(t, 17) - 8;
    if (operation == SUBGROUP_MUL)
        return (kt_random_below(t, 2) ? 1 : -1) * (invocation % 32 == 5    ? 2
                                                   : invocation % 32 == 17 ? 0.5
                                                                           : 1);
    return ((double)kt_random_below(t, 1000) + 0.5) * (kt_random_below(t, 2) ? 1 : -1);
}

static uint64_t choose_integer(kt_test *t, subgroup_operation operation, uint32_t bits)
{
    const uint64_t all = UINT64_MAX >> (64 - bits);
    const uint64_t few = UINT64_C(1) << kt_random_below(t, bits);
    switch (operation) {
    case SUBGROUP_MUL: // even ones would soon make it zero
        return (kt_random_u64(t) | 1) & all;
    case SUBGROUP_AND:
        return all & ~few;
    case SUBGROUP_OR:
        return few;
    case SUBGROUP_BALLOT: // and what stands for one: many bits, few, none
    case SUBGROUP_BIT_EXTRACT:
    case SUBGROUP_BIT_COUNT:
    case SUBGROUP_FIND_LSB:
    case SUBGROUP_FIND_MSB:
        return kt_random_below(t, 3) == 0   ? 0
               : kt_random_below(t, 2) == 0 ? few
                                            : kt_random_u64(t) & all;
    default:
        return kt_random_u64(t) & all;
    }
}

static uint64_t choose_value(kt_test *t, const calls_trial *trial, uint32_t invocation)
{
    const subgroup_type *type = trial->type;
    const subgroup_operation operation = trial->calls[0].operation;
    const uint32_t group = invocation / LOCAL_SIZE;
    if (type->class == SUBGROUP_BOOL && operation < SUBGROUP_ALL_EQUAL)
        return operation == SUBGROUP_AND  ? kt_random_below(t, 8) != 0
               : operation == SUBGROUP_OR ? kt_random_below(t, 8) == 0
                                          : kt_random_below(t, 2);
    if (operation >= SUBGROUP_ALL_EQUAL && operation <= SUBGROUP_ANY) {
        // What all have: `any` is hard to see among those who say yes, the others among no.
        const bool usual = operation != SUBGROUP_ANY;
        const uint32_t rare = group == 0 ? 0 : group == 1 ? 1 : 8; // of 16
        const bool is_usual = kt_random_below(t, 16) >= rare;
        return is_usual == usual ? type->one : 0;
    }
    if (type->class == SUBGROUP_FLOAT)
        return exact_encode(type->format, choose_float(t, operation, invocation));
    return choose_integer(t, operation, type->bits);
}

static uint32_t choose_argument(kt_test *t, const calls_trial *trial)
{
    const subgroup_operation operation = trial->calls[0].operation;
    const bool is_step = operation == SUBGROUP_SHUFFLE_UP || operation == SUBGROUP_SHUFFLE_DOWN;
    const uint32_t most = is_step && kt_random_below(t, 2) ? 3 : trial->size;
    return (uint32_t)kt_random_below(t, most < trial->size ? most : trial->size);
}

static void fill(kt_test *t, calls_trial *trial)
{
    const uint32_t bits = trial->type->bits;
    trial->in[0] = (uint32_t)kt_random_below(t, trial->size); // the rotation
    for (uint32_t i = 0; i < INVOCATIONS; i++) {
        uint32_t *in = trial->in + SUBGROUP_IN_HEADER + SUBGROUP_IN_WORDS * i;
        in[0] = choose_mask(t, i);
        in[1] = choose_argument(t, trial);
        for (uint32_t k = 0; k < 4; k++) {
            trial->values[i][k] = choose_value(t, trial, i);
            element_store(bits, trial->elements, 4 * i + k, trial->values[i][k]);
        }
    }
}

static bool run(kt_test *t, calls_trial *trial)
{
    const size_t element_bytes = trial->type->bits / 8;
    uint32_t *words = kt_alloc(t, SPIRV_MODULE_WORDS * sizeof *words);
    const size_t count =
        calls_kernel(trial->type, trial->calls, trial->count, LOCAL_SIZE, GROUPS, words);
    const bool ran = subgroup_run_kernel(
        t, &(subgroup_run){.label = subgroup_operation_name(trial->calls[0].operation),
                           .words = words,
                           .word_count = count,
                           .required = trial->required,
                           .groups = GROUPS,
                           .in = {trial->in, sizeof trial->in},
                           .values = {trial->elements, 4 * INVOCATIONS * element_bytes},
                           .who = trial->who,
                           .who_bytes = sizeof trial->who,
                           .results = trial->actual,
                           .result_bytes = trial->result_count * element_bytes});
    kt_release(t, words);
    return ran;
}

// Those whom the ballot of `row` names, with what they brought.
static void gather(const calls_trial *trial, const lanes_map *map, const subgroup_who *row,
                   uint32_t group, subgroup_lanes *lanes)
{
    *lanes = (subgroup_lanes){.size = trial->size, .rotation = trial->in[0]};
    for (uint32_t lane = 0; lane < trial->size; lane++) {
        if (!lanes_in_ballot(row, lane))
            continue;
        const uint32_t invocation = group * LOCAL_SIZE + map->at[row->subgroup][lane];
        lanes->active[lane] = true;
        memcpy(lanes->x[lane], trial->values[invocation], sizeof lanes->x[lane]);
        lanes->argument[lane] = trial->in[SUBGROUP_IN_HEADER + SUBGROUP_IN_WORDS * invocation + 1];
    }
}

static bool is_zero(const subgroup_type *type, uint64_t value)
{
    return type->format && exact_decode(type->format, value) == 0;
}

// Fills in what the calls of one invocation in one round must give: what they gave where that is
// open, or is a zero of the other sign.
static void expect_row(calls_trial *trial, const subgroup_lanes *lanes, uint32_t lane, size_t row)
{
    const uint32_t bits = trial->type->bits;
    for (uint32_t i = 0; i < trial->count * 4; i++) {
        const subgroup_call *call = &trial->calls[i / 4];
        const uint32_t components = i % 4 + 1;
        const size_t first = (row * trial->count + i / 4) * CALLS_SLOTS + calls_slot(components);
        const uint32_t written = subgroup_result_components(call->operation, components);
        uint64_t result[4];
        const bool is_defined =
            written && subgroup_expect(trial->type, call, lanes, lane, components, result);
        for (uint32_t k = 0; k < written; k++) {
            const uint64_t actual = element_load(bits, trial->actual, first + k);
            const bool is_open =
                !is_defined || (is_zero(trial->type, result[k]) && is_zero(trial->type, actual));
            element_store(bits, trial->expected, first + k, is_open ? actual : result[k]);
        }
    }
}

// Everything that is not written stays poison: of those who do not take part, too.
static bool expect_all(kt_test *t, calls_trial *trial)
{
    lanes_map *maps = kt_alloc(t, GROUPS * sizeof *maps);
    subgroup_lanes *lanes = kt_alloc(t, sizeof *lanes);
    kt_poison(trial->expected, trial->result_count * (trial->type->bits / 8));
    for (uint32_t row = 0; row < ROWS; row++) {
        const uint32_t invocation = row % INVOCATIONS, group = invocation / LOCAL_SIZE;
        const uint32_t round = row / INVOCATIONS;
        const subgroup_who *who = &trial->who[row];
        if (invocation % LOCAL_SIZE == 0 &&
            !(round == 0 ? lanes_read(t, &maps[group], who, LOCAL_SIZE, trial->size)
                         : lanes_check(t, &maps[group], who, 1)))
            return false;
        const uint32_t mask =
            trial->in[SUBGROUP_IN_HEADER + SUBGROUP_IN_WORDS * invocation] >> round;
        if (!CHECK_EQ_U64(!lanes_is_absent(who), mask & 1))
            return false;
        if (!(mask & 1))
            continue;
        gather(trial, &maps[group], who, group, lanes);
        expect_row(trial, lanes, who->lane, row);
    }
    return true;
}

static kro_element element_of(const subgroup_type *type)
{
    static const kro_element elements[][4] = {
        {KRO_ELEMENT_I8, KRO_ELEMENT_I16, KRO_ELEMENT_I32, KRO_ELEMENT_I64},
        {KRO_ELEMENT_U8, KRO_ELEMENT_U16, KRO_ELEMENT_U32, KRO_ELEMENT_U64},
        {0, KRO_ELEMENT_F16, KRO_ELEMENT_F32, KRO_ELEMENT_F64},
        {0, 0, KRO_ELEMENT_U32, 0},
    };
    const uint32_t size = type->bits == 8 ? 0 : type->bits == 16 ? 1 : type->bits == 32 ? 2 : 3;
    return elements[type->class][size];
}

// Compares, and tells where the first wrong result was computed.
static void compare(kt_test *t, const calls_trial *trial)
{
    const uint32_t bits = trial->type->bits;
    const size_t bytes = trial->result_count * (bits / 8);
    kt_compared(t, element_of(trial->type), trial->actual, trial->expected, trial->expected,
                trial->result_count);
    if (memcmp(trial->actual, trial->expected, bytes) == 0)
        return;
    size_t at = 0, wrong = 0;
    for (size_t i = trial->result_count; i-- > 0;)
        if (element_load(bits, trial->actual, i) != element_load(bits, trial->expected, i)) {
            at = i;
            wrong++;
        }
    const size_t row = at / (trial->count * CALLS_SLOTS);
    const uint32_t slot = at % CALLS_SLOTS, invocation = (uint32_t)(row % INVOCATIONS);
    const subgroup_who *who = &trial->who[row];
    const uint32_t components = slot < 1 ? 1 : slot < 3 ? 2 : slot < 6 ? 3 : 4;
    char call[80];
    subgroup_describe(&trial->calls[at / CALLS_SLOTS % trial->count], call, sizeof call);
    FAILF(t,
          "%s of %s: in round %zu lane %u of %u (invocation %u of group %u, with 0x%08x%08x) gets "
          "0x%llx, not 0x%llx, in component %u of %u; %zu are wrong",
          call, trial->type->name, row / INVOCATIONS, who->lane, who->size, invocation % LOCAL_SIZE,
          invocation / LOCAL_SIZE, who->ballot[1], who->ballot[0],
          (unsigned long long)element_load(bits, trial->actual, at),
          (unsigned long long)element_load(bits, trial->expected, at),
          slot - calls_slot(components), components, wrong);
}

void calls_check(kt_test *t, const subgroup_type *type, const subgroup_call *calls, uint32_t count,
                 uint32_t required)
{
    const kro_device_info *device = kt_device(t);
    if (!device || !CHECK(count <= CALLS_MOST) || !calls_have_type(t, type))
        return;
    const size_t element_bytes = type->bits / 8;
    calls_trial *trial = kt_alloc(t, sizeof *trial);
    trial->type = type;
    trial->calls = calls;
    trial->count = count;
    trial->size = required ? required : device->subgroup_size;
    trial->required = required;
    trial->result_count = (size_t)ROWS * count * CALLS_SLOTS;
    trial->elements = kt_alloc(t, 4 * INVOCATIONS * element_bytes);
    trial->expected = kt_alloc(t, trial->result_count * element_bytes);
    trial->actual = kt_alloc(t, trial->result_count * element_bytes);
    fill(t, trial);
    if (run(t, trial) && expect_all(t, trial))
        compare(t, trial);
}
