#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "os/files.h"
#include "os/process.h"

// Lines of a failed case's log that are shown; the files have all of it.
enum { LOG_LINES = 20 };

typedef struct terminal {
    kt_report report;
    FILE *file;
    kt_terminal_style style;
    const kt_case *current; // the case that started last
    uint64_t next_ns;       // when the moving line may change again
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
    (void)run;
    ((terminal *)report)->current = test_case;
}

// "1:05", or "1:02:03" where it is hours.
static void append_time(kt_text *out, uint64_t seconds)
{
    const uint64_t hours = seconds / 3600, minutes = seconds / 60 % 60;
    if (hours)
        kt_text_format(out, "%" PRIu64 ":%02" PRIu64, hours, minutes);
    else
        kt_text_format(out, "%" PRIu64, minutes);
    kt_text_format(out, ":%02" PRIu64, seconds % 60);
}

// How far it is: cases, faults, and how long the rest will take if it is like what was.
static void append_state(kt_text *out, const kt_run *run, uint64_t now_ns)
{
    const size_t ran = run->done_count - run->kept_count;
    const kt_verdict verdict = kt_run_verdict(run);
    kt_text_format(out, "[%zu/%zu]", run->done_count, run->selected_count);
    if (verdict.faults)
        kt_text_format(out, " %" PRIu64 " fault%s", verdict.faults, verdict.faults == 1 ? "" : "s");
    if (ran) {
        const double each_ns = (double)(now_ns - run->start_ns) / (double)ran;
        const double left_ns = each_ns * (double)(run->selected_count - run->done_count);
        kt_text_format(out, " ");
        append_time(out, (uint64_t)(left_ns / 1e9 + 0.5));
        kt_text_format(out, " left");
    }
}

// The moving line; it is cut where the terminal ends, or it could not be taken back.
static void progress(kt_report *report, const kt_run *run)
{
    static const uint64_t PAUSE_NS = KT_NS_PER_S / 10;
    terminal *self = (terminal *)report;
    const uint64_t now_ns = kt_now_ns();
    if (self->style != KT_TERMINAL_MOVING || !self->current || now_ns < self->next_ns)
        return;
    self->next_ns = now_ns + PAUSE_NS;
    kt_text line = {0};
    append_state(&line, run, now_ns);
    kt_text_format(&line, " %s", self->current->name);
    const int width = kt_terminal_width(fileno(self->file)) - 1;
    fprintf(self->file, "\r%.*s\033[K", width, kt_text_string(&line));
    fflush(self->file);
    kt_text_finish(&line);
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

// What helps to find a fault: the end of the log, the command.
static void write_details(const terminal *self, const kt_run *run, const kt_result *result)
{
    kt_text details = {0};
    const char *log = last_lines(kt_text_string(&result->first.log), LOG_LINES);
    kt_text_append_clean(&details, log, strlen(log));
    if (details.size_bytes && details.bytes[details.size_bytes - 1] != '\n')
        kt_text_format(&details, "\n");
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
    // The last line says why nothing ran any more, and for how many cases.
    const bool plain = status == KT_PASS || status == KT_NOT_SUPPORTED || status == KT_NOT_RUN;
    if (self->style == KT_TERMINAL_TAP ? status == KT_NOT_RUN && run->unusable.size_bytes : plain)
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
    // What did not run, or may have been right, has nothing to tell one by one.
    if (fault && status != KT_NOT_RUN && status != KT_SUSPECT)
        write_details(self, run, result);
    fflush(self->file);
}

// Entries of expectation files that nothing needed.
static void append_unused(kt_text *out, const kt_run *run)
{
    for (size_t i = 0; i < run->config.expectations->count; i++) {
        const kt_expectation *entry = &run->config.expectations->items[i];
        if (kt_run_never_needed(run, entry))
            kt_text_format(out, "not needed: %s:%u [%s]\n", entry->path, entry->line,
                           entry->pattern);
    }
}

// TAP's word for a run that is no list of passes and failures.
static void write_bail_out(FILE *file, const char *why)
{
    kt_text line = {0};
    kt_text_append_clean(&line, why, strcspn(why, "\n"));
    fprintf(file, "Bail out! %s\n", kt_text_string(&line));
    kt_text_finish(&line);
}

static void end(kt_report *report, const kt_run *run)
{
    terminal *self = (terminal *)report;
    kt_text lines = {0};
    if (self->style == KT_TERMINAL_MOVING)
        fputs("\r\033[K", self->file);
    else if (self->style == KT_TERMINAL_TAP && run->unusable.size_bytes)
        write_bail_out(self->file, kt_text_string(&run->unusable));
    else if (self->style == KT_TERMINAL_TAP)
        fprintf(self->file, "1..%zu\n", run->result_count);
    append_unused(&lines, run);
    kt_verdict_text(run, &lines);
    write_lines(self->file, comment(self), kt_text_string(&lines));
    kt_text_finish(&lines);
    errno = 0;
    if (fflush(self->file) != 0 || ferror(self->file))
        kt_report_fail(report);
}

kt_report *kt_report_terminal_create(FILE *file, kt_terminal_style style)
{
    terminal *report = kt_memory(1, sizeof *report);
    *report = (terminal){
        .report =
            {.begin = begin, .start = start, .progress = progress, .result = result, .end = end},
        .file = file,
        .style = style,
    };
    return &report->report;
}
