#include "reflect_constants.h"

#include <stdlib.h>

#include <spirv/unified1/spirv.h>

#include "fail.h"
#include "reflect_opcodes.h"
#include "reflect_operations.h"

// A scalar type as the constants see it; width 0: not a scalar.
static uint32_t scalar_width(const kro__module *module, uint32_t type)
{
    const uint32_t *words = module->definitions[type].words;
    switch (kro__opcode_of(words)) {
    case SpvOpTypeBool:
        return 1;
    case SpvOpTypeInt:
    case SpvOpTypeFloat:
        return kro__operand(words, 2);
    default:
        return 0;
    }
}

static bool is_specialization_constant(const kro__module *module, uint32_t definition)
{
    uint32_t opcode = kro__definition_opcode(module, definition);
    return (opcode == SpvOpSpecConstantTrue || opcode == SpvOpSpecConstantFalse ||
            opcode == SpvOpSpecConstant) &&
           kro__has_decoration(&module->definitions[definition].decorations,
                               KRO__DECORATION_SPEC_ID);
}

static uint32_t spec_id(const kro__definition *definition)
{
    return definition->decorations.value[KRO__DECORATION_SPEC_ID];
}

static kro_status describe(const kro__module *module, uint32_t definition, kro__constant_info *out)
{
    uint32_t width = scalar_width(module, module->definitions[definition].type);
    *out = (kro__constant_info){
        .id = spec_id(&module->definitions[definition]),
        .size_bytes = width == 1 ? 4 : width / 8,
        .is_bool = width == 1,
    };
    if (width == 1 || width == 8 || width == 16 || width == 32 || width == 64)
        return KRO_OK;
    return kro__fail(KRO_ERROR_INVALID_SHADER,
                     "shader '%s': constant %u has a type that no specialization constant can have",
                     module->label, out->id);
}

static int compare_infos(const void *left, const void *right)
{
    const kro__constant_info *a = left, *b = right;
    return (a->id > b->id) - (a->id < b->id);
}

// Position of a constant's id among the infos; their count where it is not declared.
static uint32_t find_info(const kro__specialization *specialization, uint32_t id)
{
    kro__constant_info key = {.id = id};
    const kro__constant_info *info =
        specialization->count
            ? bsearch(&key, specialization->infos, specialization->count, sizeof key, compare_infos)
            : NULL;
    return info ? (uint32_t)(info - specialization->infos) : specialization->count;
}

// Sorts the infos and makes one of those that share an id.
static kro_status unite(kro__specialization *specialization, const kro__module *module)
{
    if (specialization->count == 0)
        return KRO_OK;
    kro__constant_info *infos = specialization->infos;
    qsort(infos, specialization->count, sizeof *infos, compare_infos);
    uint32_t kept = 0;
    for (uint32_t i = 1; i < specialization->count; i++) {
        if (infos[i].id != infos[kept].id)
            infos[++kept] = infos[i];
        else if (infos[i].size_bytes != infos[kept].size_bytes ||
                 infos[i].is_bool != infos[kept].is_bool)
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s': two constants of different types share constant id %u",
                             module->label, infos[i].id);
    }
    specialization->count = kept + 1;
    return KRO_OK;
}

static kro_status assign(kro__specialization *specialization, const kro__module *module,
                         const kro_constant *given, uint32_t given_count)
{
    for (uint32_t i = 0; i < given_count; i++) {
        uint32_t info = find_info(specialization, given[i].id);
        if (info == specialization->count)
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "shader '%s' declares no constant %u (constants[%u]); it declares %u "
                             "constants",
                             module->label, given[i].id, i, specialization->count);
        if (specialization->given[info])
            return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                             "shader '%s': constant %u is given twice, the second time in "
                             "constants[%u]",
                             module->label, given[i].id, i);
        specialization->given[info] = &given[i];
    }
    return KRO_OK;
}

kro_status kro__specialization_init(kro__specialization *out, const kro__module *module,
                                    const kro_constant *given, uint32_t given_count)
{
    *out = (kro__specialization){0};
    kro_status status = KRO_OK;
    uint32_t count = 0;
    for (uint32_t i = 1; i < module->definition_count; i++)
        count += is_specialization_constant(module, i);
    if (count) {
        out->infos = calloc(count, sizeof *out->infos);
        out->given = calloc(count, sizeof *out->given);
        if (!out->infos || !out->given) {
            status = kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                               "no host memory for the %u constants of shader '%s'", count,
                               module->label);
            goto fail;
        }
    }
    for (uint32_t i = 1; i < module->definition_count; i++) {
        if (!is_specialization_constant(module, i))
            continue;
        status = describe(module, i, &out->infos[out->count++]);
        if (status < 0)
            goto fail;
    }
    status = unite(out, module);
    if (status < 0)
        goto fail;
    status = assign(out, module, given, given_count);
    if (status < 0)
        goto fail;
    return KRO_OK;
fail:
    kro__specialization_finish(out);
    return status;
}

void kro__specialization_finish(kro__specialization *specialization)
{
    free(specialization->infos);
    free(specialization->given);
    *specialization = (kro__specialization){0};
}

uint64_t kro__constant_bits(const kro_constant *given, const kro__constant_info *info)
{
    if (info->is_bool)
        return given->value.u32 != 0;
    switch (info->size_bytes) {
    case 1:
        return given->value.u8;
    case 2:
        return given->value.u16;
    case 4:
        return given->value.u32;
    default:
        return given->value.u64;
    }
}

// The given value of a specialization constant, or false where it keeps its default.
static bool specialize(const kro__module *module, const kro__specialization *specialization,
                       uint32_t definition, uint64_t *bits)
{
    if (!is_specialization_constant(module, definition))
        return false;
    uint32_t info = find_info(specialization, spec_id(&module->definitions[definition]));
    if (!specialization->given[info])
        return false;
    *bits = kro__constant_bits(specialization->given[info], &specialization->infos[info]);
    return true;
}

// Element `index` of a composite constant as a definition; 0 where it is none of this module's.
// `*is_null` is set where the composite is null, so all in it is zero.
static uint32_t element_of(const kro__module *module, uint32_t definition, uint32_t index,
                           bool *is_null)
{
    const uint32_t *words = module->definitions[definition].words;
    switch (kro__opcode_of(words)) {
    case SpvOpConstantComposite:
    case SpvOpSpecConstantComposite:
        return index < kro__word_count(words) ? kro__find(module, kro__operand(words, 3 + index))
                                              : 0;
    case KRO__OP_CONSTANT_COMPOSITE_REPLICATE:
    case KRO__OP_SPEC_CONSTANT_COMPOSITE_REPLICATE:
        return kro__find(module, kro__operand(words, 3));
    case SpvOpConstantNull:
        *is_null = true;
        return 0;
    default:
        return 0;
    }
}

kro__value kro__constant_element(const kro__module *module, uint32_t definition, uint32_t index)
{
    bool is_null = false;
    uint32_t element = element_of(module, definition, index, &is_null);
    return is_null ? (kro__value){.known = true} : module->definitions[element].value;
}

// gl_WorkGroupSize.x * 2 is made of this: an element of a composite, through any depth.
static kro__value extract(const kro__module *module, const uint32_t *words)
{
    bool is_null = false;
    uint32_t definition = kro__find(module, kro__operand(words, 4));
    for (uint32_t i = 5; i < kro__word_count(words) && !is_null; i++)
        definition = element_of(module, definition, words[i], &is_null);
    return is_null ? (kro__value){.known = true} : module->definitions[definition].value;
}

static kro__value operate(const kro__module *module, const kro__definition *definition)
{
    const uint32_t *words = definition->words;
    uint32_t opcode = kro__operand(words, 3);
    if (opcode == SpvOpCompositeExtract)
        return extract(module, words);
    kro__operation operation = {
        .opcode = opcode,
        .width = scalar_width(module, definition->type),
    };
    uint32_t count = kro__word_count(words) - 4;
    if (kro__word_count(words) < 5 || count > 3)
        return (kro__value){0};
    for (uint32_t i = 0; i < count; i++) {
        const kro__definition *operand = &module->definitions[kro__find(module, words[4 + i])];
        if (!operand->value.known)
            return (kro__value){0};
        operation.operands[i] = operand->value.bits;
        operation.operand_widths[i] = scalar_width(module, operand->type);
    }
    operation.operand_count = count;
    kro__value value = {0};
    value.known = kro__operation_evaluate(&operation, &value.bits);
    return value;
}

void kro__constant_evaluate(kro__module *module, const kro__specialization *specialization,
                            uint32_t index)
{
    kro__definition *definition = &module->definitions[index];
    const uint32_t *words = definition->words;
    kro__value *value = &definition->value;
    uint32_t width = scalar_width(module, definition->type);
    value->known = width >= 1 && width <= 64;
    switch (kro__opcode_of(words)) {
    case SpvOpConstantTrue:
    case SpvOpSpecConstantTrue:
        value->bits = 1;
        break;
    case SpvOpConstant:
    case SpvOpSpecConstant:
        value->bits = kro__operand(words, 3);
        if (width > 32)
            value->bits |= (uint64_t)kro__operand(words, 4) << 32;
        break;
    case SpvOpConstantFalse:
    case SpvOpSpecConstantFalse:
    case SpvOpConstantNull:
        break;
    case SpvOpSpecConstantOp:
        *value = operate(module, definition);
        break;
    default:
        value->known = false;
        break;
    }
    specialize(module, specialization, index, &value->bits);
    value->bits &= kro__width_mask(width);
}
