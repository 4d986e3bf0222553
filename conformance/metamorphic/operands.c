// Rewrites of operands: their order, constants among them, and the indices of pointers.
#include "metamorphic/rewrites.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

// What a comparison is with its operands exchanged; an operation that commutes is itself.
static SpvOp mirrored(SpvOp op)
{
    static const SpvOp PAIRS[][2] = {
        {SpvOpUGreaterThan, SpvOpULessThan},
        {SpvOpUGreaterThanEqual, SpvOpULessThanEqual},
        {SpvOpSGreaterThan, SpvOpSLessThan},
        {SpvOpSGreaterThanEqual, SpvOpSLessThanEqual},
    };
    static const SpvOp COMMUTING[] = {
        SpvOpIAdd,       SpvOpIMul,      SpvOpBitwiseAnd,   SpvOpBitwiseOr,       SpvOpBitwiseXor,
        SpvOpLogicalAnd, SpvOpLogicalOr, SpvOpLogicalEqual, SpvOpLogicalNotEqual, SpvOpIEqual,
        SpvOpINotEqual,  SpvOpIAddCarry, SpvOpUMulExtended, SpvOpSMulExtended};
    for (size_t i = 0; i < sizeof PAIRS / sizeof PAIRS[0]; i++)
        if (op == PAIRS[i][0] || op == PAIRS[i][1])
            return PAIRS[i][op == PAIRS[i][0]];
    for (size_t i = 0; i < sizeof COMMUTING / sizeof COMMUTING[0]; i++)
        if (op == COMMUTING[i])
            return op;
    return SpvOpNop;
}

static bool commutes(const module *m, const uint32_t *instruction)
{
    (void)m;
    return mirrored(grammar_op(instruction)) != SpvOpNop;
}

bool rewrite_operands_commuted(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, commutes);
    for (size_t i = 0; i < sites.count; i++) {
        uint32_t *words = sites.at[i], kept = words[3];
        words[0] = (words[0] & ~(uint32_t)SpvOpCodeMask) | (uint32_t)mirrored(grammar_op(words));
        words[3] = words[4];
        words[4] = kept;
    }
    return sites.count > 0;
}

// Whether the constants among an instruction's operands may be any values of their types.
static bool takes_any_value(SpvOp op)
{
    return (op >= SpvOpSNegate && op <= SpvOpSMod && op != SpvOpFNegate) ||
           (op >= SpvOpLogicalEqual && op <= SpvOpSLessThanEqual) ||
           (op >= SpvOpShiftRightLogical && op <= SpvOpNot) || op == SpvOpStore ||
           op == SpvOpCompositeConstruct || op == SpvOpReturnValue;
}

// The word of an instruction that is a constant of a 32-bit integer type; 0: none is.
static uint32_t constant_at(const module *m, const uint32_t *instruction)
{
    if (!takes_any_value(grammar_op(instruction)))
        return 0;
    for (uint32_t at = 1; at < grammar_length(instruction); at++)
        if (grammar_is_id(instruction, at) && module_op_of(m, instruction[at]) == SpvOpConstant &&
            module_is_word(m, module_type_of(m, instruction[at])))
            return at;
    return 0;
}

static bool has_constant(const module *m, const uint32_t *instruction)
{
    return constant_at(m, instruction) > 0;
}

// A constant's value in another way, which may need instructions at a place.
typedef uint32_t (*replacement)(module *m, size_t *place, uint32_t type, uint32_t value);

static bool replace_constants(module *m, replacement replace)
{
    const rewrite_sites sites = rewrite_choose(m, has_constant);
    for (size_t i = 0; i < sites.count; i++) {
        const uint32_t at = constant_at(m, sites.at[i]);
        const uint32_t *constant = module_definition(m, sites.at[i][at]);
        size_t place = module_place(m, sites.at[i]);
        const uint32_t by = replace(m, &place, constant[1], constant[3]);
        sites.at[i][at] = by;
    }
    return sites.count > 0;
}

bool rewrite_constants_from_buffer(module *m)
{
    return replace_constants(m, module_unknown);
}

static uint32_t specialize(module *m, size_t *place, uint32_t type, uint32_t value)
{
    (void)place;
    return module_specialized(m, type, value);
}

bool rewrite_constants_specialized(module *m)
{
    return replace_constants(m, specialize);
}

// A sum of a specialization constant and another.
static uint32_t sum_up(module *m, size_t *place, uint32_t type, uint32_t value)
{
    const uint32_t k = module_random_below(m, 4) * 0x55555555u;
    (void)place;
    const uint32_t one = module_specialized(m, type, value - k),
                   other = module_constant(m, type, k);
    return MODULE_DECLARE(m, SpvOpSpecConstantOp, type, SpvOpIAdd, one, other);
}

bool rewrite_constants_summed(module *m)
{
    return replace_constants(m, sum_up);
}

// The type that an index selects of another; 0 where that is no type with parts.
static uint32_t part_of(const module *m, uint32_t type, uint32_t index)
{
    const uint32_t *definition = module_definition(m, type);
    switch (grammar_op(definition)) {
    case SpvOpTypeStruct:
        return definition[2 + module_definition(m, index)[3]];
    case SpvOpTypeArray:
    case SpvOpTypeRuntimeArray:
    case SpvOpTypeVector:
    case SpvOpTypeMatrix:
        return definition[2];
    default:
        return 0;
    }
}

static bool has_two_indices(const module *m, const uint32_t *instruction)
{
    (void)m;
    const SpvOp op = grammar_op(instruction);
    return (op == SpvOpAccessChain || op == SpvOpInBoundsAccessChain) &&
           grammar_length(instruction) > 5;
}

bool rewrite_access_chains_split(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, has_two_indices);
    for (size_t i = 0; i < sites.count; i++) {
        const uint32_t *whole = sites.at[i];
        const uint32_t indices = grammar_length(whole) - 4;
        const uint32_t first = 1 + module_random_below(m, indices - 1);
        const uint32_t *base = module_definition(m, module_type_of(m, whole[3]));
        const SpvStorageClass storage = (SpvStorageClass)base[2];
        uint32_t type = base[3];
        for (uint32_t k = 0; k < first; k++)
            type = part_of(m, type, whole[4 + k]);
        size_t place = module_place(m, whole);
        const SpvOp op = grammar_op(whole);
        uint32_t *words = kt_memory(grammar_length(whole), sizeof *words);
        const uint32_t middle = module_put_result(m, &place, op, module_pointer(m, storage, type),
                                                  1 + first, whole + 3);
        words[0] = whole[1];
        words[1] = whole[2];
        words[2] = middle;
        memcpy(words + 3, whole + 4 + first, (indices - first) * sizeof *words);
        module_put(m, &place, op, 3 + indices - first, words);
        // Its result is the new one's now.
        module_remove(m, &m->code, place);
        free(words);
    }
    return sites.count > 0;
}
