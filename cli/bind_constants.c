#include "bind_constants.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "arguments.h"
#include "bind_names.h"
#include "bind_scalar.h"
#include "reflect.h"
#include "reflect_constants.h"
#include "reflect_module.h"

enum { MAX_CONSTANTS = 1024 };

// The definition of the constant with an id; 0 where there is none.
static uint32_t find_constant(const kro__module *module, uint32_t id)
{
    for (uint32_t i = 1; i < module->definition_count; i++) {
        uint32_t opcode = kro__definition_opcode(module, i);
        const kro__decorations *decorations = &module->definitions[i].decorations;
        if ((opcode == SpvOpSpecConstantTrue || opcode == SpvOpSpecConstantFalse ||
             opcode == SpvOpSpecConstant) &&
            kro__has_decoration(decorations, KRO__DECORATION_SPEC_ID) &&
            decorations->value[KRO__DECORATION_SPEC_ID] == id)
            return i;
    }
    return 0;
}

// What a constant without a name is used for: 'x', 'y' or 'z' of the local size; 0: something else.
static char local_size_axis(const kro__module *module, uint32_t definition)
{
    const uint32_t *size = module->definitions[module->workgroup_size].words;
    for (uint32_t i = 0; module->workgroup_size && i < 3; i++)
        if (kro__find(module, kro__operand(size, 3 + i)) == definition)
            return "xyz"[i];
    return '\0';
}

static const char *constant_name(const kro__module *module, uint32_t definition, uint32_t id,
                                 cli_names *names)
{
    char name[128] = "", fallback[32];
    const uint32_t *given = module->definitions[definition].name;
    char axis = local_size_axis(module, definition);
    if (given)
        kro__string(given, 2, name, sizeof name);
    if (axis)
        snprintf(fallback, sizeof fallback, "local_size_%c", axis);
    else
        snprintf(fallback, sizeof fallback, "id_%" PRIu32, id);
    return cli_names_add(names, name, fallback);
}

static void append_float(kt_text *out, const cli_scalar *scalar, uint64_t bits)
{
    double value;
    if (scalar->bytes == 2) {
        kt_text_format(out, "0x%04" PRIx64, bits);
        return;
    }
    if (scalar->bytes == 4) {
        uint32_t narrow = (uint32_t)bits;
        float single;
        memcpy(&single, &narrow, sizeof single);
        value = (double)single;
    } else {
        memcpy(&value, &bits, sizeof value);
    }
    if (!isfinite(value)) {
        kt_text_format(out, isnan(value) ? "NAN" : value < 0 ? "(-INFINITY)" : "INFINITY");
        return;
    }
    char number[64];
    snprintf(number, sizeof number, "%.*g", scalar->bytes == 4 ? 9 : 17, value);
    const char *point = strpbrk(number, ".e") ? "" : ".0";
    kt_text_format(out, "(%s%s%s)", number, point, scalar->bytes == 4 ? "f" : "");
}

static void append_default(kt_text *out, const cli_scalar *scalar, uint64_t bits)
{
    unsigned width = scalar->bytes * 8;
    uint64_t sign = UINT64_C(1) << (width - 1);
    switch (scalar->kind) {
    case CLI_SCALAR_BOOL:
        kt_text_format(out, bits ? "true" : "false");
        break;
    case CLI_SCALAR_FLOAT:
        append_float(out, scalar, bits);
        break;
    case CLI_SCALAR_UNSIGNED:
        kt_text_format(out, "UINT%u_C(%" PRIu64 ")", width, bits);
        break;
    case CLI_SCALAR_SIGNED:
        if (bits == sign) // a literal for it would be one too large before its sign
            kt_text_format(out, "INT%u_MIN", width);
        else if (bits & sign)
            kt_text_format(out, "(-INT%u_C(%" PRIu64 "))", width, (~bits & (sign - 1)) + 1);
        else
            kt_text_format(out, "INT%u_C(%" PRIu64 ")", width, bits);
        break;
    }
}

static void append_constant(kt_text *out, const char *shader, const char *name, uint32_t id,
                            const cli_scalar *scalar, uint64_t bits)
{
    kt_text capitals = {0}, shader_capitals = {0};
    cli_append_capitals(&capitals, name);
    cli_append_capitals(&shader_capitals, shader);
    kt_text_format(out, "#define %s_CONSTANT_%s %" PRIu32 "u\n", kt_text_string(&shader_capitals),
                   kt_text_string(&capitals), id);
    kt_text_format(out, "#define %s_DEFAULT_%s ", kt_text_string(&shader_capitals),
                   kt_text_string(&capitals));
    append_default(out, scalar, bits);
    bool half = scalar->kind == CLI_SCALAR_FLOAT && scalar->bytes == 2;
    kt_text_format(out, "%s\n", half ? " // the bits of a half" : "");
    kt_text_format(out,
                   "static inline kro_constant %s_constant_%s(%s value)\n"
                   "{\n"
                   "    kro_constant constant;\n"
                   "    memset(&constant, 0, sizeof constant);\n"
                   "    constant.id = %s_CONSTANT_%s;\n"
                   "    constant.value.%s = value;\n"
                   "    return constant;\n"
                   "}\n\n",
                   shader, name, scalar->c_type, kt_text_string(&shader_capitals),
                   kt_text_string(&capitals), scalar->member);
    kt_text_finish(&capitals);
    kt_text_finish(&shader_capitals);
}

bool cli_bind_constants(const kro__module *module, const kro__reflection *reflection,
                        const char *name, kt_text *out, kt_text *problem)
{
    if (reflection->constant_count > MAX_CONSTANTS)
        return kt_refuse(problem,
                         "it has %" PRIu32 " specialization constants, more than the %d that "
                         "a header is written for",
                         reflection->constant_count, MAX_CONSTANTS);
    if (reflection->constant_count)
        kt_text_format(out, "// Specialization constants, for kro_pipeline_config.constants: id, "
                            "default, and one with a value.\n");
    bool right = true;
    cli_names names = {0};
    for (uint32_t i = 0; i < reflection->constant_count && right; i++) {
        uint32_t id = reflection->constants[i].id, definition = find_constant(module, id);
        cli_scalar scalar = cli_scalar_of(module, module->definitions[definition].type);
        if (scalar.c_type)
            append_constant(out, name, constant_name(module, definition, id, &names), id, &scalar,
                            module->definitions[definition].value.bits);
        else
            right =
                kt_refuse(problem, "constant %" PRIu32 " has a type that C has no number for", id);
    }
    cli_names_finish(&names);
    return right;
}
