// Types, constants and what no compiler can know.
#include "metamorphic/module.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static bool is_declaration(SpvOp op)
{
    return (op >= SpvOpTypeVoid && op <= SpvOpTypeForwardPointer) ||
           (op >= SpvOpConstantTrue && op <= SpvOpSpecConstantOp) || op == SpvOpVariable ||
           op == SpvOpUndef;
}

// Whether it is the same but for its result.
static bool is_same(const uint32_t *instruction, SpvOp op, uint32_t count, const uint32_t *operands)
{
    if (grammar_op(instruction) != op || grammar_length(instruction) != count + 2)
        return false;
    const uint32_t result = grammar_result_at(instruction);
    for (uint32_t at = 1, i = 0; at < count + 2; at++)
        if (at != result && instruction[at] != operands[i++])
            return false;
    return true;
}

uint32_t module_declare_new(module *m, SpvOp op, uint32_t count, const uint32_t *operands)
{
    const uint32_t head = (count + 2) << SpvWordCountShift | (uint32_t)op;
    const uint32_t at = grammar_result_at(&head) - 1, id = module_new_id(m);
    uint32_t *all = kt_memory(count + 1, sizeof *all);
    if (at)
        all[0] = operands[0]; // the type
    all[at] = id;
    if (count > at)
        memcpy(all + at + 1, operands + at, (count - at) * sizeof *all);
    module_put_global(m, m->globals.count, op, count + 1, all);
    free(all);
    return id;
}

// What has decorations is left to whom it belongs: they are those of its id.
static bool is_decorated(const module *m, uint32_t id)
{
    for (size_t i = 0; i < m->globals.count; i++)
        if ((grammar_op(m->globals.at[i]) == SpvOpDecorate ||
             grammar_op(m->globals.at[i]) == SpvOpMemberDecorate) &&
            m->globals.at[i][1] == id)
            return true;
    return false;
}

uint32_t module_declare(module *m, SpvOp op, uint32_t count, const uint32_t *operands)
{
    for (size_t i = 0; i < m->globals.count; i++) {
        const uint32_t *instruction = m->globals.at[i];
        if (is_same(instruction, op, count, operands) &&
            !is_decorated(m, instruction[grammar_result_at(instruction)]))
            return instruction[grammar_result_at(instruction)];
    }
    return module_declare_new(m, op, count, operands);
}

uint32_t module_bool(module *m)
{
    return module_declare(m, SpvOpTypeBool, 0, NULL);
}

uint32_t module_uint(module *m)
{
    return MODULE_DECLARE(m, SpvOpTypeInt, 32, 0);
}

uint32_t module_constant(module *m, uint32_t type, uint32_t value)
{
    return MODULE_DECLARE(m, SpvOpConstant, type, value);
}

uint32_t module_pointer(module *m, SpvStorageClass storage, uint32_t type)
{
    return MODULE_DECLARE(m, SpvOpTypePointer, (uint32_t)storage, type);
}

void module_decorate(module *m, SpvOp op, uint32_t count, const uint32_t *operands)
{
    size_t place = 0;
    while (!is_declaration(grammar_op(m->globals.at[place])))
        place++;
    module_put_global(m, place, op, count, operands);
}

bool module_is_word(const module *m, uint32_t type)
{
    const uint32_t *definition = module_definition(m, type);
    return definition && grammar_op(definition) == SpvOpTypeInt && definition[2] == 32;
}

// From SPIR-V 1.4 on the entry point names every variable that it uses.
static void add_to_interface(module *m, uint32_t variable)
{
    size_t place = 0;
    if (m->version < 0x10400)
        return;
    while (grammar_op(m->globals.at[place]) != SpvOpEntryPoint)
        place++;
    const uint32_t length = grammar_length(m->globals.at[place]);
    uint32_t *operands = kt_memory(length, sizeof *operands);
    memcpy(operands, m->globals.at[place] + 1, (length - 1) * sizeof *operands);
    operands[length - 1] = variable;
    module_remove(m, &m->globals, place);
    module_put_global(m, place, SpvOpEntryPoint, length, operands);
    free(operands);
}

static void declare_opaque(module *m)
{
    // Aggregates need not be unique, and decorations of these are not to be those of others.
    const uint32_t words =
        module_declare_new(m, SpvOpTypeRuntimeArray, MODULE_OPERANDS(module_uint(m)));
    const uint32_t block = module_declare_new(m, SpvOpTypeStruct, MODULE_OPERANDS(words));
    const uint32_t pointer = module_pointer(m, SpvStorageClassStorageBuffer, block);
    m->opaque = module_declare_new(m, SpvOpVariable,
                                   MODULE_OPERANDS(pointer, SpvStorageClassStorageBuffer));
    MODULE_DECORATE(m, SpvOpDecorate, words, SpvDecorationArrayStride, 4);
    MODULE_DECORATE(m, SpvOpMemberDecorate, block, 0, SpvDecorationOffset, 0);
    MODULE_DECORATE(m, SpvOpDecorate, block, SpvDecorationBlock);
    MODULE_DECORATE(m, SpvOpDecorate, m->opaque, SpvDecorationDescriptorSet, 0);
    MODULE_DECORATE(m, SpvOpDecorate, m->opaque, SpvDecorationBinding, m->opaque_binding);
    add_to_interface(m, m->opaque);
}

// The slot that holds a value; MODULE_VALUES: there is no room.
static uint32_t slot_of(module_values *values, uint32_t value)
{
    for (uint32_t i = 0; i < values->count; i++)
        if (values->values[i] == value)
            return i;
    if (values->count < MODULE_VALUES)
        values->values[values->count++] = value;
    return values->count < MODULE_VALUES ? values->count - 1 : MODULE_VALUES;
}

uint32_t module_unknown(module *m, size_t *place, uint32_t type, uint32_t value)
{
    const uint32_t slot = slot_of(&m->words, value), word = module_uint(m);
    if (slot == MODULE_VALUES)
        return module_constant(m, type, value);
    if (!m->opaque)
        declare_opaque(m);
    const uint32_t pointer = module_pointer(m, SpvStorageClassStorageBuffer, word);
    const uint32_t zero = module_constant(m, word, 0), index = module_constant(m, word, slot);
    const uint32_t at = MODULE_RESULT(m, place, SpvOpAccessChain, pointer, m->opaque, zero, index);
    const uint32_t loaded = MODULE_RESULT(m, place, SpvOpLoad, word, at);
    return type == word ? loaded : MODULE_RESULT(m, place, SpvOpBitcast, type, loaded);
}

uint32_t module_unknown_condition(module *m, size_t *place, bool is)
{
    const uint32_t word = module_uint(m), number = module_random_below(m, 2);
    const uint32_t loaded = module_unknown(m, place, word, number);
    return MODULE_RESULT(m, place, is ? SpvOpIEqual : SpvOpINotEqual, module_bool(m), loaded,
                         module_constant(m, word, number));
}

uint32_t module_specialized(module *m, uint32_t type, uint32_t value)
{
    module_values *known = &m->constants;
    for (uint32_t i = 0; i < known->count; i++)
        if (known->values[i] == value && module_type_of(m, known->ids[i]) == type)
            return known->ids[i];
    if (known->count == MODULE_VALUES)
        return module_constant(m, type, value);
    const uint32_t id = module_declare_new(m, SpvOpSpecConstant, MODULE_OPERANDS(type, ~value));
    MODULE_DECORATE(m, SpvOpDecorate, id, SpvDecorationSpecId, MODULE_FIRST_SPEC_ID + known->count);
    known->values[known->count] = value;
    known->ids[known->count++] = id;
    return id;
}
