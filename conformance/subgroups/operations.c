// Every operation of subgroups, on every type, under masks that leave lanes out.
//
// Drivers that got one of these wrong: reductions of dolphin-emu/dolphin#9783 (NVIDIA, AMD), counts
// of the bits of ballots of llvm/offload-test-suite#549 (Adreno).
#include <stdlib.h>

#include "subgroups/calls.h"
#include "subgroups/features.h"

// Some operations, in the names of cases: "u32.shuffle" or, with forms, "u32.add.reduce".
typedef struct operation_range {
    subgroup_operation first, last;
    uint32_t forms; // 0: they have none
} operation_range;

static const operation_range ARITHMETIC = {SUBGROUP_ADD, SUBGROUP_XOR, 3};
static const operation_range CLUSTERS = {SUBGROUP_ADD, SUBGROUP_XOR, 0};
static const operation_range BROADCASTS = {SUBGROUP_BROADCAST, SUBGROUP_BROADCAST_FIRST, 0};
static const operation_range SHUFFLES = {SUBGROUP_SHUFFLE, SUBGROUP_SHUFFLE_XOR, 0};
static const operation_range DISTANCES = {SUBGROUP_SHUFFLE_UP, SUBGROUP_SHUFFLE_DOWN, 0};
static const operation_range QUADS = {SUBGROUP_QUAD_BROADCAST, SUBGROUP_QUAD_SWAP, 0};
static const operation_range ROTATIONS = {SUBGROUP_ROTATE, SUBGROUP_ROTATE_CLUSTERS, 0};
static const operation_range EQUALITIES = {SUBGROUP_ALL_EQUAL, SUBGROUP_ALL_EQUAL, 0};

static const char *const FORMS[] = {"reduce", "inclusive", "exclusive"};

// The case that a parameter stands for.
typedef struct operation_case {
    const subgroup_type *type;
    subgroup_call call;
} operation_case;

// The number-th case of a range on words or on the other types; its type is NULL behind the last.
static operation_case case_of(const operation_range *range, bool words, size_t number)
{
    const uint32_t begin = words ? 0 : SUBGROUP_WORD_TYPES;
    const uint32_t end = words ? SUBGROUP_WORD_TYPES : SUBGROUP_TYPES;
    const uint32_t forms = range->forms ? range->forms : 1;
    for (uint32_t i = begin; i < end; i++)
        for (int k = (int)range->first; k <= (int)range->last; k++) {
            if (!calls_exist(&subgroup_types[i], (subgroup_operation)k))
                continue;
            if (number < forms)
                return (operation_case){&subgroup_types[i],
                                        {(subgroup_operation)k, (subgroup_form)number, 0}};
            number -= forms;
        }
    return (operation_case){NULL, {SUBGROUP_ADD, SUBGROUP_REDUCE, 0}};
}

static void range_params(kt_params *params, const operation_range *range, bool words)
{
    for (size_t i = 0;; i++) {
        const operation_case found = case_of(range, words, i);
        if (!found.type)
            return;
        const char *name = subgroup_operation_name(found.call.operation);
        if (range->forms)
            kt_param(params, "%s.%s.%s", found.type->name, name, FORMS[found.call.form]);
        else
            kt_param(params, "%s.%s", found.type->name, name);
    }
}

static bool is_lane_count(uint32_t lanes, uint32_t size)
{
    return lanes <= size && lanes <= SUBGROUP_MAX_LANES;
}

// The calls of a case: one, or one for each size of clusters, lane or direction that there is.
static uint32_t expand(subgroup_call call, uint32_t size, subgroup_call calls[CALLS_MOST])
{
    uint32_t count = 0;
    if (call.form == SUBGROUP_CLUSTERED || call.operation == SUBGROUP_ROTATE_CLUSTERS) {
        for (call.operand = 1; is_lane_count(call.operand, size); call.operand *= 2)
            calls[count++] = call;
    } else if (call.operation == SUBGROUP_BROADCAST) {
        const uint32_t lanes[] = {0, 1, 2, size / 2, size - 1};
        for (uint32_t i = 0; i < 5; i++) {
            call.operand = lanes[i] % size;
            calls[count++] = call;
        }
    } else if (call.operation == SUBGROUP_QUAD_BROADCAST || call.operation == SUBGROUP_QUAD_SWAP) {
        const uint32_t operands = call.operation == SUBGROUP_QUAD_SWAP ? 3 : 4;
        for (call.operand = 0; call.operand < operands; call.operand++)
            calls[count++] = call;
    } else {
        calls[count++] = call;
    }
    return count;
}

static void check_call(kt_test *t, const subgroup_type *type, subgroup_call call)
{
    subgroup_call calls[CALLS_MOST];
    const kro_device_info *device = kt_device(t);
    if (device)
        calls_check(t, type, calls, expand(call, device->subgroup_size, calls), 0);
}

static void check_range(kt_test *t, const operation_range *range, bool words)
{
    const operation_case found = case_of(range, words, kt_param_index(t));
    check_call(t, found.type, found.call);
}

static void check_clusters(kt_test *t, bool words)
{
    operation_case found = case_of(&CLUSTERS, words, kt_param_index(t));
    found.call.form = SUBGROUP_CLUSTERED;
    check_call(t, found.type, found.call);
}

static void check_rotation(kt_test *t, bool words)
{
    const operation_case found = case_of(&ROTATIONS, words, kt_param_index(t));
    const subgroup_features has = subgroup_features_of(t);
    if (!has.rotate)
        SKIP(t, "shaderSubgroupRotate");
    else if (found.call.operation == SUBGROUP_ROTATE_CLUSTERS && !has.rotate_clustered)
        SKIP(t, "shaderSubgroupRotateClustered");
    else
        check_call(t, found.type, found.call);
}

TEST_PARAMS(subgroup_arithmetic_of_words)
{
    range_params(params, &ARITHMETIC, true);
}

TEST_FAMILY_CASE(arithmetic_is_of_active_lanes)
{
    (void)param;
    check_range(t, &ARITHMETIC, true);
}

TEST_PARAMS(subgroup_arithmetic_of_other_types)
{
    range_params(params, &ARITHMETIC, false);
}

TEST_FAMILY_CASE(arithmetic_is_of_active_lanes_in_other_types)
{
    (void)param;
    check_range(t, &ARITHMETIC, false);
}

TEST_PARAMS(subgroup_clusters_of_words)
{
    range_params(params, &CLUSTERS, true);
}

TEST_FAMILY_CASE(clusters_are_reduced_apart)
{
    (void)param;
    check_clusters(t, true);
}

TEST_PARAMS(subgroup_clusters_of_other_types)
{
    range_params(params, &CLUSTERS, false);
}

TEST_FAMILY_CASE(clusters_are_reduced_apart_in_other_types)
{
    (void)param;
    check_clusters(t, false);
}

TEST_PARAMS(subgroup_broadcasts_of_words)
{
    range_params(params, &BROADCASTS, true);
}

TEST_FAMILY_CASE(broadcasts_reach_active_lanes)
{
    (void)param;
    check_range(t, &BROADCASTS, true);
}

TEST_PARAMS(subgroup_broadcasts_of_other_types)
{
    range_params(params, &BROADCASTS, false);
}

TEST_FAMILY_CASE(broadcasts_reach_active_lanes_in_other_types)
{
    (void)param;
    check_range(t, &BROADCASTS, false);
}

TEST_PARAMS(subgroup_shuffles_of_words)
{
    range_params(params, &SHUFFLES, true);
}

TEST_FAMILY_CASE(shuffles_read_active_lanes)
{
    (void)param;
    check_range(t, &SHUFFLES, true);
}

TEST_PARAMS(subgroup_shuffles_of_other_types)
{
    range_params(params, &SHUFFLES, false);
}

TEST_FAMILY_CASE(shuffles_read_active_lanes_in_other_types)
{
    (void)param;
    check_range(t, &SHUFFLES, false);
}

TEST_PARAMS(subgroup_distances_of_words)
{
    range_params(params, &DISTANCES, true);
}

TEST_FAMILY_CASE(shuffles_by_distance_read_active_lanes)
{
    (void)param;
    check_range(t, &DISTANCES, true);
}

TEST_PARAMS(subgroup_distances_of_other_types)
{
    range_params(params, &DISTANCES, false);
}

TEST_FAMILY_CASE(shuffles_by_distance_read_active_lanes_in_other_types)
{
    (void)param;
    check_range(t, &DISTANCES, false);
}

TEST_PARAMS(subgroup_quads_of_words)
{
    range_params(params, &QUADS, true);
}

TEST_FAMILY_CASE(quads_exchange_values)
{
    (void)param;
    check_range(t, &QUADS, true);
}

TEST_PARAMS(subgroup_quads_of_other_types)
{
    range_params(params, &QUADS, false);
}

TEST_FAMILY_CASE(quads_exchange_values_in_other_types)
{
    (void)param;
    check_range(t, &QUADS, false);
}

TEST_PARAMS(subgroup_rotations_of_words)
{
    range_params(params, &ROTATIONS, true);
}

TEST_FAMILY_CASE(rotations_move_every_lane)
{
    (void)param;
    check_rotation(t, true);
}

TEST_PARAMS(subgroup_rotations_of_other_types)
{
    range_params(params, &ROTATIONS, false);
}

TEST_FAMILY_CASE(rotations_move_every_lane_in_other_types)
{
    (void)param;
    check_rotation(t, false);
}

TEST_PARAMS(subgroup_equalities_of_words)
{
    range_params(params, &EQUALITIES, true);
}

TEST_FAMILY_CASE(equality_is_of_active_lanes)
{
    (void)param;
    check_range(t, &EQUALITIES, true);
}

TEST_PARAMS(subgroup_equalities_of_other_types)
{
    range_params(params, &EQUALITIES, false);
}

TEST_FAMILY_CASE(equality_is_of_active_lanes_in_other_types)
{
    (void)param;
    check_range(t, &EQUALITIES, false);
}

static const subgroup_operation VOTES[] = {SUBGROUP_ALL, SUBGROUP_ANY};

TEST_PARAMS(subgroup_vote_operations)
{
    for (size_t i = 0; i < sizeof VOTES / sizeof VOTES[0]; i++)
        kt_param(params, "%s", subgroup_operation_name(VOTES[i]));
}

TEST_FAMILY_CASE(votes_are_of_active_lanes)
{
    (void)param;
    const subgroup_call call = {VOTES[kt_param_index(t)], SUBGROUP_REDUCE, 0};
    check_call(t, subgroup_type_named("bool"), call);
}

TEST_PARAMS(subgroup_ballot_operations)
{
    for (int i = SUBGROUP_BALLOT; i <= SUBGROUP_FIND_MSB; i++)
        kt_param(params, "%s", subgroup_operation_name((subgroup_operation)i));
}

// A ballot has the bits of active lanes, and bits beyond the last lane count for nothing.
TEST_FAMILY_CASE(ballots_are_of_active_lanes)
{
    (void)param;
    const subgroup_operation operation = (subgroup_operation)(SUBGROUP_BALLOT + kt_param_index(t));
    const subgroup_call calls[] = {{operation, SUBGROUP_REDUCE, 0},
                                   {operation, SUBGROUP_INCLUSIVE, 0},
                                   {operation, SUBGROUP_EXCLUSIVE, 0}};
    calls_check(t, subgroup_type_named("u32"), calls, operation == SUBGROUP_BIT_COUNT ? 3 : 1, 0);
}

// One operation of each class that a device may have.
static const struct {
    uint32_t needs; // of kro_device_info.subgroup_operations
    const char *type;
    subgroup_call call;
} OF_EACH_CLASS[] = {
    {KRO_SUBGROUP_ARITHMETIC, "u32", {SUBGROUP_ADD, SUBGROUP_REDUCE, 0}},
    {KRO_SUBGROUP_ARITHMETIC, "u32", {SUBGROUP_MAX, SUBGROUP_INCLUSIVE, 0}},
    {KRO_SUBGROUP_ARITHMETIC, "u32", {SUBGROUP_ADD, SUBGROUP_EXCLUSIVE, 0}},
    {KRO_SUBGROUP_CLUSTERED, "u32", {SUBGROUP_ADD, SUBGROUP_CLUSTERED, 0}},
    {KRO_SUBGROUP_BALLOT, "u32", {SUBGROUP_BROADCAST, SUBGROUP_REDUCE, 0}},
    {KRO_SUBGROUP_BALLOT, "u32", {SUBGROUP_BALLOT, SUBGROUP_REDUCE, 0}},
    {KRO_SUBGROUP_BALLOT, "u32", {SUBGROUP_BIT_COUNT, SUBGROUP_INCLUSIVE, 0}},
    {KRO_SUBGROUP_BALLOT, "u32", {SUBGROUP_FIND_MSB, SUBGROUP_REDUCE, 0}},
    {KRO_SUBGROUP_SHUFFLE, "u32", {SUBGROUP_SHUFFLE, SUBGROUP_REDUCE, 0}},
    {KRO_SUBGROUP_SHUFFLE_RELATIVE, "u32", {SUBGROUP_SHUFFLE_UP, SUBGROUP_REDUCE, 0}},
    {KRO_SUBGROUP_QUAD, "u32", {SUBGROUP_QUAD_SWAP, SUBGROUP_REDUCE, 0}},
    {KRO_SUBGROUP_VOTE, "bool", {SUBGROUP_ANY, SUBGROUP_REDUCE, 0}},
};

TEST_PARAMS(required_subgroup_sizes)
{
    for (uint32_t size = 1; size <= SUBGROUP_MAX_LANES; size *= 2)
        kt_param(params, "%u", size);
}

TEST_FAMILY_CASE(operations_are_those_of_the_required_size)
{
    const uint32_t size = (uint32_t)strtoul(param, NULL, 10);
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    if (size < device->min_subgroup_size || size > device->max_subgroup_size) {
        SKIP(t, "minSubgroupSize %u, maxSubgroupSize %u", device->min_subgroup_size,
             device->max_subgroup_size);
        return;
    }
    for (size_t i = 0; i < sizeof OF_EACH_CLASS / sizeof OF_EACH_CLASS[0]; i++) {
        subgroup_call calls[CALLS_MOST];
        if ((device->subgroup_operations & OF_EACH_CLASS[i].needs) && !kt_has_failed(t))
            calls_check(t, subgroup_type_named(OF_EACH_CLASS[i].type), calls,
                        expand(OF_EACH_CLASS[i].call, size, calls), size);
    }
}
