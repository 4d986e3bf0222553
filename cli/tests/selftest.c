// kronos selftest, on a few faults and cases, with lavapipe as the driver.
#include "kronos.h"

#include <string.h>

// Cases that add atomically. One fault any of them kills; another shows on no processor whose
// atomics order everything by themselves.
#define CASES "'conformance/atomics/integers_in_buffers/u32.*'"

static program_end run(kt_test *t, const char *arguments, int code)
{
    const program_end end = program_shell(t, "kronos selftest --jobs 2 %s", arguments);
    if (!CHECK_EQ_I64(end.code, code))
        LOGF(t, "%s", end.output);
    return end;
}

// The same with a file of faults that no case can notice.
static program_end run_knowing(kt_test *t, const char *known, const char *arguments, int code)
{
    const char *path = program_path(t, program_folder(t), "known.txt");
    program_write(t, path, known);
    const program_end end =
        program_shell(t, "kronos selftest --expect %s %s " CASES, path, arguments);
    if (!CHECK_EQ_I64(end.code, code))
        LOGF(t, "%s", end.output);
    return end;
}

TEST(selftest_kills_what_cases_notice)
{
    const program_end end =
        run(t,
            "--fault "
            "'spirv/AtomicI*/Atomic*,spirv/Load/*,spirv/AccessChain/*,lies/vkCmdDispatch/*,calls/"
            "vkCmdDispatch/*/zero,calls/vkCmdBindDescriptorSets/*/zero' --json " CASES,
            0);
    const cJSON *json = kronos_json(t, end.output);
    CHECK(kt_json_number(json, "survived") == 0 && kt_json_number(json, "percent") == 100);
    const cJSON *fault;
    cJSON_ArrayForEach(fault, kronos_item(json, "faults"))
    {
        if (strcmp(kt_json_string(fault, "name"), "spirv/AtomicIAdd/AtomicISub") != 0)
            continue;
        CHECK_EQ_STRING(kt_json_string(fault, "fate"), "killed");
        CHECK_EQ_STRING(kt_json_string(fault, "status"), "Fail");
        CHECK_CONTAINS(cJSON_GetStringValue(cJSON_GetArrayItem(kronos_item(fault, "killed_by"), 0)),
                       "conformance/atomics/");
    }
}

// A case list that is too weak turns the run red, and so does what is said of it and is not so.
TEST(selftest_fails_where_a_case_is_missing)
{
    CHECK_CONTAINS(
        run_knowing(t, "# none\n", "--fault spirv/AtomicReadModifyWrite/relaxed", 1).output,
        "spirv/AtomicReadModifyWrite/relaxed survived, and no reason is known");
    // With a reason it counts as explained, but one of one is more than 5 %.
    const cJSON *json = kronos_json(
        t, run_knowing(
               t, "# why\n\nspirv/AtomicReadModifyWrite/relaxed  the host's atomics order all\n",
               "--json --fault spirv/AtomicReadModifyWrite/relaxed", 1)
               .output);
    CHECK(kt_json_number(json, "explained") == 1 && kt_json_number(json, "percent") == 0);
    CHECK_EQ_STRING(kt_json_string(cJSON_GetArrayItem(kronos_item(json, "faults"), 0), "reason"),
                    "the host's atomics order all");
    CHECK_CONTAINS(
        run_knowing(t, "spirv/AtomicIAdd/* they say\n", "--fault spirv/AtomicIAdd/AtomicISub", 1)
            .output,
        "says that no case can notice");
    // What is said of another driver holds there alone.
    run_knowing(t, "driver other\nspirv/AtomicIAdd/* they say\n",
                "--fault spirv/AtomicIAdd/AtomicISub", 0);
}

TEST(selftest_refuses_what_it_does_not_understand)
{
    CHECK_CONTAINS(run(t, "--fault 'spirv/Noise/*'", 2).output, "'spirv/Noise/*'");
    CHECK_CONTAINS(run(t, "'conformance/none/*'", 2).output, "no case of this tier");
    CHECK_CONTAINS(run_knowing(t, "spirv/Noise why\n", "--fault spirv/IAdd/ISub", 2).output,
                   "known.txt:1: there is no fault 'spirv/Noise'");
    CHECK_CONTAINS(run_knowing(t, "\nspirv/IAdd/ISub\n", "--fault spirv/IAdd/ISub", 2).output,
                   "known.txt:2: 'spirv/IAdd/ISub' has no reason");
    CHECK_CONTAINS(run(t, "--list --fault 'spirv/IAdd/*'", 0).output, "spirv/IAdd/ISub\n");
}
