// kronos expect, on results that are made up.
#include "kronos.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "text.h"

#define RUN_LINE                                                                  \
    "{\"type\":\"run\",\"schema\":1,\"kronos\":\"0.1.0\",\"tier\":\"quick\","     \
    "\"device\":{\"name\":\"GPU\",\"driver_name\":\"gpudrv, 2\",\"driver_info\":" \
    "\"gpudrv 1.2.3\"}}\n"

// An entry for the made-up driver.
#define ENTRY(pattern, status, versions, expires) \
    "[" pattern "]\n"                             \
    "status = " status "\n"                       \
    "driver = gpudrv*\n"                          \
    "versions = " versions "\n"                   \
    "reason = it does\n"                          \
    "link = https://example.org/1\n"              \
    "expires = " expires "\n"

#define LATER "2999-12-31"

// What new entries ask for.
#define WANTED "reason =\nlink =\nexpires =\n"

static void add_case(kt_text *out, const char *name, const char *outcome, const char *more)
{
    kt_text_format(out,
                   "{\"type\":\"case\",\"name\":\"%s\",\"status\":\"%s\",\"message\":\"1 is not "
                   "2\\nand more\"%s}\n",
                   name, outcome, more);
}

// The files of one update.
typedef struct update {
    const char *results, *folder, *expect; // expect: a file in folder
    program_end end;
} update;

// Runs it for a file of known faults with that text and takes the cases over.
static update run_update(kt_test *t, const char *known, kt_text *cases)
{
    update self = {.results = kronos_results(t, RUN_LINE, cases, ""), .folder = program_folder(t)};
    self.expect = program_path(t, self.folder, "known.txt");
    program_write(t, self.expect, known);
    self.end = RUN_KRONOS("expect", "--update", self.results, "--expect", self.expect);
    CHECK_EQ_I64(self.end.code, 0);
    return self;
}

// The file's text after `patch` took the diff in; NULL, and the case is skipped, without `patch`.
static const char *apply(kt_test *t, const update *self)
{
    if (system("patch --version >/dev/null 2>&1") != 0) {
        SKIP(t, "patch");
        return NULL;
    }
    kt_text command = {0};
    program_write(t, program_path(t, self->folder, "diff"), self->end.output);
    kt_text_format(&command, "cd '%s' && patch --quiet --fuzz=0 known.txt diff", self->folder);
    CHECK_EQ_I64(system(kt_text_string(&command)), 0);
    kt_text_finish(&command);
    return program_read(t, self->folder, "known.txt");
}

// Checks what becomes of a file.
static update check_update(kt_test *t, const char *known, kt_text *cases, const char *expected)
{
    update self = run_update(t, known, cases);
    const char *text = apply(t, &self);
    if (text)
        CHECK_EQ_STRING(text, expected);
    return self;
}

TEST(new_faults_get_entries_that_want_their_reason)
{
    kt_text cases = {0};
    add_case(&cases, "conformance/dispatch/dispatch_adds_vectors", "Fail", "");
    add_case(&cases, "conformance/copy/a/1", "Crash", "");
    add_case(&cases, "conformance/copy/a/2", "Crash", "");
    add_case(&cases, "conformance/copy/a/3", "Pass", "");
    add_case(&cases, "conformance/copy/ab/4", "Crash", "");
    const update self = check_update(t, "# known\n", &cases,
                                     "# known\n\n"
                                     "# 1 is not 2\n"
                                     "[conformance/copy/a/1|conformance/copy/a/2]\n"
                                     "status = Crash\ndriver = gpudrv? 2\n"
                                     "versions = 1.2.3 ..\n" WANTED "\n"
                                     "# 1 is not 2\n[conformance/copy/ab/4]\n"
                                     "status = Crash\ndriver = gpudrv? 2\n"
                                     "versions = 1.2.3 ..\n" WANTED "\n"
                                     "# 1 is not 2\n"
                                     "[conformance/dispatch/dispatch_adds_vectors]\n"
                                     "status = Fail\ndriver = gpudrv? 2\n"
                                     "versions = 1.2.3 ..\n" WANTED);
    CHECK_CONTAINS(self.end.output, "kronos: 3 entries to add, 0 to end, 0 to look at again");
    // As it is, nobody may use it.
    program_end end = RUN_KRONOS("run", "conformance/dispatch/*", "--expect", self.expect);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "known.txt:8: 'reason' has no value");
}

TEST(whole_families_and_flakes_are_told_apart)
{
    kt_text cases = {0};
    for (int i = 0; i < 7; i++) {
        char name[32];
        snprintf(name, sizeof name, "s/g/family/%d", i);
        add_case(&cases, name, "Timeout", "");
    }
    add_case(&cases, "s/g/at_times", "Fail", ",\"again\":{\"status\":\"Pass\"}");
    add_case(&cases, "s/g/one_of_nine", "Fail", ",\"runs\":9,\"failed\":1");
    add_case(&cases, "s/g/each_of_nine", "Fail",
             ",\"runs\":9,\"failed\":9,\"again\":{\"status\":\"Fail\"}");
    const update self = run_update(t, "", &cases);
    CHECK_CONTAINS(self.end.output, "@@ -0,0 +1,35 @@\n+# 1 is not 2\n");
    CHECK_CONTAINS(self.end.output, "+[s/g/family/*]\n+status = Timeout\n");
    CHECK_CONTAINS(self.end.output, "+[s/g/at_times]\n+status = Flake\n");
    CHECK_CONTAINS(self.end.output, "+[s/g/one_of_nine]\n+status = Flake\n");
    CHECK_CONTAINS(self.end.output, "+[s/g/each_of_nine]\n+status = Fail\n");
}

TEST(known_faults_change_nothing)
{
    static const char KNOWN[] = ENTRY("s/g/*", "Fail", "1.0 ..", LATER) "\n" ENTRY(
        "s/h/*", "Flake", "..", LATER) "\n" ENTRY("s/not/run", "Fail", "..", LATER);
    kt_text cases = {0};
    add_case(&cases, "s/g/a", "Fail", "");
    add_case(&cases, "s/h/a", "Pass", "");
    add_case(&cases, "s/h/b", "Crash", "");
    add_case(&cases, "s/i/c", "NotSupported", "");
    const update self = run_update(t, KNOWN, &cases);
    CHECK_EQ_STRING(self.end.output, "kronos: nothing changes\n");
}

TEST(mended_faults_end)
{
    static const struct {
        const char *before, *after;
    } ROWS[] = {
        // Older drivers still have it.
        {ENTRY("s/g/*", "Fail", "1.0 ..", LATER), ENTRY("s/g/*", "Fail", "1.0 .. 1.2.3", LATER)},
        {ENTRY("s/g/*", "Fail", "..", LATER), ENTRY("s/g/*", "Fail", ".. 1.2.3", LATER)},
        {ENTRY("s/g/*", "Fail", ".. 9", LATER), ENTRY("s/g/*", "Fail", ".. 1.2.3", LATER)},
        // No driver has it.
        {ENTRY("s/g/*", "Fail", "1.2.3 ..", LATER), ""},
        {"# head\n\n# why\n" ENTRY("s/g/*", "Fail", "1.2.3 ..", LATER), "# head\n"},
        {ENTRY("s/g/*", "Fail", "1.2.3 ..", LATER) "\n" ENTRY("s/o/*", "Fail", "..", LATER),
         ENTRY("s/o/*", "Fail", "..", LATER)},
        {ENTRY("s/o/*", "Fail", "..", LATER) "\n# why\n" ENTRY("s/g/*", "Fail", "1.2.3 ..", LATER),
         ENTRY("s/o/*", "Fail", "..", LATER)},
        {ENTRY("s/g/*", "Fail", "1.2.3 ..", LATER) "\n" ENTRY(
             "s/o/*", "Fail", "..", LATER) "\n" ENTRY("s/p/a", "Fail", "1.2.3 ..", LATER),
         ENTRY("s/o/*", "Fail", "..", LATER)},
        // Some of its cases fail all the same.
        {ENTRY("s/o/x|s/*/a,s/q/*", "Fail", "1.2.3 ..", LATER),
         ENTRY("s/o/x|s/q/a|s/q/*", "Fail", "1.2.3 ..", LATER)},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        LOGF(t, "row %zu", i);
        kt_text cases = {0};
        add_case(&cases, "s/g/a", "XPass", ",\"outcome\":\"Pass\"");
        add_case(&cases, "s/p/a", "XPass", ",\"outcome\":\"Warn\"");
        add_case(&cases, "s/q/a", "Fail", "");
        // An entry for each fault that the row does not know.
        kt_text before = {0}, after = {0};
        static const char OTHER[] = ENTRY("s/q/a", "Fail", "..", LATER) "\n";
        const bool needed = !strstr(ROWS[i].before, "s/q/*");
        kt_text_format(&before, "%s%s", needed ? OTHER : "", ROWS[i].before);
        kt_text_format(&after, "%s%s", needed ? OTHER : "", ROWS[i].after);
        // The blank line before an entry at the end goes with it.
        if (needed && !*ROWS[i].after)
            after.bytes[--after.size_bytes] = '\0';
        check_update(t, kt_text_string(&before), &cases, kt_text_string(&after));
        kt_text_finish(&before);
        kt_text_finish(&after);
    }
}

TEST(expired_entries_lose_their_day)
{
    kt_text cases = {0};
    add_case(&cases, "s/g/a", "Fail", "");
    const update self = check_update(t, ENTRY("s/g/*", "Fail", "1.0 ..", "2001-01-01"), &cases,
                                     "[s/g/*]\nstatus = Fail\ndriver = gpudrv*\nversions = 1.0 ..\n"
                                     "reason = it does\nlink = https://example.org/1\nexpires =\n");
    CHECK_CONTAINS(self.end.output, "kronos: 0 entries to add, 0 to end, 1 to look at again");
}

TEST(far_changes_are_hunks_of_their_own)
{
    kt_text known = {0}, expected = {0}, cases = {0};
    for (int i = 0; i < 9; i++) {
        const bool mended = i == 1 || i == 2 || i == 7;
        char name[16];
        snprintf(name, sizeof name, "s/g/%d", i);
        add_case(&cases, name, mended ? "Pass" : "Fail", "");
        kt_text entry = {0};
        kt_text_format(&entry, ENTRY("%s", "Fail", "%s", LATER) "\n", name, "1.2.3 ..");
        kt_text_append(&known, entry.bytes, entry.size_bytes);
        if (!mended)
            kt_text_append(&expected, entry.bytes, entry.size_bytes);
        kt_text_finish(&entry);
    }
    const update self = check_update(t, kt_text_string(&known), &cases, kt_text_string(&expected));
    CHECK_CONTAINS(self.end.output, "@@ -6,22 +6,6 @@\n");
    CHECK_CONTAINS(self.end.output, "@@ -54,14 +38,6 @@\n");
    kt_text_finish(&known);
    kt_text_finish(&expected);
}

TEST(faults_of_tests_and_machines_are_left_out)
{
    kt_text cases = {0};
    add_case(&cases, "s/g/a", "InternalError", "");
    add_case(&cases, "s/g/b", "Suspect", ",\"outcome\":\"Crash\"");
    add_case(&cases, "s/g/c", "NotRun", "");
    const update self = run_update(t, "", &cases);
    CHECK_CONTAINS(self.end.output, "kronos: nothing changes\nkronos: 2 faults are left out");
}

TEST(a_driver_without_a_file_gets_one)
{
    kt_text cases = {0};
    add_case(&cases, "s/g/f/a", "Fail", "");
    // A folder of such folders, where two devices have the same driver.
    const char *inner = kronos_results(t, RUN_LINE, &cases, "");
    add_case(&cases, "s/g/f/a", "Fail", "");
    add_case(&cases, "s/g/f/b", "Fail", "");
    const char *other = kronos_results(t, RUN_LINE, &cases, "");
    kt_text outer = {0}, link = {0};
    kt_text_format(&outer, "%s/all", program_folder(t));
    CHECK(mkdir(kt_text_string(&outer), 0777) == 0);
    for (int i = 0; i < 2; i++) {
        kt_text_clear(&link);
        kt_text_format(&link, "%s/device-%d", kt_text_string(&outer), i);
        CHECK(symlink(i ? other : inner, kt_text_string(&link)) == 0);
    }
    program_end end = RUN_KRONOS("expect", "--update", kt_text_string(&outer));
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "--- /dev/null\n+++ b/vendor-matrix/expect/gpudrv-2.txt\n"
                               "@@ -0,0 +1,8 @@\n");
    CHECK_CONTAINS(end.output, "+[s/g/f/a|s/g/f/b]\n");
    for (int i = 0; i < 2; i++) {
        kt_text_clear(&link);
        kt_text_format(&link, "%s/device-%d", kt_text_string(&outer), i);
        CHECK(unlink(kt_text_string(&link)) == 0);
    }
    CHECK(rmdir(kt_text_string(&outer)) == 0);
    kt_text_finish(&outer);
    kt_text_finish(&link);
}

TEST(updates_that_cannot_be_are_refused)
{
    kt_text cases = {0};
    add_case(&cases, "s/g/a", "Fail", "");
    const char *right = kronos_results(t, RUN_LINE, &cases, "");
    const char *none =
        kronos_results(t, "{\"type\":\"run\",\"device_problem\":\"none\"}\n", &(kt_text){0}, "");
    const char *folder = program_folder(t);
    const char *open = program_path(t, folder, "open.txt");
    program_write(t, open, "# no line break");
    const char *wrong = program_path(t, folder, "wrong.txt");
    program_write(t, wrong, "what\n");
    const struct {
        const char *results, *expect, *sentence;
    } ROWS[] = {
        {none, "/dev/null", "the run had no device, so it says nothing of a driver"},
        {folder, "/dev/null", "holds no results.jsonl, nor does a folder in it"},
        {"/nonexistent", "/dev/null", "/nonexistent cannot be read: No such file or directory"},
        {right, "/nonexistent", "--expect /nonexistent cannot be read: No such file"},
        {right, open, "open.txt does not end with a line break; give it one"},
        {right, wrong, "wrong.txt:1: a line is [pattern], key = value, or a # comment"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        program_end end =
            RUN_KRONOS("expect", "--update", ROWS[i].results, "--expect", ROWS[i].expect);
        CHECK_EQ_I64(end.code, 2);
        CHECK_CONTAINS(end.output, ROWS[i].sentence);
    }
    program_end end = RUN_KRONOS("expect", right);
    CHECK_EQ_I64(end.code, 2);
    CHECK_CONTAINS(end.output, "kronos: expect says what is to change only with --update");
}
