#include "cases.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kt_params {
    kt_text names; // terminated strings, one after another
    size_t count;
};

void kt_param(kt_params *params, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    kt_text_format_list(&params->names, format, list);
    va_end(list);
    kt_text_append(&params->names, "", 1);
    params->count++;
}

static void add_case(kt_cases *cases, const kt_case *test_case)
{
    cases->items = kt_memory_grow(cases->items, cases->count + 1, sizeof *cases->items);
    cases->items[cases->count++] = *test_case;
}

// Parameters are part of a name that people type, quote and put into files.
static bool is_plain(const char *param)
{
    static const char ALLOWED[] = "abcdefghijklmnopqrstuvwxyz0123456789_-.";
    return *param && param[strspn(param, ALLOWED)] == '\0';
}

static void add_family(kt_cases *cases, const kt_case *family)
{
    kt_params params = {0};
    family->entry->enumerate(&params);
    const char *param = kt_text_string(&params.names);
    for (size_t i = 0; i < params.count; i++) {
        if (!is_plain(param))
            kt_text_format(&cases->problem, "%s: '%s' is no parameter name. ", family->name, param);
        kt_text name = {0};
        kt_text_format(&name, "%s/%s", family->name, param);
        kt_case test_case = *family;
        test_case.name = name.bytes;
        test_case.param = name.bytes + strlen(family->name) + 1;
        test_case.param_index = i;
        add_case(cases, &test_case);
        param += strlen(param) + 1;
    }
    if (params.count == 0)
        kt_text_format(&cases->problem, "%s: its family has no parameters. ", family->name);
    kt_text_finish(&params.names);
}

static void add_suite(kt_cases *cases, const kt_suite *suite)
{
    const char *group = "";
    for (size_t i = 0; i < suite->entry_count; i++) {
        const kt_entry *entry = &suite->entries[i];
        if (entry->group) {
            group = entry->group;
            continue;
        }
        kt_text name = {0};
        kt_text_format(&name, "%s/%s/%s", suite->name, group, entry->name);
        kt_case test_case = {.name = name.bytes, .suite = suite, .entry = entry, .group = group};
        if (entry->enumerate) {
            add_family(cases, &test_case);
            kt_text_finish(&name);
        } else {
            add_case(cases, &test_case);
        }
    }
}

static int compare_cases(const void *a, const void *b)
{
    return strcmp((*(const kt_case *const *)a)->name, (*(const kt_case *const *)b)->name);
}

// Two cases of one name could not be told apart in any report.
static void sort_names(kt_cases *cases)
{
    cases->by_name = kt_memory(cases->count, sizeof *cases->by_name);
    for (size_t i = 0; i < cases->count; i++)
        cases->by_name[i] = &cases->items[i];
    qsort(cases->by_name, cases->count, sizeof *cases->by_name, compare_cases);
    for (size_t i = 1; i < cases->count; i++)
        if (!strcmp(cases->by_name[i - 1]->name, cases->by_name[i]->name))
            kt_text_format(&cases->problem, "two cases are named %s. ", cases->by_name[i]->name);
}

void kt_cases_init(kt_cases *cases, const kt_suite *const *suites, size_t suite_count)
{
    *cases = (kt_cases){0};
    for (size_t i = 0; i < suite_count; i++)
        add_suite(cases, suites[i]);
    sort_names(cases);
}

void kt_cases_finish(kt_cases *cases)
{
    for (size_t i = 0; i < cases->count; i++)
        free((char *)cases->items[i].name);
    free(cases->items);
    free(cases->by_name);
    kt_text_finish(&cases->problem);
    *cases = (kt_cases){0};
}

static int compare_name(const void *name, const void *test_case)
{
    return strcmp(name, (*(const kt_case *const *)test_case)->name);
}

const kt_case *kt_cases_find(const kt_cases *cases, const char *name)
{
    const kt_case **found =
        bsearch(name, cases->by_name, cases->count, sizeof *cases->by_name, compare_name);
    return found ? *found : NULL;
}

bool kt_case_selected(const kt_case *test_case, const kt_selection *selection)
{
    if (test_case->entry->tier > selection->tier)
        return false;
    if (selection->shard_count &&
        kt_hash_string(test_case->name) % selection->shard_count != selection->shard_index)
        return false;
    for (size_t i = 0; i < selection->filter_count; i++)
        if (kt_match(selection->filters[i], test_case->name))
            return true;
    return selection->filter_count == 0;
}

void kt_shard_text(const kt_selection *selection, kt_text *out)
{
    kt_text_format(out, "%" PRIu64 "/%" PRIu64, selection->shard_index, selection->shard_count);
}

bool kt_case_uses_device(const kt_case *test_case)
{
    uint64_t needs = test_case->entry->needs;
    return (needs & KT_NEEDS_FEATURES) ||
           (test_case->suite->device && !(needs & KT_NEEDS_OWN_CONTEXT));
}

bool kt_case_uses_driver(const kt_case *test_case)
{
    return kt_case_uses_device(test_case) || (test_case->entry->needs & NEEDS_DRIVER);
}
