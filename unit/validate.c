// The validator behind its C call: verdicts, words, and nothing leaked when memory runs out.
#include "validate.h"

#include <string.h>

#include <spirv/unified1/spirv.h>

#include "heap_watch.h"
#include "shader_edit.h"
#include "test.h"

enum {
    VULKAN_1_1 = 1 << 22 | 1 << 12,
    VULKAN_1_2 = 1 << 22 | 2 << 12,
    VULKAN_1_3 = 1 << 22 | 3 << 12,
    UNKNOWN_CAPABILITY = 9999,
    UNKNOWN_MODE = 9999,
};

typedef struct verdict {
    kro_status status;
    kro_validated validated;
    char message[256];
} verdict;

static verdict judge(const shader *module, uint32_t api_version)
{
    verdict out;
    out.status = kro__validate(module->words, module->word_count, api_version, out.message,
                               sizeof out.message, &out.validated);
    return out;
}

// A module to judge; false, and the case is skipped, in a build that claims nothing of any module.
static bool take_module(kt_test *t, const char *name, shader *out)
{
    *out = shader_copy(t, name);
    verdict found = judge(out, VULKAN_1_1);
    if (found.status != KRO_OK || found.validated != KRO_VALIDATED_NO)
        return true;
    SKIP(t, "this build has no SPIR-V validator");
    return false;
}

TEST(valid_modules_are_accepted)
{
    shader module;
    if (!take_module(t, "phi_of_a_loop_reaches_its_fixpoint", &module))
        return;
    static const uint32_t versions[] = {VULKAN_1_1, VULKAN_1_2, VULKAN_1_3};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        verdict found = judge(&module, versions[i]);
        CHECK_STATUS(found.status, KRO_OK);
        CHECK_EQ_I64(found.validated, KRO_VALIDATED_YES);
        CHECK_EQ_STRING(found.message, "");
    }
}

TEST(invalid_modules_are_refused_with_a_reason)
{
    shader module;
    if (!take_module(t, "a_load_is_a_read", &module))
        return;
    module.words[shader_find(t, &module, SpvOpLoad, 0) + 1] =
        module.words[shader_find(t, &module, SpvOpTypeFloat, 0) + 1];
    verdict found = judge(&module, VULKAN_1_1);
    CHECK_STATUS(found.status, KRO_ERROR_INVALID_SHADER);
    CHECK_EQ_I64(found.validated, KRO_VALIDATED_NO);
    CHECK_CONTAINS(found.message, "OpLoad");
}

TEST(cut_modules_are_refused)
{
    shader module;
    if (!take_module(t, "a_load_is_a_read", &module))
        return;
    for (module.word_count = 0; module.word_count < 40; module.word_count++)
        CHECK_STATUS(judge(&module, VULKAN_1_1).status, KRO_ERROR_INVALID_SHADER);
}

TEST(unknown_capabilities_are_let_through)
{
    shader module;
    if (!take_module(t, "a_load_is_a_read", &module))
        return;
    module.words[shader_find(t, &module, SpvOpCapability, 1) + 1] = UNKNOWN_CAPABILITY;
    verdict found = judge(&module, VULKAN_1_1);
    CHECK_STATUS(found.status, KRO_OK);
    CHECK_EQ_I64(found.validated, KRO_VALIDATED_UNKNOWN);
    CHECK_EQ_STRING(found.message, "capability 9999");
}

TEST(unknown_execution_modes_are_let_through)
{
    shader module;
    if (!take_module(t, "a_load_is_a_read", &module))
        return;
    const size_t mode = shader_find(t, &module, SpvOpExecutionMode, 0) + 2;
    module.words[mode] = UNKNOWN_MODE;
    verdict found = judge(&module, VULKAN_1_1);
    CHECK_STATUS(found.status, KRO_OK);
    CHECK_EQ_I64(found.validated, KRO_VALIDATED_UNKNOWN);
    CHECK_EQ_STRING(found.message, "execution mode 9999");
    // One that is known and takes fewer operands is wrong, and not unknown.
    module.words[mode] = SpvExecutionModeInvocations;
    CHECK_STATUS(judge(&module, VULKAN_1_1).status, KRO_ERROR_INVALID_SHADER);
}

TEST(unknown_versions_are_let_through)
{
    shader module;
    if (!take_module(t, "a_load_is_a_read", &module))
        return;
    module.words[1] = 0x00010900;
    verdict found = judge(&module, VULKAN_1_3);
    CHECK_STATUS(found.status, KRO_OK);
    CHECK_EQ_I64(found.validated, KRO_VALIDATED_UNKNOWN);
    CHECK_EQ_STRING(found.message, "SPIR-V version 1.9");
}

// 1.4 may come to Vulkan 1.1 as an extension; 1.5 comes with Vulkan 1.2.
TEST(versions_follow_the_device)
{
    shader module;
    if (!take_module(t, "sizes_follow_specialization", &module))
        return;
    CHECK_EQ_I64(judge(&module, VULKAN_1_1).validated, KRO_VALIDATED_YES);
    module.words[1] = 0x00010500;
    CHECK_STATUS(judge(&module, VULKAN_1_1).status, KRO_ERROR_INVALID_SHADER);
    CHECK_EQ_I64(judge(&module, VULKAN_1_2).validated, KRO_VALIDATED_YES);
    module.words[1] = 0x00010600;
    CHECK_STATUS(judge(&module, VULKAN_1_2).status, KRO_ERROR_INVALID_SHADER);
    CHECK_EQ_I64(judge(&module, VULKAN_1_3).validated, KRO_VALIDATED_YES);
}

// Every allocation inside the validator fails once. It copes with a few of them by itself.
TEST(running_out_of_memory_leaks_nothing)
{
    shader module;
    if (!take_module(t, "phi_of_a_loop_reaches_its_fixpoint", &module))
        return;
    heap_watch_begin(0);
    verdict expected = judge(&module, VULKAN_1_1);
    heap_watch whole = heap_watch_end();
    CHECK_EQ_I64(whole.live_blocks, 0);
    if (whole.allocations == 0) {
        SKIP(t, "another operator new is in the way (a sanitizer's or valgrind's)");
        return;
    }
    uint64_t failed = 0;
    for (uint64_t n = 1; n <= whole.allocations; n++) {
        heap_watch_begin(n);
        verdict found = judge(&module, VULKAN_1_1);
        heap_watch watch = heap_watch_end();
        CHECK_EQ_I64(watch.live_blocks, 0);
        if (found.status == KRO_OK)
            continue;
        failed++;
        CHECK_STATUS(found.status, KRO_ERROR_OUT_OF_HOST_MEMORY);
        CHECK_EQ_I64(found.validated, KRO_VALIDATED_NO);
    }
    LOGF(t, "%llu allocations, %llu failures", (unsigned long long)whole.allocations,
         (unsigned long long)failed);
    CHECK(failed > whole.allocations / 2);
    verdict after = judge(&module, VULKAN_1_1);
    CHECK(after.status == expected.status && after.validated == expected.validated);
}
