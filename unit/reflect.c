// What code does to its buffers. Each file in spirv/modules/ is a case.
#include "reflect.h"

#include <stdio.h>
#include <string.h>

#define SPV_ENABLE_UTILITY_CODE
#include <spirv/unified1/spirv.h>
// The header's is inline, so one file must ask for the function itself.
extern void SpvHasResultAndType(SpvOp opcode, bool *has_result, bool *has_type);

#include "modules.h"
#include "reflect_demands.h"
#include "reflect_opcodes.h"
#include "shader_edit.h"
#include "test.h"

enum { UNKNOWN_OPCODE = 9999 };

static uint32_t buffers(const kro__reflection *reflection)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < reflection->binding_count; i++)
        count += reflection->bindings[i].count;
    return count;
}

// "needs=" and what the code asks of a device beside capabilities.
static const char *demands(kt_test *t, const kro__reflection *reflection)
{
    static const char *const names[KRO__DEMAND_SHARED] = {
        "int64",       "float16",     "float32",         "float64",         "float16_add",
        "float32_add", "float64_add", "float16_min_max", "float32_min_max", "float64_min_max",
    };
    enum { TEXT_BYTES = 256 };
    char *text = kt_alloc(t, TEXT_BYTES);
    for (uint32_t i = 0; i < KRO__DEMAND_COUNT; i++) {
        if (!(reflection->demands >> i & 1))
            continue;
        const char *name = i == KRO__DEMAND_STORAGE_ARRAY_INDEXING ? "storage_arrays"
                           : i == KRO__DEMAND_UNIFORM_ARRAY_INDEXING
                               ? "uniform_arrays"
                               : names[i % KRO__DEMAND_SHARED];
        size_t length = strlen(text);
        snprintf(text + length, TEXT_BYTES - length, "%s%s%s", length ? "," : "needs=",
                 i >= KRO__DEMAND_SHARED && i < 2 * KRO__DEMAND_SHARED ? "shared_" : "", name);
    }
    return text;
}

TEST_PARAMS(module_names)
{
    for (size_t i = 0; i < unit_module_count; i++)
        kt_param(params, "%s", unit_modules[i].name);
}

// The first line of a module is right: either what its code reads and writes, or the error that it
// must give. "total=3" counts its buffers; "needs=" lists its demands; "addresses" says that it
// reaches memory by address.
TEST_FAMILY_CASE(module)
{
    static const struct {
        const char *name;
        kro_status status;
    } errors[] = {
        {"INVALID_SHADER ", KRO_ERROR_INVALID_SHADER},
        {"INVALID_ARGUMENT ", KRO_ERROR_INVALID_ARGUMENT},
        {"UNSUPPORTED ", KRO_ERROR_UNSUPPORTED},
    };
    const unit_module *module = unit_module_find(param);
    shader copy = shader_copy(t, param);
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        size_t length = strlen(errors[i].name);
        if (strncmp(module->expect, errors[i].name, length) != 0)
            continue;
        kro__reflection out;
        CHECK_STATUS(kro__reflect(copy.words, copy.word_count * 4, NULL, NULL, 0, "test", &out),
                     errors[i].status);
        CHECK_CONTAINS(kro_error_detail(), module->expect + length);
        CHECK_CONTAINS(kro_error_detail(), "shader 'test'");
        CHECK(!out.bindings && !out.entry_point && !out.capabilities && !out.names);
        return;
    }
    const kro__reflection *reflection = shader_reflect(t, &copy);
    char actual[256];
    snprintf(actual, sizeof actual, "%s", shader_accesses(t, reflection));
    if (strstr(module->expect, "total="))
        snprintf(actual + strlen(actual), sizeof actual - strlen(actual), "%stotal=%u",
                 *actual ? " " : "", buffers(reflection));
    if (reflection->demands)
        snprintf(actual + strlen(actual), sizeof actual - strlen(actual), "%s%s",
                 *actual ? " " : "", demands(t, reflection));
    if (reflection->device_addresses)
        snprintf(actual + strlen(actual), sizeof actual - strlen(actual), " addresses");
    CHECK_EQ_STRING(actual, module->expect);
    CHECK(reflection->knows_all_opcodes);
}

static void check_all_touched(kt_test *t, const kro__reflection *reflection, uint32_t count)
{
    CHECK_EQ_U64(reflection->binding_count, count);
    CHECK(!reflection->knows_all_opcodes);
    for (uint32_t i = 0; i < reflection->binding_count; i++)
        CHECK(reflection->bindings[i].reads && reflection->bindings[i].writes);
}

// An instruction from the future may do anything, to buffers it does not name too.
TEST(unknown_code_touches_every_buffer)
{
    shader module = shader_copy(t, "a_nop_is_neither");
    module.words[shader_find(t, &module, SpvOpNop, 0)] = 1u << 16 | UNKNOWN_OPCODE;
    check_all_touched(t, shader_reflect(t, &module), 8);
}

TEST(unknown_declarations_touch_every_buffer)
{
    shader module = shader_copy(t, "a_nop_is_neither");
    const uint32_t declaration[] = {2u << 16 | UNKNOWN_OPCODE, shader_id(&module)};
    shader_insert(t, &module, shader_find(t, &module, SpvOpFunction, 0), declaration, 2);
    check_all_touched(t, shader_reflect(t, &module), 8);
}

TEST(unknown_code_that_nobody_calls_touches_nothing)
{
    shader module = shader_copy(t, "functions_that_nobody_calls_do_nothing");
    size_t store = shader_find(t, &module, SpvOpStore, 0);
    module.words[store] = (module.words[store] & 0xffff0000) | UNKNOWN_OPCODE;
    const kro__reflection *reflection = shader_reflect(t, &module);
    CHECK_EQ_STRING(shader_accesses(t, reflection), "");
    CHECK(reflection->knows_all_opcodes);
}

// Without an interface, what an unknown instruction names is all there is to go by.
TEST(unknown_code_lists_what_it_names)
{
    shader module = shader_copy(t, "another_entry_point_does_not_count");
    const uint32_t instruction[] = {2u << 16 | UNKNOWN_OPCODE, shader_named(t, &module, 'C')};
    shader_insert(t, &module, shader_find(t, &module, SpvOpLoad, 0), instruction, 2);
    const kro__reflection *reflection = shader_reflect(t, &module);
    check_all_touched(t, reflection, 2);
    CHECK_EQ_STRING(shader_accesses(t, reflection), "A=rw C=rw");
}

TEST(unknown_code_may_use_addresses)
{
    shader module = shader_copy(t, "addresses_are_no_bindings");
    size_t begin = shader_find(t, &module, SpvOpAccessChain, 0);
    size_t end = shader_find(t, &module, SpvOpReturn, 0);
    module.words[begin] = (uint32_t)(end - begin) << 16 | UNKNOWN_OPCODE;
    CHECK(shader_reflect(t, &module)->device_addresses);
}

// The Khronos instructions have their pointers where NVIDIA's had them.
TEST(khronos_cooperative_matrices_load_and_store)
{
    shader load = shader_copy(t, "cooperative_matrix_load_is_a_read");
    size_t at = shader_find(t, &load, SpvOpCooperativeMatrixLoadNV, 0);
    load.words[at] = (load.words[at] & 0xffff0000) | KRO__OP_COOPERATIVE_MATRIX_LOAD;
    CHECK_EQ_STRING(shader_accesses(t, shader_reflect(t, &load)), "F=r");

    shader store = shader_copy(t, "cooperative_matrix_store_is_a_write");
    at = shader_find(t, &store, SpvOpCooperativeMatrixStoreNV, 0);
    store.words[at] = (store.words[at] & 0xffff0000) | KRO__OP_COOPERATIVE_MATRIX_STORE;
    const kro__reflection *reflection = shader_reflect(t, &store);
    CHECK_EQ_STRING(shader_accesses(t, reflection), "F=w");
    CHECK(reflection->knows_all_opcodes);
}

// A buffer and a pointer into it, both without a type of what they point to.
TEST(untyped_pointers_lead_to_the_variable)
{
    shader module = shader_copy(t, "a_load_is_a_read");
    uint32_t type = shader_id(&module), variable = shader_id(&module), place = shader_id(&module);
    uint32_t value = shader_id(&module);
    uint32_t block = module.words[shader_find(t, &module, SpvOpTypeStruct, 0) + 1];
    uint32_t uint_type = module.words[shader_find(t, &module, SpvOpTypeInt, 0) + 1];
    uint32_t zero = module.words[shader_find(t, &module, SpvOpConstant, 0) + 2];
    const uint32_t code[] = {
        // %place = OpUntypedAccessChainKHR %type %block %variable %zero %zero
        7u << 16 | KRO__OP_UNTYPED_ACCESS_CHAIN,
        type,
        place,
        block,
        variable,
        zero,
        zero,
        4u << 16 | SpvOpLoad,
        uint_type,
        value,
        place,
        3u << 16 | SpvOpStore,
        place,
        value,
    };
    const uint32_t declarations[] = {
        3u << 16 | KRO__OP_TYPE_UNTYPED_POINTER,
        type,
        SpvStorageClassStorageBuffer,
        5u << 16 | KRO__OP_UNTYPED_VARIABLE,
        type,
        variable,
        SpvStorageClassStorageBuffer,
        block,
        // OpName %variable "X", and its set and binding; the order does not matter here
        3u << 16 | SpvOpName,
        variable,
        'X',
        4u << 16 | SpvOpDecorate,
        variable,
        SpvDecorationDescriptorSet,
        1,
        4u << 16 | SpvOpDecorate,
        variable,
        SpvDecorationBinding,
        0,
    };
    shader_insert(t, &module, shader_find(t, &module, SpvOpAccessChain, 0), code,
                  sizeof code / sizeof code[0]);
    shader_insert(t, &module, shader_find(t, &module, SpvOpFunction, 0), declarations,
                  sizeof declarations / sizeof declarations[0]);
    const kro__reflection *reflection = shader_reflect(t, &module);
    CHECK_EQ_STRING(shader_accesses(t, reflection), "A=r X=rw");
    CHECK(reflection->knows_all_opcodes);
    CHECK_EQ_U64(reflection->bindings[reflection->binding_count - 1].min_bytes, 4);
}

// Results stand where the headers say they do.
TEST(the_opcode_table_agrees_with_the_headers)
{
    uint32_t known = 0;
    for (uint32_t opcode = 0; opcode <= 0xffff; opcode++) {
        const kro__opcode *row = kro__opcode_find(opcode);
        bool has_result, has_type;
        SpvHasResultAndType((SpvOp)opcode, &has_result, &has_type);
        if (!row)
            continue;
        known++;
        CHECK(opcode >= row->first && opcode <= row->last);
        // The headers answer "no result" for opcodes that are younger than they are.
        if (has_result && !CHECK_EQ_U64(row->result, has_type ? 2 : 1))
            LOGF(t, "opcode %u", opcode);
    }
    CHECK(known > 300);
}
