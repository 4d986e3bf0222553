// What GitHub Actions is told, of runs that are made up.
#include "report_github.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "made_run.h"
#include "program.h"
#include "text.h"

enum { LIMIT_BYTES = 1000 * 1024 };

typedef struct reported {
    const char *lines, *summary;
} reported;

// Reports runs as a step does whose summary has some bytes already.
static reported report(kt_test *t, made_run *runs, size_t count, size_t used_bytes)
{
    const char *folder = program_folder(t), *path = program_path(t, folder, "summary.md");
    char *used = kt_alloc(t, used_bytes + 1);
    memset(used, '#', used_bytes);
    program_write(t, path, used);
    kt_set_environment(t, "GITHUB_ACTIONS", "true");
    kt_set_environment(t, "GITHUB_STEP_SUMMARY", path);
    char *lines = NULL;
    size_t size_bytes = 0;
    FILE *file = open_memstream(&lines, &size_bytes);
    kt_github *github = kt_github_create(file);
    CHECK(github);
    for (size_t i = 0; i < count; i++) {
        kt_github_add(github, &runs[i].run);
        made_run_finish(&runs[i]);
    }
    kt_github_finish(github);
    fclose(file);
    kt_defer(t, free, lines);
    return (reported){.lines = lines, .summary = program_read(t, folder, "summary.md")};
}

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

TEST(elsewhere_github_is_told_nothing)
{
    kt_set_environment(t, "GITHUB_ACTIONS", NULL);
    CHECK(!kt_github_create(stdout));
    kt_github_add(NULL, NULL);
    kt_github_error(NULL, "title", "message");
    kt_github_finish(NULL);
}

TEST(github_gets_ten_lines_the_worst_first)
{
    made_run runs[] = {made_run_init("GPU"), made_run_init("CPU")};
    made_run_add(&runs[0], "s/g/passes", KT_PASS, "");
    for (int i = 0; i < 8; i++)
        made_run_add(&runs[0], "s/g/fails", KT_FAIL, "1 is not 2");
    made_run_add(&runs[1], "s/g/hangs", KT_TIMEOUT, "no end");
    made_run_add(&runs[1], "s/g/crashes", KT_CRASH, "killed by SIGSEGV");
    made_run_add(&runs[1], "s/g/skips", KT_NOT_SUPPORTED, "a feature");
    made_run_add(&runs[1], "s/g/never", KT_NOT_RUN, "");
    const reported said = report(t, runs, 2, 0);
    CHECK_EQ_I64(count_of(said.lines, "\n::error "), 10);
    const char *crash = strstr(said.lines, "::error title=Crash%3A s/g/crashes::killed by SIGSEGV"
                                           "%0Aon CPU%0Arun it again: kronos run --filter");
    const char *hang = strstr(said.lines, "::error title=Timeout%3A s/g/hangs::no end");
    const char *fail = strstr(said.lines, "::error title=Fail%3A s/g/fails::1 is not 2%0Aon GPU");
    const char *rest = strstr(said.lines, "::error title=Kronos::and 2 more faults; the summary");
    CHECK(crash && hang && fail && rest && crash < hang && hang < fail && fail < rest);
    CHECK(!strstr(said.lines, "passes") && !strstr(said.lines, "skips"));
    CHECK(rest && !strstr(rest + 1, "::error "));
    // The summary has all of them, with both devices.
    CHECK_EQ_I64(count_of(said.summary, "| ❌ Fail | `s/g/fails` | `GPU` | `1 is not 2` |\n"), 8);
    CHECK_EQ_I64(count_of(said.summary, "| ❌ NotRun | `s/g/never` | `CPU` |  |\n"), 1);
    CHECK_EQ_I64(count_of(said.summary, "| `a feature` | 1 |\n"), 1);
    CHECK_CONTAINS(said.summary, "not Khronos conformance");
}

TEST(ten_faults_need_no_line_that_counts)
{
    made_run run = made_run_init("GPU");
    for (int i = 0; i < 10; i++)
        made_run_add(&run, "s/g/fails", KT_FAIL, "wrong");
    const reported said = report(t, &run, 1, 0);
    CHECK_EQ_I64(count_of(said.lines, "::error title=Fail"), 10);
    CHECK(!strstr(said.lines, "more faults"));
}

TEST(what_a_driver_says_is_no_command)
{
    made_run run = made_run_init("G,P:U%0A::error::");
    made_run_add(&run, "s/g/x,y:z", KT_FAIL, "50% | `x`\r::warning::boo\nsecond line");
    const reported said = report(t, &run, 1, 0);
    CHECK_CONTAINS(said.lines,
                   "::error title=Fail%3A s/g/x%2Cy%3Az::50%25 | `x`\xef\xbf\xbd::warning::"
                   "boo%0Aon G,P:U%250A::error::%0Arun it again");
    CHECK_CONTAINS(said.summary, "| `50% \\| 'x'\xef\xbf\xbd::warning::boo` |\n");
    CHECK(!strstr(said.lines, "\n::warning"));
    // What is printed in between is held back by a token that nobody can guess.
    char token[64] = "", resume[80];
    CHECK(sscanf(said.lines, "::stop-commands::%40[0-9a-f]\n", token) == 1);
    CHECK_EQ_I64(strlen(token), 32);
    snprintf(resume, sizeof resume, "\n::%s::\n::error ", token);
    CHECK_CONTAINS(said.lines, resume);
    made_run other = made_run_init("GPU");
    CHECK(!strstr(report(t, &other, 1, 0).lines, token));
}

TEST(the_summary_stays_below_its_limit)
{
    enum { COUNT = 5000 };
    static const size_t USED_BYTES[] = {0, 600 * 1024, LIMIT_BYTES - 10, LIMIT_BYTES + 10};
    char message[400];
    memset(message, 'm', sizeof message);
    message[sizeof message - 1] = '\0';
    for (size_t i = 0; i < sizeof USED_BYTES / sizeof USED_BYTES[0]; i++) {
        made_run run = made_run_init("GPU");
        for (int j = 0; j < COUNT; j++)
            made_run_add(&run, j == COUNT / 2 ? "s/g/crashes" : "s/g/fails",
                         j == COUNT / 2 ? KT_CRASH : KT_FAIL, message);
        const reported said = report(t, &run, 1, USED_BYTES[i]);
        const size_t size_bytes = strlen(said.summary);
        if (USED_BYTES[i] > 700 * 1024) {
            CHECK(size_bytes <= LIMIT_BYTES || size_bytes == USED_BYTES[i]);
            continue;
        }
        CHECK(size_bytes <= LIMIT_BYTES && size_bytes > LIMIT_BYTES - 1000);
        const size_t rows = count_of(said.summary, "| ❌ Fail |");
        CHECK(rows < COUNT - 1);
        const char *crash = strstr(said.summary, "| ❌ Crash |");
        CHECK(crash && crash < strstr(said.summary, "| ❌ Fail |"));
        char rest[64];
        snprintf(rest, sizeof rest, "\n… and %zu more lines\n", COUNT - 1 - rows);
        CHECK_CONTAINS(said.summary, rest);
    }
}
