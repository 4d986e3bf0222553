#include "count_report.h"

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "table.h"

// A number with as many digits as tell it from others.
static void append_number(kt_text *out, double number)
{
    kt_text_format(out, "%.10g", number);
}

// The budget's line about a figure; NULL where it has none.
static const cli_count_line *find_line(const cli_count_result *result, cli_count_kind kind,
                                       int index)
{
    for (size_t i = 0; i < result->budget->count; i++) {
        const cli_count_line *line = &result->budget->lines[i];
        if (line->kind == kind && line->index == index)
            return line;
    }
    return NULL;
}

static void add_maximum(cli_table *table, const cli_count_line *line)
{
    kt_text text = {0};
    if (line)
        append_number(&text, line->maximum);
    cli_table_add(table, "%s", kt_text_string(&text));
    kt_text_finish(&text);
}

static void add_row(cli_table *table, const cli_count_result *result, kro__figure figure)
{
    const cli_count_line each = {CLI_COUNT_PER_DISPATCH, (int)figure, 0};
    uint64_t number = atomic_load(&result->counts->figures[figure].value);
    double per_dispatch;
    cli_table_add(table, "%s", kro__figures[figure].name);
    cli_table_add(table, "%" PRIu64, number);
    if (cli_count_value(result->counts, &each, &per_dispatch) && figure != KRO__FIGURE_dispatches)
        cli_table_add(table, "%.4g", per_dispatch);
    else
        cli_table_add(table, "%s", "");
    if (!result->budget->count)
        return;
    add_maximum(table, find_line(result, CLI_COUNT_FIGURE, (int)figure));
    add_maximum(table, find_line(result, CLI_COUNT_PER_DISPATCH, (int)figure));
}

void cli_count_print_table(const cli_count_result *result, FILE *file)
{
    static const char *const HEAD[] = {"FIGURE", "COUNT", "PER DISPATCH", "BUDGET", "PER DISPATCH"};
    cli_table table;
    cli_table_init(&table, result->budget->count ? 5 : 3);
    for (size_t i = 0; i < table.columns; i++)
        cli_table_add(&table, "%s", HEAD[i]);
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        add_row(&table, result, (kro__figure)i);
    cli_table_print(&table, file);
    cli_table_finish(&table);
}

void cli_count_print_over(const cli_count_result *result, FILE *file)
{
    for (size_t i = 0; i < result->budget->count; i++) {
        const cli_count_line *line = &result->budget->lines[i];
        if (!cli_count_is_over(result->counts, line))
            continue;
        kt_text text = {0};
        double value;
        cli_count_append_name(&text, line);
        if (cli_count_value(result->counts, line, &value)) {
            kt_text_format(&text, " is ");
            append_number(&text, value);
        } else {
            kt_text_format(&text, " has no value, as nothing was dispatched");
        }
        kt_text_format(&text, ", the budget ");
        append_number(&text, line->maximum);
        fprintf(file, "OVER BUDGET: %s\n", text.bytes);
        kt_text_finish(&text);
    }
}

static void add_over(cJSON *json, const cli_count_result *result)
{
    cJSON *array = cJSON_AddArrayToObject(json, "over");
    for (size_t i = 0; i < result->budget->count; i++) {
        const cli_count_line *line = &result->budget->lines[i];
        if (!cli_count_is_over(result->counts, line))
            continue;
        kt_text name = {0};
        double value;
        cli_count_append_name(&name, line);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "figure", name.bytes);
        if (cli_count_value(result->counts, line, &value))
            cJSON_AddNumberToObject(item, "value", value);
        else
            cJSON_AddNullToObject(item, "value");
        cJSON_AddNumberToObject(item, "budget", line->maximum);
        cJSON_AddItemToArray(array, item);
        kt_text_finish(&name);
    }
}

static void add_figures(cJSON *json, kro__counts *counts)
{
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        kt_json_add_u64(json, kro__figures[i].name, atomic_load(&counts->figures[i].value));
    for (int i = 0; i < KRO__FIGURE_COUNT; i++) {
        const cli_count_line line = {CLI_COUNT_PER_DISPATCH, i, 0};
        kt_text name = {0};
        double value;
        cli_count_append_name(&name, &line);
        if (i != KRO__FIGURE_dispatches && cli_count_value(counts, &line, &value))
            cJSON_AddNumberToObject(json, name.bytes, value);
        kt_text_finish(&name);
    }
}

static void add_nonzero(cJSON *group, const char *name, const kro__count *count)
{
    uint64_t value = atomic_load(&count->value);
    if (value)
        kt_json_add_u64(group, name, value);
}

void cli_count_print_json(const cli_count_result *result)
{
    kro__counts *counts = result->counts;
    cJSON *json = cJSON_CreateObject();
    cli_guest_add_json(result->guest, json);
    add_figures(json, counts);
    cJSON *objects = cJSON_AddObjectToObject(json, "objects");
    for (int i = 0; i < KRO__OBJECT_COUNT; i++)
        add_nonzero(objects, kro__vk_object_types[i].name, &counts->objects[i]);
    cJSON *calls = cJSON_AddObjectToObject(json, "calls");
    for (int i = 0; i < KRO__CALL_COUNT; i++)
        if (kro__vk_calls[i].level == KRO__VK_LEVEL_DEVICE)
            add_nonzero(calls, kro__vk_calls[i].name, &counts->calls[i]);
    add_over(json, result);
    cJSON_AddNumberToObject(json, "exit_code", result->exit_code);
    char *text = cJSON_Print(json);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(json);
}
