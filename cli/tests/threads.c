// kronos threads: what it prints of the suite, and of what two threads gain.
#include "kronos.h"

#include <string.h>

// The last lines of a run on the null driver, each a JSON object.
static const char *run_threads(kt_test *t, const char *arguments, int code)
{
    const program_end end =
        program_shell(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS=1 kronos threads --driver '%s' %s",
                      kt_null_driver(t), arguments);
    if (!CHECK_EQ_I64(end.code, code))
        LOGF(t, "%s", end.output);
    return end.output;
}

TEST(threads_counts_what_it_played)
{
    const char *output = run_threads(t, "--json --schedules 4 --seed 7 '*/contexts/*/bare'", 0);
    const char *at = strstr(output, "{\"type\":\"schedules\"");
    if (!CHECK(at != NULL))
        return;
    const cJSON *json = kronos_json(t, at);
    CHECK(kt_json_number(json, "seed") == 7);
    CHECK(kt_json_number(json, "schedules") == 2 * 4); // two scenes
    CHECK(kt_json_number(json, "steps") > 8 * 50);
    CHECK(kt_json_number(json, "switches") > 8);
    CHECK(strstr(output, "\"throughput\"") == NULL); // some cases were chosen
    CHECK_CONTAINS(run_threads(t, "--schedules 4 '*/contexts/*/bare'", 0),
                   "# 8 schedules of seed 1");
}

TEST(threads_repeats_one_schedule)
{
    // Number 0 tells how many steps to expect.
    CHECK_CONTAINS(run_threads(t, "--schedule 9 '*/each_thread_has_a_stream/delayed'", 0),
                   "# 2 schedules of seed 1");
}

// Whether it is enough is for a machine that has time; the figures are there in any case.
TEST(threads_measures_what_two_gain)
{
    const program_end end =
        program_shell(t,
                      "KRONOS_ALLOW_UNTRUSTED_DRIVERS=1 kronos threads --driver '%s' --json "
                      "--schedules 1",
                      kt_null_driver(t));
    CHECK(end.code == 0 || end.code == 1);
    const char *at = strstr(end.output, "{\"type\":\"throughput\"");
    if (!CHECK(at != NULL))
        return;
    const cJSON *json = kronos_json(t, at);
    CHECK(kt_json_number(json, "gain") > 0);
    CHECK(kt_json_number(json, "plain_gain") > 0);
    CHECK(kt_json_number(json, "dispatches_per_s") > 0);
    CHECK(cJSON_IsTrue(cJSON_GetObjectItem(json, "enough")) == (end.code == 0));
}

TEST(threads_refuses_what_it_does_not_understand)
{
    const program_end none = program_shell(t, "kronos threads --schedules 0 2>&1");
    CHECK_EQ_I64(none.code, 2);
    CHECK_CONTAINS(none.output, "--schedules is a number from 1, not '0'");
    const program_end word = program_shell(t, "kronos threads --schedule x 2>&1");
    CHECK_EQ_I64(word.code, 2);
    CHECK_CONTAINS(word.output, "--schedule is a number from 1, not 'x'");
    CHECK_EQ_I64(program_shell(t, "kronos threads 'threadcheck/none/*' 2>&1").code, 2);
    CHECK_EQ_I64(program_shell(t, "kronos run --schedules 3 2>&1").code, 2);
}
