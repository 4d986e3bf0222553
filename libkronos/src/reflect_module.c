#include "reflect_module.h"

#include <stdlib.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "fail.h"
#include "grow.h"
#include "reflect_opcodes.h"

enum {
    HEADER_WORDS = 5,
    MAX_BOUND = 4194303, // SPIR-V 1.6, "Universal Limits"
    SWAPPED_MAGIC = 0x03022307,
};

// What definition 0 says: an instruction without operands.
static const uint32_t nothing[] = {1u << 16 | SpvOpNop};

static kro_status check_header(const kro__module *module, const void *spirv, uint64_t bytes)
{
    const char *label = module->label;
    if (!spirv || bytes == 0)
        return kro__fail(KRO_ERROR_INVALID_SHADER, "shader '%s' is empty: it has no words", label);
    uint32_t header[HEADER_WORDS] = {0};
    memcpy(header, spirv, bytes < sizeof header ? (size_t)bytes : sizeof header);
    if (bytes >= 4 && header[0] == SWAPPED_MAGIC)
        return kro__fail(
            KRO_ERROR_INVALID_SHADER,
            "shader '%s' is big-endian SPIR-V: swap the bytes of each word, or compile "
            "it for a little-endian machine",
            label);
    if (bytes >= 4 && header[0] != SpvMagicNumber)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' is not SPIR-V: it starts with 0x%08x instead of 0x%08x; "
                         "compile it first, for example with glslc",
                         label, header[0], SpvMagicNumber);
    if (bytes % 4 != 0 || bytes < sizeof header)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' has %llu bytes; SPIR-V is a header of 20 bytes and words of "
                         "4, so the module is cut",
                         label, (unsigned long long)bytes);
    if (bytes > UINT32_MAX)
        return kro__fail(KRO_ERROR_INVALID_SHADER, "shader '%s' has %llu bytes, more than 4 GiB",
                         label, (unsigned long long)bytes);
    if (header[1] < 0x00010000 || header[1] > 0x00010600 || header[1] & 0xff)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' is SPIR-V %u.%u (version word 0x%08x); versions 1.0 to 1.6 "
                         "are known",
                         label, header[1] >> 16, header[1] >> 8 & 0xff, header[1]);
    if (header[3] == 0 || header[3] > MAX_BOUND)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' is damaged: its id bound is %u, SPIR-V allows 1 to %u", label,
                         header[3], MAX_BOUND);
    return KRO_OK;
}

static uint32_t position(const kro__module *module, const uint32_t *instruction)
{
    return (uint32_t)(instruction - module->words);
}

// Checks that instructions fit and functions end, and counts what the tables must hold.
static kro_status split(kro__module *module)
{
    bool in_function = false;
    module->definition_count = 1;
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at)) {
        uint32_t words = kro__word_count(at), opcode = kro__opcode_of(at);
        if (words == 0 || words > (uint32_t)(module->end - at))
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s' is damaged: the instruction at word %u (opcode %u) has a "
                             "length of %u words, and %u are left",
                             module->label, position(module, at), opcode, words,
                             (uint32_t)(module->end - at));
        const kro__opcode *row = kro__opcode_find(opcode);
        if (row && row->result >= words)
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s' is damaged: the instruction at word %u (opcode %u) is "
                             "too short for its result",
                             module->label, position(module, at), opcode);
        if ((opcode == SpvOpFunction && in_function) ||
            (opcode == SpvOpFunctionEnd && !in_function))
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s' is damaged: a function begins or ends inside or outside "
                             "of another at word %u",
                             module->label, position(module, at));
        if (opcode == SpvOpFunction || opcode == SpvOpFunctionEnd)
            in_function = opcode == SpvOpFunction;
        if (!row && !in_function)
            module->unknown_globals = true;
        if (row && row->result)
            module->definition_count++;
        module->capability_count += opcode == SpvOpCapability;
        module->entry_point_count += opcode == SpvOpEntryPoint;
    }
    if (in_function)
        return kro__fail(KRO_ERROR_INVALID_SHADER,
                         "shader '%s' is damaged: its last function does not end", module->label);
    return KRO_OK;
}

// Fills the table of definitions.
static kro_status define(kro__module *module)
{
    uint32_t definition = 0;
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at)) {
        const kro__opcode *row = kro__opcode_find(kro__opcode_of(at));
        if (!row || !row->result)
            continue;
        uint32_t id = at[row->result];
        if (id == 0 || id >= module->bound)
            return kro__fail(
                KRO_ERROR_INVALID_SHADER,
                "shader '%s' is damaged: the instruction at word %u defines id %u, and "
                "ids are 1 to %u",
                module->label, position(module, at), id, module->bound - 1);
        if (module->definition_of[id])
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s' is damaged: the instruction at word %u defines id %u a "
                             "second time",
                             module->label, position(module, at), id);
        module->definition_of[id] = ++definition;
        module->definitions[definition].id = id;
        module->definitions[definition].words = at;
    }
    return KRO_OK;
}

// Links each definition to its type. A type that an unknown instruction declares stays 0.
static kro_status find_types(kro__module *module)
{
    for (uint32_t i = 1; i < module->definition_count; i++) {
        kro__definition *definition = &module->definitions[i];
        if (kro__opcode_find(kro__opcode_of(definition->words))->result != 2)
            continue;
        uint32_t type = kro__find(module, definition->words[1]);
        const kro__opcode *row = kro__opcode_find(kro__definition_opcode(module, type));
        if (type == 0 && module->unknown_globals)
            continue;
        if (type == 0 || type >= i || row->role != KRO__ROLE_TYPE)
            return kro__fail(KRO_ERROR_INVALID_SHADER,
                             "shader '%s' is damaged: the type of id %u is id %u, which is no type "
                             "declared before it",
                             module->label, definition->id, definition->words[1]);
        definition->type = type;
    }
    return KRO_OK;
}

static void decorate(kro__decorations *decorations, uint32_t spirv_decoration, uint32_t value)
{
    kro__decoration decoration;
    switch (spirv_decoration) {
    case SpvDecorationBlock:
        decoration = KRO__DECORATION_BLOCK;
        break;
    case SpvDecorationBufferBlock:
        decoration = KRO__DECORATION_BUFFER_BLOCK;
        break;
    case SpvDecorationRowMajor:
        decoration = KRO__DECORATION_ROW_MAJOR;
        break;
    case SpvDecorationDescriptorSet:
        decoration = KRO__DECORATION_SET;
        break;
    case SpvDecorationBinding:
        decoration = KRO__DECORATION_BINDING;
        break;
    case SpvDecorationArrayStride:
        decoration = KRO__DECORATION_ARRAY_STRIDE;
        break;
    case SpvDecorationMatrixStride:
        decoration = KRO__DECORATION_MATRIX_STRIDE;
        break;
    case SpvDecorationOffset:
        decoration = KRO__DECORATION_OFFSET;
        break;
    case SpvDecorationSpecId:
        decoration = KRO__DECORATION_SPEC_ID;
        break;
    case SpvDecorationBuiltIn:
        decoration = KRO__DECORATION_BUILT_IN;
        break;
    default:
        return;
    }
    decorations->given |= 1u << decoration;
    decorations->value[decoration] = value;
}

void kro__merge_decorations(kro__decorations *to, const kro__decorations *from)
{
    for (int i = 0; i < KRO__DECORATION_COUNT; i++) {
        if (kro__has_decoration(from, (kro__decoration)i))
            to->value[i] = from->value[i];
    }
    to->given |= from->given;
}

static bool decorate_member(kro__module *module, uint32_t definition, uint32_t index,
                            const kro__decorations *decorations)
{
    if (decorations->given == 0 || definition == 0)
        return true;
    uint32_t member = module->member_count ? module->member_count : 1;
    if (!kro__grow(&module->members, &module->member_capacity, member + 1, sizeof *module->members))
        return false;
    module->member_count = member + 1;
    module->members[member] = (kro__member){
        .index = index,
        .next = module->definitions[definition].first_member,
        .decorations = *decorations,
    };
    module->definitions[definition].first_member = member;
    return true;
}

// Attaches names and decorations to definitions. Groups are applied where they are used, which is
// after everything that decorates them.
static bool annotate(kro__module *module, const uint32_t *at)
{
    uint32_t definition = kro__find(module, kro__operand(at, 1));
    kro__definition *target = &module->definitions[definition];
    kro__decorations one = {0};
    if (definition == 0)
        return true;
    switch (kro__opcode_of(at)) {
    case SpvOpName:
        target->name = at;
        return true;
    case SpvOpDecorate:
        decorate(&target->decorations, kro__operand(at, 2), kro__operand(at, 3));
        return true;
    case SpvOpMemberDecorate:
        decorate(&one, kro__operand(at, 3), kro__operand(at, 4));
        return decorate_member(module, definition, kro__operand(at, 2), &one);
    case SpvOpGroupDecorate:
        for (uint32_t i = 2; i < kro__word_count(at); i++)
            kro__merge_decorations(&module->definitions[kro__find(module, at[i])].decorations,
                                   &target->decorations);
        return true;
    case SpvOpGroupMemberDecorate:
        for (uint32_t i = 2; i + 1 < kro__word_count(at); i += 2) {
            if (!decorate_member(module, kro__find(module, at[i]), at[i + 1], &target->decorations))
                return false;
        }
        return true;
    default:
        return true;
    }
}

static kro_status fill_tables(kro__module *module)
{
    module->definition_of = calloc(module->bound, sizeof *module->definition_of);
    module->definitions = calloc(module->definition_count, sizeof *module->definitions);
    if (!module->definition_of || !module->definitions)
        goto out_of_memory;
    module->definitions[0].words = nothing;
    kro_status status = define(module);
    if (status < 0)
        return status;
    status = find_types(module);
    if (status < 0)
        return status;
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at)) {
        if (!annotate(module, at))
            goto out_of_memory;
    }
    // A group may have been applied to ids that nothing defines.
    module->definitions[0] = (kro__definition){.words = nothing};
    for (uint32_t i = 1; i < module->definition_count; i++) {
        const kro__decorations *decorations = &module->definitions[i].decorations;
        if (kro__has_decoration(decorations, KRO__DECORATION_BUILT_IN) &&
            decorations->value[KRO__DECORATION_BUILT_IN] == SpvBuiltInWorkgroupSize)
            module->workgroup_size = i;
    }
    return KRO_OK;
out_of_memory:
    return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                     "no host memory to read shader '%s' (%u instructions with results)",
                     module->label, module->definition_count - 1);
}

kro_status kro__module_init(kro__module *module, const void *spirv, uint64_t spirv_bytes,
                            const char *label)
{
    *module = (kro__module){.label = label};
    kro_status status = check_header(module, spirv, spirv_bytes);
    if (status < 0)
        return status;
    // A copy, because bytes from a file may lie at any address.
    module->words = malloc((size_t)spirv_bytes);
    if (!module->words)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY,
                         "no host memory to read shader '%s' (%llu bytes)", label,
                         (unsigned long long)spirv_bytes);
    memcpy(module->words, spirv, (size_t)spirv_bytes);
    module->version = module->words[1];
    module->bound = module->words[3];
    module->first = module->words + HEADER_WORDS;
    module->end = module->words + spirv_bytes / 4;
    status = split(module);
    if (status < 0)
        goto fail;
    status = fill_tables(module);
    if (status < 0)
        goto fail;
    return KRO_OK;
fail:
    kro__module_finish(module);
    return status;
}

void kro__module_finish(kro__module *module)
{
    free(module->members);
    free(module->definitions);
    free(module->definition_of);
    free(module->words);
    *module = (kro__module){0};
}

// SPIR-V packs a string's bytes into words, lowest byte first on every machine.
static char character(const uint32_t *instruction, uint32_t word, uint32_t i)
{
    return (char)(kro__operand(instruction, word + i / 4) >> i % 4 * 8 & 0xff);
}

uint32_t kro__string(const uint32_t *instruction, uint32_t word, char *text, uint32_t text_bytes)
{
    uint32_t bytes =
        kro__word_count(instruction) > word ? (kro__word_count(instruction) - word) * 4 : 0;
    uint32_t length = 0;
    while (length < bytes && character(instruction, word, length))
        length++;
    if (text_bytes) {
        uint32_t copied = length < text_bytes ? length : text_bytes - 1;
        for (uint32_t i = 0; i < copied; i++)
            text[i] = character(instruction, word, i);
        text[copied] = '\0';
    }
    return length < bytes ? length / 4 + 1 : 0;
}

bool kro__string_begins(const uint32_t *instruction, uint32_t word, const char *prefix)
{
    uint32_t i = 0;
    while (prefix[i] && prefix[i] == character(instruction, word, i))
        i++;
    return prefix[i] == '\0';
}

bool kro__string_is(const uint32_t *instruction, uint32_t word, const char *text)
{
    return kro__string_begins(instruction, word, text) &&
           character(instruction, word, (uint32_t)strlen(text)) == '\0';
}
