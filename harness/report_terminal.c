#include "report.h"

#include <inttypes.h>
#include <string.h>

// Lines of a failed case's log that are shown; the files have all of it.
enum { LOG_LINES = 20 };

typedef struct terminal {
    kt_report report;
    FILE *file;
    kt_terminal_style style;
} terminal;

// Writes each line of a text behind a prefix.
static void write_lines(FILE *file, const char *prefix, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        fprintf(file, "%s%.*s\n", prefix, (int)length, text);
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

// TAP readers take what is no test line for a comment.
static const char *comment(const terminal *self)
{
    return self->style == KT_TERMINAL_TAP ? "# " : "";
}

static void begin(kt_report *report, const kt_run *run)
{
    terminal *self = (terminal *)report;
    if (self->style == KT_TERMINAL_TAP)
        fputs("TAP version 13\n", self->file);
    kt_text line = {0};
    if (run->device)
        kt_text_format(&line, "device: %s, driver %s %s\n", kt_run_device_string(run, "name"),
                       kt_run_device_string(run, "driver_name"),
                       kt_text_string(&run->driver_version));
    else if (run->device_problem.size_bytes)
        kt_text_format(&line, "no device: %s\n", kt_text_string(&run->device_problem));
    kt_text_format(&line, "%zu cases, tier %s, seed %" PRIu64 "\n", run->selected_count,
                   kt_tier_text(run->config.selection.tier), run->config.seed);
    write_lines(self->file, comment(self), kt_text_string(&line));
    kt_text_finish(&line);
    fflush(self->file);
}

static void start(kt_report *report, const kt_run *run, const kt_case *test_case)
{
    terminal *self = (terminal *)report;
    if (self->style != KT_TERMINAL_MOVING)
        return;
    // Back to the line's start; what a longer line left is cleared.
    fprintf(self->file, "\r[%zu/%zu] %.60s\033[K", run->result_count + 1, run->selected_count,
            test_case->name);
    fflush(self->file);
}

// Why a result is not a plain pass, behind what TAP readers understand: what is skipped, and what
// is known to fail.
static void append_reason(const kt_result *result, kt_text *line)
{
    switch (result->status) {
    case KT_PASS:
        return;
    case KT_NOT_SUPPORTED:
        kt_text_format(line, " # SKIP ");
        break;
    case KT_WAIVED:
    case KT_FLAKE:
        kt_text_format(line, " # TODO ");
        break;
    default:
        kt_text_format(line, " # %s: ", kt_status_text(result->status));
    }
    kt_result_reason(result, line);
}

// What helps to find a fault: the end of the log, the second attempt, the command.
static void write_details(const terminal *self, const kt_run *run, const kt_result *result)
{
    kt_text details = {0};
    const char *log = last_lines(kt_text_string(&result->first.log), LOG_LINES);
    kt_text_append_clean(&details, log, strlen(log));
    if (details.size_bytes && details.bytes[details.size_bytes - 1] != '\n')
        kt_text_format(&details, "\n");
    if (result->ran_again)
        kt_text_format(&details, "alone in a new process: %s\n",
                       kt_status_text(result->again.status));
    kt_text_format(&details, "run it again: ");
    kt_rerun_command(run, result->test_case, &details);
    write_lines(self->file, self->style == KT_TERMINAL_TAP ? "# " : "    ",
                kt_text_string(&details));
    kt_text_finish(&details);
}

static void result(kt_report *report, const kt_run *run, const kt_result *result)
{
    terminal *self = (terminal *)report;
    const kt_status status = result->status;
    const bool fault = kt_result_is_fault(result);
    const bool known = status == KT_WAIVED || status == KT_FLAKE;
    if (self->style != KT_TERMINAL_TAP && (status == KT_PASS || status == KT_NOT_SUPPORTED))
        return;
    kt_text line = {0};
    if (self->style == KT_TERMINAL_TAP)
        kt_text_format(&line, "%s %zu - ", fault || known ? "not ok" : "ok", run->result_count);
    else if (self->style == KT_TERMINAL_MOVING)
        kt_text_format(&line, "\r\033[K");
    kt_text_format(&line, "%s", result->test_case->name);
    append_reason(result, &line);
    fprintf(self->file, "%s\n", kt_text_string(&line));
    kt_text_finish(&line);
    // Cases that never ran have nothing to tell one by one.
    if (fault && status != KT_NOT_RUN)
        write_details(self, run, result);
    fflush(self->file);
}

static void end(kt_report *report, const kt_run *run)
{
    terminal *self = (terminal *)report;
    if (self->style == KT_TERMINAL_MOVING)
        fputs("\r\033[K", self->file);
    else if (self->style == KT_TERMINAL_TAP)
        fprintf(self->file, "1..%zu\n", run->result_count);
    kt_text line = {0};
    kt_verdict_text(run, &line);
    fprintf(self->file, "%s%s\n", comment(self), kt_text_string(&line));
    kt_text_finish(&line);
    fflush(self->file);
}

kt_report *kt_report_terminal_create(FILE *file, kt_terminal_style style)
{
    terminal *report = kt_memory(1, sizeof *report);
    *report = (terminal){
        .report = {.begin = begin, .start = start, .result = result, .end = end},
        .file = file,
        .style = style,
    };
    return &report->report;
}
