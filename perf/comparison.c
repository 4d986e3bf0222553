#include "comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "counts.h"
#include "json.h"
#include "rows.h"
#include "statistics.h"

static const double ALPHA = 0.01;
// Half the width of a 95 % interval, in standard errors.
static const double ERRORS_IN_HALF = 1.96;
// An interval of few turns can be narrower than what it stands for.
static const double LEAST_ERROR = 0.005;

// A kind of time, and of what is worse about it.
typedef struct timing {
    const char *name, *kind;
    double margin;
} timing;

static const timing TIMINGS[] = {{"cpu", "ratio", KP_MARGIN},
                                 {"wall", "wall-ratio", KP_WALL_MARGIN}};
enum { TIMING_COUNT = sizeof TIMINGS / sizeof TIMINGS[0] };

// A ratio of both surveys, and how likely it would be if nothing were worse.
typedef struct suspicion {
    const char *workload, *twin, *kind;
    double before, now, p_value;
} suspicion;

// Memory was short: that is no fault of the library.
static bool is_skipped(const cJSON *survey, const char *name)
{
    return kp_row_find(kt_json_item(survey, "skipped"), name) != NULL;
}

static void add(cJSON *list, const char *workload, const char *figure, const char *kind,
                double before, double now)
{
    cJSON *item = cJSON_CreateObject();
    cJSON_AddStringToObject(item, "workload", workload);
    cJSON_AddStringToObject(item, "figure", figure);
    cJSON_AddStringToObject(item, "kind", kind);
    cJSON_AddNumberToObject(item, "before", before);
    cJSON_AddNumberToObject(item, "now", now);
    cJSON_AddItemToArray(list, item);
}

static void compare_counts(const cJSON *before, const cJSON *now, kp_comparison *out)
{
    const cJSON *old = kt_json_item(before, "counts"), *new = kt_json_item(now, "counts");
    for (size_t i = 0; i < KP_COUNT_FIELDS; i++) {
        const char *name = kp_count_fields[i].name;
        const double was = kt_json_number(old, name), is = kt_json_number(new, name);
        if (is != was)
            add(is > was ? out->worse : out->better, kt_json_string(now, "name"), name, "count",
                was, is);
    }
}

// A ratio as a logarithm, with its standard error.
typedef struct estimate {
    double ratio, log, error;
} estimate;

static bool read_estimate(const cJSON *row, const char *twin, const char *time, estimate *out)
{
    const cJSON *interval = kt_json_item(kt_json_item(kt_json_item(row, "ratios"), twin), time);
    double values[3];
    for (int i = 0; i < 3; i++) {
        values[i] = kt_json_number_at(interval, i);
        if (!(values[i] > 0 && isfinite(values[i])))
            return false;
    }
    const double error = (log(values[2]) - log(values[1])) / 2 / ERRORS_IN_HALF;
    *out = (estimate){.ratio = values[0],
                      .log = log(values[0]),
                      .error = error > LEAST_ERROR ? error : LEAST_ERROR};
    return true;
}

static bool suspect(const cJSON *before, const cJSON *now, const char *twin, const timing *of,
                    suspicion *out)
{
    estimate old, new;
    if (!read_estimate(before, twin, of->name, &old) || !read_estimate(now, twin, of->name, &new))
        return false;
    const double errors = (new.log - old.log - log(1 + of->margin)) / hypot(old.error, new.error);
    *out = (suspicion){.workload = kt_json_string(now, "name"),
                       .twin = twin,
                       .kind = of->kind,
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
            add(worse, suspicions[i].workload, suspicions[i].twin, suspicions[i].kind,
                suspicions[i].before, suspicions[i].now);
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
    const char *old = kt_json_string(kt_json_item(before, "device"), "driver");
    const char *new = kt_json_string(kt_json_item(now, "device"), "driver");
    if (kt_json_number(before, "kronos_perf") != kt_json_number(now, "kronos_perf"))
        return kt_refuse(problem, "the file is not what this version of 'kronos perf --save' "
                                  "writes");
    return !strcmp(old, new) ||
           kt_refuse(problem, "the file is about the driver '%s', this is '%s'", old, new);
}

static bool same_text(const cJSON *before, const cJSON *now, const char *object, const char *name,
                      kt_text *untimed)
{
    const char *old = kt_json_string(kt_json_item(before, object), name);
    const char *new = kt_json_string(kt_json_item(now, object), name);
    return !strcmp(old, new) ||
           kt_refuse(untimed, "%s %s was '%s' and is '%s'", object, name, old, new);
}

static bool is_timed(const cJSON *survey)
{
    return count_ratios(kt_json_item(survey, "workloads")) > 0;
}

// Whether a survey has, or would have, the workload of a row: calls by themselves have no counts.
static bool covers(const cJSON *survey, const cJSON *row)
{
    return kt_json_item(row, "counts") || is_timed(survey);
}

// Whether times of the two say something about each other.
static bool timed_alike(const cJSON *before, const cJSON *now, kt_text *untimed)
{
    if (!is_timed(before) || !is_timed(now))
        return kt_refuse(untimed, "%s counts only", is_timed(now) ? "the file holds" : "these are");
    return same_text(before, now, "device", "name", untimed) &&
           same_text(before, now, "device", "driver_info", untimed) &&
           same_text(before, now, "machine", "cpu", untimed) &&
           same_text(before, now, "machine", "lp_num_threads", untimed);
}

// What `now` has that `before` has not.
static void find_new(const cJSON *before, const cJSON *now, cJSON *better)
{
    const cJSON *row;
    cJSON_ArrayForEach(row, kt_json_item(now, "workloads"))
    {
        if (!kp_row_find(kt_json_item(before, "workloads"), kt_json_string(row, "name")) &&
            covers(before, row))
            add(better, kt_json_string(row, "name"), "", "new", 0, 0);
    }
}

// Returns: how many workloads both have.
static size_t compare_rows(const cJSON *before, const cJSON *now, bool complete, kp_comparison *out)
{
    const cJSON *rows = kt_json_item(before, "workloads"), *old, *ratio;
    const bool timed = timed_alike(before, now, &out->untimed);
    suspicion *suspicions = kt_memory(count_ratios(rows) * TIMING_COUNT + 1, sizeof *suspicions);
    size_t count = 0, compared = 0;
    cJSON_ArrayForEach(old, rows)
    {
        const char *name = kt_json_string(old, "name");
        const cJSON *new = kp_row_find(kt_json_item(now, "workloads"), name);
        if (!new &&complete && covers(now, old) && !is_skipped(now, name))
            add(out->worse, name, "", "gone", 0, 0);
        if (!new)
            continue;
        compared++;
        compare_counts(old, new, out);
        cJSON_ArrayForEach(ratio, kt_json_item(old, "ratios"))
        {
            for (size_t i = 0; timed && i < TIMING_COUNT; i++)
                count += suspect(old, new, ratio->string, &TIMINGS[i], &suspicions[count]);
        }
    }
    judge(suspicions, count, out->worse);
    free(suspicions);
    return compared;
}

bool kp_compare(const cJSON *before, const cJSON *now, bool complete, kp_comparison *out,
                kt_text *problem)
{
    *out = (kp_comparison){0};
    if (!comparable(before, now, problem))
        return false;
    out->worse = cJSON_CreateArray();
    out->better = cJSON_CreateArray();
    if (complete)
        find_new(before, now, out->better);
    return compare_rows(before, now, complete, out) > 0 ||
           kt_refuse(problem, "the file has none of the workloads that were measured");
}

void kp_comparison_finish(kp_comparison *comparison)
{
    cJSON_Delete(comparison->worse);
    cJSON_Delete(comparison->better);
    kt_text_finish(&comparison->untimed);
}
