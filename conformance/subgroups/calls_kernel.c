#include "subgroups/calls.h"

#include <stdlib.h>

// The instruction for each class of types; 0: there is none.
static const uint32_t ARITHMETIC[SUBGROUP_ARITHMETIC_COUNT][4] = {
    [SUBGROUP_ADD] = {SpvOpGroupNonUniformIAdd, SpvOpGroupNonUniformIAdd, SpvOpGroupNonUniformFAdd},
    [SUBGROUP_MUL] = {SpvOpGroupNonUniformIMul, SpvOpGroupNonUniformIMul, SpvOpGroupNonUniformFMul},
    [SUBGROUP_MIN] = {SpvOpGroupNonUniformSMin, SpvOpGroupNonUniformUMin, SpvOpGroupNonUniformFMin},
    [SUBGROUP_MAX] = {SpvOpGroupNonUniformSMax, SpvOpGroupNonUniformUMax, SpvOpGroupNonUniformFMax},
    [SUBGROUP_AND] = {SpvOpGroupNonUniformBitwiseAnd, SpvOpGroupNonUniformBitwiseAnd, 0,
                      SpvOpGroupNonUniformLogicalAnd},
    [SUBGROUP_OR] = {SpvOpGroupNonUniformBitwiseOr, SpvOpGroupNonUniformBitwiseOr, 0,
                     SpvOpGroupNonUniformLogicalOr},
    [SUBGROUP_XOR] = {SpvOpGroupNonUniformBitwiseXor, SpvOpGroupNonUniformBitwiseXor, 0,
                      SpvOpGroupNonUniformLogicalXor},
};

static const SpvGroupOperation FORMS[] = {
    [SUBGROUP_REDUCE] = SpvGroupOperationReduce,
    [SUBGROUP_INCLUSIVE] = SpvGroupOperationInclusiveScan,
    [SUBGROUP_EXCLUSIVE] = SpvGroupOperationExclusiveScan,
    [SUBGROUP_CLUSTERED] = SpvGroupOperationClusteredReduce,
};

bool calls_exist(const subgroup_type *type, subgroup_operation operation)
{
    return operation >= SUBGROUP_ARITHMETIC_COUNT || ARITHMETIC[operation][type->class];
}

// The arguments of a kernel's instructions, loaded once.
typedef struct arguments {
    uint32_t values[4]; // components, in the type of the instructions
    uint32_t own;       // of this lane
    uint32_t rotation;  // the same for all
} arguments;

static uint32_t value_type(subgroup_writer *w)
{
    return w->type->class == SUBGROUP_BOOL ? spirv_bool(&w->m) : w->element;
}

static uint32_t vector_of(subgroup_writer *w, uint32_t type, uint32_t components)
{
    return components == 1 ? type : SPIRV_DECLARE(&w->m, SpvOpTypeVector, type, components);
}

static uint32_t constant_one(subgroup_writer *w)
{
    const uint32_t low = (uint32_t)w->type->one, high = (uint32_t)(w->type->one >> 32);
    return w->type->bits == 64 ? SPIRV_DECLARE(&w->m, SpvOpConstant, w->element, low, high)
                               : SPIRV_DECLARE(&w->m, SpvOpConstant, w->element, low);
}

// A bool as the element that stands for it.
static uint32_t element_of_bool(subgroup_writer *w, uint32_t value)
{
    spirv *m = &w->m;
    return SPIRV_RESULT(m, SpvOpSelect, w->element, value, constant_one(w),
                        SPIRV_DECLARE(m, SpvOpConstantNull, w->element));
}

static arguments load_arguments(subgroup_writer *w)
{
    spirv *m = &w->m;
    arguments loaded = {.rotation = subgroup_load(w, SUBGROUP_IN, spirv_constant(m, 0))};
    loaded.own =
        subgroup_load(w, SUBGROUP_IN,
                      subgroup_index(w, w->invocation, SUBGROUP_IN_WORDS, SUBGROUP_IN_HEADER + 1));
    for (uint32_t i = 0; i < 4; i++) {
        const uint32_t element =
            subgroup_load(w, SUBGROUP_VALUES, subgroup_index(w, w->invocation, 4, i));
        loaded.values[i] = element;
        if (w->type->class == SUBGROUP_BOOL)
            loaded.values[i] = spirv_compare(m, SpvOpINotEqual, element, spirv_constant(m, 0));
    }
    return loaded;
}

static uint32_t call_exchange(subgroup_writer *w, const subgroup_call *call, const arguments *with,
                              uint32_t type, uint32_t value)
{
    const uint32_t constant = spirv_constant(&w->m, call->operand);
    switch (call->operation) {
    case SUBGROUP_BROADCAST:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBroadcast, type, value, constant);
    case SUBGROUP_BROADCAST_FIRST:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBroadcastFirst, type, value);
    case SUBGROUP_SHUFFLE:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformShuffle, type, value, with->own);
    case SUBGROUP_SHUFFLE_XOR:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformShuffleXor, type, value, with->own);
    case SUBGROUP_SHUFFLE_UP:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformShuffleUp, type, value, with->own);
    case SUBGROUP_SHUFFLE_DOWN:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformShuffleDown, type, value, with->own);
    case SUBGROUP_QUAD_BROADCAST:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformQuadBroadcast, type, value, constant);
    case SUBGROUP_QUAD_SWAP:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformQuadSwap, type, value, constant);
    case SUBGROUP_ROTATE:
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformRotateKHR, type, value, with->rotation);
    default: // SUBGROUP_ROTATE_CLUSTERS
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformRotateKHR, type, value, with->rotation,
                                    constant);
    }
}

static uint32_t call_arithmetic(subgroup_writer *w, const subgroup_call *call, uint32_t type,
                                uint32_t value)
{
    const SpvOp op = (SpvOp)ARITHMETIC[call->operation][w->type->class];
    const uint32_t form = FORMS[call->form];
    if (call->form == SUBGROUP_CLUSTERED)
        return SUBGROUP_INSTRUCTION(w, op, type, form, value, spirv_constant(&w->m, call->operand));
    return SUBGROUP_INSTRUCTION(w, op, type, form, value);
}

// The result of a call on the first `components` values; `*is_vote` where it is one bool.
static uint32_t call_values(subgroup_writer *w, const subgroup_call *call, const arguments *with,
                            uint32_t components, bool *is_vote)
{
    const uint32_t type = vector_of(w, value_type(w), components), truth = spirv_bool(&w->m);
    const uint32_t value = components == 1 ? with->values[0]
                                           : spirv_result(&w->m, SpvOpCompositeConstruct, type,
                                                          components, with->values);
    *is_vote = call->operation >= SUBGROUP_ALL_EQUAL;
    if (call->operation == SUBGROUP_ALL_EQUAL)
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformAllEqual, truth, value);
    if (call->operation == SUBGROUP_ALL)
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformAll, truth, value);
    if (call->operation == SUBGROUP_ANY)
        return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformAny, truth, value);
    if (call->operation >= SUBGROUP_ARITHMETIC_COUNT)
        return call_exchange(w, call, with, type, value);
    return call_arithmetic(w, call, type, value);
}

// Stores a result's components, or the one that a vote has, from element `first` on, an id.
static void store_result(subgroup_writer *w, uint32_t first, uint32_t slot, uint32_t result,
                         uint32_t components, bool is_vote)
{
    spirv *m = &w->m;
    for (uint32_t i = 0; i < (is_vote ? 1 : components); i++) {
        uint32_t element = components == 1 || is_vote
                               ? result
                               : SPIRV_RESULT(m, SpvOpCompositeExtract, value_type(w), result, i);
        if (is_vote || w->type->class == SUBGROUP_BOOL)
            element = element_of_bool(w, element);
        subgroup_store(w, SUBGROUP_RESULTS, subgroup_index(w, first, 1, slot + i), element);
    }
}

// A call of words: vectors of four stand for ballots.
static void write_words_call(subgroup_writer *w, const subgroup_call *call, const arguments *with,
                             uint32_t first, uint32_t slot)
{
    spirv *m = &w->m;
    const uint32_t word = spirv_uint(m), truth = spirv_bool(m);
    const uint32_t words = SPIRV_DECLARE(m, SpvOpTypeVector, word, 4);
    const uint32_t value = spirv_result(m, SpvOpCompositeConstruct, words, 4, with->values);
    const uint32_t one = spirv_constant(m, 1);
    const uint32_t wants =
        spirv_compare(m, SpvOpIEqual, spirv_math(m, SpvOpBitwiseAnd, with->values[0], one), one);
    uint32_t result = 0;
    switch (call->operation) {
    case SUBGROUP_BALLOT:
        store_result(w, first, slot, subgroup_ballot(w, wants), 4, false);
        return;
    case SUBGROUP_INVERSE_BALLOT:
        result = element_of_bool(w, SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformInverseBallot,
                                                         truth, subgroup_ballot(w, wants)));
        break;
    case SUBGROUP_BIT_EXTRACT:
        result = element_of_bool(w, SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBallotBitExtract,
                                                         truth, value, with->own));
        break;
    case SUBGROUP_BIT_COUNT:
        result = SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBallotBitCount, word,
                                      FORMS[call->form], value);
        break;
    case SUBGROUP_FIND_LSB:
        result = SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBallotFindLSB, word, value);
        break;
    default: // SUBGROUP_FIND_MSB
        result = SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBallotFindMSB, word, value);
        break;
    }
    store_result(w, first, slot, result, 1, false);
}

static void write_call(subgroup_writer *w, const subgroup_call *call, const arguments *with,
                       uint32_t first, uint32_t slot)
{
    if (subgroup_is_of_words(call->operation)) {
        write_words_call(w, call, with, first, slot + calls_slot(4));
        return;
    }
    for (uint32_t components = 1; components <= 4; components++) {
        bool is_vote;
        if (subgroup_result_components(call->operation, components) == 0)
            continue;
        const uint32_t result = call_values(w, call, with, components, &is_vote);
        store_result(w, first, slot + calls_slot(components), result, components, is_vote);
    }
}

static subgroup_modes modes_of(const subgroup_call *call)
{
    subgroup_modes modes = {.execution_mode = 0};
    uint32_t *capability = modes.capabilities;
    if (call->operation < SUBGROUP_ARITHMETIC_COUNT)
        *capability = call->form == SUBGROUP_CLUSTERED ? SpvCapabilityGroupNonUniformClustered
                                                       : SpvCapabilityGroupNonUniformArithmetic;
    else if (call->operation == SUBGROUP_SHUFFLE || call->operation == SUBGROUP_SHUFFLE_XOR)
        *capability = SpvCapabilityGroupNonUniformShuffle;
    else if (call->operation == SUBGROUP_SHUFFLE_UP || call->operation == SUBGROUP_SHUFFLE_DOWN)
        *capability = SpvCapabilityGroupNonUniformShuffleRelative;
    else if (call->operation == SUBGROUP_QUAD_BROADCAST || call->operation == SUBGROUP_QUAD_SWAP)
        *capability = SpvCapabilityGroupNonUniformQuad;
    else if (call->operation >= SUBGROUP_ALL_EQUAL && call->operation <= SUBGROUP_ANY)
        *capability = SpvCapabilityGroupNonUniformVote;
    else if (call->operation == SUBGROUP_ROTATE || call->operation == SUBGROUP_ROTATE_CLUSTERS) {
        *capability = SpvCapabilityGroupNonUniformRotateKHR;
        modes.extensions[0] = "SPV_KHR_subgroup_rotate";
    }
    return modes;
}

// In each round those take part whose mask has its bit: all in the same block, so that those of a
// ballot there are those of the calls beside it.
static void write_rounds(subgroup_writer *w, const subgroup_call *calls, uint32_t count)
{
    spirv *m = &w->m;
    const arguments with = load_arguments(w);
    const uint32_t mask = subgroup_load(
        w, SUBGROUP_IN, subgroup_index(w, w->invocation, SUBGROUP_IN_WORDS, SUBGROUP_IN_HEADER));
    const spirv_loop loop = spirv_for(m, spirv_constant(m, CALLS_ROUNDS));
    const uint32_t bit =
        spirv_math(m, SpvOpBitwiseAnd, spirv_math(m, SpvOpShiftRightLogical, mask, loop.round),
                   spirv_constant(m, 1));
    const spirv_branch takes_part =
        spirv_if(m, spirv_compare(m, SpvOpINotEqual, bit, spirv_constant(m, 0)));
    const uint32_t row = spirv_math(
        m, SpvOpIAdd, spirv_math(m, SpvOpIMul, loop.round, w->invocations), w->invocation);
    subgroup_write_who(w, row, subgroup_ballot(w, subgroup_true(w)));
    const uint32_t first = subgroup_index(w, row, count * CALLS_SLOTS, 0);
    for (uint32_t i = 0; i < count; i++)
        write_call(w, &calls[i], &with, first, i * CALLS_SLOTS);
    spirv_end_if(m, takes_part);
    spirv_end_for(m, &loop);
}

size_t calls_kernel(const subgroup_type *type, const subgroup_call *calls, uint32_t count,
                    uint32_t local_size, uint32_t groups, uint32_t words[SPIRV_MODULE_WORDS])
{
    subgroup_writer *w = malloc(sizeof *w);
    if (!w)
        return 0;
    const subgroup_modes modes = modes_of(&calls[0]);
    subgroup_writer_begin(w, type, local_size, groups);
    write_rounds(w, calls, count);
    const size_t word_count = subgroup_writer_end(w, &modes, words);
    free(w);
    return word_count;
}
