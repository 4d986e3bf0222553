#include "comparison.h"

#include "json.h"
#include "test.h"

static void delete_json(void *json)
{
    cJSON_Delete(json);
}

// A survey of one workload, with a ratio whose interval is `spread` wide on each side.
static cJSON *survey(kt_test *t, const char *device, double ratio, double spread)
{
    cJSON *json = cJSON_CreateObject();
    kt_defer(t, delete_json, json);
    cJSON_AddNumberToObject(json, "kronos_perf", 1);
    cJSON_AddStringToObject(cJSON_AddObjectToObject(json, "device"), "name", device);
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

// The only thing that is worse; NULL, and a failure, where there is another number of them.
static const cJSON *only_worse(kt_test *t, const cJSON *before, const cJSON *now)
{
    kt_text problem = {0};
    cJSON *worse = kp_compare(before, now, true, &problem);
    CHECK_EQ_STRING(kt_text_string(&problem), "");
    kt_text_finish(&problem);
    kt_defer(t, delete_json, worse);
    return CHECK_EQ_I64(cJSON_GetArraySize(worse), 1) ? worse->child : NULL;
}

static void check_nothing_worse(kt_test *t, const cJSON *before, const cJSON *now)
{
    kt_text problem = {0};
    cJSON *worse = kp_compare(before, now, true, &problem);
    CHECK(worse);
    CHECK_EQ_I64(cJSON_GetArraySize(worse), 0);
    cJSON_Delete(worse);
    kt_text_finish(&problem);
}

// One barrier or one allocation more is worse, one less is not.
TEST(a_count_more_is_worse)
{
    static const struct {
        const char *name;
        double count;
    } CASES[] = {{"level_barriers", 15}, {"memory_allocations", 0}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        cJSON *before = survey(t, "d", 1, 0.01), *now = survey(t, "d", 1, 0.01);
        check_nothing_worse(t, before, now);
        set_count(now, CASES[i].name, CASES[i].count + 1);
        const cJSON *item = only_worse(t, before, now);
        CHECK_EQ_STRING(kt_json_string(item, "figure"), CASES[i].name);
        CHECK_EQ_STRING(kt_json_string(item, "workload"), "chain/16");
        CHECK(kt_json_number(item, "before") == CASES[i].count);
        CHECK(kt_json_number(item, "now") == CASES[i].count + 1);
        check_nothing_worse(t, now, before);
    }
}

// A ratio is worse beyond the margin, where the intervals do not explain it.
TEST(a_ratio_is_worse_beyond_its_margin_and_its_noise)
{
    cJSON *before = survey(t, "d", 1, 0.02);
    check_nothing_worse(t, before, survey(t, "d", 1.09, 0.02));
    check_nothing_worse(t, before, survey(t, "d", 0.5, 0.02));
    check_nothing_worse(t, before, survey(t, "d", 1.3, 0.4)); // says little
    const cJSON *item = only_worse(t, before, survey(t, "d", 1.3, 0.02));
    CHECK_EQ_STRING(kt_json_string(item, "kind"), "ratio");
    CHECK_EQ_STRING(kt_json_string(item, "figure"), "standard");
}

// A workload that is measured no more hides what has become of it.
TEST(a_workload_that_is_gone_is_worse)
{
    cJSON *before = survey(t, "d", 1, 0.02), *now = survey(t, "d", 1, 0.02);
    cJSON *row = cJSON_Duplicate(cJSON_GetObjectItem(before, "workloads")->child, true);
    cJSON_ReplaceItemInObject(row, "name", cJSON_CreateString("ring/16"));
    cJSON_AddItemToArray(cJSON_GetObjectItem(before, "workloads"), row);
    const cJSON *item = only_worse(t, before, now);
    CHECK_EQ_STRING(kt_json_string(item, "workload"), "ring/16");
    CHECK_EQ_STRING(kt_json_string(item, "kind"), "gone");
}

TEST(surveys_of_different_things_are_not_compared)
{
    cJSON *one = survey(t, "one", 1, 0.02), *none = survey(t, "one", 1, 0.02);
    cJSON_DeleteItemFromArray(cJSON_GetObjectItem(none, "workloads"), 0);
    kt_text problem = {0};
    CHECK(!kp_compare(one, survey(t, "two", 1, 0.02), true, &problem));
    CHECK_EQ_STRING(kt_text_string(&problem), "the file is about 'one', this device is 'two'");
    kt_text_clear(&problem);
    CHECK(!kp_compare(none, one, true, &problem));
    CHECK_CONTAINS(kt_text_string(&problem), "none of the workloads");
    kt_text_clear(&problem);
    cJSON *other = cJSON_CreateObject();
    CHECK(!kp_compare(other, one, true, &problem));
    CHECK_CONTAINS(kt_text_string(&problem), "is not what this version");
    cJSON_Delete(other);
    kt_text_finish(&problem);
}
