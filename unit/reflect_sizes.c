// Sizes, names and constants that reflection reports.
#include "reflect.h"

#include <string.h>

#include <spirv/unified1/spirv.h>

#include "reflect_operations.h"
#include "shader_edit.h"
#include "test.h"

static const uint32_t sizes_spirv[] =
#include "sizes.spv.inc"
    ;
static const uint32_t constants_spirv[] =
#include "constants.spv.inc"
    ;
static const uint32_t shared_blocks_spirv[] =
#include "shared_blocks.spv.inc"
    ;

// Every block is as large as its last byte; a block that is all runtime array is one element.
TEST(blocks_end_at_their_last_byte)
{
    static const kro_binding_info expected[] = {
        {.set = 0, .binding = 0, .count = 1, .min_bytes = 152, .name = "matrices"},
        {.set = 0, .binding = 1, .count = 1, .min_bytes = 4, .name = "counted"},
        {.set = 0, .binding = 2, .count = 1, .min_bytes = 16, .name = "open"},
        {.set = 0, .binding = 3, .count = 1, .min_bytes = 12, .name = "vector"},
        {.set = 1, .binding = 0, .count = 1, .min_bytes = 64, .name = "Parts"},
        {.set = 2, .binding = 0, .count = 5, .min_bytes = 12, .name = "many"},
    };
    kro__reflection out;
    if (!CHECK_OK(kro__reflect(sizes_spirv, sizeof sizes_spirv, NULL, NULL, 0, "sizes", &out)))
        return;
    CHECK_EQ_U64(out.binding_count, sizeof expected / sizeof expected[0]);
    for (uint32_t i = 0; i < out.binding_count; i++) {
        const kro_binding_info *binding = &out.bindings[i];
        CHECK_EQ_U64(binding->set, expected[i].set);
        CHECK_EQ_U64(binding->binding, expected[i].binding);
        CHECK_EQ_U64(binding->count, expected[i].count);
        CHECK_EQ_U64(binding->min_bytes, expected[i].min_bytes);
        CHECK_EQ_STRING(binding->name, expected[i].name);
        CHECK_EQ_U64(binding->kind, i == 0 ? KRO_BINDING_UNIFORM : KRO_BINDING_STORAGE);
    }
    kro__reflection_finish(&out);
}

// Their types give what size they have: 4 numbers from byte 128 on are the last.
TEST(matrices_without_columns_or_rows_are_sized)
{
    shader module = shader_copy(t, "matrices_of_no_numbers_are_survived");
    CHECK_EQ_U64(shader_reflect(t, &module)->bindings[0].min_bytes, 128 + 4 * 4);
}

TEST(modules_tell_their_facts)
{
    kro__reflection out;
    if (!CHECK_OK(kro__reflect(sizes_spirv, sizeof sizes_spirv, "main", NULL, 0, NULL, &out)))
        return;
    const uint32_t local_size[] = {8, 4, 1}, capabilities[] = {SpvCapabilityShader};
    CHECK_U32S(out.local_size, local_size, 3);
    CHECK_EQ_U64(out.push_bytes, 28);
    // 7 words, 3 booleans that count as words, then two vectors aligned to 16.
    CHECK_EQ_U64(out.shared_bytes, 80);
    CHECK_EQ_STRING(out.entry_point, "main");
    CHECK_EQ_U64(out.version, 0x00010300);
    CHECK_EQ_U64(out.capability_count, 1);
    CHECK_U32S(out.capabilities, capabilities, 1);
    CHECK_EQ_U64(out.constant_count, 0);
    kro__reflection_finish(&out);
    CHECK(!out.bindings && !out.names && !out.entry_point && !out.capabilities);
    kro__reflection_finish(&out);
}

TEST(shared_blocks_overlap)
{
    kro__reflection out;
    if (!CHECK_OK(kro__reflect(shared_blocks_spirv, sizeof shared_blocks_spirv, NULL, NULL, 0,
                               "shared", &out)))
        return;
    CHECK_EQ_U64(out.shared_bytes, 100);
    kro__reflection_finish(&out);
}

TEST(decoration_groups_move_members)
{
    shader module = shader_copy(t, "decoration_groups_decorate");
    const kro__reflection *reflection = shader_reflect(t, &module);
    CHECK_EQ_U64(reflection->binding_count, 3);
    CHECK_EQ_U64(reflection->bindings[reflection->binding_count - 1].min_bytes, 16);
}

// The first of two that share a binding has lost its name.
TEST(one_name_serves_all_aliases)
{
    shader module = shader_copy(t, "aliases_are_one_binding");
    module.words[shader_find(t, &module, SpvOpName, 0) + 1] = shader_id(&module);
    CHECK_EQ_STRING(shader_accesses(t, shader_reflect(t, &module)), "Z=rw");
}

TEST(kinds_follow_the_declaration)
{
    shader module = shader_copy(t, "a_buffer_block_is_storage");
    const kro__reflection *reflection = shader_reflect(t, &module);
    for (uint32_t i = 0; i < reflection->binding_count; i++) {
        bool is_uniform = strcmp(reflection->bindings[i].name, "U") == 0;
        CHECK_EQ_U64(reflection->bindings[i].kind,
                     is_uniform ? KRO_BINDING_UNIFORM : KRO_BINDING_STORAGE);
    }
}

TEST(narrow_constants_are_extended_as_asked)
{
    shader module = shader_copy(t, "narrow_constants_have_no_high_bits");
    CHECK_EQ_U64(shader_reflect(t, &module)->local_size[0], 255);
}

TEST(constants_are_listed_by_id)
{
    static const kro__constant_info expected[] = {
        {1, 1, false}, {2, 2, false}, {3, 4, true},   {4, 8, false},  {5, 8, false},
        {6, 2, false}, {7, 4, false}, {20, 4, false}, {21, 4, false},
    };
    kro__reflection out;
    if (!CHECK_OK(kro__reflect(constants_spirv, sizeof constants_spirv, NULL, NULL, 0, "c", &out)))
        return;
    CHECK_EQ_U64(out.constant_count, sizeof expected / sizeof expected[0]);
    for (uint32_t i = 0; i < out.constant_count; i++) {
        CHECK_EQ_U64(out.constants[i].id, expected[i].id);
        CHECK_EQ_U64(out.constants[i].size_bytes, expected[i].size_bytes);
        CHECK_EQ_U64(out.constants[i].is_bool, expected[i].is_bool);
    }
    kro__reflection_finish(&out);
}

// gl_WorkGroupSize.x * 2 + (wide ? count : 1) words are shared.
TEST(specialization_decides_sizes)
{
    static const kro_constant given[] = {
        {.id = 20, .value.u32 = 16},
        {.id = 21, .value.u32 = 3},
        {.id = 3, .value.u32 = 2}, // any value but 0 is true
        {.id = 7, .value.u32 = 100},
    };
    static const struct {
        uint32_t given_count, local_size[3], shared_bytes;
    } expected[] = {
        {0, {1, 1, 2}, 4 * (1 * 2 + 1)},
        {2, {16, 3, 2}, 4 * (16 * 2 + 1)},
        {3, {16, 3, 2}, 4 * (16 * 2 + 5)},
        {4, {16, 3, 2}, 4 * (16 * 2 + 100)},
    };
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        kro__reflection out;
        if (!CHECK_OK(kro__reflect(constants_spirv, sizeof constants_spirv, NULL, given,
                                   expected[i].given_count, "c", &out)))
            return;
        CHECK_U32S(out.local_size, expected[i].local_size, 3);
        CHECK_EQ_U64(out.shared_bytes, expected[i].shared_bytes);
        kro__reflection_finish(&out);
    }
}

TEST(specialization_decides_array_lengths_and_local_size_ids)
{
    const kro_constant count = {.id = 4, .value.u32 = 10};
    const uint32_t local_size[] = {10, 2, 1};
    shader module = shader_copy(t, "sizes_follow_specialization");
    kro__reflection out;
    if (!CHECK_OK(kro__reflect(module.words, module.word_count * 4, NULL, &count, 1, "s", &out)))
        return;
    CHECK_EQ_U64(out.bindings[0].count, 21);
    CHECK_U32S(out.local_size, local_size, 3);
    kro__reflection_finish(&out);
}

TEST(constants_that_are_not_declared_or_repeated_are_refused)
{
    const kro_constant given[] = {{.id = 7}, {.id = 20}, {.id = 7}, {.id = 99}};
    kro__reflection out;
    CHECK_STATUS(
        kro__reflect(constants_spirv, sizeof constants_spirv, NULL, given, 3, "constants", &out),
        KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(),
                   "constant 7 is given twice, the second time in constants[2]");
    CHECK_STATUS(
        kro__reflect(constants_spirv, sizeof constants_spirv, NULL, given + 2, 2, "c", &out),
        KRO_ERROR_INVALID_ARGUMENT);
    CHECK_CONTAINS(kro_error_detail(), "declares no constant 99 (constants[1])");
}

TEST(an_entry_point_is_found_by_its_name)
{
    shader module = shader_copy(t, "another_entry_point_does_not_count");
    kro__reflection out;
    if (!CHECK_OK(kro__reflect(module.words, module.word_count * 4, "other", NULL, 0, "s", &out)))
        return;
    CHECK_EQ_STRING(out.entry_point, "other");
    CHECK_EQ_STRING(shader_accesses(t, &out), "B=w");
    kro__reflection_finish(&out);
    static const char *const absent[] = {"mai", "main2", "", "Main"};
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        CHECK_STATUS(
            kro__reflect(module.words, module.word_count * 4, absent[i], NULL, 0, "s", &out),
            KRO_ERROR_INVALID_ARGUMENT);
        CHECK_CONTAINS(kro_error_detail(), "it has: main, other");
    }
}

typedef struct operation_case {
    uint32_t opcode, width;
    uint64_t a, b;
    int64_t expected; // NEVER: no result
} operation_case;

#define NEVER INT64_MIN

// Signs, widths and the corners that C leaves undefined. Operands are as wide as `width`.
TEST(operations_are_those_of_the_specification)
{
    static const operation_case cases[] = {
        {SpvOpIAdd, 32, 0xffffffff, 2, 1},
        {SpvOpIAdd, 64, UINT64_MAX, 2, 1},
        {SpvOpISub, 8, 1, 2, 0xff},
        {SpvOpIMul, 16, 0x8001, 2, 2},
        {SpvOpUDiv, 32, 0xfffffffe, 2, 0x7fffffff},
        {SpvOpUDiv, 32, 1, 0, NEVER},
        {SpvOpSDiv, 32, 0xfffffff9, 2, 0xfffffffd}, // -7 / 2 is -3
        {SpvOpSDiv, 32, 0x80000000, 0xffffffff, 0x80000000},
        {SpvOpSDiv, 8, 1, 0, NEVER},
        {SpvOpUMod, 32, 7, 4, 3},
        {SpvOpUMod, 32, 7, 0, NEVER},
        {SpvOpSRem, 32, 0xfffffff9, 4, 0xfffffffd}, // -7 rem 4 is -3
        {SpvOpSMod, 32, 0xfffffff9, 4, 1},          // -7 mod 4 is 1
        {SpvOpSMod, 32, 7, 0xfffffffc, 0xffffffff}, // 7 mod -4 is -1
        {SpvOpSMod, 32, 8, 0xfffffffc, 0},
        {SpvOpSRem, 16, 7, 0, NEVER},
        {SpvOpShiftLeftLogical, 32, 3, 31, 0x80000000},
        {SpvOpShiftLeftLogical, 32, 3, 32, NEVER},
        {SpvOpShiftRightLogical, 16, 0x8000, 15, 1},
        {SpvOpShiftRightArithmetic, 16, 0x8000, 15, 0xffff},
        {SpvOpShiftRightArithmetic, 64, 8, 2, 2},
        {SpvOpBitwiseAnd, 32, 12, 10, 8},
        {SpvOpBitwiseOr, 32, 12, 10, 14},
        {SpvOpBitwiseXor, 32, 12, 10, 6},
        {SpvOpFAdd, 32, 1, 1, NEVER},
        {SpvOpIAdd, 0, 1, 1, NEVER},
        {SpvOpIAdd, 65, 1, 1, NEVER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const operation_case *c = &cases[i];
        const kro__operation operation = {
            .opcode = c->opcode,
            .width = c->width,
            .operand_count = 2,
            .operand_widths = {c->width, c->width},
            .operands = {c->a, c->b},
        };
        uint64_t bits;
        bool known = kro__operation_evaluate(&operation, &bits);
        if (!CHECK(known == (c->expected != NEVER)) ||
            (known && !CHECK_EQ_U64(bits, (uint64_t)c->expected)))
            LOGF(t, "case %zu: opcode %u", i, c->opcode);
    }
}

// Which of -2 and 1 is larger depends on who asks.
TEST(comparisons_know_signs)
{
    static const struct {
        uint32_t opcode;
        bool less, equal, greater; // -2 against 1, 1 against 1, 1 against -2
    } cases[] = {
        {SpvOpIEqual, false, true, false},       {SpvOpINotEqual, true, false, true},
        {SpvOpSLessThan, true, false, false},    {SpvOpSLessThanEqual, true, true, false},
        {SpvOpSGreaterThan, false, false, true}, {SpvOpSGreaterThanEqual, false, true, true},
        {SpvOpULessThan, false, false, true},    {SpvOpULessThanEqual, false, true, true},
        {SpvOpUGreaterThan, true, false, false}, {SpvOpUGreaterThanEqual, true, true, false},
    };
    const uint64_t minus_two = 0xfffffffe;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kro__operation operation = {
            .opcode = cases[i].opcode,
            .width = 1,
            .operand_count = 2,
            .operand_widths = {32, 32},
            .operands = {minus_two, 1},
        };
        uint64_t bits;
        CHECK(kro__operation_evaluate(&operation, &bits) && bits == cases[i].less);
        operation.operands[0] = 1;
        CHECK(kro__operation_evaluate(&operation, &bits) && bits == cases[i].equal);
        operation.operands[1] = minus_two;
        CHECK(kro__operation_evaluate(&operation, &bits) && bits == cases[i].greater);
    }
}

TEST(conversions_and_choices_are_evaluated)
{
    static const struct {
        kro__operation operation;
        uint64_t expected;
    } cases[] = {
        {{SpvOpUConvert, 64, 1, {8}, {0x80}}, 0x80},
        {{SpvOpSConvert, 64, 1, {8}, {0x80}}, 0xffffffffffffff80},
        {{SpvOpSConvert, 8, 1, {32}, {0x1234}}, 0x34},
        {{SpvOpSNegate, 16, 1, {16}, {1}}, 0xffff},
        {{SpvOpNot, 8, 1, {8}, {0x0f}}, 0xf0},
        {{SpvOpLogicalNot, 1, 1, {1}, {1}}, 0},
        {{SpvOpLogicalAnd, 1, 2, {1, 1}, {1, 0}}, 0},
        {{SpvOpLogicalOr, 1, 2, {1, 1}, {1, 0}}, 1},
        {{SpvOpLogicalEqual, 1, 2, {1, 1}, {0, 0}}, 1},
        {{SpvOpLogicalNotEqual, 1, 2, {1, 1}, {0, 0}}, 0},
        {{SpvOpSelect, 32, 3, {1, 32, 32}, {1, 5, 6}}, 5},
        {{SpvOpSelect, 32, 3, {1, 32, 32}, {0, 5, 6}}, 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bits;
        CHECK(kro__operation_evaluate(&cases[i].operation, &bits));
        CHECK_EQ_U64(bits, cases[i].expected);
    }
}
