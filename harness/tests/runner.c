// The runner on cases that end in every way.
#include "json.h"
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

// Runs cases of the sample and reads their results.
static const cJSON *results_of(kt_test *t, const char *filter, int code)
{
    const char *folder = program_folder(t);
    program_end end = RUN_SAMPLE("--filter", filter, "--out", folder, "--timeout", "1");
    CHECK_EQ_I64(end.code, code);
    return program_results(t, folder);
}

TEST(each_case_ends_as_it_should)
{
    static const char *const ROWS[][2] = {
        {"good/passes", "Pass"},
        {"good/certifies", "Pass"},
        {"good/warns", "Warn"},
        {"good/skips", "NotSupported"},
        {"good/prints_much", "Pass"},
        {"good/prints_between_events", "Pass"},
        {"good/prints_odd_bytes", "Warn"},
        {"good/counts/n-16", "Pass"},
        {"bad/fails", "Fail"},
        {"bad/fails_then_skips", "Fail"},
        {"bad/fails_a_lot", "Fail"},
        {"bad/makes_no_check", "Fail"},
        {"bad/certifies_under_no_key", "InternalError"},
        {"bad/certifies_too_large_a_number", "InternalError"},
        {"bad/certifies_without_end", "InternalError"},
        {"bad/asks_for_a_shader_that_is_not_there", "InternalError"},
        {"bad/loses_the_device", "DeviceLost"},
        {"ugly/segfaults", "Crash"},
        {"ugly/aborts", "Crash"},
        {"ugly/exits", "Crash"},
        {"ugly/hangs", "Timeout"},
        {"ugly/leaves_a_process", "Pass"},
        {"ugly/dies_while_a_process_holds_its_channel", "Crash"},
        {"ugly/closes_every_file", "Crash"},
        {"ugly/passes_between", "Pass"},
        {"state/breaks_the_process", "Fail"},
        {"state/finds_a_whole_process", "Pass"},
        {"state/releases_last_first", "Pass"},
        {"state/sets_the_environment", "Pass"},
        {"state/finds_the_environment_as_it_was", "Pass"},
        {"log/an_error_in_the_log_fails", "Fail"},
        {"log/an_error_in_the_log_is_expected", "Pass"},
        {"log/a_warning_in_the_log_is_noted", "Pass"},
    };
    enum { COUNT = sizeof ROWS / sizeof ROWS[0] };
    kt_text filter = {0};
    for (int i = 0; i < COUNT; i++)
        kt_text_format(&filter, "%ssample/%s", i ? "," : "", ROWS[i][0]);
    const cJSON *results = results_of(t, kt_text_string(&filter), 1);
    kt_text_finish(&filter);
    // One line for the run, one for each case, one for the end.
    CHECK_EQ_I64(cJSON_GetArraySize(results), COUNT + 2);
    for (int i = 0; i < COUNT; i++) {
        char name[128];
        snprintf(name, sizeof name, "sample/%s", ROWS[i][0]);
        const cJSON *result = program_result(t, results, name);
        if (!CHECK_EQ_STRING(kt_json_string(result, "status"), ROWS[i][1]))
            LOGF(t, "%s", name);
    }
    const cJSON *counts = cJSON_GetObjectItem(cJSON_GetArrayItem(results, COUNT + 1), "counts");
    CHECK(cJSON_GetNumberValue(cJSON_GetObjectItem(counts, "Crash")) == 5);
    CHECK(cJSON_GetNumberValue(cJSON_GetObjectItem(counts, "Timeout")) == 1);
}

static void check_certificate(kt_test *t, const cJSON *results, const char *name,
                              const char *expected)
{
    char *text = cJSON_PrintUnformatted(
        cJSON_GetObjectItem(program_result(t, results, name), "certificate"));
    CHECK_EQ_STRING(text, expected);
    cJSON_free(text);
}

TEST(certificates_are_in_the_results)
{
    const cJSON *results = results_of(t,
                                      "sample/good/certifies,sample/good/warns,sample/bad/fails,"
                                      "sample/ugly/segfaults",
                                      1);
    check_certificate(t, results, "sample/good/certifies",
                      "{\"worst\":2.5,\"count\":999999999999999,\"histogram\":[1,0,4294967296],"
                      "\"limits\":[-0.5,\"inf\"],\"at\":\"-0x1.8p-5 \\\"\xef\xbf\xbd\\\"\","
                      "\"nothing\":\"nan\"}");
    check_certificate(t, results, "sample/bad/fails", "{\"sum\":2}");
    check_certificate(t, results, "sample/ugly/segfaults",
                      "{\"last_words\":\"certified before the crash\"}");
    const cJSON *plain = program_result(t, results, "sample/good/warns");
    CHECK(!cJSON_HasObjectItem(plain, "certificate"));
    CHECK(!cJSON_HasObjectItem(plain, "read_back"));
    // The hash of three bytes never changes: results of two versions may be compared.
    CHECK_EQ_STRING(kt_json_string(program_result(t, results, "sample/bad/fails"), "read_back"),
                    "30f09d6a24b116b5");
}

TEST(faults_are_explained)
{
    static const char *const ROWS[][3] = {
        {"sample/bad/fails", "message", "sample/bad.c:"},
        {"sample/bad/fails", "message", "1 + 1 is 2 (0x2), not 3"},
        {"sample/bad/fails", "log", "CHECK(false) is false"},
        {"sample/bad/fails", "rerun", "--filter 'sample/bad/fails' --tier quick --seed 1"},
        {"sample/bad/fails_every_check", "log", "\"left\" is 'left', not \"right\" = 'right'"},
        {"sample/bad/fails_every_check", "log", "\"hay\" is 'hay', without 'needle'"},
        {"sample/bad/fails_every_check", "log", "returned KRO_ERROR_IO, not KRO_OK"},
        {"sample/bad/fails_every_check", "log",
         "bytes[1] is 2 (0x02), not other_bytes[1] = 9 (0x09): 2 of 3 differ"},
        {"sample/bad/fails_every_check", "log", "words[1] is 8 (0x00000008)"},
        {"sample/bad/fails_every_check", "log",
         "floats[0] is 1 (0x3f800000), not other_floats[0] = 1.00000012 (0x3f800001), 1 "
         "ulp away: 2 of 2 differ"},
        {"sample/bad/fails_every_check", "log", "doubles[0] is 1 (0x3ff0000000000000)"},
        {"sample/bad/fails_a_lot", "log", "more failures follow"},
        {"sample/bad/makes_no_check", "message", "made no check"},
        {"sample/bad/loses_the_device", "message", "KRO_ERROR_DEVICE_LOST"},
        {"sample/ugly/segfaults", "message", "killed by SIGSEGV"},
        {"sample/ugly/segfaults", "log", "said before the crash\n"},
        {"sample/ugly/segfaults", "log", "printed before the crash\n"},
        {"sample/ugly/exits", "message", "exited with status 0"},
        {"sample/ugly/hangs", "message", "no end after 1 s"},
        {"sample/ugly/hangs", "log", "printed before the end of time"},
        {"sample/good/skips", "message", "float64"},
        {"sample/good/prints_much", "log", "line 0\n"},
        {"sample/good/prints_half_a_line", "log", "half a line"},
        {"sample/log/an_error_in_the_log_fails", "message", "log: validation says no"},
        {"sample/log/a_warning_in_the_log_is_noted", "log", "log: validation frowns"},
    };
    const cJSON *results =
        results_of(t, "sample/bad/*,sample/ugly/[seh]*s,sample/good/[sp]*,sample/log/*", 1);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const cJSON *result = program_result(t, results, ROWS[i][0]);
        CHECK_CONTAINS(kt_json_string(result, ROWS[i][1]), ROWS[i][2]);
    }
    // Every check of that case failed, so every failure has its line.
    const char *log =
        kt_json_string(program_result(t, results, "sample/bad/fails_every_check"), "log");
    int lines = 0;
    for (const char *line = log; (line = strstr(line, "Fail: ")); line++)
        lines++;
    CHECK_EQ_I64(lines, 14);
    const cJSON *much = program_result(t, results, "sample/good/prints_much");
    CHECK(strlen(kt_json_string(much, "log")) <= 256 * 1024);
    CHECK(cJSON_GetNumberValue(cJSON_GetObjectItem(much, "log_dropped_bytes")) > 0);
}

TEST(what_is_printed_stands_before_what_is_said_later)
{
    const cJSON *results = results_of(t, "sample/good/prints_between_events", 0);
    const char *log =
        kt_json_string(program_result(t, results, "sample/good/prints_between_events"), "log");
    int printed = 0, said = 0;
    for (const char *line = log; *line; line += strcspn(line, "\n") + 1) {
        printed += !strncmp(line, "printed ", 8);
        said += !strncmp(line, "said ", 5);
        if (!CHECK(printed >= said))
            break;
    }
    CHECK_EQ_I64(printed, 2000);
    CHECK_EQ_I64(said, 2000);
}

TEST(results_are_whole_json_lines)
{
    const cJSON *results =
        results_of(t, "sample/good/pas*,sample/good/prints_odd*,sample/bad/fails", 1);
    const cJSON *begin = cJSON_GetArrayItem(results, 0);
    CHECK_EQ_STRING(kt_json_string(begin, "type"), "run");
    CHECK_EQ_STRING(kt_json_string(begin, "tier"), "quick");
    CHECK(cJSON_GetNumberValue(cJSON_GetObjectItem(begin, "selected")) == 3);
    const cJSON *odd = program_result(t, results, "sample/good/prints_odd_bytes");
    CHECK_CONTAINS(kt_json_string(odd, "log"), "<&>\"'\xef\xbf\xbd\xef\xbf\xbd[31m");
    const cJSON *again =
        cJSON_GetObjectItem(program_result(t, results, "sample/bad/fails"), "again");
    CHECK_EQ_STRING(kt_json_string(again, "status"), "Fail");
    const cJSON *end = cJSON_GetArrayItem(results, cJSON_GetArraySize(results) - 1);
    CHECK_EQ_STRING(kt_json_string(end, "type"), "end");
    CHECK(cJSON_IsFalse(cJSON_GetObjectItem(end, "clean")));
    CHECK_CONTAINS(kt_json_string(end, "verdict"), "FAULTS 1 (0 known)");
    CHECK_CONTAINS(kt_json_string(end, "verdict"), "not Khronos conformance");
}

TEST(junit_is_right_xml)
{
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/good/*", "sample/bad/fails", "sample/ugly/aborts", "--out", folder);
    CHECK_EQ_I64(end.code, 1);
    // An independent parser, where there is one.
    kt_text command = {0};
    kt_text_format(&command,
                   "python3 -c 'import sys, xml.etree.ElementTree as tree\n"
                   "root = tree.parse(sys.argv[1]).getroot()\n"
                   "cases = list(root.iter(\"testcase\"))\n"
                   "kinds = [len(list(root.iter(kind))) for kind in (\"failure\", \"error\", "
                   "\"skipped\")]\n"
                   "said = [int(root.get(kind)) for kind in (\"failures\", \"errors\", "
                   "\"skipped\")]\n"
                   "right = kinds == said == [1, 1, 1] and len(cases) == int(root.get(\"tests\"))\n"
                   "right = right and sum(int(s.get(\"tests\")) for s in root) == len(cases)\n"
                   "right = right and len(root) == 3\n"
                   "sys.exit(0 if right else 9)' '%s/junit.xml' 2>&1",
                   folder);
    int status = system(kt_text_string(&command));
    kt_text_finish(&command);
    if (status == 127 << 8) {
        SKIP(t, "python3");
        return;
    }
    CHECK_EQ_I64(status, 0);
    const char *text = program_read(t, folder, "junit.xml");
    CHECK_CONTAINS(text, "<skipped message=\"float64\"/>");
    CHECK_CONTAINS(text, "classname=\"sample.good\" name=\"counts/n-4\"");
    CHECK_CONTAINS(text, "run it again: ");
    CHECK_CONTAINS(text, "<error type=\"Crash\" message=\"killed by SIGABRT; alone: Crash\">");
    CHECK_CONTAINS(text, "&lt;&amp;&gt;&quot;");
}

TEST(a_bad_end_of_a_child_is_a_fault)
{
    const cJSON *results = results_of(t, "sample/late/*", 1);
    CHECK_EQ_STRING(
        kt_json_string(program_result(t, results, "sample/late/exits_badly_later"), "status"),
        "Pass");
    const cJSON *late = program_result(t, results, "sample/runner/child_end");
    CHECK_EQ_STRING(kt_json_string(late, "status"), "Crash");
    CHECK_EQ_STRING(kt_json_string(late, "message"), "exited with status 5");
    CHECK_CONTAINS(kt_json_string(late, "log"), "printed at the very end");
    CHECK_CONTAINS(kt_json_string(late, "rerun"), "--filter 'sample/late/*'");
}

TEST(expected_faults_are_waived)
{
    static const char ENTRIES[] =
        "[sample/bad/fails]\nstatus = Fail\ndriver = *\nversions = ..\n"
        "reason = it is bad\nlink = none\nexpires = 9999-12-31\n"
        "[sample/bad/passes_after_all]\nstatus = Flake\ndriver = *\n"
        "versions = ..\nreason = it is moody\nlink = none\nexpires = 9999-12-31\n";
    const char *folder = program_folder(t);
    const char *file = program_path(t, folder, "expect.txt");
    program_write(t, file, ENTRIES);
    kt_set_environment(t, "KRONOS_SAMPLE_FILE", program_path(t, folder, "mood"));
    program_end end = RUN_SAMPLE("sample/bad/fails", "sample/bad/passes_after_all", "--expect",
                                 file, "--out", folder);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "not ok 1 - sample/bad/fails # TODO known fault, Fail: it is bad\n");
    CHECK_CONTAINS(end.output, "FAULTS 2 (2 known)");
    const cJSON *results = program_results(t, folder);
    const cJSON *waived = program_result(t, results, "sample/bad/fails");
    CHECK_EQ_STRING(kt_json_string(waived, "status"), "Waived");
    CHECK_EQ_STRING(kt_json_string(waived, "outcome"), "Fail");
    CHECK_EQ_STRING(kt_json_string(cJSON_GetObjectItem(waived, "expectation"), "reason"),
                    "it is bad");
    const cJSON *flake = program_result(t, results, "sample/bad/passes_after_all");
    CHECK_EQ_STRING(kt_json_string(flake, "status"), "Flake");
    CHECK_EQ_STRING(kt_json_string(cJSON_GetObjectItem(flake, "again"), "status"), "Pass");

    end = RUN_SAMPLE("sample/bad/fails", "--expect", file, "--strict");
    CHECK_EQ_I64(end.code, 1);

    // An entry whose last day is over forgives nothing, and says so.
    program_write(t, file,
                  "[sample/bad/fails]\nstatus = Fail\ndriver = *\nversions = ..\n"
                  "reason = it was bad\nlink = none\nexpires = 2001-02-03\n");
    end = RUN_SAMPLE("sample/bad/fails", "--expect", file, "--out", folder);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "; known, but its entry expired on 2001-02-03, see ");
    const cJSON *expired = program_result(t, program_results(t, folder), "sample/bad/fails");
    CHECK_EQ_STRING(kt_json_string(expired, "status"), "Fail");
    const cJSON *entry = cJSON_GetObjectItem(expired, "expectation");
    CHECK_EQ_STRING(kt_json_string(entry, "expires"), "2001-02-03");
    CHECK(cJSON_IsTrue(cJSON_GetObjectItem(entry, "expired")));

    // A fault that has gone is a fault of the file.
    program_write(t, file,
                  "[sample/good/passes]\nstatus = Fail\ndriver = *\nversions = ..\n"
                  "reason = once\nlink = none\nexpires = 9999-12-31\n");
    end = RUN_SAMPLE("sample/good/passes", "--expect", file);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "XPass: a known fault has gone, see ");
    CHECK_CONTAINS(end.output, "expect.txt:1");
}

TEST(exit_codes_tell_what_happened)
{
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/passes").code, 0);
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/passes", "sample/good/skips").code, 0);
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/warns", "--strict").code, 0);
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/skips").code, 77);
    CHECK_EQ_I64(RUN_SAMPLE("sample/bad/fails").code, 1);
    CHECK_EQ_I64(RUN_SAMPLE("sample/ugly/aborts").code, 1);
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/passes", "--require", "executed>=1").code, 0);

    static const char *const ROWS[][4] = {
        {"sample/good/passes", "--require", "executed>=2", "executed>=2 is not met: 1 cases"},
        {"sample/good/passes", "--require", "type=cpu", "type=cpu is not met: there is no device"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end = RUN_SAMPLE(ROWS[i][0], ROWS[i][1], ROWS[i][2]);
        CHECK_EQ_I64(end.code, 3);
        CHECK_CONTAINS(end.output, ROWS[i][3]);
    }

    const char *folder = program_folder(t);
    const char *file = program_path(t, folder, "expect.txt");
    static const char *const WRONG[][3] = {
        {"--filter", "nothing", "there is no case of tier quick that matches 'nothing'"},
        {"--timeout", "soon", "--timeout is a number"},
        {"--expect", "no/such/file", "--expect no/such/file cannot be read"},
        {"--out", "/dev/null/x", "--out /dev/null/x cannot be made"},
    };
    for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++) {
        program_end end = RUN_SAMPLE(WRONG[i][0], WRONG[i][1]);
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, WRONG[i][2]);
    }
    // A slip of the pen costs no results.
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/passes", "--out", folder).code, 0);
    const char *before = program_read(t, folder, "results.jsonl");
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/pases", "--out", folder).code, 2);
    CHECK_EQ_STRING(program_read(t, folder, "results.jsonl"), before);
    program_write(t, file,
                  "[sample/good/gone]\nstatus = Fail\ndriver = *\nversions = ..\n"
                  "reason = r\nlink = l\nexpires = 9999-12-31\n");
    program_end end = RUN_SAMPLE("--expect", file);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "expect.txt:1: no case matches [sample/good/gone]");
    CHECK_CONTAINS(RUN_SAMPLE("--list", "--tier", "standard").output,
                   "sample/good/takes_standard\n");
    CHECK(!strstr(RUN_SAMPLE("--list").output, "takes_standard"));
}

// Writes an expectation file with one entry, for any driver.
static void expect_one(kt_test *t, const char *file, const char *pattern, const char *status)
{
    kt_text text = {0};
    kt_text_format(&text,
                   "[%s]\nstatus = %s\ndriver = *\nversions = ..\nreason = r\nlink = l\n"
                   "expires = 9999-12-31\n",
                   pattern, status);
    program_write(t, file, kt_text_string(&text));
    kt_text_finish(&text);
}

TEST(entries_that_nothing_needs_are_told)
{
    static const struct {
        const char *pattern, *status, *filter;
        bool told;
    } ROWS[] = {
        {"sample/good/passes", "Flake", "sample/good/*", true},
        {"sample/good/skips", "Fail", "sample/good/*", true},
        {"sample/good/passes|sample/good/skips", "Flake", "sample/good/*", true},
        // One of its cases did not run, needed it, or ran into its end.
        {"sample/good/*", "Flake", "sample/good/passes", false},
        {"sample/bad/fails", "Flake", "sample/bad/fails", false},
        {"sample/good/passes", "Fail", "sample/good/passes", false},
        {"sample/good/passes", "Flake", "sample/good/skips", false},
    };
    const char *folder = program_folder(t), *file = program_path(t, folder, "expect.txt");
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        expect_one(t, file, ROWS[i].pattern, ROWS[i].status);
        program_end end =
            RUN_SAMPLE(ROWS[i].filter, "--expect", file, "--out", folder, "--tier", "standard");
        char line[128];
        snprintf(line, sizeof line, "expect.txt:1 [%s]\n", ROWS[i].pattern);
        bool told = strstr(end.output, "# not needed: ") && strstr(end.output, line);
        const cJSON *results = program_results(t, folder);
        const cJSON *last = cJSON_GetArrayItem(results, cJSON_GetArraySize(results) - 1);
        const cJSON *unused = kt_json_item(last, "unused_expectations");
        if (!CHECK(told == ROWS[i].told) || !CHECK((unused != NULL) == ROWS[i].told))
            LOGF(t, "row %zu: %s", i, end.output);
        if (unused)
            CHECK_EQ_STRING(kt_json_string(unused->child, "pattern"), ROWS[i].pattern);
    }
    // Each pattern of an entry has to be about a case.
    expect_one(t, file, "sample/good/passes|sample/good/gone,other/suite/x", "Fail");
    program_end end = RUN_SAMPLE("sample/good/passes", "--expect", file);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "expect.txt:1: no case matches [sample/good/gone]");
}

TEST(requirements_are_met_or_named)
{
    static const struct {
        const char *requirement;
        bool met;
    } ROWS[] = {
        {"device=*", true},       {"device=no such", false}, {"vendor=*", true},
        {"vendor=Nobody", false}, {"driver=?*", true},       {"type=?*", true},
        {"type!=*", false},       {"version>=0", true},      {"version>=9999.1", false},
        {"executed>=1", true},    {"executed>=2", false},    {"skipped<=1", true},
        {"skipped<=0", false},
    };
    const char *folder = program_folder(t);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end = RUN_SAMPLE("sample/device/needs_a_driver", "sample/good/skips",
                                     "--require", ROWS[i].requirement, "--out", folder);
        CHECK_EQ_I64(end.code, ROWS[i].met ? 0 : 3);
        if (ROWS[i].met)
            continue;
        kt_text sentence = {0};
        kt_text_format(&sentence, "--require %s is not met: ", ROWS[i].requirement);
        CHECK_CONTAINS(end.output, kt_text_string(&sentence));
        kt_text_finish(&sentence);
        // The wrong device is no reason to try.
        const cJSON *result =
            program_result(t, program_results(t, folder), "sample/device/needs_a_driver");
        const bool counts =
            strchr(ROWS[i].requirement, '<') || strstr(ROWS[i].requirement, "executed");
        CHECK_EQ_STRING(kt_json_string(result, "status"), counts ? "Pass" : "NotRun");
    }
}

TEST(a_fault_is_tried_again_in_a_new_process)
{
    const cJSON *results = results_of(t, "sample/state/fails_in_a_new_process", 1);
    const cJSON *result = program_result(t, results, "sample/state/fails_in_a_new_process");
    CHECK_EQ_STRING(kt_json_string(result, "status"), "Fail");
    CHECK_EQ_STRING(kt_json_string(cJSON_GetObjectItem(result, "again"), "status"), "Fail");
}

// Whoever marks the process does not reach a case that asks for one of its own.
TEST(a_case_gets_the_process_that_it_asks_for)
{
    const cJSON *results =
        results_of(t, "sample/state/marks_the_process/fast,sample/state/asks_for_a_new_process", 0);
    const cJSON *result = program_result(t, results, "sample/state/asks_for_a_new_process");
    CHECK_EQ_STRING(kt_json_string(result, "status"), "Pass");
}

// The log lines with which a case tells its seed and first random value.
static const char *random_lines(kt_test *t, const char *seed, const char *others)
{
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/state/random_values_repeat", others, "--seed", seed, "--out", folder);
    CHECK_EQ_I64(end.code, 0);
    return kt_json_string(
        program_result(t, program_results(t, folder), "sample/state/random_values_repeat"), "log");
}

TEST(seeds_repeat_and_differ)
{
    const char *first = random_lines(t, "1", "sample/good/passes");
    CHECK_CONTAINS(first, "first ");
    CHECK_EQ_STRING(random_lines(t, "1", "sample/state/r*"), first);
    CHECK(strcmp(random_lines(t, "2", "sample/good/passes"), first) != 0);
}

TEST(cases_run_here_too)
{
    program_end end = RUN_SAMPLE("sample/good/passes", "sample/bad/fails", "sample/good/skips",
                                 "sample/state/r*", "--here");
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "ok 1 - sample/good/passes\n");
    CHECK_CONTAINS(end.output, "# SKIP float64\n");
    CHECK_CONTAINS(end.output, "not ok 3 - sample/bad/fails");
    CHECK_CONTAINS(end.output, "FAULTS 1 (0 known)");
    // Here a crash is the debugger's.
    CHECK(RUN_SAMPLE("sample/ugly/aborts", "--here").code < 0);
}

TEST(a_run_on_a_terminal_shows_what_matters)
{
    // What it shows there is looked at without one, too: reports.c.
    if (!program_has_terminal()) {
        SKIP(t, "a terminal: nothing is mounted at /dev/pts");
        return;
    }
    static const char *const ARGUMENTS[] = {"kronos-sample", "sample/good/passes",
                                            "sample/bad/fails", NULL};
    kt_set_environment(t, "TERM", "xterm");
    program running = program_start(t, ARGUMENTS, true);
    program_end end = program_wait(t, &running);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "/2] ");
    CHECK_CONTAINS(end.output, "\r\033[Ksample/bad/fails # Fail: sample/bad.c:");
    CHECK_CONTAINS(end.output, "\033[KFAULTS 1 (0 known): 1 passed");
    CHECK(!strstr(end.output, "ok 1"));
    // One that cannot write a line anew gets whole lines.
    kt_set_environment(t, "TERM", "dumb");
    running = program_start(t, ARGUMENTS, true);
    end = program_wait(t, &running);
    CHECK_CONTAINS(end.output, "sample/bad/fails # Fail: sample/bad.c:");
    CHECK(!strchr(end.output, '\033'));
    CHECK(!strstr(end.output, "ok 1"));
}
