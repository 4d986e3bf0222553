#include "baseline.h"

#include "json.h"
#include "rows.h"
#include "statistics.h"

enum { SURVEYS = 5 };

// The same ratio in another survey, NULL where it was skipped; `time` is "cpu" or "wall".
static const cJSON *find_interval(const cJSON *survey, const char *row, const char *twin,
                                  const char *time)
{
    const cJSON *of = kp_row_find(kt_json_item(survey, "workloads"), row);
    return kt_json_item(kt_json_item(kt_json_item(of, "ratios"), twin), time);
}

static void pool(cJSON *const surveys[SURVEYS], const char *row, const char *twin, cJSON *interval)
{
    double middles[SURVEYS], low = kt_json_number_at(interval, 1),
                             high = kt_json_number_at(interval, 2);
    size_t count = 0;
    for (int i = 0; i < SURVEYS; i++) {
        const cJSON *other = find_interval(surveys[i], row, twin, interval->string);
        if (!other)
            continue;
        middles[count++] = kt_json_number_at(other, 0);
        low = kt_json_number_at(other, 1) < low ? kt_json_number_at(other, 1) : low;
        high = kt_json_number_at(other, 2) > high ? kt_json_number_at(other, 2) : high;
    }
    cJSON_SetNumberValue(cJSON_GetArrayItem(interval, 0), kp_median(middles, count));
    cJSON_SetNumberValue(cJSON_GetArrayItem(interval, 1), low);
    cJSON_SetNumberValue(cJSON_GetArrayItem(interval, 2), high);
}

// Leaves it all in surveys[0].
static void pool_all(cJSON *const surveys[SURVEYS])
{
    cJSON *row, *ratio, *interval;
    cJSON_ArrayForEach(row, cJSON_GetObjectItem(surveys[0], "workloads"))
    {
        cJSON_ArrayForEach(ratio, cJSON_GetObjectItem(row, "ratios"))
        {
            cJSON_ArrayForEach(interval, ratio)
            {
                pool(surveys, kt_json_string(row, "name"), ratio->string, interval);
            }
        }
    }
}

cJSON *kp_baseline_run(const kp_survey_config *config, kt_text *problem)
{
    if (config->counts_only)
        return kp_survey_run(config, problem); // another would say the same
    cJSON *surveys[SURVEYS] = {NULL};
    kp_survey_config other = *config;
    bool complete = true;
    for (int i = 0; complete && i < SURVEYS; i++, other.seed++) {
        surveys[i] = kp_survey_run(&other, problem);
        complete = surveys[i] != NULL;
    }
    if (complete)
        pool_all(surveys);
    for (int i = complete ? 1 : 0; i < SURVEYS; i++)
        cJSON_Delete(surveys[i]);
    return complete ? surveys[0] : NULL;
}
