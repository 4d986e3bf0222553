// kronos diff, on results that are made up.
#include "kronos.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "text.h"

enum { LIMIT_BYTES = 60 * 1024 };

#define RUN_LINE                                                                               \
    "{\"type\":\"run\",\"schema\":1,\"kronos\":\"0.1.0\",\"tier\":\"quick\",\"seed\":1,"       \
    "\"selected\":1,\"start_time\":1,\"device\":{\"name\":\"GPU\",\"driver_name\":\"gpudrv\"," \
    "\"driver_info\":\"gpudrv 1.2.3\",\"features\":{\"float64\":true}}}\n"
#define END_LINE "{\"type\":\"end\",\"exit_code\":0}\n"

static void add_case(kt_text *out, const char *name, const char *status, uint64_t duration_ms)
{
    kt_text_format(out,
                   "{\"type\":\"case\",\"name\":\"%s\",\"status\":\"%s\",\"message\":\"it said "
                   "`|` <b>\",\"duration_ns\":%" PRIu64 "}\n",
                   name, status, duration_ms * 1000000);
}

// A folder with one case, or none where `status` is NULL.
static const char *make_one(kt_test *t, const char *status, uint64_t duration_ms)
{
    kt_text cases = {0};
    if (status)
        add_case(&cases, "s/g/n", status, duration_ms);
    return kronos_results(t, RUN_LINE, &cases, END_LINE);
}

TEST(each_change_has_its_name)
{
    static const struct {
        const char *a, *b;
        const char *change; // NULL: none
        bool worse;
    } ROWS[] = {
        {"Pass", "Pass", NULL, false},
        {"Pass", "Warn", NULL, false},
        {"Pass", "XPass", NULL, false},
        {"Fail", "Fail", NULL, false},
        {"Waived", "Flake", NULL, false},
        {"NotRun", "NotSupported", NULL, false},
        {"Pass", "Fail", "new_faults", true},
        {"XPass", "Crash", "new_faults", true},
        {"Waived", "Fail", "new_faults", true},
        {"NotSupported", "Timeout", "new_faults", true},
        {NULL, "DeviceLost", "new_faults", true},
        {"Fail", "Crash", "changed_faults", true},
        {"Crash", "Fail", "changed_faults", false},
        {"Pass", NULL, "gone", true},
        {"Fail", NULL, "gone", false},
        {"NotSupported", NULL, "gone", false},
        {"Pass", "NotSupported", "skipped_now", true},
        {"Warn", "NotRun", "skipped_now", true},
        {"Fail", "NotSupported", "skipped_now", false},
        {"Waived", "NotSupported", "skipped_now", false},
        {"Pass", "Waived", "known_now", false},
        {"Fail", "Waived", "known_now", false},
        {"Fail", "Pass", "fixed", false},
        {"Waived", "XPass", "fixed", false},
        {"NotSupported", "Pass", "runs_now", false},
        {NULL, "Pass", "new_cases", false},
        {NULL, "Waived", "new_cases", false},
        {NULL, "NotSupported", "new_cases", false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        LOGF(t, "%s -> %s", ROWS[i].a ? ROWS[i].a : "-", ROWS[i].b ? ROWS[i].b : "-");
        const char *a = make_one(t, ROWS[i].a, 1), *b = make_one(t, ROWS[i].b, 1);
        program_end end = RUN_KRONOS("diff", "--json", a, b);
        CHECK_EQ_I64(end.code, ROWS[i].worse ? 1 : 0);
        const cJSON *json = kronos_json(t, end.output);
        const cJSON *changes = kronos_item(json, "changes");
        CHECK_EQ_I64(cJSON_GetArraySize(changes), ROWS[i].change ? 1 : 0);
        if (!ROWS[i].change)
            continue;
        CHECK_EQ_STRING(kt_json_string(changes->child, "change"), ROWS[i].change);
        CHECK_EQ_STRING(kt_json_string(changes->child, "name"), "s/g/n");
        CHECK(cJSON_GetNumberValue(kronos_item(kronos_item(json, "counts"), ROWS[i].change)) == 1);
    }
}

static const char *make_certified(kt_test *t, const char *status, const char *certificate)
{
    kt_text cases = {0};
    kt_text_format(&cases,
                   "{\"type\":\"case\",\"name\":\"s/g/n\",\"status\":\"%s\",\"duration_ns\":1,"
                   "\"certificate\":%s}\n",
                   status, certificate);
    return kronos_results(t, RUN_LINE, &cases, END_LINE);
}

TEST(certified_values_that_moved_are_told)
{
    static const char BEFORE[] = "{\"max\":2.5,\"at\":\"0x1p0\",\"same\":[1,2],\"old\":1}";
    static const char NOW[] = "{\"at\":\"0x1.8p|0\",\"max\":2.75,\"same\":[1,2],\"new\":[3]}";
    const char *a = make_certified(t, "Pass", BEFORE), *b = make_certified(t, "Pass", NOW);
    program_end end = RUN_KRONOS("diff", a, b);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "CERTIFIED BY  VALUE  A      B\n"
                               "s/g/n         max    2.5    2.75\n"
                               "s/g/n         at     0x1p0  0x1.8p|0\n"
                               "s/g/n         old    1      -\n"
                               "s/g/n         new    -      [3]\n");
    CHECK_CONTAINS(end.output, "\nNOT WORSE: no case changed, 4 certified values changed\n");
    end = RUN_KRONOS("diff", "--markdown", a, b);
    CHECK_CONTAINS(end.output, "| `s/g/n` | `at` | `0x1p0` | `0x1.8p\\|0` |\n");
    end = RUN_KRONOS("diff", "--json", a, b);
    const cJSON *certified = kronos_item(kronos_json(t, end.output), "certified");
    CHECK_EQ_I64(cJSON_GetArraySize(certified), 4);
    CHECK_EQ_STRING(kt_json_string(certified->child, "name"), "s/g/n");
    CHECK_EQ_STRING(kt_json_string(certified->child, "key"), "max");
    CHECK_EQ_STRING(kt_json_string(certified->child, "a"), "2.5");
    CHECK_EQ_STRING(kt_json_string(certified->child, "b"), "2.75");
    // Certificates of a case that got worse are compared as well; without one there is nothing to.
    end = RUN_KRONOS("diff", a, make_certified(t, "Fail", NOW));
    CHECK_CONTAINS(end.output, "\nWORSE: 1 new fault, 4 certified values changed\n");
    CHECK_CONTAINS(RUN_KRONOS("diff", a, make_one(t, "Pass", 1)).output, ": no case changed\n");
    CHECK_CONTAINS(RUN_KRONOS("diff", a, a).output, ": no case changed\n");
}

TEST(slower_is_more_than_noise)
{
    static const struct {
        uint64_t a_ms, b_ms;
        const char *margin;
        bool slower;
    } ROWS[] = {
        {1000, 1900, "2", false},       // not twice as long
        {100, 340, "2", false},         // less than 250 ms more
        {1000, 2100, "2", true},        //
        {1000, 2100, "2.5", false},     //
        {1000, 1600, "1.5", true},      //
        {1000, 90000, "0", false},      // not compared
        {2100, 1000, "2", false},       // faster
        {0, UINT64_C(90000), "2", true} // whatever it took before, it was less
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        LOGF(t, "row %zu", i);
        const char *a = make_one(t, "Pass", ROWS[i].a_ms), *b = make_one(t, "Pass", ROWS[i].b_ms);
        program_end end = RUN_KRONOS("diff", "--json", "--slower", ROWS[i].margin, a, b);
        CHECK_EQ_I64(end.code, ROWS[i].slower ? 1 : 0);
        const cJSON *changes = kronos_item(kronos_json(t, end.output), "changes");
        CHECK_EQ_I64(cJSON_GetArraySize(changes), ROWS[i].slower ? 1 : 0);
    }
}

// Cases of one second each, of which the last takes `last_ms`.
static const char *make_many(kt_test *t, const char *run, size_t count, uint64_t each_ms,
                             uint64_t last_ms)
{
    kt_text cases = {0};
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "s/g/%04zu", i);
        add_case(&cases, name, "Pass", i + 1 == count ? last_ms : each_ms);
    }
    return kronos_results(t, run, &cases, END_LINE);
}

TEST(a_slow_machine_is_told_once)
{
    enum { COUNT = 40 };
    const char *a = make_many(t, RUN_LINE, COUNT, 1000, 1000);
    const char *b = make_many(t, RUN_LINE, COUNT, 3000, 3000);
    program_end end = RUN_KRONOS("diff", a, b);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "B takes 3.00 times as long as A");
    CHECK_CONTAINS(end.output, "\nWORSE: the whole is 3.00 times slower\n");
    // A case that is slow beside the others stands out all the same.
    b = make_many(t, RUN_LINE, COUNT, 1500, 9000);
    end = RUN_KRONOS("diff", a, b);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "slower  s/g/0039  1.000 s  9.000 s");
    CHECK_CONTAINS(end.output, "\nWORSE: 1 slower\n");
    // Another device may be as slow as it likes.
    static const char OTHER[] = "{\"type\":\"run\",\"kronos\":\"0.1.0\",\"tier\":\"quick\","
                                "\"device\":{\"name\":\"CPU\"}}\n";
    b = make_many(t, OTHER, COUNT, 3000, 90000);
    end = RUN_KRONOS("diff", a, b);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "B takes 3.00 times as long as A");
}

TEST(what_differs_about_the_runs_comes_first)
{
    const char *a = make_one(t, "Pass", 1);
    kt_text cases = {0};
    add_case(&cases, "s/g/n", "Pass", 1);
    const char *b =
        kronos_results(t,
                       "{\"type\":\"run\",\"kronos\":\"0.2.0\",\"tier\":\"full\",\"seed\":1,"
                       "\"selected\":1,\"device\":{\"name\":\"GPU\",\"driver_name\":\"gpudrv\","
                       "\"driver_info\":\"gpudrv 1.2.4\",\"features\":{\"float64\":false}}}\n",
                       &cases, "");
    program_end end = RUN_KRONOS("diff", a, b);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "DIFFERENT           A             B\n"
                               "run to its end      yes           no\n"
                               "driver information  gpudrv 1.2.3  gpudrv 1.2.4\n"
                               "Kronos              0.1.0         0.2.0\n"
                               "tier                quick         full\n"
                               "features.float64    yes           no\n");
    CHECK_CONTAINS(end.output, "not run to its end\n");
    CHECK_CONTAINS(end.output, "\nNOT WORSE: no case changed\n");
}

TEST(cases_of_another_version_may_be_gone)
{
    static const char NEWER[] = "{\"type\":\"run\",\"kronos\":\"0.2.0\",\"tier\":\"quick\"}\n";
    const char *a = make_one(t, "Pass", 1);
    const char *b = kronos_results(t, NEWER, &(kt_text){0}, END_LINE);
    program_end end = RUN_KRONOS("diff", a, b);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "\nNOT WORSE: 1 case gone\n");
    // The same version with another commit, as certificates tell.
    program_write(t, program_path(t, a, "certificate.json"), "{\"kronos\":{\"git_hash\":\"1\"}}");
    const char *same = make_one(t, NULL, 1);
    program_write(t, program_path(t, same, "certificate.json"),
                  "{\"kronos\":{\"git_hash\":\"2\"}}");
    CHECK_EQ_I64(RUN_KRONOS("diff", a, same).code, 0);
    program_write(t, program_path(t, same, "certificate.json"),
                  "{\"kronos\":{\"git_hash\":\"1\"}}");
    CHECK_EQ_I64(RUN_KRONOS("diff", a, same).code, 1);
}

// An old certificate, and a run after some of its cases were renamed.
TEST(cases_are_compared_under_their_new_names)
{
    static const char OLD[] = "conformance/contract_cache/damaged_cache_files_are_replaced";
    static const char NEW[] =
        "conformance/contract_cache/a_flipped_byte_of_a_cache_file_costs_a_rebuild";
    kt_text cases = {0};
    add_case(&cases, OLD, "Pass", 1);
    const char *a = kronos_results(t, RUN_LINE, &cases, END_LINE);
    add_case(&cases, NEW, "Pass", 1);
    const char *same = kronos_results(t, RUN_LINE, &cases, END_LINE);
    add_case(&cases, NEW, "Fail", 1);
    const char *worse = kronos_results(t, RUN_LINE, &cases, END_LINE);
    CHECK_CONTAINS(RUN_KRONOS("diff", a, same).output, "\nNOT WORSE: no case changed\n");
    program_end end = RUN_KRONOS("diff", a, worse);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "\nWORSE: 1 new fault\n");
    CHECK_CONTAINS(end.output, NEW);
}

TEST(of_several_results_the_worst_counts_and_the_shortest_time)
{
    kt_text cases = {0};
    add_case(&cases, "s/g/n", "Pass", 9000);
    add_case(&cases, "s/g/n", "Pass", 1000);
    add_case(&cases, "s/g/o", "Pass", 1);
    add_case(&cases, "s/g/o", "Fail", 1);
    add_case(&cases, "s/g/o", "Warn", 1);
    const char *b = kronos_results(t, RUN_LINE, &cases, END_LINE);
    add_case(&cases, "s/g/n", "Pass", 1000);
    add_case(&cases, "s/g/o", "Pass", 1);
    const char *a = kronos_results(t, RUN_LINE, &cases, END_LINE);
    CHECK_CONTAINS(RUN_KRONOS("diff", a, b).output, "\nWORSE: 1 new fault\n");
}

TEST(markdown_is_cut_with_a_count)
{
    enum { COUNT = 2000, FAULTS = 1900 };
    kt_text before = {0}, now = {0};
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        snprintf(name, sizeof name, "s/g/%04d", i);
        add_case(&before, name, i < FAULTS ? "Pass" : "Fail", 1);
        add_case(&now, name, i == 7 ? "Crash" : i < FAULTS ? "Fail" : "Pass", 1);
    }
    const char *a = kronos_results(t, RUN_LINE, &before, END_LINE);
    const char *b = kronos_results(t, RUN_LINE, &now, END_LINE);
    program_end end = RUN_KRONOS("diff", "--markdown", a, b);
    CHECK_EQ_I64(end.code, 1);
    const size_t size_bytes = strlen(end.output);
    CHECK(size_bytes < LIMIT_BYTES && size_bytes > LIMIT_BYTES - 1000);
    CHECK_CONTAINS(end.output, "WORSE: 1900 new faults, 100 fixed");
    // The crash comes first; text of a driver is no markup.
    CHECK_CONTAINS(end.output, "| --- | --- | --- | --- | --- |\n| ❌ new fault | `s/g/0007` | Pass "
                               "| Crash | `it said '\\|' <b>` |\n");
    size_t rows = 0;
    for (const char *row = end.output; (row = strstr(row, "\n| ❌")); row++)
        rows++;
    char rest[64];
    snprintf(rest, sizeof rest, "\n… and %zu more changes\n", COUNT - rows);
    CHECK_CONTAINS(end.output, rest);
}

TEST(results_that_are_none_are_refused)
{
    static const struct {
        const char *text, *sentence;
    } ROWS[] = {
        {"", "results.jsonl is empty"},
        {"hello\n", "results.jsonl:1: this is no line of results.jsonl"},
        {RUN_LINE "{\"type\":\"case\"}\n", ":2: this is no line of results.jsonl"},
        {RUN_LINE "{\"type\":\"case\",\"name\":\"n\",\"status\":\"Good\"}\n", ":2: this is no"},
        {RUN_LINE "{\"type\":\n" END_LINE, ":2: this is no line"},
        {END_LINE, ":1: this is no line"},
    };
    const char *right = make_one(t, "Pass", 1);
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const char *wrong = kronos_results(t, ROWS[i].text, &(kt_text){0}, "");
        program_end end = RUN_KRONOS("diff", right, wrong);
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, ROWS[i].sentence);
        CHECK_EQ_I64(RUN_KRONOS("diff", wrong, right).code, 2);
    }
    program_end end = RUN_KRONOS("diff", right, "/nonexistent");
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "/nonexistent cannot be read: No such file");
    program_write(t, program_path(t, right, "certificate.json"), "{");
    end = RUN_KRONOS("diff", right, right);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "certificate.json cannot be read: this is no JSON");
}

// `kronos certify --out` makes a folder for each device.
TEST(the_only_folder_in_a_folder_is_meant)
{
    static const char *const NAMES[] = {"a", "b"};
    static const char *const SENTENCES[] = {"NOT WORSE", "holds the results of 2 devices"};
    const char *right = make_one(t, "Pass", 1), *base = program_folder(t);
    for (int i = 0; i < 2; i++) {
        const char *inner = program_path(t, base, NAMES[i]);
        CHECK(symlink(right, inner) == 0);
        program_end end = RUN_KRONOS("diff", right, base);
        CHECK_EQ_I64(end.code, i ? 2 : 0);
        CHECK_CONTAINS(end.output, SENTENCES[i]);
        CHECK_CONTAINS(end.output, inner);
    }
}

TEST(half_a_line_at_the_end_is_a_run_that_was_killed)
{
    kt_text cases = {0};
    add_case(&cases, "s/g/n", "Pass", 1);
    const char *killed = kronos_results(t, RUN_LINE, &cases, "{\"type\":\"case\",\"na");
    program_end end = RUN_KRONOS("diff", make_one(t, "Pass", 1), killed);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "run to its end");
}
