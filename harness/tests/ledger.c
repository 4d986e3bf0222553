// What the runner says of cases that leave Vulkan objects, device memory or mappings behind.
#include "program.h"

#include <stdlib.h>

#include "drivers.h"

// Runs cases of the sample on the proxy, in front of the null driver, in one process: what one case
// left is there while the next one runs.
static const cJSON *results_on_proxy(kt_test *t, const char *filter)
{
    kt_set_environment(t, "KRONOS_PROXY_DRIVER", kt_null_driver(t));
    kt_set_environment(t, "ASAN_OPTIONS", "detect_leaks=0"); // they leak, and shall
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("--here", "--filter", filter, "--out", folder, "--driver", kt_proxy_driver(t));
    CHECK_EQ_I64(end.code, 1);
    return program_results(t, folder);
}

static void check_passes(kt_test *t, const cJSON *results, const char *name)
{
    const cJSON *result = program_result(t, results, name);
    CHECK_EQ_STRING(kt_json_string(result, "status"), "Pass");
}

// The case failed, and said so in its log.
static void check_leaves(kt_test *t, const cJSON *results, const char *name, const char *sentence)
{
    const cJSON *result = program_result(t, results, name);
    CHECK_EQ_STRING(kt_json_string(result, "status"), "Fail");
    CHECK_CONTAINS(kt_json_string(result, "log"), sentence);
}

TEST(a_context_that_is_left_fails_the_case)
{
    const cJSON *results = results_on_proxy(t, "sample/proxy/*");
    check_passes(t, results, "sample/proxy/releases_its_context");
    check_leaves(t, results, "sample/proxy/leaves_a_context",
                 " Vulkan objects are left, where 0 were before:\n");
    check_leaves(t, results, "sample/proxy/leaves_a_context", "VkDevice 0x");
    check_leaves(t, results, "sample/proxy/leaves_a_context",
                 " bytes of device memory are left, where 0 were before");
    check_leaves(t, results, "sample/proxy/leaves_a_context",
                 "1 mappings of device memory are left, where 0 were before");
    // Nobody watches the null driver here.
    check_passes(t, results, "sample/proxy/leaves_a_context_on_the_null_driver");
}

TEST(what_is_left_on_the_null_driver_fails_the_case)
{
    char *folder = kt_own_driver("watched");
    if (!CHECK(folder))
        return;
    kt_defer(t, free, folder);
    kt_set_environment(t, "KRONOS_DRIVER_FOLDER", folder);
    const cJSON *results = results_on_proxy(t, "sample/proxy/*");
    check_passes(t, results, "sample/proxy/releases_its_context");
    check_leaves(t, results, "sample/proxy/leaves_a_context_on_the_null_driver", "VkDevice 0x");
}

// The shared context keeps what it likes, and cases add to it.
TEST(what_is_left_on_a_shared_context_fails_the_case)
{
    const cJSON *results = results_on_proxy(t, "sample/ledger/*");
    check_passes(t, results, "sample/ledger/leaves_what_the_context_keeps");
    check_leaves(t, results, "sample/ledger/leaves_a_buffer", "vkDestroyDevice: VkBuffer 0x");
    check_leaves(t, results, "sample/ledger/leaves_a_buffer", " 'forgotten' was not destroyed");
    check_leaves(t, results, "sample/ledger/leaves_mapped_memory",
                 "(4096 bytes of heap 0, mapped) was not destroyed");
    check_passes(t, results, "sample/ledger/leaves_nothing_after_others");
}
