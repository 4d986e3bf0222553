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

static const cJSON *find_named(const cJSON *list, const char *name)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, list)
    {
        if (!strcmp(kt_json_string(item, "name"), name))
            return item;
    }
    return NULL;
}

static const cJSON *find_row(const cJSON *survey, const char *name)
{
    return find_named(kt_json_item(survey, "workloads"), name);
}

// Memory was short: that is no fault of the library.
static bool is_skipped(const cJSON *survey, const char *name)
{
    return find_named(kt_json_item(survey, "skipped"), name) != NULL;
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
        if (!find_row(before, kt_json_string(row, "name")) && covers(before, row))
            add(better, kt_json_string(row, "name"), "", "new", 0, 0);
    }
}

// Returns: how many workloads both have.
static size_t compare_rows(const cJSON *before, const cJSON *now, bool complete, kp_comparison *out)
{
    const cJSON *rows = kt_json_item(before, "workloads"), *old, *ratio;
    const bool timed = timed_alike(before, now, &out->untimed);
    suspicion *suspicions = kt_memory(count_ratios(rows) + 1, sizeof *suspicions);
    size_t count = 0, compared = 0;
    cJSON_ArrayForEach(old, rows)
    {
        const char *name = kt_json_string(old, "name");
        const cJSON *new = find_row(now, name);
        if (!new &&complete && covers(now, old) && !is_skipped(now, name))
            add(out->worse, name, "", "gone", 0, 0);
        if (!new)
            continue;
        compared++;
        compare_counts(old, new, out);
        cJSON_ArrayForEach(ratio, kt_json_item(old, "ratios"))
        {
            count += timed && suspect(old, new, ratio->string, &suspicions[count]);
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

static void print_item(const cJSON *item, const char *word, FILE *file)
{
    const char *workload = kt_json_string(item, "workload");
    const char *figure = kt_json_string(item, "figure"), *kind = kt_json_string(item, "kind");
    const double before = kt_json_number(item, "before"), now = kt_json_number(item, "now");
    if (!strcmp(kind, "count"))
        fprintf(file, "%s: %s: %s is %.0f for a batch, was %.0f\n", word, workload, figure, now,
                before);
    else if (!strcmp(kind, "ratio"))
        fprintf(file,
                "%s: %s: CPU time is %.3f of that of %s, was %.3f (%+.0f %%, %.0f %% are let "
                "pass)\n",
                word, workload, now, figure, before, (now / before - 1) * 100, KP_MARGIN * 100);
    else if (!strcmp(kind, "slower"))
        fprintf(file, "%s: %s: takes %.0f %% more CPU time %sthan before (%.0f %% are let pass)\n",
                word, workload, (now - 1) * 100, strcmp(figure, "before") != 0 ? "as a graph " : "",
                KP_MARGIN * 100);
    else if (!strcmp(kind, "gone"))
        fprintf(file, "%s: %s: is not measured any more\n", word, workload);
    else
        fprintf(file, "NEW: %s: there is nothing to compare it with\n", workload);
}

void kp_comparison_print(const kp_comparison *comparison, const char *what, FILE *file)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, comparison->better)
    {
        print_item(item, "BETTER", file);
    }
    cJSON_ArrayForEach(item, comparison->worse)
    {
        print_item(item, "WORSE", file);
    }
    const char *untimed = kt_text_string(&comparison->untimed);
    if (*untimed)
        fprintf(file, "Only counts were compared: %s\n", untimed);
    if (!cJSON_GetArraySize(comparison->worse))
        fprintf(file, "No worse than %s\n", what);
}
