// Any bytes are safe: what is no module is refused with a sentence, and no byte of a module can be
// changed into something that crashes, hangs or leaks.
#include "reflect.h"

#include <string.h>
#include <time.h>

#include <spirv/unified1/spirv.h>

#include "heap_watch.h"
#include "shader_edit.h"
#include "test.h"

enum { HEADER_WORDS = 5 };

// Modules that together have every kind of instruction that reflection looks into.
static const char *const varied[] = {
    "pointers_travel_in_composites", "sizes_follow_specialization",
    "addresses_are_no_bindings",     "literals_are_no_pointers",
    "decoration_groups_decorate",    "a_newer_interface_lists_unused_buffers",
};

static void check_refused(kt_test *t, const void *bytes, size_t size_bytes, const char *sentence)
{
    kro__reflection out;
    CHECK_STATUS(kro__reflect(bytes, size_bytes, NULL, NULL, 0, "broken", &out),
                 KRO_ERROR_INVALID_SHADER);
    CHECK_CONTAINS(kro_error_detail(), sentence);
    CHECK_CONTAINS(kro_error_detail(), "shader 'broken'");
}

TEST(bytes_that_are_no_module_are_refused)
{
    static const char text[] = "#version 450\nvoid main() {}\n";
    const uint32_t header[] = {SpvMagicNumber, 0x00010000, 0, 1, 0};
    const uint32_t swapped[] = {0x03022307, 0x00000100, 0, 0x01000000, 0};
    check_refused(t, NULL, 0, "is empty");
    check_refused(t, header, 0, "is empty");
    check_refused(t, text, sizeof text, "is not SPIR-V: it starts with 0x72657623");
    check_refused(t, text, 3, "has 3 bytes");
    check_refused(t, swapped, sizeof swapped, "is big-endian SPIR-V: swap the bytes");
    check_refused(t, header, 16, "has 16 bytes");
    check_refused(t, header, 18, "has 18 bytes");
    check_refused(t, header, sizeof header, "has no entry point");
}

// Refused before a word behind the header is read: there is none here.
TEST(modules_of_more_than_4_gib_are_refused)
{
    const uint32_t header[] = {SpvMagicNumber, 0x00010000, 0, 1, 0};
    if (SIZE_MAX > UINT32_MAX) // a smaller machine has no such module
        check_refused(t, header, (size_t)UINT32_MAX + 1, "has 4294967296 bytes, more than 4 GiB");
}

TEST(headers_out_of_range_are_refused)
{
    static const struct {
        uint32_t version, bound;
        const char *sentence;
    } cases[] = {
        {0x00010700, 8, "is SPIR-V 1.7"},      {0x00020000, 8, "is SPIR-V 2.0"},
        {0x00000900, 8, "is SPIR-V 0.9"},      {0x00010301, 8, "version word 0x00010301"},
        {0x00010300, 0, "its id bound is 0"},  {0x00010300, 4194304, "its id bound is 4194304"},
        {0x00010300, 1, "has no entry point"}, {0x00010600, 4194303, "has no entry point"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const uint32_t header[] = {SpvMagicNumber, cases[i].version, 0, cases[i].bound, 0};
        check_refused(t, header, sizeof header, cases[i].sentence);
    }
}

// Refused after word `at` of a good module became `word`.
static void check_word(kt_test *t, size_t at, uint32_t word, const char *sentence)
{
    shader module = shader_copy(t, "a_load_is_a_read");
    module.words[at] = word;
    check_refused(t, module.words, module.word_count * 4, sentence);
}

TEST(damaged_instructions_are_refused)
{
    shader good = shader_copy(t, "a_load_is_a_read");
    size_t load = shader_find(t, &good, SpvOpLoad, 0), name = shader_find(t, &good, SpvOpName, 0);
    size_t entry = shader_find(t, &good, SpvOpEntryPoint, 0);
    check_word(t, load, SpvOpLoad, "has a length of 0 words");
    check_word(t, load, 60000u << 16 | SpvOpLoad, "has a length of 60000 words, and ");
    check_word(t, load, 2u << 16 | SpvOpLoad, "is too short for its result");
    check_word(t, load + 2, 0, "defines id 0");
    check_word(t, load + 2, good.words[3], "and ids are 1 to ");
    check_word(t, load + 2, good.words[name + 1], "a second time");
    check_word(t, load + 1, good.words[name + 1], "which is no type declared before it");
    // The entry point's name loses the word that ends it.
    good.words[entry] = 4u << 16 | SpvOpEntryPoint;
    good.words[entry + 4] = 1u << 16 | SpvOpNop;
    check_refused(t, good.words, good.word_count * 4, "the name of an entry point does not end");
}

// Whatever comes out of a module is in order.
static void check_sound(kt_test *t, const kro__reflection *out)
{
    for (uint32_t i = 0; i < out->binding_count; i++) {
        const kro_binding_info *binding = &out->bindings[i], *before = binding - 1;
        CHECK(binding->count >= 1 && binding->name);
        CHECK(i == 0 || before->set < binding->set ||
              (before->set == binding->set && before->binding < binding->binding));
    }
    for (uint32_t i = 1; i < out->constant_count; i++)
        CHECK(out->constants[i - 1].id < out->constants[i].id);
    CHECK(out->local_size[0] && out->local_size[1] && out->local_size[2]);
    CHECK(out->entry_point && (out->capabilities || !out->capability_count));
}

static void survive(kt_test *t, const shader *module, size_t size_bytes)
{
    kro__reflection out;
    kro_status status = kro__reflect(module->words, size_bytes, NULL, NULL, 0, "mutant", &out);
    if (status == KRO_OK)
        check_sound(t, &out);
    else
        CHECK(!out.bindings && !out.entry_point && !out.names && !out.constants);
    kro__reflection_finish(&out);
}

TEST_PARAMS(varied_names)
{
    for (size_t i = 0; i < sizeof varied / sizeof varied[0]; i++)
        kt_param(params, "%s", varied[i]);
}

TEST_FAMILY_CASE(every_changed_word_is_survived)
{
    shader module = shader_copy(t, param);
    for (size_t i = 0; i < module.word_count; i++) {
        uint32_t good = module.words[i];
        const uint32_t words[] = {0,
                                  1,
                                  4,
                                  0xffffffff,
                                  0x80000000,
                                  good + 1,
                                  good - 1,
                                  good + 0x10000,
                                  good - 0x10000,
                                  module.words[3] - 1};
        for (size_t n = 0; n < sizeof words / sizeof words[0]; n++) {
            module.words[i] = words[n];
            survive(t, &module, module.word_count * 4);
        }
        for (uint32_t bit = 0; bit < 32; bit++) {
            module.words[i] = good ^ UINT32_C(1) << bit;
            survive(t, &module, module.word_count * 4);
        }
        module.words[i] = good;
    }
}

TEST_FAMILY_CASE(every_cut_is_survived)
{
    shader module = shader_copy(t, param);
    for (size_t bytes = 0; bytes < module.word_count * 4; bytes++)
        survive(t, &module, bytes);
}

TEST_FAMILY_CASE(shuffled_words_are_survived)
{
    shader good = shader_copy(t, param), module = shader_copy(t, param);
    for (int round = 0; round < 20000; round++) {
        for (uint64_t n = 1 + kt_random_below(t, 8); n > 0; n--) {
            size_t to = kt_random_below(t, good.word_count);
            module.words[to] = good.words[kt_random_below(t, good.word_count)];
        }
        survive(t, &module, module.word_count * 4);
        memcpy(module.words, good.words, good.word_count * 4);
    }
}

// Bytes from a file may lie at any address.
TEST(unaligned_modules_are_read)
{
    shader module = shader_copy(t, "a_load_is_a_read");
    char *bytes = kt_alloc(t, module.word_count * 4 + 1);
    memcpy(bytes + 1, module.words, module.word_count * 4);
    kro__reflection out;
    CHECK_OK(kro__reflect(bytes + 1, module.word_count * 4, NULL, NULL, 0, "odd", &out));
    CHECK_EQ_STRING(shader_accesses(t, &out), "A=r");
    kro__reflection_finish(&out);
}

TEST_FAMILY_CASE(every_allocation_may_fail)
{
    shader module = shader_copy(t, param);
    kro__reflection out;
    kro_status status;
    for (uint64_t n = 1;; n++) {
        heap_watch_begin(n);
        status = kro__reflect(module.words, module.word_count * 4, NULL, NULL, 0, "poor", &out);
        kro__reflection_finish(&out);
        heap_watch watch = heap_watch_end();
        CHECK_EQ_I64(watch.live_blocks, 0);
        if (watch.allocations < n)
            break;
        CHECK_STATUS(status, KRO_ERROR_OUT_OF_HOST_MEMORY);
        CHECK_CONTAINS(kro_error_detail(), "no host memory");
    }
    CHECK_OK(status);
}

// A module that is as bad as `size` allows: chains of types and pointers, one struct and one name
// behind all variables, and parameters and calls by the thousand.
static shader large_module(kt_test *t, uint32_t size)
{
    shader module = shader_copy(t, "parameters_lead_to_the_arguments_of_all_calls");
    size_t call = shader_find(t, &module, SpvOpFunctionCall, 0);
    size_t declarations = shader_find(t, &module, SpvOpFunction, 0);
    uint32_t block = module.words[shader_find(t, &module, SpvOpTypeStruct, 0) + 1];
    uint32_t pointer = module.words[shader_find(t, &module, SpvOpVariable, 0) + 1];
    uint32_t length = module.words[shader_find(t, &module, SpvOpTypeArray, 0) + 3];
    uint32_t *calls = kt_alloc(t, size * 5 * 4), *rest = kt_alloc(t, size * 21 * 4), *to = rest;
    uint32_t element = block;
    for (uint32_t i = 0; i < size; i++) {
        uint32_t variable = shader_id(&module), array = shader_id(&module);
        memcpy(calls + 5 * i, module.words + call, 5 * 4);
        calls[5 * i + 2] = shader_id(&module);
        const uint32_t words[] = {
            4u << 16 | SpvOpVariable,
            pointer,
            variable,
            SpvStorageClassStorageBuffer,
            4u << 16 | SpvOpTypeArray,
            array,
            element,
            length,
            4u << 16 | SpvOpDecorate,
            variable,
            SpvDecorationDescriptorSet,
            1,
            4u << 16 | SpvOpDecorate,
            variable,
            SpvDecorationBinding,
            i,
            5u << 16 | SpvOpMemberDecorate,
            block,
            0,
            SpvDecorationOffset,
            0,
        };
        memcpy(to, words, sizeof words);
        to += sizeof words / sizeof words[0];
        element = array;
    }
    shader_insert(t, &module, call, calls, size * 5);
    shader_insert(t, &module, declarations, rest, size * 21);
    return module;
}

static double seconds_for(kt_test *t, uint32_t size)
{
    shader module = large_module(t, size);
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        kro__reflection out;
        clock_t start = clock();
        CHECK_OK(kro__reflect(module.words, module.word_count * 4, NULL, NULL, 0, "big", &out));
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        best = seconds < best ? seconds : best;
        CHECK_EQ_U64(out.binding_count, 8 + (uint64_t)size);
        kro__reflection_finish(&out);
    }
    return best;
}

// 32 times the words take 32 times the time; caches, sorting and neighbours on the machine may make
// that twelve times as much, but anything quadratic takes 1024 times.
TEST(time_grows_with_the_words)
{
    double small = seconds_for(t, 2000), large = seconds_for(t, 64000);
    LOGF(t, "%.3f ms and %.3f ms", small * 1e3, large * 1e3);
    CHECK(large < small * 32 * 12);
}
