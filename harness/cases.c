#include "cases.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "expect.h"

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

static const char *file_name(const kt_embedded *file)
{
    const char *slash = strrchr(file->path, '/');
    return slash ? slash + 1 : file->path;
}

const kt_embedded *kt_suite_list(const kt_suite *suite, const char *version)
{
    const kt_embedded *newest = NULL;
    for (const kt_embedded *list = suite->lists; list && list->path; list++) {
        // Whatever follows the numbers, ".txt" here, ends a version.
        const char *of = file_name(list);
        if (isdigit((unsigned char)*of) && kt_compare_versions(of, version) <= 0 &&
            (!newest || kt_compare_versions(of, file_name(newest)) > 0))
            newest = list;
    }
    return newest;
}

static void add_case(kt_cases *cases, const kt_case *test_case)
{
    cases->items = kt_memory_append(cases->items, cases->count, sizeof *cases->items);
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

static void add_name(kt_cases *cases, const char *name, const kt_case *test_case)
{
    cases->by_name = kt_memory_append(cases->by_name, cases->name_count, sizeof *cases->by_name);
    cases->by_name[cases->name_count++] = (kt_case_name){name, test_case};
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const kt_case_name *)a)->name, ((const kt_case_name *)b)->name);
}

// Two cases of one name could not be told apart in any report, nor could one whose name another has
// now.
static void sort_names(kt_cases *cases)
{
    if (cases->name_count)
        qsort(cases->by_name, cases->name_count, sizeof *cases->by_name, compare_names);
    for (size_t i = 1; i < cases->name_count; i++)
        if (!strcmp(cases->by_name[i - 1].name, cases->by_name[i].name))
            kt_text_format(&cases->problem, "two cases are named %s. ", cases->by_name[i].name);
}

// What a line of the renames says of a name of a case: the name before, which the caller frees, or
// NULL. A family's line is about each of its cases.
static char *name_before(const kt_rename *rename, const char *name, const char *param)
{
    const size_t whole = strlen(name), now = rename->now ? strlen(rename->now) : 0;
    const size_t family = param ? whole - strlen(param) - 1 : whole;
    if (!rename->now || strncmp(rename->now, name, now) != 0 || (now != whole && now != family))
        return NULL;
    kt_text before = {0};
    kt_text_format(&before, "%s%s", rename->old, name + now);
    return before.bytes;
}

// The names that a case had, looked for backwards: newest lines first, since a name that a line
// gives may itself have been given by an earlier one.
static void add_old_names(kt_cases *cases, kt_case *test_case, bool *used)
{
    char **names = NULL;
    size_t count = 0;
    for (size_t i = cases->renames.count; i-- > 0;) {
        const char *name = test_case->name;
        char *before = NULL;
        for (size_t n = 0; !before && n <= count; n++) {
            before = name_before(&cases->renames.items[i], name, test_case->param);
            name = n < count ? names[n] : NULL;
        }
        if (!before)
            continue;
        used[i] = true;
        names = kt_memory_grow(names, count + 2, sizeof *names);
        memmove(names + 1, names, count * sizeof *names);
        names[0] = before;
        names[++count] = NULL;
    }
    test_case->old_names = (const char *const *)names;
}

// Reads what a suite's cases were called, and names them.
static void add_renames(kt_cases *cases, const kt_suite *suite)
{
    for (const kt_embedded *list = suite->lists; list && list->path; list++)
        if (!strcmp(file_name(list), "aliases.txt"))
            (void)kt_renames_parse(&cases->renames, list->path, list->text, &cases->problem);
}

static void name_all(kt_cases *cases)
{
    const kt_renames *renames = &cases->renames;
    bool *used = kt_memory(renames->count, sizeof *used);
    for (size_t i = 0; i < cases->count; i++) {
        kt_case *test_case = &cases->items[i];
        add_name(cases, test_case->name, test_case);
        add_old_names(cases, test_case, used);
        for (const char *const *old = test_case->old_names; old && *old; old++)
            add_name(cases, *old, test_case);
    }
    for (size_t i = 0; i < renames->count; i++)
        if (renames->items[i].now && !used[i])
            kt_text_format(&cases->problem, "%s:%u: there is no case %s. ", renames->items[i].path,
                           renames->items[i].line, renames->items[i].now);
    free(used);
}

void kt_cases_init(kt_cases *cases, const kt_suite *const *suites, size_t suite_count)
{
    *cases = (kt_cases){0};
    for (size_t i = 0; i < suite_count; i++) {
        add_suite(cases, suites[i]);
        add_renames(cases, suites[i]);
    }
    name_all(cases);
    sort_names(cases);
}

void kt_cases_finish(kt_cases *cases)
{
    for (size_t i = 0; i < cases->count; i++) {
        for (const char *const *old = cases->items[i].old_names; old && *old; old++)
            free((char *)*old);
        free((void *)cases->items[i].old_names);
        free((char *)cases->items[i].name);
    }
    free(cases->items);
    free(cases->by_name);
    kt_renames_finish(&cases->renames);
    kt_text_finish(&cases->problem);
    *cases = (kt_cases){0};
}

const kt_case *kt_cases_find(const kt_cases *cases, const char *name)
{
    const kt_case_name wanted = {.name = name};
    const kt_case_name *found = cases->name_count
                                    ? bsearch(&wanted, cases->by_name, cases->name_count,
                                              sizeof *cases->by_name, compare_names)
                                    : NULL;
    return found ? found->test_case : NULL;
}

bool kt_case_matches(const kt_case *test_case, const char *pattern)
{
    if (kt_match(pattern, test_case->name))
        return true;
    for (const char *const *old = test_case->old_names; old && *old; old++)
        if (kt_match(pattern, *old))
            return true;
    return false;
}

const char *kt_case_first_name(const kt_case *test_case)
{
    return test_case->old_names ? test_case->old_names[0] : test_case->name;
}

bool kt_case_selected(const kt_case *test_case, const kt_selection *selection)
{
    if (test_case->entry->tier > selection->tier)
        return false;
    if (selection->shard_count &&
        kt_hash_string(kt_case_first_name(test_case)) % selection->shard_count !=
            selection->shard_index)
        return false;
    for (size_t i = 0; i < selection->filter_count; i++)
        if (kt_case_matches(test_case, selection->filters[i]))
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
