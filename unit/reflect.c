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

// Inserts declarations ahead of the functions of a module.
static void declare(kt_test *t, shader *module, const uint32_t *words, size_t count)
{
    shader_insert(t, module, shader_find(t, module, SpvOpFunction, 0), words, count);
}

// A buffer and a pointer into it, both without a type of what they point to. `opcode` makes the
// pointer; one that counts in elements, too, takes another operand for that.
static void check_untyped(kt_test *t, uint32_t opcode, bool counts_elements)
{
    shader module = shader_copy(t, "a_load_is_a_read");
    uint32_t type = shader_id(&module), variable = shader_id(&module), place = shader_id(&module);
    uint32_t value = shader_id(&module);
    uint32_t block = module.words[shader_find(t, &module, SpvOpTypeStruct, 0) + 1];
    uint32_t uint_type = module.words[shader_find(t, &module, SpvOpTypeInt, 0) + 1];
    uint32_t zero = module.words[shader_find(t, &module, SpvOpConstant, 0) + 2];
    // %place = OpUntypedAccessChainKHR %type %block %variable %zero %zero
    const uint32_t chain_words = counts_elements ? 8 : 7;
    const uint32_t chain[] = {
        chain_words << 16 | opcode, type, place, block, variable, zero, zero, zero};
    const uint32_t uses[] = {4u << 16 | SpvOpLoad,  uint_type, value, place,
                             3u << 16 | SpvOpStore, place,     value};
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
    const size_t begin = shader_find(t, &module, SpvOpAccessChain, 0);
    shader_insert(t, &module, begin, uses, sizeof uses / sizeof uses[0]);
    shader_insert(t, &module, begin, chain, chain_words);
    declare(t, &module, declarations, sizeof declarations / sizeof declarations[0]);
    const kro__reflection *reflection = shader_reflect(t, &module);
    CHECK_EQ_STRING(shader_accesses(t, reflection), "A=r X=rw");
    CHECK_EQ_U64(reflection->demands, 0);
    CHECK(reflection->knows_all_opcodes);
    CHECK_EQ_U64(reflection->bindings[reflection->binding_count - 1].min_bytes, 4);
}

TEST(untyped_pointers_lead_to_the_variable)
{
    check_untyped(t, KRO__OP_UNTYPED_ACCESS_CHAIN, false);
    check_untyped(t, KRO__OP_UNTYPED_IN_BOUNDS_ACCESS_CHAIN, false);
    check_untyped(t, KRO__OP_UNTYPED_PTR_ACCESS_CHAIN, true);
    check_untyped(t, KRO__OP_UNTYPED_IN_BOUNDS_PTR_ACCESS_CHAIN, true);
}

// A composite of which every element is the same: its element is that one.
TEST(elements_of_replicated_constants_are_found)
{
    shader module = shader_copy(t, "an_element_of_a_null_constant_is_zero");
    const size_t at = shader_find(t, &module, SpvOpConstantNull, 0);
    const uint32_t vector = module.words[shader_find(t, &module, SpvOpTypeVector, 0) + 1];
    const uint32_t sizes = module.words[at + 1], nothing = module.words[at + 2];
    const uint32_t one = module.words[shader_find(t, &module, SpvOpConstant, 1) + 2];
    const uint32_t vectors = shader_id(&module);
    const uint32_t replicated[] = {
        4u << 16 | KRO__OP_CONSTANT_COMPOSITE_REPLICATE,      vector, vectors, one,
        4u << 16 | KRO__OP_SPEC_CONSTANT_COMPOSITE_REPLICATE, sizes,  nothing, vectors,
    };
    module.words[at] = 3u << 16 | SpvOpUndef;
    module.words[at + 2] = shader_id(&module);
    shader_insert(t, &module, at, replicated, sizeof replicated / sizeof replicated[0]);
    CHECK_EQ_U64(shader_reflect(t, &module)->local_size[1], 1);
}

// An operation without operands has no value, which is an error only where one is needed.
TEST(operations_without_operands_have_no_value)
{
    shader module = shader_copy(t, "a_load_is_a_read");
    const uint32_t uint_type = module.words[shader_find(t, &module, SpvOpTypeInt, 0) + 1];
    const uint32_t operation[] = {4u << 16 | SpvOpSpecConstantOp, uint_type, shader_id(&module),
                                  SpvOpIAdd};
    declare(t, &module, operation, sizeof operation / sizeof operation[0]);
    CHECK_EQ_STRING(shader_accesses(t, shader_reflect(t, &module)), "A=r");
}

// What is called may lie in a module that nobody linked.
TEST(a_call_of_no_function_may_do_anything)
{
    shader module = shader_copy(t, "calls_reach_through_calls");
    module.words[shader_find(t, &module, SpvOpFunctionCall, 0) + 3] = shader_id(&module);
    CHECK(!shader_reflect(t, &module)->knows_all_opcodes);
}

// An instruction of no imported set may do anything with what it is given.
TEST(an_extended_instruction_of_no_set_touches_its_operands)
{
    shader module = shader_copy(t, "modf_writes_its_pointer");
    module.words[shader_find(t, &module, SpvOpExtInst, 0) + 3] = shader_id(&module);
    CHECK_EQ_STRING(shader_accesses(t, shader_reflect(t, &module)), "F=rw");
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
