// Machines that stop answering, and runs that go on from others.
#include "program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "driver_library.h"
#include "os/files.h"
#include "text.h"

static const char *status_of(kt_test *t, const cJSON *results, const char *name)
{
    return kt_json_string(program_result(t, results, name), "status");
}

static const cJSON *last_of(const cJSON *results)
{
    return cJSON_GetArrayItem(results, cJSON_GetArraySize(results) - 1);
}

// What the sample needs to run on a driver that breaks: this machine's, behind breaking_driver.c.
typedef struct machine {
    const char *driver, *broken_file;
} machine;

static machine find_machine(kt_test *t)
{
    char *library = kt_driver_library(kt_context(t));
    char *folder = kt_program_folder();
    CHECK(library);
    kt_set_environment(t, "KRONOS_SAMPLE_DRIVER", library ? library : "");
    free(library);
    machine found = {.driver = program_path(t, folder, "libkronos_breaking_driver.so"),
                     .broken_file = program_path(t, program_folder(t), "broken")};
    free(folder);
    kt_set_environment(t, "KRONOS_SAMPLE_BROKEN_FILE", found.broken_file);
    return found;
}

TEST(a_known_answer_holds_on_a_whole_machine)
{
    const machine here = find_machine(t);
    program_end end = RUN_SAMPLE("sample/device/uses*", "--driver", here.driver);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "41 passed");
}

// The last batch is in doubt, the rest is not run; where the machine is back, the run goes on.
TEST(a_machine_that_breaks_ends_the_run_and_another_goes_on)
{
    const machine here = find_machine(t);
    const char *folder = program_folder(t);
    program_end end = RUN_SAMPLE("sample/device/*", "sample/good/passes", "--driver", here.driver,
                                 "--out", folder);
    CHECK_EQ_I64(end.code, 3);
    CHECK_CONTAINS(end.output, "UNUSABLE (a known dispatch goes wrong in a new process, too: ");
    // Suspects are told one by one, what did not run by its number.
    CHECK_CONTAINS(end.output, "not ok 34 - sample/device/uses_the_driver/31 # Suspect: ");
    const cJSON *results = program_results(t, folder);
    // Before them stand 41 cases, of which the first batch was answered.
    CHECK_EQ_STRING(status_of(t, results, "sample/good/passes"), "Pass");
    CHECK_EQ_STRING(status_of(t, results, "sample/device/needs_a_driver"), "Pass");
    CHECK_EQ_STRING(status_of(t, results, "sample/device/uses_the_driver/30"), "Pass");
    CHECK_EQ_STRING(status_of(t, results, "sample/device/uses_the_driver/31"), "Suspect");
    const cJSON *suspect = program_result(t, results, "sample/device/breaks_the_machine");
    CHECK_EQ_STRING(kt_json_string(suspect, "status"), "Suspect");
    CHECK_EQ_STRING(kt_json_string(suspect, "outcome"), "Pass");
    CHECK_CONTAINS(kt_json_string(last_of(results), "unusable"), "a known dispatch goes wrong");

    // While it is broken nothing more can be found out.
    end = RUN_SAMPLE("sample/device/*", "sample/good/passes", "--driver", here.driver, "--resume",
                     folder);
    CHECK_EQ_I64(end.code, 3);
    results = program_results(t, folder);
    CHECK_EQ_STRING(status_of(t, results, "sample/device/uses_the_driver/30"), "Pass");

    // Mended, it breaks no second time: the file is there only for a moment.
    CHECK(unlink(here.broken_file) == 0);
    kt_set_environment(t, "KRONOS_SAMPLE_BROKEN_FILE", "/dev/null/nothing");
    end = RUN_SAMPLE("sample/device/*", "sample/good/passes", "--driver", here.driver, "--resume",
                     folder);
    results = program_results(t, folder);
    CHECK_EQ_STRING(status_of(t, results, "sample/device/uses_the_driver/30"), "Pass");
    CHECK_EQ_STRING(status_of(t, results, "sample/device/uses_the_driver/31"), "Pass");
    CHECK_EQ_STRING(status_of(t, results, "sample/device/uses_the_driver_at_last"), "Pass");
    CHECK(kt_json_number(results->child, "resumed") == 33);
    CHECK(!kt_json_item(last_of(results), "unusable"));
}

// Several lanes at work when the machine breaks.
TEST(a_machine_that_breaks_ends_all_jobs)
{
    const machine here = find_machine(t);
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/device/breaks_the_machine", "sample/device/uses_the_driver_at_last",
                   "sample/ugly/hangs", "--driver", here.driver, "--jobs", "3", "--out", folder);
    CHECK_EQ_I64(end.code, 3);
    const cJSON *results = program_results(t, folder);
    CHECK_EQ_STRING(status_of(t, results, "sample/device/breaks_the_machine"), "Suspect");
    CHECK_EQ_STRING(status_of(t, results, "sample/ugly/hangs"), "NotRun");
    CHECK(!strstr(end.output, " - sample/ugly/hangs"));
    CHECK_CONTAINS(end.output, ", 1 not run");
}

TEST(a_process_that_breaks_is_a_fault_and_no_more)
{
    const machine here = find_machine(t);
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/device/spoils_the_process", "sample/device/uses_the_driver_at_last",
                   "--driver", here.driver, "--out", folder);
    CHECK_EQ_I64(end.code, 1);
    const cJSON *results = program_results(t, folder);
    CHECK_EQ_STRING(status_of(t, results, "sample/device/spoils_the_process"), "Pass");
    const cJSON *fault = program_result(t, results, "sample/runner/child_end");
    CHECK_EQ_STRING(kt_json_string(fault, "status"), "Fail");
    CHECK_CONTAINS(kt_json_string(fault, "message"),
                   "a known dispatch went wrong after sample/device/uses_the_driver_at_last");
}

// A run that was killed while a case hung.
static const char *killed_run(kt_test *t)
{
    const char *folder = program_folder(t);
    kt_set_environment(t, "KRONOS_SAMPLE_FOLDER", folder);
    program running =
        program_start(t,
                      (const char *const[]){"kronos-sample", "sample/jobs/counts_its_runs",
                                            "sample/bad/fails", "sample/ugly/hangs", "--seed",
                                            "18446744073709551615", "--out", folder, NULL},
                      false);
    CHECK(program_wait_for_result(t, folder, "sample/bad/fails"));
    CHECK(kill(running.pid, SIGKILL) == 0);
    CHECK_EQ_I64(program_wait(t, &running).code, -SIGKILL);
    return folder;
}

#define RESUME(folder, ...)                                                                        \
    RUN_SAMPLE("sample/jobs/counts_its_runs", "sample/bad/fails", "sample/ugly/hangs", "--resume", \
               folder, __VA_ARGS__)

TEST(a_run_goes_on_where_another_was_killed)
{
    const char *folder = killed_run(t);
    // Half a line, as a power cut leaves it.
    FILE *file = fopen(program_path(t, folder, "results.jsonl"), "ae");
    if (CHECK(file)) {
        CHECK(fputs("{\"type\":\"case\",\"name\":\"sample/jobs/co", file) >= 0);
        fclose(file);
    }
    program_end end = RESUME(folder, "--seed", "18446744073709551615", "--timeout", "1");
    CHECK_EQ_I64(end.code, 1);
    const cJSON *results = program_results(t, folder);
    CHECK_EQ_I64(cJSON_GetArraySize(results), 5);
    const cJSON *kept = program_result(t, results, "sample/bad/fails");
    CHECK_CONTAINS(kt_json_string(kept, "message"), "1 + 1");
    CHECK_CONTAINS(kt_json_string(kept, "log"), "CHECK(false)");
    const cJSON *again = kt_json_item(kept, "again");
    CHECK_EQ_STRING(kt_json_string(again, "status"), "Fail");
    CHECK_EQ_U64(kt_json_u64(kt_json_item(kept, "certificate"), "sum"), 2);
    CHECK_EQ_U64(kt_json_u64(kt_json_item(again, "certificate"), "sum"), 2);
    CHECK_CONTAINS(kt_json_string(kept, "rerun"), "--seed 18446744073709551615");
    CHECK_EQ_STRING(status_of(t, results, "sample/ugly/hangs"), "Timeout");
    // How often it really ran: not once more.
    CHECK_EQ_STRING(program_read(t, folder, "runs"), "x");
    CHECK(!kt_file_exists(program_path(t, folder, "results.jsonl.part")));

    // Nothing is left to run now; the verdict stays.
    end = RESUME(folder, "--seed", "18446744073709551615");
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "FAULTS 2 (0 known): 1 passed");
    CHECK_EQ_STRING(program_read(t, folder, "runs"), "x");
}

TEST(a_run_goes_on_from_its_like_alone)
{
    const char *folder = killed_run(t);
    const char *before = program_read(t, folder, "results.jsonl");
    static const char *const ROWS[][3] = {
        {"--seed", "18446744073709551614",
         "--resume: that run had --seed 18446744073709551615, not 18446744073709551614"},
        {"--tier", "quick", "--resume: that run had --seed"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end = RESUME(folder, ROWS[i][0], ROWS[i][1]);
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, ROWS[i][2]);
    }
    program_end end =
        RESUME(folder, "--seed", "18446744073709551615", "--filter", "sample/good/passes");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "--resume: that run was of other cases (cases:3:");
    end = RESUME(folder, "--seed", "18446744073709551615", "--repeat", "2");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "--resume: that run had --repeat 1, not 2");
    CHECK_EQ_I64(RESUME("/nonexistent", "--seed", "1").code, 2);
    // What could not go on has touched nothing.
    CHECK_EQ_STRING(program_read(t, folder, "results.jsonl"), before);

    static const char *const FILES[][2] = {
        {"{\"type\":\"end\"}\n", "results.jsonl:1: this is no line of results.jsonl"},
        {"{\"type\":\"run\"}\nnonsense\n", "results.jsonl:2: this is no line of results.jsonl"},
        {"{\"type\":\"run\",\"schema\":2}\n", "has schema 2; this program reads schema 1"},
        {"{\"type\":\"run\"}\n", "--resume: that run was made by Kronos , this is "},
        {"", "results.jsonl is empty"},
    };
    for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
        program_write(t, program_path(t, folder, "results.jsonl"), FILES[i][0]);
        end = RESUME(folder, "--seed", "1");
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, FILES[i][1]);
    }
}

TEST(a_run_goes_on_on_its_device_alone)
{
    const machine here = find_machine(t);
    const char *folder = program_folder(t);
    CHECK_EQ_I64(
        RUN_SAMPLE("sample/device/needs_a_driver", "--driver", here.driver, "--out", folder).code,
        0);
    // The same file, from a machine with another device.
    const char *text = program_read(t, folder, "results.jsonl");
    const char *uuid = text ? strstr(text, "\"uuid\":\"") : NULL;
    if (!CHECK(uuid))
        return;
    char *other = kt_alloc(t, strlen(text) + 1);
    strcpy(other, text);
    char *digit = other + (uuid - text) + strlen("\"uuid\":\"");
    *digit = *digit == '0' ? '1' : '0';
    program_write(t, program_path(t, folder, "results.jsonl"), other);
    program_end end =
        RUN_SAMPLE("sample/device/needs_a_driver", "--driver", here.driver, "--resume", folder);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "--resume: that run was on another device (");
}
