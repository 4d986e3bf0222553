// Reports of runs that are made up, and of real ones, read by others.
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "made_run.h"
#include "os/files.h"
#include "os/process.h"
#include "program.h"
#include "text.h"

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; text && (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

// Writes junit.xml of a run with so many cases.
static void write_junit(kt_test *t, const char *folder, int count)
{
    made_run made = made_run_init("GPU");
    char name[64];
    for (int i = 0; i < count; i++) {
        snprintf(name, sizeof name, "suite/group/n%d", i);
        made_run_add(&made, name, i % 1000 ? KT_PASS : KT_FAIL, i % 1000 ? "" : "wrong");
    }
    kt_report *report = kt_report_junit_create(folder);
    report->end(report, &made.run);
    CHECK_EQ_I64(report->error, 0);
    kt_report_destroy(report);
    made_run_finish(&made);
}

TEST(junit_is_split_at_5000_cases)
{
    static const struct {
        int cases;
        size_t parts[4];
    } ROWS[] = {
        {12001, {5000, 5000, 2001, 0}},
        {5001, {5000, 1, 0, 0}}, // the third part of the run before is gone
        {5000, {5000, 0, 0, 0}},
        {0, {0, 0, 0, 0}},
    };
    static const char *const NAMES[] = {"junit.xml", "junit-2.xml", "junit-3.xml", "junit-4.xml"};
    const char *folder = program_folder(t);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        write_junit(t, folder, ROWS[i].cases);
        for (size_t part = 0; part < 4; part++) {
            const size_t cases = ROWS[i].parts[part];
            const bool there = cases || part == 0;
            if (!CHECK(kt_file_exists(program_path(t, folder, NAMES[part])) == there) || !there)
                continue;
            const char *text = program_read(t, folder, NAMES[part]);
            char totals[64];
            snprintf(totals, sizeof totals, "<testsuites name=\"kronos\" tests=\"%zu\"", cases);
            CHECK_CONTAINS(text, totals);
            CHECK_EQ_U64(count_of(text, "<testcase "), cases);
            CHECK_EQ_U64(count_of(text, "<failure "), (cases + 999) / 1000);
            CHECK_EQ_U64(count_of(text, "run it again: "), (cases + 999) / 1000);
            CHECK_EQ_U64(count_of(text, "</testsuites>"), 1);
        }
    }
}

TEST(results_that_cannot_be_written_are_no_results)
{
    made_run made = made_run_init("GPU");
    made_run_add(&made, "suite/group/fails", KT_FAIL, "wrong");
    kt_report *junit = kt_report_junit_create("/nonexistent");
    junit->end(junit, &made.run);
    CHECK_EQ_I64(junit->error, ENOENT);
    kt_report_destroy(junit);
    FILE *full = fopen("/dev/full", "we");
    if (CHECK(full)) {
        kt_report *jsonl = kt_report_jsonl_create(full);
        jsonl->end(jsonl, &made.run);
        CHECK_EQ_I64(jsonl->error, ENOSPC);
        kt_report_destroy(jsonl);
        kt_report *terminal = kt_report_terminal_create(full, KT_TERMINAL_BRIEF);
        terminal->end(terminal, &made.run);
        CHECK_EQ_I64(terminal->error, ENOSPC);
        kt_report_destroy(terminal);
        fclose(full);
    }
    made_run_finish(&made);
    // A whole run says so, and a list does.
    static const char *const ARGUMENTS[] = {"sample/good/passes --json", "--list"};
    for (int i = 0; i < 2; i++) {
        program_end end = program_shell(t, "kronos-sample %s >/dev/full", ARGUMENTS[i]);
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, "kronos: standard output could not be written");
    }
}

// A disk that is full, as far as a program can tell: no file may be larger than a block.
TEST(results_that_find_no_room_are_named)
{
    const char *folder = program_folder(t);
    program_end end = program_shell(
        t, "trap '' XFSZ; ulimit -f 1; kronos-sample 'sample/good/*' --out '%s'", folder);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, folder);
    CHECK_CONTAINS(end.output, "could not be written: File too large");
}

// A program that is started without standard output opens no file in its place.
TEST(closed_standard_output_spoils_no_results)
{
    const char *folder = program_folder(t);
    program_end end = program_shell(t, "kronos-sample sample/good/passes --out '%s' >&-", folder);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "kronos: standard output could not be written");
    const cJSON *results = program_results(t, folder);
    CHECK_EQ_I64(cJSON_GetArraySize(results), 3);
    const cJSON *result = program_result(t, results, "sample/good/passes");
    CHECK_EQ_STRING(kt_json_string(result, "status"), "Pass");
}

// What a terminal shows in the middle of a run.
static const char *progress_of(kt_test *t, made_run *made, size_t done, uint64_t seconds)
{
    char *text = NULL;
    size_t size_bytes = 0;
    FILE *file = open_memstream(&text, &size_bytes);
    kt_report *report = kt_report_terminal_create(file, KT_TERMINAL_MOVING);
    made->run.done_count = done;
    made->run.start_ns = kt_now_ns() - seconds * KT_NS_PER_S;
    report->start(report, &made->run, made->run.results[done].test_case);
    report->progress(report, &made->run);
    kt_report_destroy(report);
    fclose(file);
    kt_defer(t, free, text);
    return text;
}

TEST(a_moving_line_says_how_far_it_is)
{
    made_run made = made_run_init("GPU");
    char name[160];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "suite/group/n%d%s", i,
                 i == 50
                     ? "_which_has_a_name_that_is"
                       "_longer_than_any_terminal_is_wide_so_that_it_cannot_stand_there_as_a_whole"
                     : "");
        made_run_add(&made, name, KT_PASS, "");
    }
    CHECK_EQ_STRING(progress_of(t, &made, 0, 5), "\r[0/100] suite/group/n0\033[K");
    CHECK_EQ_STRING(progress_of(t, &made, 20, 10), "\r[20/100] 0:40 left suite/group/n20\033[K");
    made.run.counts[KT_FAIL] = 1;
    CHECK_EQ_STRING(progress_of(t, &made, 60, 60),
                    "\r[60/100] 1 fault 0:40 left suite/group/n60\033[K");
    made.run.counts[KT_FAIL] = 3;
    made.run.counts[KT_WAIVED] = 1;
    CHECK_EQ_STRING(progress_of(t, &made, 10, 600),
                    "\r[10/100] 4 faults 1:30:00 left suite/group/n10\033[K");
    // What was kept of another run took no time in this one.
    made.run.kept_count = 90;
    CHECK_EQ_STRING(progress_of(t, &made, 95, 10),
                    "\r[95/100] 4 faults 0:10 left suite/group/n95\033[K");
    const char *cut = progress_of(t, &made, 50, 10);
    CHECK_EQ_U64(strlen(cut), strlen("\r") + 79 + strlen("\033[K"));
    made_run_finish(&made);
}

// TAP as its own reader sees it: `prove` comes with Perl.
static program_end prove(kt_test *t, const char *folder, const char *arguments)
{
    const char *script = program_path(t, folder, "script");
    kt_text text = {0};
    kt_text_format(&text, "kronos-sample %s\ntrue\n", arguments);
    program_write(t, script, kt_text_string(&text));
    kt_text_finish(&text);
    return program_shell(
        t, "command -v prove >/dev/null || exit 77\nprove --exec /bin/sh '%s' 2>&1\n", script);
}

TEST(tap_is_read_by_others)
{
    const char *folder = program_folder(t), *expect = program_path(t, folder, "expect.txt");
    program_write(t, expect,
                  "[sample/bad/fails]\nstatus = Fail\ndriver = *\nversions = ..\nreason = # 1\n"
                  "link = none\nexpires = 9999-12-31\n");
    program_end end = prove(t, folder, "'sample/good/p*' sample/good/skips sample/bad/fails --tap");
    if (end.code == 77) {
        SKIP(t, "prove");
        return;
    }
    CHECK_CONTAINS(end.output, "Failed test:  7\n");
    CHECK_CONTAINS(end.output, "Tests=7");
    CHECK_CONTAINS(end.output, "Result: FAIL");
    kt_text arguments = {0};
    kt_text_format(&arguments, "'sample/good/p*' sample/good/skips sample/bad/fails --expect '%s'",
                   expect);
    end = prove(t, folder, kt_text_string(&arguments));
    kt_text_finish(&arguments);
    CHECK_CONTAINS(end.output, "All tests successful.");
    CHECK_CONTAINS(end.output, "Tests=7");
    // A machine that gave up is no list of tests that failed.
    end = prove(t, folder, "'sample/good/p*' --require 'executed>=100'");
    CHECK_CONTAINS(end.output,
                   "Bailout called.  Further testing stopped:  --require executed>=100");
}
