#include "count_budget.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "arguments.h"
#include "os/files.h"

static const char PER_DISPATCH[] = "_per_dispatch";

// The members of a budget that hold lines themselves, by cli_count_kind; NULL for others.
static const char *const GROUPS[] = {
    [CLI_COUNT_FIGURE] = NULL,
    [CLI_COUNT_PER_DISPATCH] = NULL,
    [CLI_COUNT_OBJECT] = "objects",
    [CLI_COUNT_CALL] = "calls",
};

static void append_member(kt_text *out, const cli_count_line *line)
{
    switch (line->kind) {
    case CLI_COUNT_OBJECT:
        kt_text_format(out, "%s", kro__vk_object_types[line->index].name);
        break;
    case CLI_COUNT_CALL:
        kt_text_format(out, "%s", kro__vk_calls[line->index].name);
        break;
    case CLI_COUNT_PER_DISPATCH:
    case CLI_COUNT_FIGURE:
        kt_text_format(out, "%s%s", kro__figures[line->index].name,
                       line->kind == CLI_COUNT_PER_DISPATCH ? PER_DISPATCH : "");
    }
}

void cli_count_append_name(kt_text *out, const cli_count_line *line)
{
    if (GROUPS[line->kind])
        kt_text_format(out, "%s.", GROUPS[line->kind]);
    append_member(out, line);
}

bool cli_count_value(kro__counts *counts, const cli_count_line *line, double *out)
{
    const kro__count *const rows[] = {
        [CLI_COUNT_FIGURE] = counts->figures,
        [CLI_COUNT_PER_DISPATCH] = counts->figures,
        [CLI_COUNT_OBJECT] = counts->objects,
        [CLI_COUNT_CALL] = counts->calls,
    };
    *out = (double)atomic_load(&rows[line->kind][line->index].value);
    if (line->kind != CLI_COUNT_PER_DISPATCH)
        return true;
    uint64_t dispatches = atomic_load(&counts->figures[KRO__FIGURE_dispatches].value);
    if (dispatches)
        *out /= (double)dispatches;
    return dispatches != 0;
}

bool cli_count_is_over(kro__counts *counts, const cli_count_line *line)
{
    double value;
    return !cli_count_value(counts, line, &value) || value > line->maximum;
}

// The index of a name among `length` bytes of which it may be a part; -1 where it is none.
static int find_figure(const char *name, size_t length)
{
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        if (strlen(kro__figures[i].name) == length && !memcmp(kro__figures[i].name, name, length))
            return i;
    return -1;
}

static bool find_line(cli_count_line *line, const char *name)
{
    size_t length = strlen(name), tail = sizeof PER_DISPATCH - 1;
    if (line->kind == CLI_COUNT_OBJECT) {
        const kro__vk_name *object = kro__vk_name_find(kro__vk_object_types, name);
        line->index = object ? (int)(object - kro__vk_object_types) : -1;
    } else if (line->kind == CLI_COUNT_CALL) {
        line->index = kro__vk_call_find(name);
        if (line->index >= 0 && kro__vk_calls[line->index].level != KRO__VK_LEVEL_DEVICE)
            line->index = -1; // each driver sees the others: their number is not the program's
    } else if (length > tail && !strcmp(name + length - tail, PER_DISPATCH)) {
        line->kind = CLI_COUNT_PER_DISPATCH;
        line->index = find_figure(name, length - tail);
    } else {
        line->index = find_figure(name, length);
    }
    return line->index >= 0;
}

static bool add_line(cli_count_budget *budget, cli_count_kind kind, const cJSON *member,
                     kt_text *problem)
{
    cli_count_line line = {.kind = kind, .maximum = cJSON_GetNumberValue(member)};
    const char *group = GROUPS[kind] ? GROUPS[kind] : "";
    const char *dot = *group ? "." : "";
    if (!find_line(&line, member->string))
        return kt_refuse(problem, "'%s%s%s' is no figure; 'kronos count --help' lists them", group,
                         dot, member->string);
    if (!isfinite(line.maximum) || line.maximum < 0)
        return kt_refuse(problem, "'%s%s%s' is not a number from 0", group, dot, member->string);
    budget->lines = kt_memory_append(budget->lines, budget->count, sizeof line);
    budget->lines[budget->count++] = line;
    return true;
}

static bool add_group(cli_count_budget *budget, cli_count_kind kind, const cJSON *group,
                      kt_text *problem)
{
    if (!cJSON_IsObject(group))
        return kt_refuse(problem, "'%s' is an object of numbers", group->string);
    for (const cJSON *member = group->child; member; member = member->next)
        if (!add_line(budget, kind, member, problem))
            return false;
    return true;
}

static bool add_lines(cli_count_budget *budget, const cJSON *json, kt_text *problem)
{
    for (const cJSON *member = json->child; member; member = member->next) {
        bool right = false;
        if (!strcmp(member->string, GROUPS[CLI_COUNT_OBJECT]))
            right = add_group(budget, CLI_COUNT_OBJECT, member, problem);
        else if (!strcmp(member->string, GROUPS[CLI_COUNT_CALL]))
            right = add_group(budget, CLI_COUNT_CALL, member, problem);
        else
            right = add_line(budget, CLI_COUNT_FIGURE, member, problem);
        if (!right)
            return false;
    }
    return budget->count || kt_refuse(problem, "it holds no figure, so nothing could be over it");
}

bool cli_count_budget_read(cli_count_budget *budget, const char *path, bool *missing,
                           kt_text *problem)
{
    *budget = (cli_count_budget){0};
    char *text = kt_read_file(path, NULL);
    *missing = !text && errno == ENOENT;
    if (!text)
        return kt_refuse(problem, "%s cannot be read: %s", path, strerror(errno));
    kt_text reason = {0};
    cJSON *json = cJSON_ParseWithOpts(text, NULL, true);
    bool right = cJSON_IsObject(json) ? add_lines(budget, json, &reason)
                                      : kt_refuse(&reason, "it is no JSON object");
    if (!right)
        kt_refuse(problem, "%s is no budget: %s", path, kt_text_string(&reason));
    kt_text_finish(&reason);
    cJSON_Delete(json);
    free(text);
    if (!right)
        cli_count_budget_finish(budget);
    return right;
}

// Every figure, and what DESIGN promises per dispatch.
static void fill(cli_count_budget *budget, kro__counts *counts)
{
    static const kro__figure PROMISED[] = {KRO__FIGURE_barriers, KRO__FIGURE_descriptor_writes};
    enum { PROMISES = sizeof PROMISED / sizeof PROMISED[0] };
    budget->lines = kt_memory(KRO__FIGURE_COUNT + PROMISES, sizeof *budget->lines);
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        budget->lines[budget->count++] = (cli_count_line){CLI_COUNT_FIGURE, i, 0};
    for (int i = 0; i < PROMISES; i++) {
        const cli_count_line line = {CLI_COUNT_PER_DISPATCH, (int)PROMISED[i], 0};
        double value;
        if (cli_count_value(counts, &line, &value))
            budget->lines[budget->count++] = line;
    }
}

// A line without a value keeps its maximum.
static cJSON *compose(cli_count_budget *budget, kro__counts *counts)
{
    cJSON *json = cJSON_CreateObject();
    for (size_t i = 0; i < budget->count; i++) {
        cli_count_line *line = &budget->lines[i];
        double value;
        if (cli_count_value(counts, line, &value))
            line->maximum = value;
        cJSON *in = json;
        const char *group = GROUPS[line->kind];
        if (group && !(in = cJSON_GetObjectItemCaseSensitive(json, group)))
            in = cJSON_AddObjectToObject(json, group);
        kt_text name = {0};
        append_member(&name, line);
        cJSON_AddNumberToObject(in, name.bytes, line->maximum);
        kt_text_finish(&name);
    }
    return json;
}

bool cli_count_budget_update(cli_count_budget *budget, kro__counts *counts, const char *path,
                             kt_text *problem)
{
    if (!budget->count)
        fill(budget, counts);
    cJSON *json = compose(budget, counts);
    char *printed = cJSON_Print(json);
    kt_text text = {0};
    kt_text_format(&text, "%s\n", printed ? printed : "");
    bool right = kt_write_file(path, text.bytes, text.size_bytes) ||
                 kt_refuse(problem, "%s cannot be written: %s", path, strerror(errno));
    kt_text_finish(&text);
    cJSON_free(printed);
    cJSON_Delete(json);
    return right;
}

void cli_count_budget_finish(cli_count_budget *budget)
{
    free(budget->lines);
    *budget = (cli_count_budget){0};
}
