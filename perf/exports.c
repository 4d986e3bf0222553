#include "exports.h"

#include <stdbool.h>

#include "json.h"
#include "text.h"

// One figure: a ratio with its interval, or a count, which has none.
typedef struct figure {
    const char *workload, *name;
    double value, low, high;
    bool is_ratio;
} figure;

typedef void (*figure_function)(const figure *it, cJSON *out);

static void each_figure(const cJSON *results, figure_function function, cJSON *out)
{
    const cJSON *row, *item;
    cJSON_ArrayForEach(row, kt_json_item(results, "workloads"))
    {
        const char *workload = kt_json_string(row, "name");
        cJSON_ArrayForEach(item, kt_json_item(row, "ratios"))
        {
            const cJSON *cpu = kt_json_item(item, "cpu");
            function(&(figure){.workload = workload,
                               .name = item->string,
                               .value = kt_json_number_at(cpu, 0),
                               .low = kt_json_number_at(cpu, 1),
                               .high = kt_json_number_at(cpu, 2),
                               .is_ratio = true},
                     out);
        }
        cJSON_ArrayForEach(item, kt_json_item(row, "counts"))
        {
            const double count = cJSON_GetNumberValue(item);
            function(&(figure){workload, item->string, count, count, count, false}, out);
        }
    }
}

static void add_github(const figure *it, cJSON *out)
{
    kt_text text = {0};
    cJSON *entry = cJSON_CreateObject();
    kt_text_format(&text, "%s %s", it->workload, it->name);
    cJSON_AddStringToObject(entry, "name", kt_text_string(&text));
    cJSON_AddStringToObject(entry, "unit", it->is_ratio ? "of its CPU time" : "in a batch");
    cJSON_AddNumberToObject(entry, "value", it->value);
    if (it->is_ratio) {
        kt_text_clear(&text);
        kt_text_format(&text, "%.3f to %.3f", it->low, it->high);
        cJSON_AddStringToObject(entry, "range", kt_text_string(&text));
    }
    cJSON_AddItemToArray(out, entry);
    kt_text_finish(&text);
}

cJSON *kp_export_github(const cJSON *results)
{
    cJSON *out = cJSON_CreateArray();
    each_figure(results, add_github, out);
    return out;
}

static void add_bencher(const figure *it, cJSON *out)
{
    cJSON *workload = cJSON_GetObjectItemCaseSensitive(out, it->workload);
    if (!workload)
        workload = cJSON_AddObjectToObject(out, it->workload);
    cJSON *measure = cJSON_AddObjectToObject(workload, it->name);
    cJSON_AddNumberToObject(measure, "value", it->value);
    cJSON_AddNumberToObject(measure, "lower_value", it->low);
    cJSON_AddNumberToObject(measure, "upper_value", it->high);
}

cJSON *kp_export_bencher(const cJSON *results)
{
    cJSON *out = cJSON_CreateObject();
    each_figure(results, add_bencher, out);
    return out;
}
