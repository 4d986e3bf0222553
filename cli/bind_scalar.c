#include "bind_scalar.h"

#include <stddef.h>

#include <spirv/unified1/spirv.h>

#include "reflect_module.h"

cli_scalar cli_scalar_of(const kro__module *module, uint32_t type)
{
    static const cli_scalar SCALARS[] = {
        {"bool", "u32", 4, CLI_SCALAR_BOOL},         {"int8_t", "i8", 1, CLI_SCALAR_SIGNED},
        {"int16_t", "i16", 2, CLI_SCALAR_SIGNED},    {"int32_t", "i32", 4, CLI_SCALAR_SIGNED},
        {"int64_t", "i64", 8, CLI_SCALAR_SIGNED},    {"uint8_t", "u8", 1, CLI_SCALAR_UNSIGNED},
        {"uint16_t", "u16", 2, CLI_SCALAR_UNSIGNED}, {"uint32_t", "u32", 4, CLI_SCALAR_UNSIGNED},
        {"uint64_t", "u64", 8, CLI_SCALAR_UNSIGNED}, {"uint16_t", "u16", 2, CLI_SCALAR_FLOAT},
        {"float", "f32", 4, CLI_SCALAR_FLOAT},       {"double", "f64", 8, CLI_SCALAR_FLOAT},
    };
    const uint32_t *words = module->definitions[type].words;
    uint32_t bits = kro__operand(words, 2);
    cli_scalar_kind kind;
    switch (kro__opcode_of(words)) {
    case SpvOpTypeBool:
        kind = CLI_SCALAR_BOOL;
        bits = 32;
        break;
    case SpvOpTypeInt:
        kind = kro__operand(words, 3) ? CLI_SCALAR_SIGNED : CLI_SCALAR_UNSIGNED;
        break;
    case SpvOpTypeFloat:
        // A fourth word names an encoding that C has no type for.
        kind = CLI_SCALAR_FLOAT;
        bits = kro__word_count(words) > 3 ? 0 : bits;
        break;
    default:
        return (cli_scalar){0};
    }
    for (size_t i = 0; i < sizeof SCALARS / sizeof SCALARS[0]; i++)
        if (SCALARS[i].kind == kind && SCALARS[i].bytes * 8 == bits)
            return SCALARS[i];
    return (cli_scalar){0};
}
