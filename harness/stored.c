#include "stored.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "json.h"
#include "os/files.h"

enum { SCHEMA = 1 };

static bool read_status(const cJSON *line, const char *name, kt_status *out)
{
    const char *text = kt_json_string(line, name);
    return kt_status_parse(text, strlen(text), out);
}

static bool add_case(kt_results *results, const cJSON *line)
{
    kt_stored_case stored = {.name = kt_json_string(line, "name"), .json = line};
    if (!*stored.name || !read_status(line, "status", &stored.status))
        return false;
    stored.outcome = stored.status;
    if (kt_json_item(line, "outcome") && !read_status(line, "outcome", &stored.outcome))
        return false;
    results->cases = kt_memory_append(results->cases, results->case_count, sizeof stored);
    results->cases[results->case_count++] = stored;
    return true;
}

// Takes a line up, which is the array's now.
static bool add_line(kt_results *results, const cJSON *line)
{
    const char *type = kt_json_string(line, "type");
    if (!results->run) {
        results->run = line;
        return !strcmp(type, "run");
    }
    if (!strcmp(type, "end"))
        results->end = line;
    return strcmp(type, "case") != 0 || add_case(results, line);
}

static bool read_lines(kt_results *results, const char *path, const char *text, kt_text *problem)
{
    for (unsigned number = 1; *text; number++) {
        const size_t length = strcspn(text, "\n");
        const char *end = NULL;
        cJSON *line = cJSON_ParseWithLengthOpts(text, length, &end, false);
        bool right = line && end == text + length;
        // A run that was killed may have left half a line at the end.
        if (!right && !text[length] && results->run) {
            cJSON_Delete(line);
            break;
        }
        if (line)
            cJSON_AddItemToArray(results->lines, line);
        if (!right || !add_line(results, line))
            return kt_refuse(problem, "%s:%u: this is no line of results.jsonl", path, number);
        text += length + (text[length] == '\n');
    }
    if (!results->run)
        return kt_refuse(problem, "%s is empty", path);
    const cJSON *schema = kt_json_item(results->run, "schema");
    if (schema && cJSON_GetNumberValue(schema) != SCHEMA)
        return kt_refuse(problem, "%s has schema %.0f; this program reads schema %d", path,
                         cJSON_GetNumberValue(schema), SCHEMA);
    return true;
}

// cJSON's numbers are doubles; the seed's digits stand in the text of the first line. Inside a
// string the quotes would have a backslash before them.
static uint64_t read_seed(const char *text)
{
    static const char KEY[] = "\"seed\":";
    const char *digits = strstr(text, KEY);
    return digits ? strtoull(digits + strlen(KEY), NULL, 10) : 0;
}

bool kt_results_parse(kt_results *results, const char *path, const char *text, kt_text *problem)
{
    *results = (kt_results){.lines = cJSON_CreateArray()};
    const bool right = read_lines(results, path, text, problem);
    if (right)
        results->seed = read_seed(text);
    else
        kt_results_finish(results);
    return right;
}

bool kt_results_read(kt_results *results, const char *folder, kt_text *problem)
{
    *results = (kt_results){0};
    kt_text path = {0};
    kt_text_format(&path, "%s/results.jsonl", folder);
    char *text = kt_read_file(kt_text_string(&path), NULL);
    const bool right =
        text ? kt_results_parse(results, kt_text_string(&path), text, problem)
             : kt_refuse(problem, "%s cannot be read: %s", kt_text_string(&path), strerror(errno));
    free(text);
    kt_text_finish(&path);
    return right;
}

void kt_results_finish(kt_results *results)
{
    cJSON_Delete(results->lines);
    free(results->cases);
    *results = (kt_results){0};
}
