#include "plant_spirv.h"

#include <stdlib.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "reflect_opcodes.h"

enum { HEADER_WORDS = 5, BOUND_WORD = 3 };

// Where an instruction of GLSL.std.450 says which one it is.
enum { GLSL_WORD = 4 };

// Where `OpGroupNonUniform…` says what it does with the group.
enum { GROUP_WORD = 4 };

// A module that is being written.
typedef struct plant {
    const kro__module *module;
    const kro__planted *fault;
    uint32_t *words;
    size_t used, room;
    uint32_t *zeros, *ones; // constants that the fault needs, by definition of their type: ids
    uint32_t bound;
    bool failed; // there was no room
} plant;

static uint32_t opcode_of_id(const kro__module *module, uint32_t id)
{
    return kro__definition_opcode(module, kro__find(module, id));
}

// The definition of the type of an id.
static uint32_t type_of_id(const kro__module *module, uint32_t id)
{
    return module->definitions[kro__find(module, id)].type;
}

static bool is_constant(uint32_t opcode)
{
    return opcode >= SpvOpConstantTrue && opcode <= SpvOpSpecConstantOp;
}

// The word that holds the memory semantics of an instruction.
static uint32_t semantics_word(uint32_t opcode)
{
    if (opcode == SpvOpMemoryBarrier)
        return 2;
    return opcode == SpvOpControlBarrier || opcode == SpvOpAtomicStore ? 3 : 5;
}

static bool is_group_operation(uint32_t opcode)
{
    return (opcode >= SpvOpGroupNonUniformIAdd && opcode <= SpvOpGroupNonUniformLogicalXor) ||
           opcode == SpvOpGroupNonUniformBallotBitCount;
}

// A value that a constant can stand for.
static bool has_zero(const kro__module *module, const uint32_t *at)
{
    const uint32_t type = opcode_of_id(module, kro__operand(at, 1));
    return type != SpvOpTypeVoid && type != SpvOpTypePointer;
}

static bool is_glsl(const kro__module *module, const uint32_t *at)
{
    const uint32_t *set = module->definitions[kro__find(module, kro__operand(at, 3))].words;
    return kro__opcode_of(at) == SpvOpExtInst && kro__string_is(set, 2, "GLSL.std.450");
}

// OpSpecConstantOp holds the opcode of what it computes.
static bool is_swapped(const uint32_t *at, uint32_t from)
{
    const uint32_t opcode = kro__opcode_of(at);
    return opcode == from || (opcode == SpvOpSpecConstantOp && kro__operand(at, 3) == from);
}

static bool is_decorated(const uint32_t *at, uint32_t decoration)
{
    const uint32_t opcode = kro__opcode_of(at);
    return (opcode == SpvOpDecorate && kro__operand(at, 2) == decoration) ||
           (opcode == SpvOpMemberDecorate && kro__operand(at, 3) == decoration);
}

// Whether an instruction becomes another one.
static bool matches(const kro__module *module, const uint32_t *at, const kro__planted *fault)
{
    const uint32_t opcode = kro__opcode_of(at), words = kro__word_count(at);
    switch (fault->kind) {
    case KRO__PLANTED_SWAP:
        return is_swapped(at, fault->from);
    case KRO__PLANTED_DROP:
    case KRO__PLANTED_PASS:
        return opcode == fault->from && words > fault->to;
    case KRO__PLANTED_ZERO:
        return opcode == fault->from && has_zero(module, at);
    case KRO__PLANTED_EXCHANGE: // a literal of OpSwitch is one word where there are as many as
                                // labels
        return opcode == fault->from && words > fault->two && at[fault->to] != at[fault->two] &&
               (opcode != SpvOpSwitch || words % 2);
    case KRO__PLANTED_NUDGE:
        return opcode == fault->from && words > 4 &&
               !is_constant(opcode_of_id(module, at[words - 1]));
    case KRO__PLANTED_RELAX:
        return opcode >= fault->from && opcode <= fault->to &&
               type_of_id(module, kro__operand(at, semantics_word(opcode)));
    case KRO__PLANTED_GROUP:
        return is_group_operation(opcode) && kro__operand(at, GROUP_WORD) == fault->from;
    case KRO__PLANTED_BUILT_IN:
        return is_decorated(at, SpvDecorationBuiltIn) && at[words - 1] == fault->from;
    case KRO__PLANTED_UNDECORATE:
        return is_decorated(at, fault->from);
    case KRO__PLANTED_GLSL:
        return is_glsl(module, at) && kro__operand(at, GLSL_WORD) == fault->from;
    case KRO__PLANTED_GLSL_ZERO:
        return is_glsl(module, at) && kro__operand(at, GLSL_WORD) == fault->from &&
               has_zero(module, at);
    case KRO__PLANTED_OF_CALL:
    case KRO__PLANTED_OF_REPORTS:
        break;
    }
    return false;
}

bool kro__plant_spirv_reaches(const kro__module *module, const kro__planted *fault)
{
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at))
        if (matches(module, at, fault))
            return true;
    return false;
}

static bool is_planned(uint32_t opcode)
{
    for (int i = 0; i < KRO__PLANTED_COUNT; i++)
        if (kro__planted_faults[i].kind <= KRO__PLANTED_RELAX &&
            kro__planted_faults[i].from == opcode)
            return true;
    for (const kro__planted_bare *bare = kro__planted_bares; bare->first <= bare->last; bare++)
        if (opcode >= bare->first && opcode <= bare->last)
            return true;
    return false;
}

uint32_t kro__plant_spirv_unknown(const kro__module *module)
{
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at))
        if (!is_planned(kro__opcode_of(at)))
            return kro__opcode_of(at);
    return 0;
}

static void put(plant *to, const uint32_t *words, size_t count)
{
    to->failed = to->failed || count > to->room - to->used;
    if (to->failed)
        return;
    memcpy(to->words + to->used, words, count * sizeof *words);
    to->used += count;
}

static void put_instruction(plant *to, uint32_t opcode, const uint32_t *operands, uint32_t count)
{
    const uint32_t head = (count + 1) << 16 | opcode;
    put(to, &head, 1);
    put(to, operands, count);
}

// The id of a constant of a type, which is asked for before the functions and then written there.
static uint32_t constant_of(plant *to, uint32_t *constants, uint32_t type)
{
    if (!constants[type])
        constants[type] = to->bound++;
    return constants[type];
}

// A copy with another word.
static void put_changed(plant *to, const uint32_t *at, uint32_t word, uint32_t value)
{
    const size_t start = to->used;
    put(to, at, kro__word_count(at));
    if (!to->failed && word < kro__word_count(at))
        to->words[start + word] = value;
}

static void put_exchanged(plant *to, const uint32_t *at)
{
    const size_t start = to->used;
    put_changed(to, at, to->fault->to, at[to->fault->two]);
    if (!to->failed)
        to->words[start + to->fault->two] = at[to->fault->to];
}

static void put_value(plant *to, const uint32_t *at, uint32_t value)
{
    put_instruction(to, SpvOpCopyObject, (const uint32_t[]){at[1], at[2], value}, 3);
}

static void put_zero(plant *to, const uint32_t *at)
{
    put_value(to, at, constant_of(to, to->zeros, kro__find(to->module, at[1])));
}

static void put_nudged(plant *to, const uint32_t *at)
{
    const uint32_t last = kro__word_count(at) - 1, index = at[last], next = to->bound++;
    const uint32_t type = type_of_id(to->module, index);
    put_instruction(to, SpvOpIAdd,
                    (const uint32_t[]){to->module->definitions[type].id, next, index,
                                       constant_of(to, to->ones, type)},
                    4);
    put_changed(to, at, last, next);
}

static void put_relaxed(plant *to, const uint32_t *at)
{
    const uint32_t word = semantics_word(kro__opcode_of(at));
    put_changed(to, at, word, constant_of(to, to->zeros, type_of_id(to->module, at[word])));
}

static void put_swapped(plant *to, const uint32_t *at)
{
    if (kro__opcode_of(at) == SpvOpSpecConstantOp)
        put_changed(to, at, 3, to->fault->to);
    else
        put_changed(to, at, 0, (at[0] & 0xffff0000) | to->fault->to);
}

// Clusters have one operand more than the other operations.
static void put_regrouped(plant *to, const uint32_t *at)
{
    const size_t start = to->used;
    put_changed(to, at, GROUP_WORD, to->fault->to);
    if (to->fault->from != SpvGroupOperationClusteredReduce || to->failed)
        return;
    to->used--;
    to->words[start] -= 1u << 16;
}

// What the instruction becomes.
static void put_fault(plant *to, const uint32_t *at)
{
    switch (to->fault->kind) {
    case KRO__PLANTED_SWAP:
        put_swapped(to, at);
        break;
    case KRO__PLANTED_DROP:
    case KRO__PLANTED_UNDECORATE:
        break;
    case KRO__PLANTED_ZERO:
    case KRO__PLANTED_GLSL_ZERO:
        put_zero(to, at);
        break;
    case KRO__PLANTED_PASS:
        put_value(to, at, at[to->fault->to]);
        break;
    case KRO__PLANTED_EXCHANGE:
        put_exchanged(to, at);
        break;
    case KRO__PLANTED_NUDGE:
        put_nudged(to, at);
        break;
    case KRO__PLANTED_RELAX:
        put_relaxed(to, at);
        break;
    case KRO__PLANTED_GROUP:
        put_regrouped(to, at);
        break;
    case KRO__PLANTED_BUILT_IN:
        put_changed(to, at, kro__word_count(at) - 1, to->fault->to);
        break;
    case KRO__PLANTED_GLSL:
        put_changed(to, at, GLSL_WORD, to->fault->to);
        break;
    case KRO__PLANTED_OF_CALL:
    case KRO__PLANTED_OF_REPORTS:
        break;
    }
}

static void put_all(plant *to, const uint32_t *first, const uint32_t *end)
{
    for (const uint32_t *at = first; at < end; at += kro__word_count(at)) {
        if (matches(to->module, at, to->fault))
            put_fault(to, at);
        else
            put(to, at, kro__word_count(at));
    }
}

static void put_constants(plant *to)
{
    for (uint32_t i = 1; i < to->module->definition_count; i++) {
        const uint32_t type = to->module->definitions[i].id;
        if (to->zeros[i])
            put_instruction(to, SpvOpConstantNull, (const uint32_t[]){type, to->zeros[i]}, 2);
        const bool wide = to->module->definitions[i].layout.bytes > sizeof(uint32_t);
        if (to->ones[i])
            put_instruction(to, SpvOpConstant, (const uint32_t[]){type, to->ones[i], 1, 0},
                            wide ? 4 : 3);
    }
}

static const uint32_t *find_functions(const kro__module *module)
{
    const uint32_t *at = module->first;
    while (at < module->end && kro__opcode_of(at) != SpvOpFunction)
        at += kro__word_count(at);
    return at;
}

// Functions are written first, which tells what constants they need, and then moved behind those.
static void put_module(plant *to)
{
    const uint32_t *functions = find_functions(to->module);
    put(to, to->module->words, HEADER_WORDS);
    put_all(to, to->module->first, functions);
    const size_t start = to->used;
    put_all(to, functions, to->module->end);
    const size_t end = to->used;
    put_constants(to);
    if (to->failed)
        return;
    const size_t constants = to->used - end;
    uint32_t *moved = malloc((to->used - start + 1) * sizeof *moved);
    to->failed = !moved;
    if (!moved)
        return;
    memcpy(moved, to->words + end, constants * sizeof *moved);
    memcpy(moved + constants, to->words + start, (end - start) * sizeof *moved);
    memcpy(to->words + start, moved, (to->used - start) * sizeof *moved);
    to->words[BOUND_WORD] = to->bound;
    free(moved);
}

uint32_t *kro__plant_spirv(const kro__module *module, const kro__planted *fault,
                           size_t *word_count_out)
{
    plant to = {.module = module, .fault = fault, .bound = module->bound};
    if (!kro__plant_spirv_reaches(module, fault))
        return NULL;
    // No instruction becomes more than twice as long, and a type has at most two constants.
    to.room = 2 * (size_t)(module->end - module->words) + 8 * (size_t)module->definition_count;
    to.words = malloc(to.room * sizeof *to.words);
    to.zeros = calloc(module->definition_count, sizeof *to.zeros);
    to.ones = calloc(module->definition_count, sizeof *to.ones);
    to.failed = !to.words || !to.zeros || !to.ones;
    if (!to.failed)
        put_module(&to);
    free(to.zeros);
    free(to.ones);
    if (to.failed) {
        free(to.words);
        return NULL;
    }
    *word_count_out = to.used;
    return to.words;
}
