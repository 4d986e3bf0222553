// Rewrites of single values: what an instruction defined is made anew of what it defines now.
#include "metamorphic/flow.h"
#include "metamorphic/rewrites.h"

// Whether an instruction of a block defines a value of a type with which values can be made.
static bool defines_value(const module *m, const uint32_t *instruction)
{
    const SpvOp op = grammar_op(instruction);
    if (!grammar_type_at(instruction) || grammar_opens_block(op) || op == SpvOpFunction ||
        op == SpvOpFunctionParameter)
        return false;
    const SpvOp type = module_op_of(m, instruction[1]);
    return type != SpvOpTypePointer && type != SpvOpTypeVoid;
}

static bool defines_word(const module *m, const uint32_t *instruction)
{
    return defines_value(m, instruction) && module_is_word(m, instruction[1]);
}

static bool defines_vector_of_words(const module *m, const uint32_t *instruction)
{
    const uint32_t *type = module_definition(m, instruction[1]);
    return grammar_op(type) == SpvOpTypeVector && module_is_word(m, type[2]);
}

static bool defines_number_or_truth(const module *m, const uint32_t *instruction)
{
    return defines_value(m, instruction) &&
           (module_is_word(m, instruction[1]) || defines_vector_of_words(m, instruction) ||
            module_op_of(m, instruction[1]) == SpvOpTypeBool);
}

// A value that is about to be made anew: `old` is what the code knows, `value` what it has of it.
typedef struct value {
    size_t place; // behind the instruction
    uint32_t type, old, value;
} value;

static value take(module *m, uint32_t *instruction)
{
    return (value){
        .place = module_place(m, instruction) + 1,
        .type = instruction[1],
        .old = module_take_result(m, instruction),
        .value = instruction[2],
    };
}

// op(op(x)) is x.
static void add_twice(module *m, value *v, SpvOp op)
{
    const uint32_t once = MODULE_RESULT(m, &v->place, op, v->type, v->value);
    MODULE_PUT(m, &v->place, op, v->type, v->old, once);
}

// op(x, neutral) is x.
static void add_neutral(module *m, value *v, SpvOp op, uint32_t neutral)
{
    const uint32_t unknown = module_unknown(m, &v->place, v->type, neutral);
    MODULE_PUT(m, &v->place, op, v->type, v->old, v->value, unknown);
}

// back(forth(x, k), k) is x.
static void add_forth_and_back(module *m, value *v, SpvOp forth, SpvOp back)
{
    const uint32_t k = module_unknown(m, &v->place, v->type, module_random_below(m, 8) * 77777777);
    const uint32_t there = MODULE_RESULT(m, &v->place, forth, v->type, v->value, k);
    MODULE_PUT(m, &v->place, back, v->type, v->old, there, k);
}

static void add_select(module *m, value *v)
{
    const bool is = module_random_below(m, 2);
    const uint32_t condition = module_unknown_condition(m, &v->place, is);
    const uint32_t other = MODULE_RESULT(m, &v->place, SpvOpNot, v->type, v->value);
    MODULE_PUT(m, &v->place, SpvOpSelect, v->type, v->old, condition, is ? v->value : other,
               is ? other : v->value);
}

static void add_identity_of_word(module *m, value *v)
{
    static const struct {
        SpvOp op;
        uint32_t neutral;
    } NEUTRAL[] = {{SpvOpIAdd, 0},
                   {SpvOpISub, 0},
                   {SpvOpIMul, 1},
                   {SpvOpBitwiseXor, 0},
                   {SpvOpBitwiseOr, 0},
                   {SpvOpBitwiseAnd, UINT32_MAX},
                   {SpvOpShiftLeftLogical, 0},
                   {SpvOpShiftRightArithmetic, 0}};
    enum { NEUTRALS = sizeof NEUTRAL / sizeof NEUTRAL[0] };
    const uint32_t kind = module_random_below(m, NEUTRALS + 6);
    if (kind < NEUTRALS)
        add_neutral(m, v, NEUTRAL[kind].op, NEUTRAL[kind].neutral);
    else if (kind == NEUTRALS)
        add_forth_and_back(m, v, SpvOpIAdd, SpvOpISub);
    else if (kind == NEUTRALS + 1)
        add_forth_and_back(m, v, SpvOpBitwiseXor, SpvOpBitwiseXor);
    else if (kind == NEUTRALS + 2)
        add_select(m, v);
    else if (kind == NEUTRALS + 3)
        MODULE_PUT(m, &v->place, SpvOpBitwiseAnd, v->type, v->old, v->value, v->value);
    else
        add_twice(m, v, kind == NEUTRALS + 4 ? SpvOpNot : SpvOpSNegate);
}

bool rewrite_identities_added(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, defines_number_or_truth);
    for (size_t i = 0; i < sites.count; i++) {
        value v = take(m, sites.at[i]);
        if (module_is_word(m, v.type))
            add_identity_of_word(m, &v);
        else if (module_op_of(m, v.type) == SpvOpTypeBool)
            add_twice(m, &v, SpvOpLogicalNot);
        else
            add_twice(m, &v, module_random_below(m, 2) ? SpvOpNot : SpvOpSNegate);
    }
    return sites.count > 0;
}

bool rewrite_copies_added(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, defines_value);
    for (size_t i = 0; i < sites.count; i++) {
        value v = take(m, sites.at[i]);
        MODULE_PUT(m, &v.place, SpvOpCopyObject, v.type, v.old, v.value);
    }
    return sites.count > 0;
}

// Through a variable of the function, which is stored and loaded.
bool rewrite_variables_added(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, defines_value);
    for (size_t i = 0; i < sites.count; i++) {
        value v = take(m, sites.at[i]);
        const uint32_t pointer = module_pointer(m, SpvStorageClassFunction, v.type);
        size_t place = flow_entry(m, v.place) + 1;
        const uint32_t variable =
            MODULE_RESULT(m, &place, SpvOpVariable, pointer, SpvStorageClassFunction);
        v.place++;
        MODULE_PUT(m, &v.place, SpvOpStore, variable, v.value);
        MODULE_PUT(m, &v.place, SpvOpLoad, v.type, v.old, variable);
    }
    return sites.count > 0;
}

// Two ways to where the value is wanted, both of which bring it.
bool rewrite_phis_added(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, defines_value);
    bool changed = false;
    for (size_t i = 0; i < sites.count; i++) {
        if (!flow_can_split(m, module_place(m, sites.at[i]) + 1))
            continue;
        value v = take(m, sites.at[i]);
        const uint32_t condition = module_unknown_condition(m, &v.place, module_random_below(m, 2));
        const uint32_t begin = flow_label(m, v.place);
        const uint32_t way = module_new_id(m), end = flow_split(m, v.place);
        MODULE_PUT(m, &v.place, SpvOpSelectionMerge, end, SpvSelectionControlMaskNone);
        MODULE_PUT(m, &v.place, SpvOpBranchConditional, condition, way, end);
        MODULE_PUT(m, &v.place, SpvOpLabel, way);
        MODULE_PUT(m, &v.place, SpvOpBranch, end);
        v.place++; // the label
        MODULE_PUT(m, &v.place, SpvOpPhi, v.type, v.old, v.value, begin, v.value, way);
        changed = true;
    }
    return changed;
}

// A vector is taken apart and put together; a number is put into a vector or a struct, and taken
// out. mc-imperial/shader-compiler-bugs#74: a struct that is valid was refused.
static void add_composite(module *m, value *v)
{
    const uint32_t *type = module_definition(m, v->type);
    if (grammar_op(type) == SpvOpTypeVector) {
        uint32_t parts[2 + 4] = {v->type, v->old};
        const uint32_t component = type[2], count = type[3];
        for (uint32_t i = 0; i < count; i++)
            parts[2 + i] =
                MODULE_RESULT(m, &v->place, SpvOpCompositeExtract, component, v->value, i);
        module_put(m, &v->place, SpvOpCompositeConstruct, 2 + count, parts);
        return;
    }
    const uint32_t way = module_random_below(m, 3), at = module_random_below(m, 2);
    const uint32_t two = module_constant(m, module_uint(m), 2);
    const uint32_t pair = way ? MODULE_DECLARE(m, SpvOpTypeArray, v->type, two)
                              : MODULE_DECLARE(m, SpvOpTypeVector, v->type, 2);
    const uint32_t nothing = module_declare_new(m, SpvOpUndef, MODULE_OPERANDS(pair));
    uint32_t whole = MODULE_RESULT(m, &v->place, SpvOpCompositeInsert, pair, v->value, nothing, at);
    if (way < 2) {
        MODULE_PUT(m, &v->place, SpvOpCompositeExtract, v->type, v->old, whole, at);
        return;
    }
    const uint32_t outer =
        MODULE_DECLARE(m, SpvOpTypeStruct, v->type, MODULE_DECLARE(m, SpvOpTypeStruct, pair));
    const uint32_t inner = MODULE_DECLARE(m, SpvOpTypeStruct, pair);
    const uint32_t inside = MODULE_RESULT(m, &v->place, SpvOpCompositeConstruct, inner, whole);
    whole = MODULE_RESULT(m, &v->place, SpvOpCompositeConstruct, outer, v->value, inside);
    MODULE_PUT(m, &v->place, SpvOpCompositeExtract, v->type, v->old, whole, 1, 0, at);
}

static bool defines_components(const module *m, const uint32_t *instruction)
{
    return defines_word(m, instruction) ||
           (defines_value(m, instruction) && module_op_of(m, instruction[1]) == SpvOpTypeVector);
}

bool rewrite_composites_taken_apart(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, defines_components);
    for (size_t i = 0; i < sites.count; i++) {
        value v = take(m, sites.at[i]);
        add_composite(m, &v);
    }
    return sites.count > 0;
}
