// What `kronos perf` keeps: a saved survey, a line of history, a page.
#ifndef CLI_PERF_FILES_H
#define CLI_PERF_FILES_H

#include <cjson/cJSON.h>

#include "text.h"

// Reads what was saved; NULL with a sentence in `problem`.
cJSON *cli_perf_read(const char *path, kt_text *problem);

// Each returns false with a sentence in `problem`.
bool cli_perf_save(const cJSON *results, const char *path, kt_text *problem);
// Appends a line, and a line break before it where the file's last line has none.
bool cli_perf_add_history(const cJSON *results, const char *path, kt_text *problem);
// A page of the results; with a history, of which they are the last line, also of that.
bool cli_perf_write_page(const cJSON *results, const char *history, const char *path,
                         kt_text *problem);

#endif
