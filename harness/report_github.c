#include "report_github.h"

#include <stdlib.h>
#include <string.h>

#include "markdown.h"
#include "os/entropy.h"
#include "worst.h"

enum {
    MAX_LINES = 10,                  // GitHub shows no more of a step
    MAX_SUMMARY_BYTES = 1000 * 1024, // GitHub refuses a file above 1,024 KiB
    TITLE_BYTES = 250,
    MESSAGE_BYTES = 500,
    TOKEN_BYTES = 16,
};

// A result that is not right.
typedef struct record {
    size_t number; // in the order they came
    int badness;
    bool known;
    const char *status;
    char *title, *device, *message, *rerun; // rerun may be ""
} record;

// What devices lack, and how many cases want it.
typedef struct lack {
    char *message;
    size_t case_count;
} lack;

struct kt_github {
    FILE *file;
    char token[2 * TOKEN_BYTES + 1]; // ends the time without commands
    kt_text runs;                    // rows of the summary's first table
    record *records;
    size_t record_count;
    lack *lacks;
    size_t lack_count;
};

static char *copy_line(const char *text, size_t max_bytes)
{
    kt_text line = {0};
    kt_append_line(&line, text, max_bytes);
    char *copy = kt_copy_string(kt_text_string(&line));
    kt_text_finish(&line);
    return copy;
}

static record *add_record(kt_github *self)
{
    self->records = kt_memory_append(self->records, self->record_count, sizeof(record));
    record *added = &self->records[self->record_count];
    *added = (record){.number = self->record_count++};
    return added;
}

static void add_result(kt_github *self, const kt_run *run, const kt_result *result)
{
    kt_text reason = {0}, rerun = {0};
    kt_result_reason(result, &reason);
    const bool known = !kt_result_is_fault(result);
    if (!known && result->status != KT_NOT_RUN)
        kt_rerun_command(run, result->test_case, &rerun);
    record *added = add_record(self);
    added->badness = kt_badness(result->status);
    added->known = known;
    added->status = kt_status_text(result->status);
    added->title = copy_line(result->test_case->name, TITLE_BYTES);
    added->device = copy_line(kt_run_device_string(run, "name"), TITLE_BYTES);
    added->message = copy_line(kt_text_string(&reason), MESSAGE_BYTES);
    added->rerun = copy_line(kt_text_string(&rerun), MESSAGE_BYTES);
    kt_text_finish(&reason);
    kt_text_finish(&rerun);
}

static void add_lack(kt_github *self, const kt_result *result)
{
    char *message = copy_line(kt_text_string(&result->first.message), MESSAGE_BYTES);
    size_t i = 0;
    while (i < self->lack_count && strcmp(self->lacks[i].message, message) != 0)
        i++;
    if (i == self->lack_count) {
        self->lacks = kt_memory_append(self->lacks, self->lack_count, sizeof(lack));
        self->lacks[self->lack_count++] = (lack){.message = kt_copy_string(message)};
    }
    self->lacks[i].case_count++;
    free(message);
}

void kt_github_error(kt_github *github, const char *title, const char *message)
{
    if (!github)
        return;
    record *added = add_record(github);
    added->badness = kt_badness(KT_CRASH) + 1; // it hides everything else
    added->status = "Unusable";
    added->title = copy_line(title, TITLE_BYTES);
    added->device = kt_copy_string("");
    added->message = copy_line(message, MESSAGE_BYTES);
    added->rerun = kt_copy_string("");
}

void kt_github_add(kt_github *github, const kt_run *run)
{
    if (!github)
        return;
    for (size_t i = 0; i < run->result_count; i++) {
        const kt_result *result = &run->results[i];
        if (result->status == KT_NOT_SUPPORTED)
            add_lack(github, result);
        else if (result->status != KT_PASS && result->status != KT_WARN)
            add_result(github, run, result);
    }
    const kt_verdict verdict = kt_run_verdict(run);
    kt_text device = {0}, text = {0};
    kt_text_format(&device, "%s, driver %s %s", kt_run_device_string(run, "name"),
                   kt_run_device_string(run, "driver_name"), kt_text_string(&run->driver_version));
    kt_verdict_text(run, &text);
    kt_text_format(&github->runs, "| %s ", verdict.exit_code == KT_EXIT_EXPECTED ? "✅" : "❌");
    kt_markdown_cell(&github->runs, run->device ? kt_text_string(&device) : "no device",
                     TITLE_BYTES);
    kt_markdown_cell(&github->runs, kt_text_string(&text), MESSAGE_BYTES);
    kt_text_format(&github->runs, "|\n");
    if (run->unusable.size_bytes)
        kt_github_error(github, "the machine is unusable", kt_text_string(&run->unusable));
    kt_text_finish(&device);
    kt_text_finish(&text);
}

kt_github *kt_github_create(FILE *file)
{
    const char *actions = getenv("GITHUB_ACTIONS");
    if (!actions || strcmp(actions, "true") != 0)
        return NULL;
    kt_github *self = kt_memory(1, sizeof *self);
    *self = (kt_github){.file = file};
    unsigned char random[TOKEN_BYTES];
    if (kt_entropy(random, sizeof random)) {
        for (size_t i = 0; i < sizeof random; i++)
            snprintf(self->token + 2 * i, 3, "%02x", random[i]);
        fprintf(file, "::stop-commands::%s\n", self->token);
    }
    return self;
}

static int worst_first(const void *x, const void *y)
{
    const record *a = x, *b = y;
    if (a->badness != b->badness)
        return a->badness > b->badness ? -1 : 1;
    return a->number < b->number ? -1 : 1;
}

// Writes a value of a command as GitHub reads it back; properties end at more characters.
static void write_escaped(FILE *file, const char *text, bool property)
{
    for (; *text; text++) {
        if (strchr("%\r\n", *text) || (property && strchr(":,", *text)))
            fprintf(file, "%%%02X", (unsigned)*text);
        else
            fputc(*text, file);
    }
}

static void write_line(FILE *file, const record *item)
{
    fputs("::error title=", file);
    write_escaped(file, item->status, true);
    fputs("%3A ", file);
    write_escaped(file, item->title, true);
    fputs("::", file);
    write_escaped(file, *item->message ? item->message : item->status, false);
    if (*item->device) {
        fputs("%0Aon ", file);
        write_escaped(file, item->device, false);
    }
    if (*item->rerun) {
        fputs("%0Arun it again: ", file);
        write_escaped(file, item->rerun, false);
    }
    fputc('\n', file);
}

static void write_lines(const kt_github *self)
{
    size_t count = 0;
    while (count < self->record_count && !self->records[count].known)
        count++;
    const size_t shown = count <= MAX_LINES ? count : MAX_LINES - 1;
    for (size_t i = 0; i < shown; i++)
        write_line(self->file, &self->records[i]);
    if (shown < count)
        fprintf(self->file, "::error title=Kronos::and %zu more faults; the summary has them\n",
                count - shown);
}

static void append_record(kt_text *out, const record *item)
{
    kt_text_format(out, "| %s%s ", item->known ? "" : "❌ ", item->status);
    kt_markdown_cell(out, item->title, TITLE_BYTES);
    kt_markdown_cell(out, item->device, TITLE_BYTES);
    kt_markdown_cell(out, item->message, MESSAGE_BYTES);
    kt_text_format(out, "|\n");
}

static void append_summary(const kt_github *self, size_t max_bytes, kt_text *out)
{
    kt_rows rows = {.out = out, .max_bytes = max_bytes};
    kt_rows_add(&rows, "### Kronos\n\n| | device | verdict |\n| --- | --- | --- |\n",
                kt_text_string(&self->runs));
    const char *head = "\n| status | case | device | what |\n| --- | --- | --- | --- |\n";
    kt_text row = {0};
    for (size_t i = 0; i < self->record_count; i++) {
        kt_text_clear(&row);
        append_record(&row, &self->records[i]);
        kt_rows_add(&rows, i ? NULL : head, kt_text_string(&row));
    }
    head = "\n| not supported here | cases |\n| --- | --- |\n";
    for (size_t i = 0; i < self->lack_count; i++) {
        kt_text_clear(&row);
        kt_markdown_cell(&row, self->lacks[i].message, MESSAGE_BYTES);
        kt_text_format(&row, "| %zu |\n", self->lacks[i].case_count);
        kt_rows_add(&rows, i ? NULL : head, kt_text_string(&row));
    }
    kt_rows_finish(&rows, "lines");
    kt_text_finish(&row);
}

static void write_summary(const kt_github *self)
{
    const char *path = getenv("GITHUB_STEP_SUMMARY");
    FILE *file = path && *path ? fopen(path, "ae") : NULL;
    if (!file)
        return;
    // The step may have written there before.
    const long used_bytes = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : 0;
    kt_text text = {0};
    if (used_bytes >= 0 && used_bytes < MAX_SUMMARY_BYTES)
        append_summary(self, (size_t)(MAX_SUMMARY_BYTES - used_bytes), &text);
    bool written = fputs(kt_text_string(&text), file) >= 0;
    written = fclose(file) == 0 && written;
    if (!written)
        fprintf(stderr, "kronos: the summary could not be written to %s\n", path);
    kt_text_finish(&text);
}

void kt_github_finish(kt_github *github)
{
    if (!github)
        return;
    if (*github->token)
        fprintf(github->file, "::%s::\n", github->token);
    if (github->record_count)
        qsort(github->records, github->record_count, sizeof(record), worst_first);
    write_lines(github);
    fflush(github->file);
    write_summary(github);
    for (size_t i = 0; i < github->record_count; i++) {
        free(github->records[i].title);
        free(github->records[i].device);
        free(github->records[i].message);
        free(github->records[i].rerun);
    }
    for (size_t i = 0; i < github->lack_count; i++)
        free(github->lacks[i].message);
    free(github->records);
    free(github->lacks);
    kt_text_finish(&github->runs);
    free(github);
}
