// kronos run --against: outputs of two drivers, case by case.
#include "kronos.h"

#include <stdio.h>
#include <string.h>

#include "json.h"

// A kernel of which only drivers tell what is right.
#define CASE \
    "conformance/metamorphic/kernels_rewritten_again_and_again_compute_the_same/interpreter"
#define INTEGERS "'conformance/integers/int32_is_exact/*'"

static bool has_driver(kt_test *t, const char *path, const char *name)
{
    if (!*path)
        SKIP(t, "%s", name);
    return *path;
}

static program_end run(kt_test *t, const char *environment, const char *against,
                       const char *arguments, int code)
{
    const program_end end = program_shell(t, "VK_DRIVER_FILES=%s %s kronos run --against '%s' %s",
                                          KRONOS_SECOND_DRIVER, environment, against, arguments);
    if (!CHECK_EQ_I64(end.code, code))
        LOGF(t, "%s", end.output);
    return end;
}

TEST(a_device_against_itself_differs_in_nothing)
{
    if (!has_driver(t, KRONOS_SECOND_DRIVER, "lavapipe"))
        return;
    const program_end end = run(t, "", "index:0", CASE " 'conformance/dispatch/*'", 0);
    CHECK_CONTAINS(end.output, "2 are the same, 0 differ and may, 0 differ and must not");
    CHECK_EQ_I64(run(t, "", "index:0", "--resume nowhere " CASE, 2).code, 2);
}

TEST(two_drivers_leave_the_same)
{
    if (!has_driver(t, KRONOS_SECOND_DRIVER, "lavapipe") ||
        !has_driver(t, KRONOS_THIRD_DRIVER, "SwiftShader"))
        return;
    const program_end end = run(t, "", KRONOS_THIRD_DRIVER, CASE " " INTEGERS, 0);
    CHECK_CONTAINS(end.output, "0 differ and may, 0 differ and must not");
    CHECK_CONTAINS(end.output, "SwiftShader");
}

// A driver that divides wrongly, in every form of the kernel alike: no case of its own fails.
TEST(outputs_that_must_not_differ_are_told)
{
    const char *proxy = kt_proxy_driver(t), *folder = program_folder(t);
    static const char WRONG[] =
        "KRONOS_PROXY_DRIVER=" KRONOS_SECOND_DRIVER " KRONOS_PROXY=plant=spirv/UDiv/UMod";
    if (!has_driver(t, KRONOS_SECOND_DRIVER, "lavapipe") ||
        !has_driver(t, proxy ? proxy : "", "the proxy"))
        return;
    CHECK_CONTAINS(run(t, WRONG, proxy, CASE, 1).output, "must not differ  " CASE);

    char arguments[512];
    snprintf(arguments, sizeof arguments, "--json --out %s " CASE, folder);
    const program_end end = run(t, WRONG, proxy, arguments, 1);
    const char *last = strstr(end.output, "{\"type\":\"against\"");
    if (!CHECK(last))
        return;
    const cJSON *different = kronos_item(kronos_json(t, last), "different");
    CHECK_EQ_U64((uint64_t)cJSON_GetArraySize(different), 1);
    CHECK_EQ_STRING(kt_json_string(cJSON_GetArrayItem(different, 0), "name"), CASE);
    CHECK_EQ_I64(program_shell(t, "grep -q same_everywhere %s/a/results.jsonl %s/b/results.jsonl",
                               folder, folder)
                     .code,
                 0);
}
