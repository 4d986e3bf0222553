#include "rows.h"

#include <string.h>

#include "json.h"

const cJSON *kp_row_find(const cJSON *rows, const char *name)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        if (!strcmp(kt_json_string(row, "name"), name))
            return row;
    }
    return NULL;
}

static void add_interval(cJSON *object, const char *name, kp_interval interval)
{
    const double values[] = {interval.middle, interval.low, interval.high};
    cJSON_AddItemToObject(object, name, cJSON_CreateDoubleArray(values, 3));
}

static void add_ratios(cJSON *row, const kp_contender *contenders, const kp_series *series,
                       uint64_t seed)
{
    cJSON *ratios = cJSON_AddObjectToObject(row, "ratios");
    for (size_t i = 0; i < series->contenders; i++) {
        const size_t own = contenders[i].beside;
        if (own == i)
            continue;
        cJSON *ratio = cJSON_AddObjectToObject(ratios, contenders[i].name);
        add_interval(ratio, "cpu",
                     kp_ratio(series->cpu_ns[own], series->cpu_ns[i], series->blocks, seed));
        add_interval(ratio, "wall",
                     kp_ratio(series->wall_ns[own], series->wall_ns[i], series->blocks, seed));
    }
}

cJSON *kp_row_start(const char *name, uint32_t dispatches)
{
    cJSON *row = cJSON_CreateObject();
    cJSON_AddStringToObject(row, "name", name);
    cJSON_AddNumberToObject(row, "dispatches", dispatches);
    return row;
}

cJSON *kp_row_make(const char *name, const kp_contender *contenders, kp_series *series,
                   uint32_t dispatches, uint64_t seed)
{
    cJSON *row = kp_row_start(name, dispatches);
    cJSON *costs = cJSON_AddObjectToObject(row, "costs");
    add_ratios(row, contenders, series, seed);
    for (size_t i = 0; i < series->contenders; i++) { // puts the series in order: last
        cJSON *cost = cJSON_AddObjectToObject(costs, contenders[i].name);
        cJSON_AddNumberToObject(cost, "cpu_ns",
                                kp_median(series->cpu_ns[i], series->blocks) / dispatches);
        cJSON_AddNumberToObject(cost, "wall_ns",
                                kp_median(series->wall_ns[i], series->blocks) / dispatches);
    }
    return row;
}
