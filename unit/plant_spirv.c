// Faults that the proxy plants in modules (harness/drivers/proxy/plant_spirv.h).
#include "plant_spirv.h"

#include <stdlib.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "shaders.h"
#include "test.h"

// An embedded shader, read; the case finishes it.
static bool read_shader(kt_test *t, const char *name, kro__module *module)
{
    const kronos_shader *shader = kronos_shader_find(name);
    return CHECK(shader != NULL) &&
           CHECK_EQ_I64(kro__module_init(module, shader->words, shader->size_bytes, name), KRO_OK);
}

static size_t count_opcode(const kro__module *module, uint32_t opcode)
{
    size_t count = 0;
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at))
        count += kro__opcode_of(at) == opcode;
    return count;
}

static const kro__planted *fault_named(kt_test *t, const char *name)
{
    const int fault = kro__planted_find(name);
    return CHECK(fault >= 0) ? &kro__planted_faults[fault] : NULL;
}

// How often an opcode is there once a fault is planted in affine_words.
static void check_count(kt_test *t, const char *fault, uint32_t opcode, int64_t more)
{
    kro__module module, changed;
    size_t word_count;
    const kro__planted *named = fault_named(t, fault);
    if (!named || !read_shader(t, "affine_words", &module))
        return;
    uint32_t *words = kro__plant_spirv(&module, named, &word_count);
    if (CHECK(words != NULL) &&
        CHECK_EQ_I64(kro__module_init(&changed, words, word_count * sizeof *words, fault),
                     KRO_OK)) {
        const size_t before = count_opcode(&module, opcode);
        CHECK_EQ_I64((int64_t)count_opcode(&changed, opcode), (int64_t)before + more);
        kro__module_finish(&changed);
    }
    free(words);
    kro__module_finish(&module);
}

TEST(faults_change_what_they_name)
{
    check_count(t, "spirv/IMul/IAdd", SpvOpIMul, -1);
    check_count(t, "spirv/IMul/IAdd", SpvOpIAdd, 1);
    check_count(t, "spirv/ULessThan/ULessThanEqual", SpvOpULessThanEqual, 1);
    check_count(t, "spirv/Store/dropped", SpvOpStore, -2);
    check_count(t, "spirv/AccessChain/index+1", SpvOpIAdd, 2);
    check_count(t, "spirv/AccessChain/index+1", SpvOpConstant, 1);
    check_count(t, "spirv/BranchConditional/exchanged", SpvOpBranchConditional, 0);

    kro__module module;
    size_t word_count;
    const kro__planted *absent = fault_named(t, "spirv/FAdd/FSub");
    if (!absent || !read_shader(t, "affine_words", &module))
        return;
    CHECK(!kro__plant_spirv_reaches(&module, absent));
    CHECK(!kro__plant_spirv(&module, absent, &word_count));
    kro__module_finish(&module);
}

// What is planted in a module either leaves it alone or makes another one that can be read.
static void check_faults(kt_test *t, const char *name)
{
    kro__module module;
    if (!read_shader(t, name, &module))
        return;
    CHECK_EQ_U64(kro__plant_spirv_unknown(&module), 0);
    const size_t words_before = (size_t)(module.end - module.words);
    for (int i = 0; i < KRO__PLANTED_SPIRV_COUNT; i++) {
        const kro__planted *fault = &kro__planted_faults[i];
        kro__module changed;
        size_t word_count = 0;
        uint32_t *words = kro__plant_spirv(&module, fault, &word_count);
        if (!CHECK((words != NULL) == kro__plant_spirv_reaches(&module, fault)))
            LOGF(t, "%s in %s", fault->name, name);
        if (!words)
            continue;
        if (word_count == words_before)
            CHECK(memcmp(words, module.words, word_count * sizeof *words) != 0);
        if (CHECK_EQ_I64(kro__module_init(&changed, words, word_count * sizeof *words, name),
                         KRO_OK))
            kro__module_finish(&changed);
        else
            LOGF(t, "%s in %s", fault->name, name);
        free(words);
    }
    kro__module_finish(&module);
}

TEST(a_module_with_a_fault_is_still_one)
{
    static const char *const NAMES[] = {"affine_words",      "histogram",   "integer_bit_functions",
                                        "loop_shapes",       "interpreter", "nested_branches",
                                        "multiply_matrices", "frexp_ldexp", "integer_widths_64"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        check_faults(t, NAMES[i]);
}

TEST(opcodes_without_a_fault_are_told)
{
    const uint32_t words[] = {
        SpvMagicNumber, SpvVersion, 0, 8, 0, 1u << 16 | SpvOpNop, 1u << 16 | SpvOpEmitVertex};
    kro__module module;
    if (!CHECK_EQ_I64(kro__module_init(&module, words, sizeof words, "odd"), KRO_OK))
        return;
    CHECK_EQ_U64(kro__plant_spirv_unknown(&module), SpvOpEmitVertex);
    kro__module_finish(&module);
}

TEST(faults_have_names_of_their_own)
{
    for (int i = 0; i < KRO__PLANTED_COUNT; i++)
        if (!CHECK_EQ_I64(kro__planted_find(kro__planted_faults[i].name), i))
            LOGF(t, "%s", kro__planted_faults[i].name);
    CHECK_EQ_I64(kro__planted_find("spirv/Nop"), -1);
}
