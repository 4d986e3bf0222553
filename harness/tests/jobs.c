// Several cases at once, and cases several times.
#include "program.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

// Lets the sample's cases see each other.
static void share_folder(kt_test *t)
{
    kt_set_environment(t, "KRONOS_SAMPLE_FOLDER", program_folder(t));
}

TEST(jobs_run_at_once)
{
    share_folder(t);
    CHECK_EQ_I64(RUN_SAMPLE("sample/jobs/meets_its_peer/*", "--jobs", "2").code, 0);
}

// Everything that may differ between two runs, names and statuses in order, as one text.
static const char *story_of(kt_test *t, const char *jobs)
{
    const char *folder = program_folder(t);
    RUN_SAMPLE("sample/good/*", "sample/bad/fails", "sample/bad/makes_no_check",
               "sample/ugly/[aps]*s", "sample/ugly/hangs", "sample/state/[r]*", "--jobs", jobs,
               "--timeout", "2", "--out", folder);
    const cJSON *results = program_results(t, folder);
    CHECK(kt_json_number(results->child, "jobs") == strtod(jobs, NULL));
    kt_text story = {0};
    for (const cJSON *line = results->child->next; line; line = line->next)
        kt_text_format(
            &story, "%s %s %s %s\n", kt_json_string(line, "name"), kt_json_string(line, "status"),
            kt_json_string(kt_json_item(line, "again"), "status"), kt_json_string(line, "verdict"));
    char *copy = kt_alloc(t, story.size_bytes + 1);
    memcpy(copy, kt_text_string(&story), story.size_bytes);
    kt_text_finish(&story);
    return copy;
}

TEST(results_come_in_the_order_of_the_cases)
{
    const char *one = story_of(t, "1");
    CHECK_CONTAINS(one, "sample/ugly/hangs Timeout Timeout");
    CHECK_CONTAINS(one, "sample/state/random_values_repeat Pass");
    CHECK_EQ_STRING(story_of(t, "4"), one);
}

TEST(cases_that_need_it_run_alone)
{
    share_folder(t);
    CHECK_EQ_I64(
        RUN_SAMPLE("sample/jobs/is_busy/*", "sample/jobs/bears_no_other", "--jobs", "4").code, 0);
}

// A case of a run failed, and not when it ran alone.
static void check_flaky(kt_test *t, program_end end, const char *folder, const char *name)
{
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "; alone: Pass\n");
    CHECK_CONTAINS(end.output, ", 1 flaky, ");
    const cJSON *result = program_result(t, program_results(t, folder), name);
    CHECK_EQ_STRING(kt_json_string(result, "status"), "Fail");
    CHECK_EQ_STRING(kt_json_string(kt_json_item(result, "again"), "status"), "Pass");
}

TEST(a_fault_is_tried_again_while_nothing_else_runs)
{
    static const char NAME[] = "sample/jobs/fails_beside_others";
    share_folder(t);
    const char *folder = program_folder(t);
    program_end end = RUN_SAMPLE(NAME, "sample/jobs/is_busy/*", "--jobs", "3", "--out", folder);
    check_flaky(t, end, folder, NAME);
}

// Every child is marked by then, that of the other lane too.
TEST(a_fault_is_tried_again_in_no_used_process)
{
    static const char NAME[] = "sample/state/fails_in_a_marked_process";
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/state/marks_the_process/*", NAME, "--jobs", "2", "--out", folder);
    check_flaky(t, end, folder, NAME);
}

// Each child has its own deadline, and those that hang do not hold up the others.
TEST(deadlines_hold_beside_each_other)
{
    const char *folder = program_folder(t);
    program_end end = RUN_SAMPLE("sample/ugly/hangs*", "sample/ugly/passes_between", "--jobs", "3",
                                 "--timeout", "2", "--out", folder);
    CHECK_EQ_I64(end.code, 1);
    const cJSON *results = program_results(t, folder);
    static const char *const NAMES[] = {"sample/ugly/hangs", "sample/ugly/hangs_deaf_to_signals"};
    for (int i = 0; i < 2; i++) {
        const cJSON *result = program_result(t, results, NAMES[i]);
        CHECK_EQ_STRING(kt_json_string(result, "status"), "Timeout");
        CHECK(kt_json_number(result, "duration_ns") >= 2e9);
    }
    CHECK_EQ_STRING(
        kt_json_string(program_result(t, results, "sample/ugly/passes_between"), "status"), "Pass");
}

TEST(repeated_cases_count_their_failures)
{
    share_folder(t);
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/jobs/fails_every_third_time", "sample/good/passes", "sample/bad/fails",
                   "sample/ugly/exits", "sample/good/skips", "--repeat", "7", "--out", folder);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "time 3; 2 of 7 runs failed; alone: Pass\n");
    // Those that always fail are not flaky.
    CHECK_CONTAINS(end.output,
                   "FAULTS 3 (0 known): 1 passed, 1 not supported, 1 flaky, a selection");
    static const struct {
        const char *name, *status, *message;
        int failed;
    } ROWS[] = {
        {"sample/jobs/fails_every_third_time", "Fail", "time 3", 2},
        {"sample/good/passes", "Pass", "", 0},
        {"sample/bad/fails", "Fail", "1 + 1", 7},
        {"sample/ugly/exits", "Crash", "exited with status 0", 7},
        {"sample/good/skips", "NotSupported", "float64", 0},
    };
    const cJSON *results = program_results(t, folder);
    CHECK(kt_json_number(results->child, "repeat") == 7);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const cJSON *result = program_result(t, results, ROWS[i].name);
        CHECK_EQ_STRING(kt_json_string(result, "status"), ROWS[i].status);
        CHECK_CONTAINS(kt_json_string(result, "message"), ROWS[i].message);
        CHECK(kt_json_number(result, "runs") == 7);
        CHECK(kt_json_number(result, "failed") == ROWS[i].failed);
    }
    // In this process too.
    end = RUN_SAMPLE("sample/jobs/fails_every_third_time", "--repeat", "3", "--here");
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "; 1 of 3 runs failed");
}

TEST(what_never_ends_to_print_is_ended)
{
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/ugly/prints_without_end", "sample/ugly/closes_its_output",
                   "sample/ugly/writes_on_the_channel", "--timeout", "2", "--out", folder);
    CHECK_EQ_I64(end.code, 1);
    static const char *const ROWS[][2] = {
        {"sample/ugly/prints_without_end", "Timeout"},
        {"sample/ugly/closes_its_output", "Pass"},
        {"sample/ugly/writes_on_the_channel", "InternalError"},
    };
    const cJSON *results = program_results(t, folder);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        CHECK_EQ_STRING(kt_json_string(program_result(t, results, ROWS[i][0]), "status"),
                        ROWS[i][1]);
    const cJSON *endless = program_result(t, results, "sample/ugly/prints_without_end");
    CHECK(kt_json_number(endless, "duration_ns") < 10e9);
    CHECK(strlen(kt_json_string(endless, "log")) <= 256 * 1024);
}

// Waiting costs nothing, for a child that nobody hears from as well: it takes 700 ms.
TEST(waiting_takes_no_time)
{
    const uint64_t least_ns = RUN_SAMPLE("sample/good/passes").cpu_ns;
    program_end end = RUN_SAMPLE("sample/ugly/closes_its_output");
    CHECK_EQ_I64(end.code, 0);
    CHECK(end.cpu_ns < least_ns + 150000000);
}
