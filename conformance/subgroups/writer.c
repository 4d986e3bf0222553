#include "subgroups/writer.h"

#include <string.h>

enum { WORKGROUP, LOCAL, SUBGROUP, LANE, SIZE, BUILTINS };

static void declare_builtin(subgroup_writer *w, uint32_t which, SpvBuiltIn name, uint32_t type)
{
    spirv *m = &w->m;
    w->builtins[which] = spirv_variable(m, SpvStorageClassInput, type);
    SPIRV_DECORATE(m, SpvOpDecorate, w->builtins[which], SpvDecorationBuiltIn, name);
}

// Bools are words in memory.
static uint32_t declare_element(spirv *m, const subgroup_type *type)
{
    if (type->class == SUBGROUP_BOOL)
        return spirv_uint(m);
    if (type->class == SUBGROUP_FLOAT)
        return SPIRV_DECLARE(m, SpvOpTypeFloat, type->bits);
    return SPIRV_DECLARE(m, SpvOpTypeInt, type->bits, type->class == SUBGROUP_SIGNED);
}

void subgroup_writer_begin(subgroup_writer *w, const subgroup_type *type, uint32_t local_size,
                           uint32_t groups)
{
    spirv *m = &w->m;
    memset(w, 0, sizeof *w);
    w->type = type;
    w->local_size = local_size;
    w->function = spirv_new_id(m);
    w->element = declare_element(m, type);
    const uint32_t word = spirv_uint(m), ids = SPIRV_DECLARE(m, SpvOpTypeVector, word, 3);
    declare_builtin(w, WORKGROUP, SpvBuiltInWorkgroupId, ids);
    declare_builtin(w, LOCAL, SpvBuiltInLocalInvocationIndex, word);
    declare_builtin(w, SUBGROUP, SpvBuiltInSubgroupId, word);
    declare_builtin(w, LANE, SpvBuiltInSubgroupLocalInvocationId, word);
    declare_builtin(w, SIZE, SpvBuiltInSubgroupSize, word);
    const bool are_elements[] = {false, true, false, true};
    for (uint32_t i = 0; i < SUBGROUP_BINDINGS; i++)
        w->buffers[i] = spirv_buffer(m, i, are_elements[i] ? w->element : word,
                                     are_elements[i] ? type->bits / 8 : sizeof(uint32_t));

    const uint32_t nothing = spirv_declare(m, SpvOpTypeVoid, 0, NULL);
    SPIRV_CODE(m, SpvOpFunction, nothing, w->function, SpvFunctionControlMaskNone,
               SPIRV_DECLARE(m, SpvOpTypeFunction, nothing));
    SPIRV_CODE(m, SpvOpLabel, spirv_new_id(m));
    const uint32_t workgroup = SPIRV_RESULT(
        m, SpvOpCompositeExtract, word, SPIRV_RESULT(m, SpvOpLoad, ids, w->builtins[WORKGROUP]), 0);
    w->local = SPIRV_RESULT(m, SpvOpLoad, word, w->builtins[LOCAL]);
    w->subgroup = SPIRV_RESULT(m, SpvOpLoad, word, w->builtins[SUBGROUP]);
    w->lane = SPIRV_RESULT(m, SpvOpLoad, word, w->builtins[LANE]);
    w->size = SPIRV_RESULT(m, SpvOpLoad, word, w->builtins[SIZE]);
    w->invocation = spirv_math(
        m, SpvOpIAdd, spirv_math(m, SpvOpIMul, workgroup, spirv_constant(m, local_size)), w->local);
    w->invocations = spirv_constant(m, local_size * groups);
}

static void write_type_capabilities(subgroup_writer *w)
{
    spirv *m = &w->m;
    const bool is_float = w->type->class == SUBGROUP_FLOAT;
    switch (w->type->bits) {
    case 8:
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityInt8);
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityStorageBuffer8BitAccess);
        break;
    case 16:
        SPIRV_HEAD(m, SpvOpCapability, is_float ? SpvCapabilityFloat16 : SpvCapabilityInt16);
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityStorageBuffer16BitAccess);
        break;
    case 64:
        SPIRV_HEAD(m, SpvOpCapability, is_float ? SpvCapabilityFloat64 : SpvCapabilityInt64);
        break;
    default:
        break;
    }
}

size_t subgroup_writer_end(subgroup_writer *w, const subgroup_modes *modes,
                           uint32_t words[SPIRV_MODULE_WORDS])
{
    spirv *m = &w->m;
    spirv_emit(m, &m->code, SpvOpReturn, 0, NULL);
    spirv_emit(m, &m->code, SpvOpFunctionEnd, 0, NULL);

    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityShader);
    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityGroupNonUniform);
    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityGroupNonUniformBallot);
    write_type_capabilities(w);
    for (uint32_t i = 0; i < 2 && modes->capabilities[i]; i++)
        SPIRV_HEAD(m, SpvOpCapability, modes->capabilities[i]);
    if (w->type->bits == 8)
        spirv_emit_text(m, SpvOpExtension, 0, NULL, "SPV_KHR_8bit_storage", 0, NULL);
    for (uint32_t i = 0; i < 2 && modes->extensions[i]; i++)
        spirv_emit_text(m, SpvOpExtension, 0, NULL, modes->extensions[i], 0, NULL);
    SPIRV_HEAD(m, SpvOpMemoryModel, SpvAddressingModelLogical, SpvMemoryModelGLSL450);
    spirv_emit_text(m, SpvOpEntryPoint, SPIRV_OPERANDS(SpvExecutionModelGLCompute, w->function),
                    "main", BUILTINS, w->builtins);
    SPIRV_HEAD(m, SpvOpExecutionMode, w->function, SpvExecutionModeLocalSize, w->local_size, 1, 1);
    if (modes->execution_mode)
        SPIRV_HEAD(m, SpvOpExecutionMode, w->function, modes->execution_mode);
    return spirv_finish(m, 0x00010300, words, SPIRV_MODULE_WORDS);
}

uint32_t subgroup_element(subgroup_writer *w, uint32_t binding, uint32_t index)
{
    spirv *m = &w->m;
    const bool is_element = binding == SUBGROUP_VALUES || binding == SUBGROUP_RESULTS;
    const uint32_t type = is_element ? w->element : spirv_uint(m);
    return SPIRV_RESULT(m, SpvOpAccessChain, spirv_pointer(m, SpvStorageClassStorageBuffer, type),
                        w->buffers[binding], spirv_constant(m, 0), index);
}

uint32_t subgroup_load(subgroup_writer *w, uint32_t binding, uint32_t index)
{
    const uint32_t type = binding == SUBGROUP_VALUES ? w->element : spirv_uint(&w->m);
    return SPIRV_RESULT(&w->m, SpvOpLoad, type, subgroup_element(w, binding, index));
}

void subgroup_store(subgroup_writer *w, uint32_t binding, uint32_t index, uint32_t value)
{
    SPIRV_CODE(&w->m, SpvOpStore, subgroup_element(w, binding, index), value);
}

uint32_t subgroup_index(subgroup_writer *w, uint32_t a, uint32_t factor, uint32_t b)
{
    spirv *m = &w->m;
    const uint32_t scaled =
        factor == 1 ? a : spirv_math(m, SpvOpIMul, a, spirv_constant(m, factor));
    return b == 0 ? scaled : spirv_math(m, SpvOpIAdd, scaled, spirv_constant(m, b));
}

uint32_t subgroup_instruction(subgroup_writer *w, SpvOp op, uint32_t type, size_t count,
                              const uint32_t *operands)
{
    uint32_t all[8] = {spirv_constant(&w->m, SpvScopeSubgroup)};
    memcpy(all + 1, operands, count * sizeof *all);
    return spirv_result(&w->m, op, type, count + 1, all);
}

uint32_t subgroup_true(subgroup_writer *w)
{
    return SPIRV_DECLARE(&w->m, SpvOpConstantTrue, spirv_bool(&w->m));
}

uint32_t subgroup_ballot(subgroup_writer *w, uint32_t condition)
{
    spirv *m = &w->m;
    return SUBGROUP_INSTRUCTION(w, SpvOpGroupNonUniformBallot,
                                SPIRV_DECLARE(m, SpvOpTypeVector, spirv_uint(m), 4), condition);
}

void subgroup_write_who(subgroup_writer *w, uint32_t row, uint32_t ballot)
{
    spirv *m = &w->m;
    const uint32_t elected = spirv_result(m, SpvOpGroupNonUniformElect, spirv_bool(m),
                                          SPIRV_OPERANDS(spirv_constant(m, SpvScopeSubgroup)));
    uint32_t values[SUBGROUP_WHO_WORDS] = {w->subgroup, w->lane, w->size,
                                           SPIRV_RESULT(m, SpvOpSelect, spirv_uint(m), elected,
                                                        spirv_constant(m, 1),
                                                        spirv_constant(m, 0))};
    for (uint32_t i = 0; i < 4; i++)
        values[4 + i] = SPIRV_RESULT(m, SpvOpCompositeExtract, spirv_uint(m), ballot, i);
    const uint32_t first = subgroup_index(w, row, SUBGROUP_WHO_WORDS, 0);
    for (uint32_t i = 0; i < SUBGROUP_WHO_WORDS; i++)
        subgroup_store(w, SUBGROUP_WHO, subgroup_index(w, first, 1, i), values[i]);
}
