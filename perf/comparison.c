#include "comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "counts.h"
#include "json.h"
#include "statistics.h"

static const double ALPHA = 0.01;
// Half the width of a 95 % interval, in standard errors.
static const double ERRORS_IN_HALF = 1.96;
// An interval of few turns can be narrower than what it stands for.
static const double LEAST_ERROR = 0.005;

// A ratio of both surveys, and how likely it would be if nothing were worse.
typedef struct suspicion {
    const char *workload, *twin;
    double before, now, p_value;
} suspicion;

static const cJSON *find_row(const cJSON *survey, const char *name)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, kt_json_item(survey, "workloads"))
    {
        if (!strcmp(kt_json_string(row, "name"), name))
            return row;
    }
    return NULL;
}

static void add(cJSON *worse, const char *workload, const char *figure, const char *kind,
                double before, double now)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "workload", workload);
    cJSON_AddStringToObject(item, "figure", figure);
    cJSON_AddStringToObject(item, "kind", kind);
    cJSON_AddNumberToObject(item, "before", before);
    cJSON_AddNumberToObject(item, "now", now);
    cJSON_AddItemToArray(worse, item);
}

static void compare_counts(const cJSON *before, const cJSON *now, cJSON *worse)
{
    const cJSON *old = kt_json_item(before, "counts"), *new = kt_json_item(now, "counts");
    for (size_t i = 0; i < KP_COUNT_FIELDS; i++) {
        const char *name = kp_count_fields[i].name;
        if (kt_json_number(new, name) > kt_json_number(old, name))
            add(worse, kt_json_string(now, "name"), name, "count", kt_json_number(old, name),
                kt_json_number(new, name));
    }
}

// A ratio as a logarithm, with its standard error.
typedef struct estimate {
    double ratio, log, error;
} estimate;

static bool read_estimate(const cJSON *row, const char *twin, estimate *out)
{
    const cJSON *interval = kt_json_item(kt_json_item(kt_json_item(row, "ratios"), twin), "cpu");
    double values[3];
    for (int i = 0; i < 3; i++) {
        const cJSON *item = cJSON_GetArrayItem(interval, i);
        values[i] = cJSON_IsNumber(item) ? cJSON_GetNumberValue(item) : 0;
        if (!(values[i] > 0))
            return false;
    }
    const double error = (log(values[2]) - log(values[1])) / 2 / ERRORS_IN_HALF;
    *out = (estimate){.ratio = values[0],
                      .log = log(values[0]),
                      .error = error > LEAST_ERROR ? error : LEAST_ERROR};
    return true;
}

static bool suspect(const cJSON *before, const cJSON *now, const char *twin, suspicion *out)
{
    estimate old, new;
    if (!read_estimate(before, twin, &old) || !read_estimate(now, twin, &new))
        return false;
    const double errors = (new.log - old.log - log(1 + KP_MARGIN)) / hypot(old.error, new.error);
    *out = (suspicion){.workload = kt_json_string(now, "name"),
                       .twin = twin,
                       .before = old.ratio,
                       .now = new.ratio,
                       .p_value = erfc(errors / sqrt(2)) / 2};
    return true;
}

static void judge(const suspicion *suspicions, size_t count, cJSON *worse)
{
    double *p_values = kt_memory(count + 1, sizeof *p_values);
    unsigned char *found = kt_memory(count + 1, 1);
    for (size_t i = 0; i < count; i++)
        p_values[i] = suspicions[i].p_value;
    kp_holm(p_values, count, ALPHA, found);
    for (size_t i = 0; i < count; i++)
        if (found[i])
            add(worse, suspicions[i].workload, suspicions[i].twin, "ratio", suspicions[i].before,
                suspicions[i].now);
    free(p_values);
    free(found);
}

static size_t count_ratios(const cJSON *rows)
{
    size_t count = 0;
    const cJSON *row;
    cJSON_ArrayForEach(row, rows)
    {
        count += (size_t)cJSON_GetArraySize(kt_json_item(row, "ratios"));
    }
    return count;
}

static bool comparable(const cJSON *before, const cJSON *now, kt_text *problem)
{
    static const char *const SAME[] = {"name", "driver"};
    if (kt_json_number(before, "kronos_perf") != kt_json_number(now, "kronos_perf"))
        return kt_refuse(problem, "the file is not what this version of 'kronos perf --save' "
                                  "writes");
    for (size_t i = 0; i < sizeof SAME / sizeof SAME[0]; i++) {
        const char *old = kt_json_string(kt_json_item(before, "device"), SAME[i]);
        const char *new = kt_json_string(kt_json_item(now, "device"), SAME[i]);
        if (strcmp(old, new) != 0)
            return kt_refuse(problem, "the file is about '%s', this device is '%s'", old, new);
    }
    return true;
}

cJSON *kp_compare(const cJSON *before, const cJSON *now, bool complete, kt_text *problem)
{
    if (!comparable(before, now, problem))
        return NULL;
    const cJSON *rows = kt_json_item(before, "workloads"), *old, *ratio;
    suspicion *suspicions = kt_memory(count_ratios(rows) + 1, sizeof *suspicions);
    size_t count = 0, compared = 0;
    cJSON *worse = cJSON_CreateArray();
    cJSON_ArrayForEach(old, rows)
    {
        const cJSON *new = find_row(now, kt_json_string(old, "name"));
        if (!new &&complete)
            add(worse, kt_json_string(old, "name"), "", "gone", 0, 0);
        if (!new)
            continue;
        compared++;
        compare_counts(old, new, worse);
        cJSON_ArrayForEach(ratio, kt_json_item(old, "ratios"))
        {
            count += suspect(old, new, ratio->string, &suspicions[count]);
        }
    }
    judge(suspicions, count, worse);
    free(suspicions);
    if (compared)
        return worse;
    cJSON_Delete(worse);
    kt_refuse(problem, "the file has none of the workloads that were measured");
    return NULL;
}

void kp_compare_print(const cJSON *worse, FILE *file)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, worse)
    {
        const char *workload = kt_json_string(item, "workload");
        const char *figure = kt_json_string(item, "figure"), *kind = kt_json_string(item, "kind");
        const double before = kt_json_number(item, "before"), now = kt_json_number(item, "now");
        if (!strcmp(kind, "count"))
            fprintf(file, "WORSE: %s: %s is %.0f for a batch, was %.0f\n", workload, figure, now,
                    before);
        else if (!strcmp(kind, "ratio"))
            fprintf(file,
                    "WORSE: %s: CPU time is %.3f of that of %s, was %.3f (%+.0f %%, %.0f %% are "
                    "let pass)\n",
                    workload, now, figure, before, (now / before - 1) * 100, KP_MARGIN * 100);
        else
            fprintf(file, "WORSE: %s: is not measured any more\n", workload);
    }
}
