#include "results.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "json.h"
#include "os/files.h"

enum { SCHEMA = 1 };

// Parses the whole lines of a text into an array.
static bool parse_lines(cJSON *lines, const char *path, const char *text, kt_text *problem)
{
    for (unsigned number = 1; *text; number++) {
        const size_t length = strcspn(text, "\n");
        const char *end = NULL;
        if (!text[length])
            return true;
        cJSON *line = cJSON_ParseWithLengthOpts(text, length, &end, false);
        if (!cJSON_IsObject(line) || end != text + length) {
            cJSON_Delete(line);
            return kt_refuse(problem, "%s:%u is no line of results", path, number);
        }
        cJSON_AddItemToArray(lines, line);
        text += length + 1;
    }
    return true;
}

static bool is_type(const cJSON *line, const char *type)
{
    return !strcmp(kt_json_string(line, "type"), type);
}

// cJSON's numbers are doubles; the seed's digits stand in the text of the first line. Inside a
// string the quotes would have a backslash before them.
static uint64_t read_seed(const char *text)
{
    static const char KEY[] = "\"seed\":";
    const char *digits = strstr(text, KEY);
    return digits ? strtoull(digits + strlen(KEY), NULL, 10) : 0;
}

// Finds the lines of each type.
static bool sort_lines(kt_results *results, const char *path, kt_text *problem)
{
    const cJSON *first = results->lines->child;
    const cJSON *schema = cJSON_GetObjectItemCaseSensitive(first, "schema");
    if (!is_type(first, "run") || !cJSON_IsNumber(schema))
        return kt_refuse(problem, "%s does not begin with the line of a run", path);
    if (cJSON_GetNumberValue(schema) != SCHEMA)
        return kt_refuse(problem, "%s has schema %.0f; this program reads schema %d", path,
                         cJSON_GetNumberValue(schema), SCHEMA);
    results->run = first;
    results->cases = kt_memory((size_t)cJSON_GetArraySize(results->lines), sizeof *results->cases);
    for (const cJSON *line = first->next; line; line = line->next) {
        if (is_type(line, "case"))
            results->cases[results->case_count++] = line;
        else if (is_type(line, "end"))
            results->end = line;
    }
    return true;
}

bool kt_results_read(kt_results *results, const char *folder, kt_text *problem)
{
    *results = (kt_results){.lines = cJSON_CreateArray()};
    kt_text path = {0};
    kt_text_format(&path, "%s/results.jsonl", folder);
    char *text = kt_read_file(kt_text_string(&path), NULL);
    bool right = text;
    if (!text)
        kt_text_format(problem, "%s cannot be read: %s", kt_text_string(&path), strerror(errno));
    right = right && parse_lines(results->lines, kt_text_string(&path), text, problem) &&
            sort_lines(results, kt_text_string(&path), problem);
    if (right)
        results->seed = read_seed(text);
    else
        kt_results_finish(results);
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
