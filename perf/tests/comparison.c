#include "comparison.h"

#include "json.h"
#include "test.h"

static void delete_json(void *json)
{
    cJSON_Delete(json);
}

// A survey of one workload, with a ratio whose interval is `spread` wide on each side.
static cJSON *survey(kt_test *t, double ratio, double spread)
{
    cJSON *json = cJSON_CreateObject();
    kt_defer(t, delete_json, json);
    cJSON_AddNumberToObject(json, "kronos_perf", 1);
    cJSON *of = cJSON_AddObjectToObject(json, "device");
    cJSON_AddStringToObject(of, "name", "device");
    cJSON_AddStringToObject(of, "driver", "driver");
    cJSON *machine = cJSON_AddObjectToObject(json, "machine");
    cJSON_AddStringToObject(machine, "cpu", "cpu");
    cJSON_AddStringToObject(machine, "lp_num_threads", "0");
    cJSON *row = cJSON_CreateObject();
    cJSON_AddItemToArray(cJSON_AddArrayToObject(json, "workloads"), row);
    cJSON_AddStringToObject(row, "name", "chain/16");
    cJSON *counts = cJSON_AddObjectToObject(row, "counts");
    cJSON_AddNumberToObject(counts, "level_barriers", 15);
    cJSON_AddNumberToObject(counts, "memory_allocations", 0);
    const double interval[] = {ratio, ratio * (1 - spread), ratio * (1 + spread)};
    cJSON *twin = cJSON_AddObjectToObject(cJSON_AddObjectToObject(row, "ratios"), "standard");
    cJSON_AddItemToObject(twin, "cpu", cJSON_CreateDoubleArray(interval, 3));
    return json;
}

static void set_count(cJSON *json, const char *name, double value)
{
    cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "workloads"), 0);
    cJSON_SetNumberValue(cJSON_GetObjectItem(cJSON_GetObjectItem(row, "counts"), name), value);
}

static void finish_comparison(void *comparison)
{
    kp_comparison_finish(comparison);
}

// What kp_compare makes of two surveys, until the end of the case.
static const kp_comparison *compare(kt_test *t, const cJSON *before, const cJSON *now)
{
    kp_comparison *comparison = kt_alloc(t, sizeof *comparison);
    kt_text problem = {0};
    CHECK(kp_compare(before, now, true, comparison, &problem));
    CHECK_EQ_STRING(kt_text_string(&problem), "");
    kt_text_finish(&problem);
    kt_defer(t, finish_comparison, comparison);
    return comparison;
}

// The only item; NULL, and a failure, where there is another number of them.
static const cJSON *only(kt_test *t, const cJSON *list)
{
    return CHECK_EQ_I64(cJSON_GetArraySize(list), 1) ? list->child : NULL;
}

static const cJSON *only_worse(kt_test *t, const cJSON *before, const cJSON *now)
{
    return only(t, compare(t, before, now)->worse);
}

static void check_nothing_worse(kt_test *t, const cJSON *before, const cJSON *now)
{
    CHECK_EQ_I64(cJSON_GetArraySize(compare(t, before, now)->worse), 0);
}

// One barrier or one allocation more is worse, one less is not.
TEST(a_count_more_is_worse)
{
    static const struct {
        const char *name;
        double count;
    } CASES[] = {{"level_barriers", 15}, {"memory_allocations", 0}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        cJSON *before = survey(t, 1, 0.01), *now = survey(t, 1, 0.01);
        check_nothing_worse(t, before, now);
        set_count(now, CASES[i].name, CASES[i].count + 1);
        const cJSON *item = only_worse(t, before, now);
        CHECK_EQ_STRING(kt_json_string(item, "figure"), CASES[i].name);
        CHECK_EQ_STRING(kt_json_string(item, "workload"), "chain/16");
        CHECK(kt_json_number(item, "before") == CASES[i].count);
        CHECK(kt_json_number(item, "now") == CASES[i].count + 1);
        const kp_comparison *back = compare(t, now, before);
        CHECK_EQ_I64(cJSON_GetArraySize(back->worse), 0);
        CHECK_EQ_STRING(kt_json_string(only(t, back->better), "figure"), CASES[i].name);
    }
}

// A ratio is worse beyond the margin, where the intervals do not explain it.
TEST(a_ratio_is_worse_beyond_its_margin_and_its_noise)
{
    cJSON *before = survey(t, 1, 0.02);
    check_nothing_worse(t, before, survey(t, 1.09, 0.02));
    check_nothing_worse(t, before, survey(t, 0.5, 0.02));
    check_nothing_worse(t, before, survey(t, 1.3, 0.4)); // says little
    const cJSON *item = only_worse(t, before, survey(t, 1.3, 0.02));
    CHECK_EQ_STRING(kt_json_string(item, "kind"), "ratio");
    CHECK_EQ_STRING(kt_json_string(item, "figure"), "standard");
}

static cJSON *survey_with_wall(kt_test *t, double ratio, double spread)
{
    cJSON *json = survey(t, 1, 0.02);
    const double interval[] = {ratio, ratio * (1 - spread), ratio * (1 + spread)};
    const cJSON *row = cJSON_GetArrayItem(cJSON_GetObjectItem(json, "workloads"), 0);
    cJSON_AddItemToObject(cJSON_GetObjectItem(cJSON_GetObjectItem(row, "ratios"), "standard"),
                          "wall", cJSON_CreateDoubleArray(interval, 3));
    return json;
}

// Wall time is compared too, with a margin of its own.
TEST(wall_time_is_worse_beyond_a_wider_margin)
{
    const cJSON *before = survey_with_wall(t, 1, 0.02);
    check_nothing_worse(t, before, survey_with_wall(t, 1.2, 0.02));
    check_nothing_worse(t, before, survey_with_wall(t, 1.6, 0.5)); // says little
    const cJSON *item = only_worse(t, before, survey_with_wall(t, 1.4, 0.02));
    CHECK_EQ_STRING(kt_json_string(item, "kind"), "wall-ratio");
    CHECK_EQ_STRING(kt_json_string(item, "figure"), "standard");
    CHECK(kt_json_number(item, "now") == 1.4);
}

// A workload that is measured no more hides what has become of it.
TEST(a_workload_that_is_gone_is_worse)
{
    cJSON *before = survey(t, 1, 0.02), *now = survey(t, 1, 0.02);
    cJSON *row = cJSON_Duplicate(cJSON_GetObjectItem(before, "workloads")->child, true);
    cJSON_ReplaceItemInObject(row, "name", cJSON_CreateString("ring/16"));
    cJSON_AddItemToArray(cJSON_GetObjectItem(before, "workloads"), row);
    const cJSON *item = only_worse(t, before, now);
    CHECK_EQ_STRING(kt_json_string(item, "workload"), "ring/16");
    CHECK_EQ_STRING(kt_json_string(item, "kind"), "gone");
    item = only(t, compare(t, now, before)->better);
    CHECK_EQ_STRING(kt_json_string(item, "workload"), "ring/16");
    CHECK_EQ_STRING(kt_json_string(item, "kind"), "new");

    // Where memory is short it is not measured, which is nobody's fault.
    cJSON *skipped = cJSON_CreateObject();
    cJSON_AddStringToObject(skipped, "name", "ring/16");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(now, "skipped"), skipped);
    CHECK_EQ_I64(cJSON_GetArraySize(compare(t, before, now)->worse), 0);
}

// A call by itself has no counts: where only counts are taken it is not gone, and not new.
TEST(counts_alone_lack_no_call)
{
    cJSON *whole = survey(t, 1, 0.02), *counts = survey(t, 1, 0.02);
    cJSON *call = cJSON_Duplicate(cJSON_GetObjectItem(whole, "workloads")->child, true);
    cJSON_ReplaceItemInObject(call, "name", cJSON_CreateString("call/it"));
    cJSON_DeleteItemFromObject(call, "counts");
    cJSON_AddItemToArray(cJSON_GetObjectItem(whole, "workloads"), call);
    CHECK_EQ_STRING(kt_json_string(only_worse(t, whole, counts), "workload"), "call/it");
    cJSON_DeleteItemFromObject(cJSON_GetObjectItem(counts, "workloads")->child, "ratios");
    check_nothing_worse(t, whole, counts);
    CHECK_EQ_I64(cJSON_GetArraySize(compare(t, counts, whole)->better), 0);
}

// Times of another machine say nothing; counts do.
TEST(ratios_of_another_machine_are_not_compared)
{
    static const char *const PLACES[][2] = {
        {"device", "name"}, {"machine", "cpu"}, {"machine", "lp_num_threads"}};
    for (size_t i = 0; i < sizeof PLACES / sizeof PLACES[0]; i++) {
        cJSON *before = survey(t, 1, 0.02), *now = survey(t, 1.3, 0.02);
        set_count(now, "level_barriers", 16);
        CHECK_EQ_I64(cJSON_GetArraySize(compare(t, before, now)->worse), 2);
        cJSON_ReplaceItemInObject(cJSON_GetObjectItem(now, PLACES[i][0]), PLACES[i][1],
                                  cJSON_CreateString("other"));
        const kp_comparison *found = compare(t, before, now);
        CHECK_EQ_STRING(kt_json_string(only(t, found->worse), "figure"), "level_barriers");
        CHECK_CONTAINS(kt_text_string(&found->untimed), PLACES[i][1]);
        CHECK_CONTAINS(kt_text_string(&found->untimed), "'other'");
    }
    cJSON *before = survey(t, 1, 0.02), *now = survey(t, 1.3, 0.02);
    cJSON_DeleteItemFromObject(cJSON_GetObjectItem(before, "workloads")->child, "ratios");
    CHECK_EQ_STRING(kt_text_string(&compare(t, before, now)->untimed),
                    "the file holds counts only");
}

static void check_refused(kt_test *t, const cJSON *before, const cJSON *now, const char *sentence)
{
    kp_comparison comparison;
    kt_text problem = {0};
    CHECK(!kp_compare(before, now, true, &comparison, &problem));
    CHECK_CONTAINS(kt_text_string(&problem), sentence);
    kp_comparison_finish(&comparison);
    kt_text_finish(&problem);
}

TEST(surveys_of_different_things_are_not_compared)
{
    cJSON *one = survey(t, 1, 0.02), *two = survey(t, 1, 0.02);
    cJSON *none = survey(t, 1, 0.02), *other = survey(t, 1, 0.02);
    cJSON_ReplaceItemInObject(cJSON_GetObjectItem(two, "device"), "driver",
                              cJSON_CreateString("other"));
    check_refused(t, one, two, "the file is about the driver 'driver', this is 'other'");
    cJSON_DeleteItemFromArray(cJSON_GetObjectItem(none, "workloads"), 0);
    check_refused(t, none, one, "none of the workloads");
    cJSON_DeleteItemFromObject(other, "kronos_perf");
    check_refused(t, other, one, "is not what this version");
}
