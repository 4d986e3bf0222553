#include "cli.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "os/files.h"
#include "page.h"
#include "results.h"

enum { OPTION_OUTPUT = 1 };

static const kt_argument OPTIONS[] = {
    {OPTION_OUTPUT, "--output", "FILE",
     "where the page goes, '-' for standard output; default: report.html in\n"
     "the first DIR"},
};

typedef struct request {
    const char **folders; // room for every argument
    size_t folder_count;
    const char *output; // NULL where not given
} request;

static bool take(void *user, unsigned bit, const char *value, kt_text *problem)
{
    request *self = user;
    (void)problem;
    if (bit == OPTION_OUTPUT)
        self->output = value;
    else
        self->folders[self->folder_count++] = value;
    return true;
}

static void append_line(kt_text *out, cJSON *object)
{
    char *text = cJSON_PrintUnformatted(object);
    cli_page_append_data(out, text, strlen(text));
    kt_text_append(out, "\n", 1);
    cJSON_free(text);
    cJSON_Delete(object);
}

// The lines of results.jsonl as they are: every digit of every number stays. What a killed run left
// half written is no line.
static bool append_lines(kt_text *out, const char *path, kt_text *problem)
{
    size_t size_bytes;
    char *text = kt_read_file(path, &size_bytes);
    if (!text)
        return kt_refuse(problem, "%s cannot be read: %s", path, strerror(errno));
    const char *end = memrchr(text, '\n', size_bytes);
    cli_page_append_data(out, text, end ? (size_t)(end - text) + 1 : 0);
    free(text);
    return true;
}

// One run: a line with its folder's name, one with its certificate, then its results. `user` is the
// text.
static bool append_run(void *user, const char *folder, kt_text *problem)
{
    kt_text *out = user;
    cli_results results;
    bool right = cli_results_init(&results, folder, problem);
    if (right) {
        const char *slash = strrchr(folder, '/');
        cJSON *line = cJSON_CreateObject();
        cJSON_AddStringToObject(line, "type", "folder");
        kt_json_add_text(line, "name", slash && slash[1] ? slash + 1 : folder);
        append_line(out, line);
        if (results.certificate) {
            line = cJSON_CreateObject();
            cJSON_AddStringToObject(line, "type", "certificate");
            cJSON_AddItemReferenceToObject(line, "certificate", results.certificate);
            append_line(out, line);
        }
        kt_text path = {0};
        kt_text_format(&path, "%s/results.jsonl", folder);
        right = append_lines(out, kt_text_string(&path), problem);
        kt_text_finish(&path);
    }
    cli_results_finish(&results);
    return right;
}

static bool write_page(const kt_text *page, const char *path, kt_text *problem)
{
    // kt_finish_output looks at standard output.
    if (!strcmp(path, "-"))
        return fwrite(page->bytes, 1, page->size_bytes, stdout) == page->size_bytes ||
               kt_refuse(problem, "standard output cannot be written: %s", strerror(errno));
    return kt_write_file(path, page->bytes, page->size_bytes) ||
           kt_refuse(problem, "%s cannot be written: %s", path, strerror(errno));
}

static bool report(const request *asked, kt_text *problem)
{
    kt_text lines = {0}, page = {0}, path = {0};
    bool right = true;
    for (size_t i = 0; right && i < asked->folder_count; i++)
        right = cli_results_each(asked->folders[i], append_run, &lines, problem);
    if (right) {
        cli_page_append(&page, "results", &lines);
        if (asked->output)
            kt_text_format(&path, "%s", asked->output);
        else
            kt_text_format(&path, "%s/report.html", asked->folders[0]);
        right = write_page(&page, kt_text_string(&path), problem);
        if (right && strcmp(kt_text_string(&path), "-") != 0)
            puts(kt_text_string(&path));
    }
    kt_text_finish(&lines);
    kt_text_finish(&page);
    kt_text_finish(&path);
    return right;
}

int cli_report(int count, char **arguments)
{
    static const cli_command_line LINE = {
        .usage = "kronos report DIR ... [options]\n\n"
                 "Makes one web page of the results in each DIR, which 'kronos certify' or\n"
                 "'kronos run --out DIR' has written, or which holds such folders. The page needs\n"
                 "nothing else, neither files nor network, and can be filtered and linked to.",
        .options = OPTIONS,
        .option_count = sizeof OPTIONS / sizeof OPTIONS[0],
        .takes_words = true,
        .take = take,
    };
    int code = KT_EXIT_EXPECTED;
    request asked = {.folders = kt_memory((size_t)count + 1, sizeof *asked.folders)};
    kt_text problem = {0};
    if (cli_arguments(&LINE, &asked, count, arguments, &code)) {
        if (!asked.folder_count)
            code = kt_usage_error("report needs a folder with results, such as 'out'");
        else if (!report(&asked, &problem))
            code = kt_usage_error(kt_text_string(&problem));
    }
    kt_text_finish(&problem);
    free(asked.folders);
    return code;
}
