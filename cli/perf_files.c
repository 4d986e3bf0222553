#include "perf_files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "os/files.h"
#include "page.h"

static bool write_text(const kt_text *text, const char *option, const char *path, kt_text *problem)
{
    return kt_write_file(path, text->bytes, text->size_bytes) ||
           kt_refuse(problem, "%s: %s: %s", option, path, strerror(errno));
}

static void append_json(kt_text *out, char *json)
{
    kt_text_format(out, "%s\n", json ? json : "");
    cJSON_free(json);
}

cJSON *cli_perf_read(const char *path, kt_text *problem)
{
    char *text = kt_read_file(path, NULL);
    if (!text) {
        kt_refuse(problem, "--compare: %s: %s", path, strerror(errno));
        return NULL;
    }
    cJSON *json = cJSON_Parse(text);
    free(text);
    if (!json)
        kt_refuse(problem, "--compare: %s is no JSON", path);
    return json;
}

bool cli_perf_save(const cJSON *results, const char *path, kt_text *problem)
{
    kt_text text = {0};
    append_json(&text, cJSON_Print(results));
    const bool written = write_text(&text, "--save", path, problem);
    kt_text_finish(&text);
    return written;
}

static bool ends_in_line(FILE *file)
{
    return fseek(file, -1, SEEK_END) != 0 || fgetc(file) == '\n'; // an empty file has no last byte
}

bool cli_perf_add_history(const cJSON *results, const char *path, kt_text *problem)
{
    kt_text text = {0};
    FILE *file = fopen(path, "a+e");
    if (file && !ends_in_line(file))
        kt_text_format(&text, "\n");
    append_json(&text, cJSON_PrintUnformatted(results));
    bool written = file && fwrite(text.bytes, 1, text.size_bytes, file) == text.size_bytes;
    if (file && fclose(file))
        written = false;
    kt_text_finish(&text);
    return written || kt_refuse(problem, "--history: %s: %s", path, strerror(errno));
}

bool cli_perf_write_page(const cJSON *results, const char *history, const char *path,
                         kt_text *problem)
{
    kt_text lines = {0}, data = {0}, page = {0};
    bool right = true;
    if (history) {
        size_t size_bytes;
        char *text = kt_read_file(history, &size_bytes);
        right = text || kt_refuse(problem, "--history: %s: %s", history, strerror(errno));
        kt_text_append(&lines, text ? text : "", text ? size_bytes : 0);
        free(text);
    } else {
        append_json(&lines, cJSON_PrintUnformatted(results));
    }
    if (right) {
        cli_page_append_data(&data, lines.bytes, lines.size_bytes);
        cli_page_append(&page, "perf", &data);
        right = write_text(&page, "--html", path, problem);
    }
    kt_text_finish(&lines);
    kt_text_finish(&data);
    kt_text_finish(&page);
    return right;
}
