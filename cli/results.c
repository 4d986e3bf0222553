#include "results.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "json.h"
#include "os/files.h"
#include "worst.h"

static void add_cases(cli_results *results)
{
    const kt_results *stored = &results->stored;
    results->items = kt_memory(stored->case_count, sizeof *results->items);
    for (size_t i = 0; i < stored->case_count; i++) {
        const kt_stored_case *line = &stored->cases[i];
        results->items[results->count++] =
            (cli_result){.name = line->name,
                         .status = line->status,
                         .outcome = line->outcome,
                         .duration_ns = kt_json_u64(line->json, "duration_ns"),
                         .json = line->json};
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const cli_result *)a)->name, ((const cli_result *)b)->name);
}

// One item for each case.
static void merge(cli_results *results)
{
    if (!results->count)
        return;
    qsort(results->items, results->count, sizeof *results->items, by_name);
    cli_result *last = results->items;
    for (size_t i = 1; i < results->count; i++) {
        const cli_result *next = &results->items[i];
        if (strcmp(last->name, next->name) != 0) {
            *++last = *next;
            continue;
        }
        const uint64_t shortest =
            next->duration_ns < last->duration_ns ? next->duration_ns : last->duration_ns;
        if (kt_badness(next->status) > kt_badness(last->status))
            *last = *next;
        last->duration_ns = shortest;
    }
    results->count = (size_t)(last - results->items) + 1;
}

bool cli_results_parse(cli_results *results, const char *folder, const char *lines,
                       const char *certificate, kt_text *problem)
{
    *results = (cli_results){.folder = kt_copy_string(folder)};
    kt_text path = {0};
    kt_text_format(&path, "%s/results.jsonl", folder);
    bool right = kt_results_parse(&results->stored, kt_text_string(&path), lines, problem);
    kt_text_finish(&path);
    if (!right)
        return false;
    results->certificate = certificate ? cJSON_Parse(certificate) : NULL;
    if (certificate && !results->certificate)
        return kt_refuse(problem, "%s/certificate.json cannot be read: this is no JSON", folder);
    results->run = results->stored.run;
    results->end = results->stored.end;
    add_cases(results);
    merge(results);
    return true;
}

void cli_results_rename(cli_results *results, const kt_cases *cases)
{
    for (size_t i = 0; i < results->count; i++) {
        const kt_case *known = kt_cases_find(cases, results->items[i].name);
        if (!known)
            continue;
        results->items[i].name = known->name;
        results->items[i].old_names = known->old_names;
    }
    merge(results);
}

// Reads a file of the folder; `*out` is NULL where it may be missing and is.
static bool read_text(const char *folder, const char *name, bool may_miss, char **out,
                      kt_text *problem)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder, name);
    *out = kt_read_file(kt_text_string(&path), NULL);
    const bool right =
        *out || (may_miss && errno == ENOENT) ||
        kt_refuse(problem, "%s cannot be read: %s", kt_text_string(&path), strerror(errno));
    kt_text_finish(&path);
    return right;
}

bool cli_results_init(cli_results *results, const char *folder, kt_text *problem)
{
    *results = (cli_results){0};
    char *lines = NULL, *certificate = NULL;
    // Only `kronos certify` writes a certificate.
    const bool right = read_text(folder, "results.jsonl", false, &lines, problem) &&
                       read_text(folder, "certificate.json", true, &certificate, problem) &&
                       cli_results_parse(results, folder, lines, certificate, problem);
    free(lines);
    free(certificate);
    return right;
}

void cli_results_finish(cli_results *results)
{
    free(results->folder);
    free(results->items);
    kt_results_finish(&results->stored);
    cJSON_Delete(results->certificate);
    *results = (cli_results){0};
}

bool cli_has_results(const char *folder)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/results.jsonl", folder);
    const bool there = kt_file_exists(kt_text_string(&path));
    kt_text_finish(&path);
    return there;
}

bool cli_results_each(const char *folder,
                      bool (*visit)(void *user, const char *folder, kt_text *problem), void *user,
                      kt_text *problem)
{
    if (cli_has_results(folder))
        return visit(user, folder, problem);
    struct dirent **entries = NULL;
    const int count = scandir(folder, &entries, NULL, alphasort);
    if (count < 0)
        return kt_refuse(problem, "%s cannot be read: %s", folder, strerror(errno));
    bool right = true;
    size_t found = 0;
    for (int i = 0; i < count; i++) {
        kt_text inner = {0};
        kt_text_format(&inner, "%s/%s", folder, entries[i]->d_name);
        if (right && entries[i]->d_name[0] != '.' && cli_has_results(kt_text_string(&inner))) {
            right = visit(user, kt_text_string(&inner), problem);
            found++;
        }
        kt_text_finish(&inner);
        free(entries[i]);
    }
    free(entries);
    if (right && !found)
        return kt_refuse(problem,
                         "%s holds no results.jsonl, nor does a folder in it; 'kronos certify' and "
                         "'kronos run --out DIR' write one",
                         folder);
    return right;
}

static int name_against_item(const void *name, const void *item)
{
    return strcmp(name, ((const cli_result *)item)->name);
}

const cli_result *cli_results_find(const cli_results *results, const char *name)
{
    return results->count ? bsearch(name, results->items, results->count, sizeof *results->items,
                                    name_against_item)
                          : NULL;
}

const cJSON *cli_results_device(const cli_results *results)
{
    return cJSON_GetObjectItemCaseSensitive(results->run, "device");
}
