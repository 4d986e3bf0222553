// kronos perf as a person runs it, on the null driver.
#include <stdlib.h>
#include <string.h>

#include "drivers.h"
#include "json.h"
#include "program.h"
#include "test.h"
#include "text.h"

#define PERF(...) \
    RUN_PROGRAM("kronos", "perf", "chain/16", "--driver", kt_null_driver(t), __VA_ARGS__)

// A saved survey whose path belongs to the case.
static const char *save(kt_test *t)
{
    static const char *const NAMES[] = {"KRONOS_PLAIN", "KRONOS_PROXY", "KRONOS_PROXY_DRIVER",
                                        "KRONOS_DEVICE"};
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        kt_set_environment(t, NAMES[i], NULL);
    kt_set_environment(t, "KRONOS_ALLOW_UNTRUSTED_DRIVERS", "1");
    const char *path = program_path(t, program_folder(t), "saved.json");
    const program_end end = PERF("--save", path);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "chain/16");
    return path;
}

static char *read_saved(kt_test *t, const char *path)
{
    char *folder = kt_copy_string(path), *slash = strrchr(folder, '/');
    kt_defer(t, free, folder);
    *slash = '\0';
    return (char *)program_read(t, folder, slash + 1);
}

TEST(a_survey_is_no_worse_than_itself)
{
    const program_end end = PERF("--compare", save(t));
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "No worse than");
}

// Counts alone are compared with those of a survey that has times.
TEST(counts_alone_can_be_compared)
{
    const program_end end = PERF("--counts", "--compare", save(t));
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "level_barriers");
    CHECK_CONTAINS(end.output, "Only counts were compared: these are counts only\nNo worse than");
}

// As if the library had come to one barrier more since the survey was saved.
TEST(one_barrier_more_is_caught)
{
    const char *path = save(t);
    char *text = read_saved(t, path),
         *count = text ? strstr(text, "\"level_barriers\":\t15") : NULL;
    if (!CHECK(count))
        return;
    count[strlen("\"level_barriers\":\t1")] = '4';
    program_write(t, path, text);
    const program_end end = PERF("--compare", path);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "WORSE: chain/16: level_barriers is 15 for a batch, was 14");
}

// Plain mode allocates, writes a set, submits and waits for each dispatch: all of it is seen.
TEST(standard_vulkan_is_caught)
{
    const char *path = save(t);
    kt_set_environment(t, "KRONOS_PLAIN", "1");
    const program_end end = PERF("--compare", path);
    CHECK_EQ_I64(end.code, 1);
    CHECK_CONTAINS(end.output, "WORSE: chain/16: submits is 16 for a batch, was 1");
    CHECK_CONTAINS(end.output, "WORSE: chain/16: descriptor_writes is 16 for a batch, was 0");
    CHECK_CONTAINS(end.output, "of that of expert-record, was ");
}

// Tools get each ratio and each count.
TEST(tools_get_what_they_take)
{
    program_end end = PERF("--format", "github-action-benchmark");
    CHECK_EQ_I64(end.code, 0);
    cJSON *entries = cJSON_Parse(end.output), *entry = NULL;
    CHECK(cJSON_IsArray(entries));
    int found = 0;
    cJSON_ArrayForEach(entry, entries)
    {
        found += !strcmp(kt_json_string(entry, "name"), "chain/16 level_barriers") &&
                 kt_json_number(entry, "value") == 15;
        found += !strcmp(kt_json_string(entry, "name"), "chain/16 standard") &&
                 kt_json_number(entry, "value") > 0 && *kt_json_string(entry, "range");
    }
    CHECK_EQ_I64(found, 2);
    cJSON_Delete(entries);

    end = PERF("--format", "bencher");
    cJSON *workloads = cJSON_Parse(end.output);
    const cJSON *chain = kt_json_item(workloads, "chain/16");
    const cJSON *ratio = kt_json_item(chain, "expert-record");
    CHECK(kt_json_number(kt_json_item(chain, "level_barriers"), "value") == 15);
    CHECK(kt_json_number(ratio, "value") > 0);
    CHECK(kt_json_number(ratio, "upper_value") >= kt_json_number(ratio, "lower_value"));
    cJSON_Delete(workloads);
    CHECK_EQ_I64(PERF("--format", "csv").code, 2);
}

// On a device that computes, every contender's results are checked before anything is measured.
TEST(contenders_compute_the_same)
{
    const program_end end = RUN_PROGRAM("kronos", "perf", "*/16");
    LOGF(t, "%s", end.output);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(end.output, "ring/16");
}

TEST(what_cannot_be_compared_is_refused)
{
    const char *path = save(t);
    program_write(t, path, "[");
    CHECK_EQ_I64(PERF("--compare", path).code, 2);
    program_write(t, path, "{}");
    CHECK_EQ_I64(PERF("--compare", path).code, 2);
    CHECK_EQ_I64(PERF("--compare", "/nowhere/saved.json").code, 2);
    CHECK_EQ_I64(PERF("--save", "/nowhere/saved.json").code, 2);
    CHECK_EQ_I64(PERF("--tier", "slow").code, 2);
    CHECK_EQ_I64(PERF("--seed", "x").code, 2);
    CHECK_EQ_I64(PERF("--driver", "/nowhere/driver.so").code, 3);
}
