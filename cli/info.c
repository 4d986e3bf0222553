#include "cli.h"

#include <stdio.h>
#include <stdlib.h>

#include "json.h"
#include "probe.h"
#include "table.h"
#include "variables.h"

// The features that decide which kernels run, and how the table calls them.
static const char *const FEATURES[][2] = {
    {"float64", "f64"},
    {"float16", "f16"},
    {"int64", "i64"},
    {"int16", "i16"},
    {"int8", "i8"},
    {"int64_atomics", "atomic-i64"},
    {"float_atomic_add", "atomic-f32"},
    {"device_address", "address"},
    {"timeline_semaphores", "timeline"},
    {"cooperative_matrix", "coopmat"},
};

static double number(const cJSON *object, const char *name)
{
    return cJSON_GetNumberValue(cJSON_GetObjectItem(object, name));
}

// The device's own memory, and how much of it this process may still use where the driver tells.
static void add_memory(cli_table *table, const cJSON *device)
{
    const double gib = 1u << 30;
    double all = number(device, "device_memory_bytes") / gib, left = 0;
    bool told = false;
    const cJSON *heaps = cJSON_GetObjectItem(device, "heaps");
    for (const cJSON *heap = heaps ? heaps->child : NULL; heap; heap = heap->next) {
        double budget = number(heap, "budget_bytes"), used = number(heap, "used_bytes");
        if (!cJSON_IsTrue(cJSON_GetObjectItem(heap, "device_local")))
            continue;
        told = cJSON_HasObjectItem(heap, "budget_bytes");
        left += budget > used ? (budget - used) / gib : 0;
    }
    if (told)
        cli_table_add(table, "%.1f GiB, %.1f free", all, left);
    else
        cli_table_add(table, "%.1f GiB", all);
}

static void add_row(cli_table *table, const cJSON *device)
{
    cli_table_add(table, "%.0f", number(device, "index"));
    cli_table_add(table, "%s", kt_json_string(device, "name"));
    cli_table_add(table, "%s", kt_json_string(device, "vendor"));
    kt_text version = {0};
    kt_driver_version(kt_json_string(device, "driver_info"),
                      kt_json_string(device, "driver_version"), &version);
    cli_table_add(table, "%s %s", kt_json_string(device, "driver_name"), kt_text_string(&version));
    kt_text_finish(&version);
    cli_table_add(table, "%s", kt_json_string(device, "api_version"));
    cli_table_add(table, "%s", kt_json_string(device, "type"));
    add_memory(table, device);
    cli_table_add(table, "%.0f", number(device, "subgroup_size"));
    const cJSON *features = cJSON_GetObjectItem(device, "features");
    kt_text list = {0};
    for (size_t i = 0; i < sizeof FEATURES / sizeof FEATURES[0]; i++)
        if (cJSON_IsTrue(cJSON_GetObjectItem(features, FEATURES[i][0])))
            kt_text_format(&list, "%s%s", list.size_bytes ? " " : "", FEATURES[i][1]);
    cli_table_add(table, "%s", kt_text_string(&list));
    kt_text_finish(&list);
}

static void print_table(const cJSON *devices)
{
    static const char *const HEADS[] = {"INDEX", "NAME",   "VENDOR",   "DRIVER",  "API",
                                        "TYPE",  "MEMORY", "SUBGROUP", "FEATURES"};
    enum { COLUMNS = sizeof HEADS / sizeof HEADS[0] };
    cli_table table;
    cli_table_init(&table, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        cli_table_add(&table, "%s", HEADS[i]);
    for (const cJSON *device = devices->child; device; device = device->next)
        add_row(&table, device);
    cli_table_print(&table, stdout);
    cli_table_finish(&table);
}

static void print_text(const cJSON *info)
{
    const cJSON *devices = cJSON_GetObjectItem(info, "devices");
    if (devices->child)
        print_table(devices);
    const char *problem = kt_json_string(info, "problem");
    if (*problem)
        printf("no device: %s\n", problem);
    const char *loader = kt_json_string(info, "loader");
    if (*loader)
        printf("\nVulkan loader: %s\n", loader);
    const cJSON *environment = cJSON_GetObjectItem(info, "environment");
    if (environment->child)
        puts("\nSet in the environment:");
    for (const cJSON *variable = environment->child; variable; variable = variable->next)
        printf("  %s=%s\n", variable->string, cJSON_GetStringValue(variable));
}

// Everything that this command knows.
static cJSON *collect(const kt_options *options)
{
    cJSON *info = cJSON_CreateObject();
    kt_text problem = {0};
    cJSON *devices = cli_probe_devices(options->driver, NULL, &problem);
    if (devices && cJSON_GetArraySize(devices) == 0)
        kt_text_format(&problem, "the drivers here offer none");
    if (problem.size_bytes)
        kt_json_add_text(info, "problem", kt_text_string(&problem));
    // Opening one tells which loader it came through.
    cJSON *best =
        problem.size_bytes ? NULL : cli_probe_device(NULL, options->driver, NULL, &problem);
    if (*kt_json_string(best, "loader_library"))
        kt_json_add_text(info, "loader", kt_json_string(best, "loader_library"));
    cJSON_Delete(best);
    cJSON_AddItemToObject(info, "devices", devices ? devices : cJSON_CreateArray());
    cJSON *environment = cJSON_AddObjectToObject(info, "environment");
    for (size_t i = 0; i < cli_variable_count; i++) {
        const char *value = getenv(cli_variables[i].name);
        if (value)
            kt_json_add_text(environment, cli_variables[i].name, value);
    }
    kt_text_finish(&problem);
    return info;
}

int cli_info(int count, char **arguments)
{
    kt_options options;
    int code;
    if (!kt_options_read(&options, KT_OPTION_DRIVER | KT_OPTION_JSON, "kronos info [options]",
                         count, arguments, &code))
        return code;
    cJSON *info = collect(&options);
    code = *kt_json_string(info, "problem") ? KT_EXIT_UNUSABLE : KT_EXIT_EXPECTED;
    if (options.given & KT_OPTION_JSON) {
        char *text = cJSON_Print(info);
        puts(text ? text : "");
        cJSON_free(text);
    } else {
        print_text(info);
    }
    cJSON_Delete(info);
    kt_options_finish(&options);
    return code;
}
