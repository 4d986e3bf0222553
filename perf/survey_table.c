#include "survey_table.h"

#include <string.h>

#include "json.h"

static const char *const TWINS[] = {"standard", "expert-record", "expert-replay"};

static double number_at(const cJSON *array, int index)
{
    const cJSON *item = cJSON_GetArrayItem(array, index);
    return item ? cJSON_GetNumberValue(item) : 0;
}

static void print_ratio(const cJSON *ratio, FILE *file)
{
    const cJSON *cpu = kt_json_item(ratio, "cpu");
    if (cpu)
        fprintf(file, "  %6.3f [%6.3f %6.3f]", number_at(cpu, 0), number_at(cpu, 1),
                number_at(cpu, 2));
    else
        fprintf(file, "  %22s", "-");
}

static void print_batch(const cJSON *row, FILE *file)
{
    const cJSON *costs = kt_json_item(row, "costs"), *counts = kt_json_item(row, "counts");
    const cJSON *own = kt_json_item(costs, "kronos");
    fprintf(file, "%-17s %6.0f ns %7.0f ns %6.1f ns %9.0f %7.0f", kt_json_string(row, "name"),
            kt_json_number(own, "cpu_ns"), kt_json_number(own, "wall_ns"),
            kt_json_number(kt_json_item(costs, "graph"), "cpu_ns"),
            kt_json_number(counts, "level_barriers") + kt_json_number(counts, "entry_barriers") +
                kt_json_number(counts, "exit_barriers"),
            kt_json_number(counts, "descriptor_writes"));
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++)
        print_ratio(kt_json_item(kt_json_item(row, "ratios"), TWINS[i]), file);
    fputc('\n', file);
}

// A call by itself: two numbers.
static void print_call(const cJSON *row, FILE *file)
{
    const cJSON *own = kt_json_item(kt_json_item(row, "costs"), "kronos");
    fprintf(file, "%-29s CPU %9.0f ns, wall %9.0f ns\n", kt_json_string(row, "name"),
            kt_json_number(own, "cpu_ns"), kt_json_number(own, "wall_ns"));
}

static void print_header(FILE *file)
{
    fprintf(file,
            "Time per dispatch, counts per batch; beside hand-written Vulkan as a ratio of CPU "
            "time and its 95 %% "
            "interval, below 1 is faster;\n"
            "expert-replay stands beside the batch as a graph, the others beside a stream.\n\n"
            "%-17s %9s %10s %9s %9s %7s",
            "workload", "CPU", "wall", "graph", "barriers", "writes");
    for (size_t i = 0; i < sizeof TWINS / sizeof TWINS[0]; i++)
        fprintf(file, "  %22s", TWINS[i]);
    fputc('\n', file);
}

// Counts of a batch, each under its name.
static void print_counts(const cJSON *rows, FILE *file)
{
    const cJSON *row, *count;
    fprintf(file, "Counts per batch.\n\n%-17s", "workload");
    cJSON_ArrayForEach(count, kt_json_item(cJSON_GetArrayItem(rows, 0), "counts"))
    {
        fprintf(file, "  %s", count->string);
    }
    fputc('\n', file);
    cJSON_ArrayForEach(row, rows)
    {
        fprintf(file, "%-17s", kt_json_string(row, "name"));
        cJSON_ArrayForEach(count, kt_json_item(row, "counts"))
        {
            fprintf(file, "  %*.0f", (int)strlen(count->string), cJSON_GetNumberValue(count));
        }
        fputc('\n', file);
    }
}

void kp_survey_print(const cJSON *results, FILE *file)
{
    const cJSON *device = kt_json_item(results, "device");
    const cJSON *rows = kt_json_item(results, "workloads"), *row;
    fprintf(file, "%s, %s\n", kt_json_string(device, "name"),
            kt_json_string(device, "driver_info"));
    if (!kt_json_item(cJSON_GetArrayItem(rows, 0), "costs")) {
        print_counts(rows, file);
        return;
    }
    print_header(file);
    cJSON_ArrayForEach(row, rows)
    {
        if (kt_json_item(row, "counts"))
            print_batch(row, file);
        else
            print_call(row, file);
    }
}
