#include "survey_table.h"

#include <stdbool.h>
#include <string.h>

#include "json.h"

static const char *const TWINS[] = {"standard", "expert-record", "expert-replay"};
static const char *const CALL_TWINS[] = {"standard", "expert"};

static void print_ratio(const cJSON *ratio, FILE *file)
{
    const cJSON *cpu = kt_json_item(ratio, "cpu");
    if (cpu)
        fprintf(file, "  %6.3f [%6.3f %6.3f]", kt_json_number_at(cpu, 0), kt_json_number_at(cpu, 1),
                kt_json_number_at(cpu, 2));
    else
        fprintf(file, "  %22s", "-");
}

static void print_batch(const cJSON *row, FILE *file)
{
    const cJSON *costs = kt_json_item(row, "costs"), *counts = kt_json_item(row, "counts");
    const cJSON *own = kt_json_item(costs, "kronos");
    fprintf(file, "%-18s %6.0f ns %7.0f ns %6.0f ns %6.1f ns %9.0f %7.0f",
            kt_json_string(row, "name"), kt_json_number(own, "cpu_ns"),
            kt_json_number(own, "wall_ns"), kt_json_number(kt_json_item(costs, "again"), "cpu_ns"),
            kt_json_number(kt_json_item(costs, "graph"), "cpu_ns"),
            kt_json_number(counts, "level_barriers") + kt_json_number(counts, "entry_barriers") +
                kt_json_number(counts, "exit_barriers"),
            kt_json_number(counts, "descriptor_writes"));
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++)
        print_ratio(kt_json_item(kt_json_item(row, "ratios"), TWINS[i]), file);
    fputc('\n', file);
}

static void print_both_ratios(const cJSON *ratio, FILE *file)
{
    const cJSON *wall = kt_json_item(ratio, "wall");
    print_ratio(ratio, file);
    if (wall)
        fprintf(file, "  %6.3f", kt_json_number_at(wall, 0));
    else
        fprintf(file, "  %6s", "-");
}

// How much is moved or computed in a second, by a device that does either.
static void print_speeds(const cJSON *costs, FILE *file)
{
    static const char *const CONTENDERS[] = {"kronos", "graph"};
    const char *unit = "";
    for (size_t i = 0; i < sizeof CONTENDERS / sizeof CONTENDERS[0]; i++) {
        const cJSON *cost = kt_json_item(costs, CONTENDERS[i]);
        const bool is_product = kt_json_item(cost, "gflop_per_s") != NULL;
        const char *speed = is_product ? "gflop_per_s" : "gb_per_s";
        if (!kt_json_item(cost, speed)) {
            fprintf(file, " %9s", "-");
            continue;
        }
        fprintf(file, " %9.1f", kt_json_number(cost, speed));
        unit = is_product ? "GFLOP/s" : "GB/s";
    }
    fprintf(file, " %-7s", unit);
}

// A workload whose data has a size.
static void print_sized(const cJSON *row, FILE *file)
{
    const cJSON *costs = kt_json_item(row, "costs"), *own = kt_json_item(costs, "kronos");
    fprintf(file, "%-18s %9.2f us %9.2f us", kt_json_string(row, "name"),
            kt_json_number(own, "cpu_ns") / 1e3, kt_json_number(own, "wall_ns") / 1e3);
    print_speeds(costs, file);
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++)
        print_both_ratios(kt_json_item(kt_json_item(row, "ratios"), TWINS[i]), file);
    if (kt_json_number(row, "parts") > 1)
        fprintf(file, "  in %.0f parts", kt_json_number(row, "parts"));
    fputc('\n', file);
}

static void print_sized_header(FILE *file)
{
    fprintf(file,
            "Time per dispatch, and what a stream and a graph do in a second; beside each twin the "
            "ratios of CPU and of wall time.\n\n"
            "%-18s %12s %12s %9s %9s %-7s",
            "workload", "CPU", "wall", "stream", "graph", "");
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++)
        fprintf(file, "  %22s  %6s", TWINS[i], "wall");
    fputc('\n', file);
}

static void print_call(const cJSON *row, FILE *file)
{
    const cJSON *own = kt_json_item(kt_json_item(row, "costs"), "kronos");
    fprintf(file, "%-28s %9.2f us %9.2f us", kt_json_string(row, "name"),
            kt_json_number(own, "cpu_ns") / 1e3, kt_json_number(own, "wall_ns") / 1e3);
    if (kt_json_item(own, "gb_per_s"))
        fprintf(file, " %8.2f", kt_json_number(own, "gb_per_s"));
    else
        fprintf(file, " %8s", "-");
    for (size_t i = 0; i < sizeof CALL_TWINS / sizeof CALL_TWINS[0]; i++)
        print_both_ratios(kt_json_item(kt_json_item(row, "ratios"), CALL_TWINS[i]), file);
    fputc('\n', file);
}

static void print_call_header(FILE *file)
{
    fprintf(file,
            "Time per call; beside each twin the ratios of CPU and of wall time.\n\n"
            "%-28s %12s %12s %8s",
            "call", "CPU", "wall", "GB/s");
    for (size_t i = 0; i < sizeof CALL_TWINS / sizeof CALL_TWINS[0]; i++)
        fprintf(file, "  %22s  %6s", CALL_TWINS[i], "wall");
    fputc('\n', file);
}

static void print_header(FILE *file)
{
    fprintf(file,
            "Time per dispatch, counts per batch; beside hand-written Vulkan as a ratio of CPU "
            "time and its 95 %% "
            "interval, below 1 is faster;\n"
            "expert-replay stands beside the batch as a graph, the others beside a stream that has "
            "to record it; 'again' is a stream that need not.\n\n"
            "%-18s %9s %10s %9s %9s %9s %7s",
            "workload", "CPU", "wall", "again", "graph", "barriers", "writes");
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++)
        fprintf(file, "  %22s", TWINS[i]);
    fputc('\n', file);
}

// Counts of a batch, each under its name.
static void print_counts(const cJSON *rows, FILE *file)
{
    const cJSON *row, *count;
    fprintf(file, "Counts per batch.\n\n%-18s", "workload");
    cJSON_ArrayForEach(count, kt_json_item(cJSON_GetArrayItem(rows, 0), "counts"))
    {
        fprintf(file, "  %s", count->string);
    }
    fputc('\n', file);
    cJSON_ArrayForEach(row, rows)
    {
        fprintf(file, "%-18s", kt_json_string(row, "name"));
        cJSON_ArrayForEach(count, kt_json_item(row, "counts"))
        {
            fprintf(file, "  %*.0f", (int)strlen(count->string), cJSON_GetNumberValue(count));
        }
        fputc('\n', file);
    }
}

static bool is_sized(const cJSON *row)
{
    return kt_json_item(row, "size") != NULL;
}

static bool is_batch(const cJSON *row)
{
    return kt_json_item(row, "counts") != NULL && !is_sized(row);
}

static bool is_call(const cJSON *row)
{
    return !is_batch(row) && !is_sized(row);
}

// Rows of one kind under their header, where there are any.
static void print_rows(const cJSON *rows, bool (*is)(const cJSON *row), void (*header)(FILE *file),
                       void (*print)(const cJSON *row, FILE *file), FILE *file)
{
    const cJSON *row;
    bool first = true;
    cJSON_ArrayForEach(row, rows)
    {
        if (!is(row))
            continue;
        if (first)
            header(file);
        first = false;
        print(row, file);
    }
    if (!first)
        fputc('\n', file);
}

static void print_skipped(const cJSON *skipped, FILE *file)
{
    const cJSON *item;
    cJSON_ArrayForEach(item, skipped)
    {
        fprintf(file, "%s is skipped: %s\n", kt_json_string(item, "name"),
                kt_json_string(item, "reason"));
    }
}

void kp_survey_print(const cJSON *results, FILE *file)
{
    const cJSON *device = kt_json_item(results, "device");
    const cJSON *rows = kt_json_item(results, "workloads");
    fprintf(file, "%s, %s\n", kt_json_string(device, "name"),
            kt_json_string(device, "driver_info"));
    if (!kt_json_item(cJSON_GetArrayItem(rows, 0), "costs")) {
        print_counts(rows, file);
        return;
    }
    print_rows(rows, is_batch, print_header, print_batch, file);
    print_rows(rows, is_sized, print_sized_header, print_sized, file);
    print_rows(rows, is_call, print_call_header, print_call, file);
    print_skipped(kt_json_item(results, "skipped"), file);
}
