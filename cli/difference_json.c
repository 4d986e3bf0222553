#include "difference_report.h"

#include "json.h"

static void add_text(cJSON *object, const char *name, const kt_text *text)
{
    kt_json_add_text(object, name, kt_text_string(text));
}

static cJSON *run_json(const cli_results *results)
{
    cJSON *object = cJSON_CreateObject();
    kt_text text = {0};
    cli_results_text(results, &text);
    kt_json_add_text(object, "folder", results->folder);
    add_text(object, "text", &text);
    kt_json_add_u64(object, "cases", results->count);
    cJSON_AddBoolToObject(object, "complete", results->end != NULL);
    kt_text_finish(&text);
    return object;
}

static cJSON *circumstances_json(const cli_difference *difference)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < difference->circumstance_count; i++) {
        const cli_circumstance *item = &difference->circumstances[i];
        cJSON *object = cJSON_CreateObject();
        kt_json_add_text(object, "what", item->what);
        kt_json_add_text(object, "a", item->a);
        kt_json_add_text(object, "b", item->b);
        cJSON_AddItemToArray(array, object);
    }
    return array;
}

static void add_side(cJSON *object, const char *status_name, const char *duration_name,
                     const cli_result *side)
{
    if (!side)
        return;
    cJSON_AddStringToObject(object, status_name, kt_status_text(side->status));
    kt_json_add_u64(object, duration_name, side->duration_ns);
}

static cJSON *change_json(const cli_change *change)
{
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "change", cli_change_key(change->kind));
    cJSON_AddBoolToObject(object, "worse", change->worse);
    kt_json_add_text(object, "name", change->name);
    add_side(object, "a", "a_duration_ns", change->a);
    add_side(object, "b", "b_duration_ns", change->b);
    const char *message = cli_change_message(change);
    if (*message)
        kt_json_add_text(object, "message", message);
    return object;
}

static cJSON *certified_json(const cli_difference *difference)
{
    cJSON *array = cJSON_CreateArray();
    for (size_t i = 0; i < difference->certified_count; i++) {
        const cli_certified *item = &difference->certified[i];
        cJSON *object = cJSON_CreateObject();
        kt_json_add_text(object, "name", item->name);
        kt_json_add_text(object, "key", item->key);
        kt_json_add_text(object, "a", item->a);
        kt_json_add_text(object, "b", item->b);
        cJSON_AddItemToArray(array, object);
    }
    return array;
}

cJSON *cli_difference_json(const cli_difference *difference)
{
    cJSON *json = cJSON_CreateObject();
    kt_json_add_u64(json, "schema", 1);
    cJSON_AddBoolToObject(json, "worse", difference->worse);
    kt_text summary = {0};
    cli_difference_summary(difference, &summary);
    add_text(json, "summary", &summary);
    kt_text_finish(&summary);
    cJSON_AddItemToObject(json, "a", run_json(difference->a));
    cJSON_AddItemToObject(json, "b", run_json(difference->b));
    cJSON_AddItemToObject(json, "different", circumstances_json(difference));
    cJSON *counts = cJSON_AddObjectToObject(json, "counts");
    for (int kind = 0; kind < CLI_CHANGE_KIND_COUNT; kind++)
        kt_json_add_u64(counts, cli_change_key((cli_change_kind)kind), difference->counts[kind]);
    cJSON *changes = cJSON_AddArrayToObject(json, "changes");
    for (size_t i = 0; i < difference->change_count; i++)
        cJSON_AddItemToArray(changes, change_json(&difference->changes[i]));
    cJSON_AddItemToObject(json, "certified", certified_json(difference));

    const cli_times *times = &difference->times;
    cJSON *time = cJSON_AddObjectToObject(json, "time");
    cJSON_AddNumberToObject(time, "margin", difference->margin);
    cJSON_AddBoolToObject(time, "slower", times->slower);
    kt_json_add_u64(time, "cases", times->count);
    if (times->count) {
        cJSON_AddNumberToObject(time, "ratio_median", times->median);
        cJSON_AddNumberToObject(time, "ratio_low", times->low);
        cJSON_AddNumberToObject(time, "ratio_high", times->high);
    }
    return json;
}
