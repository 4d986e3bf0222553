#include "report.h"

#include <inttypes.h>
#include <string.h>

// Lines of a failed case's log that are shown; the files have all of it.
enum { LOG_LINES = 20 };

typedef struct terminal {
    kt_report report;
    FILE *file;
    bool moving;
} terminal;

// Writes each line of a text behind "# ".
static void write_comment(FILE *file, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(file, "# %.*s\n", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

// The last lines of a text.
static const char *last_lines(const char *text, unsigned count)
{
    const char *start = text + strlen(text);
    if (start > text && start[-1] == '\n')
        start--;
    while (start > text && (start[-1] != '\n' || --count))
        start--;
    return start;
}

static void begin(kt_report *report, const kt_run *run)
{
    FILE *file = ((terminal *)report)->file;
    if (!((terminal *)report)->moving)
        fputs("TAP version 13\n", file);
    kt_text line = {0};
    if (run->device)
        kt_text_format(&line, "device: %s, driver %s %s\n", kt_run_device_string(run, "name"),
                       kt_run_device_string(run, "driver_name"),
                       kt_text_string(&run->driver_version));
    else if (run->device_problem.size_bytes)
        kt_text_format(&line, "no device: %s\n", kt_text_string(&run->device_problem));
    kt_text_format(&line, "%zu cases, tier %s, seed %" PRIu64 "\n", run->selected_count,
                   kt_tier_text(run->config.selection.tier), run->config.seed);
    write_comment(file, kt_text_string(&line));
    kt_text_finish(&line);
    fflush(file);
}

static void start(kt_report *report, const kt_run *run, const kt_case *test_case)
{
    terminal *self = (terminal *)report;
    if (!self->moving)
        return;
    // Back to the line's start, and clear what is longer there.
    fprintf(self->file, "\r[%zu/%zu] %.60s\033[K", run->result_count + 1, run->selected_count,
            test_case->name);
    fflush(self->file);
}

// Text on one line, as TAP wants it behind a '#'.
static void append_line(kt_text *out, const char *text)
{
    kt_text clean = {0};
    kt_text_append_clean(&clean, text, strcspn(text, "\n"));
    kt_text_format(out, "%s", kt_text_string(&clean));
    kt_text_finish(&clean);
}

static void result(kt_report *report, const kt_run *run, const kt_result *result)
{
    terminal *self = (terminal *)report;
    const bool right = result->status == KT_PASS || result->status == KT_NOT_SUPPORTED ||
                       result->status == KT_WARN;
    const bool known = result->status == KT_WAIVED || result->status == KT_FLAKE;
    if (self->moving && right && result->status != KT_WARN)
        return;
    kt_text line = {0};
    if (self->moving)
        kt_text_format(&line, "\r\033[K%s %s", kt_status_text(result->status),
                       result->test_case->name);
    else
        kt_text_format(&line, "%s %zu - %s", right || known ? "ok" : "not ok", run->result_count,
                       result->test_case->name);
    if (result->status == KT_NOT_SUPPORTED) {
        kt_text_format(&line, " # SKIP ");
        append_line(&line, kt_text_string(&result->first.message));
    } else if (known) {
        kt_text_format(&line, " # known fault, %s: ", kt_status_text(result->first.status));
        append_line(&line, result->expectation->reason);
    } else if (result->status != KT_PASS) {
        kt_text_format(&line, " # %s: ", kt_status_text(result->status));
        append_line(&line, result->status == KT_XPASS ? "a known fault has gone; see the "
                                                        "expectation file"
                                                      : kt_text_string(&result->first.message));
    }
    fprintf(self->file, "%s\n", kt_text_string(&line));
    kt_text_finish(&line);

    if (!right && !known) {
        kt_text details = {0}, clean = {0};
        const char *log = last_lines(kt_text_string(&result->first.log), LOG_LINES);
        kt_text_append_clean(&clean, log, strlen(log));
        kt_text_format(&details, "%s", kt_text_string(&clean));
        if (clean.size_bytes && clean.bytes[clean.size_bytes - 1] != '\n')
            kt_text_format(&details, "\n");
        if (result->ran_again)
            kt_text_format(&details, "alone in a new process: %s\n",
                           kt_status_text(result->again.status));
        if (result->status == KT_XPASS)
            kt_text_format(&details, "%s:%u\n", result->expectation->path,
                           result->expectation->line);
        kt_text_format(&details, "run it again: ");
        kt_rerun_command(run, result->test_case, &details);
        write_comment(self->file, kt_text_string(&details));
        kt_text_finish(&details);
        kt_text_finish(&clean);
    }
    fflush(self->file);
}

static void end(kt_report *report, const kt_run *run)
{
    terminal *self = (terminal *)report;
    if (self->moving)
        fputs("\r\033[K", self->file);
    else
        fprintf(self->file, "1..%zu\n", run->result_count);
    kt_text line = {0};
    kt_verdict_text(run, &line);
    fprintf(self->file, "%s%s\n", self->moving ? "" : "# ", kt_text_string(&line));
    kt_text_finish(&line);
    fflush(self->file);
}

kt_report *kt_report_terminal_create(FILE *file, bool moving)
{
    terminal *report = kt_memory(1, sizeof *report);
    *report = (terminal){
        .report = {.begin = begin, .start = start, .result = result, .end = end},
        .file = file,
        .moving = moving,
    };
    return &report->report;
}
