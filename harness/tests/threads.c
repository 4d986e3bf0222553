// What ThreadSanitizer finds while cases run.
#include "program.h"

#include "races.h"

TEST(a_race_fails_the_case_that_raced)
{
    if (!kt_finds_races()) {
        SKIP(t, "ThreadSanitizer: this build is without it");
        return;
    }
    const char *folder = program_folder(t);
    CHECK_EQ_I64(RUN_SAMPLE("sample/threads/*", "--out", folder).code, 1);
    const cJSON *results = program_results(t, folder);
    const cJSON *races = program_result(t, results, "sample/threads/races");
    CHECK_EQ_STRING(kt_json_string(races, "status"), "Fail");
    CHECK_CONTAINS(kt_json_string(races, "message"), "ThreadSanitizer reported");
    CHECK_CONTAINS(kt_json_string(races, "log"), "WARNING: ThreadSanitizer: data race");
    CHECK_CONTAINS(kt_json_string(races, "log"), "count_up");
    const cJSON *agrees = program_result(t, results, "sample/threads/agrees");
    CHECK_EQ_STRING(kt_json_string(agrees, "status"), "Pass");
    // A driver's own thread beside a call into the driver, and beside code of ours.
    const cJSON *unseen = program_result(t, results, "sample/threads/drivers_agree_unseen");
    CHECK_EQ_STRING(kt_json_string(unseen, "status"), "Pass");
    CHECK_CONTAINS(kt_json_string(unseen, "log"), "WARNING: ThreadSanitizer: data race");
    const cJSON *beside = program_result(t, results, "sample/threads/races_with_a_driver");
    CHECK_EQ_STRING(kt_json_string(beside, "status"), "Fail");
    // The child's end tells it no second time: a line for the run, for each case, for the end.
    CHECK_EQ_I64(cJSON_GetArraySize(results), 6);
}
