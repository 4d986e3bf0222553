#include "results.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "os/files.h"
#include "worst.h"

static char *read_file(const char *folder, const char *name, kt_text *path)
{
    kt_text_clear(path);
    kt_text_format(path, "%s/%s", folder, name);
    return kt_read_file(kt_text_string(path), NULL);
}

static uint64_t duration_of(const cJSON *line)
{
    const double duration = cJSON_GetNumberValue(cJSON_GetObjectItem(line, "duration_ns"));
    return duration >= 0 && duration < 1e18 ? (uint64_t)duration : 0;
}

static bool parse_status(const char *name, kt_status *out)
{
    return kt_status_parse(name, strlen(name), out);
}

// Reads a line of type "case" into the next item.
static bool add_case(cli_results *results, const cJSON *line)
{
    cli_result result = {
        .name = kt_json_string(line, "name"), .duration_ns = duration_of(line), .json = line};
    if (!*result.name || !parse_status(kt_json_string(line, "status"), &result.status))
        return false;
    result.outcome = result.status;
    const char *outcome = kt_json_string(line, "outcome");
    if (*outcome && !parse_status(outcome, &result.outcome))
        return false;
    results->items = kt_memory_grow(results->items, results->count + 1, sizeof result);
    results->items[results->count++] = result;
    return true;
}

// Takes a line up. What it does not know is of a later version, and left alone.
static bool add_line(cli_results *results, cJSON *line)
{
    cJSON_AddItemToArray(results->lines, line);
    const char *type = kt_json_string(line, "type");
    if (!strcmp(type, "run") && !results->run)
        results->run = line;
    else if (!strcmp(type, "end"))
        results->end = line;
    else if (!strcmp(type, "case"))
        return add_case(results, line);
    return results->run != NULL;
}

static bool parse_lines(cli_results *results, const char *path, const char *text, kt_text *problem)
{
    results->lines = cJSON_CreateArray();
    for (unsigned number = 1; *text; number++) {
        const size_t length = strcspn(text, "\n");
        const char *end = NULL;
        cJSON *line = cJSON_ParseWithLengthOpts(text, length, &end, false);
        // A run that was killed may have left half a line at the end.
        if (!line && !text[length] && results->run)
            break;
        if (!line || end != text + length || !add_line(results, line)) {
            kt_text_format(problem, "%s:%u: this is no line of results.jsonl", path, number);
            return false;
        }
        text += length + (text[length] == '\n');
    }
    if (!results->run)
        kt_text_format(problem, "%s is empty", path);
    return results->run != NULL;
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

static bool read_certificate(cli_results *results, kt_text *problem)
{
    kt_text path = {0};
    char *text = read_file(results->folder, "certificate.json", &path);
    results->certificate = text ? cJSON_Parse(text) : NULL;
    // Only `kronos certify` writes one.
    const bool right = results->certificate || (!text && errno == ENOENT);
    if (!right)
        kt_text_format(problem, "%s cannot be read: %s", kt_text_string(&path),
                       text ? "this is no JSON" : strerror(errno));
    free(text);
    kt_text_finish(&path);
    return right;
}

bool cli_results_init(cli_results *results, const char *folder, kt_text *problem)
{
    *results = (cli_results){.folder = kt_copy_string(folder)};
    kt_text path = {0};
    char *text = read_file(folder, "results.jsonl", &path);
    bool right = text != NULL;
    if (!right)
        kt_text_format(problem, "%s cannot be read: %s", kt_text_string(&path), strerror(errno));
    right = right && parse_lines(results, kt_text_string(&path), text, problem) &&
            read_certificate(results, problem);
    if (right)
        merge(results);
    free(text);
    kt_text_finish(&path);
    return right;
}

void cli_results_finish(cli_results *results)
{
    free(results->folder);
    free(results->items);
    cJSON_Delete(results->lines);
    cJSON_Delete(results->certificate);
    *results = (cli_results){0};
}

static bool has_results(const char *folder)
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
    if (has_results(folder))
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
        if (right && entries[i]->d_name[0] != '.' && has_results(kt_text_string(&inner))) {
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
