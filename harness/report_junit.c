#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

// Readers of CI systems refuse files with too many cases.
enum { MAX_CASES = 5000 };

typedef struct junit {
    kt_report report;
    char *folder;
} junit;

// Writes text as XML character data, also right inside a quoted attribute.
static void write_escaped(FILE *file, const char *text)
{
    kt_text clean = {0};
    kt_text_append_clean(&clean, text, strlen(text));
    for (const char *next = kt_text_string(&clean); *next; next++) {
        switch (*next) {
        case '&':
            fputs("&amp;", file);
            break;
        case '<':
            fputs("&lt;", file);
            break;
        case '>':
            fputs("&gt;", file);
            break;
        case '"':
            fputs("&quot;", file);
            break;
        case '\n': // attributes would turn it into a space
            fputs("&#10;", file);
            break;
        default:
            fputc(*next, file);
        }
    }
    kt_text_finish(&clean);
}

static void write_attribute(FILE *file, const char *name, const char *value)
{
    fprintf(file, " %s=\"", name);
    write_escaped(file, value);
    fputc('"', file);
}

typedef enum outcome { RIGHT, SKIPPED, FAILURE, ERROR } outcome;

// What JUnit knows: a failure is a wrong result, an error is everything that is none.
static outcome classify(kt_status status)
{
    switch (status) {
    case KT_PASS:
    case KT_WARN:
        return RIGHT;
    case KT_NOT_SUPPORTED:
    case KT_NOT_RUN:
    case KT_WAIVED:
    case KT_FLAKE:
        return SKIPPED;
    case KT_FAIL:
    case KT_XPASS:
        return FAILURE;
    default:
        return ERROR;
    }
}

static void write_fault(FILE *file, const kt_run *run, const kt_result *result)
{
    const char *element = classify(result->status) == FAILURE ? "failure" : "error";
    kt_text text = {0};
    fprintf(file, "<%s", element);
    write_attribute(file, "type", kt_status_text(result->status));
    kt_result_reason(result, &text);
    write_attribute(file, "message", kt_text_string(&text));
    kt_text_clear(&text);
    kt_rerun_command(run, result->test_case, &text);
    fputs(">run it again: ", file);
    write_escaped(file, kt_text_string(&text));
    fprintf(file, "</%s>", element);
    kt_text_finish(&text);
}

static void write_skipped(FILE *file, const kt_result *result)
{
    kt_text message = {0};
    kt_result_reason(result, &message);
    fputs("<skipped", file);
    write_attribute(file, "message", kt_text_string(&message));
    fputs("/>", file);
    kt_text_finish(&message);
}

static void write_case(FILE *file, const kt_run *run, const kt_result *result)
{
    const kt_case *test_case = result->test_case;
    // The group is in the class name, so the case's own name starts after it.
    size_t prefix = strlen(test_case->suite->name) + 1 + strlen(test_case->group) + 1;
    kt_text class_name = {0};
    kt_text_format(&class_name, "%s.%s", test_case->suite->name, test_case->group);
    fputs("    <testcase", file);
    write_attribute(file, "classname", kt_text_string(&class_name));
    write_attribute(file, "name", test_case->name + prefix);
    fprintf(file, " time=\"%.6f\">", (double)result->first.duration_ns / 1e9);
    kt_text_finish(&class_name);

    const outcome kind = classify(result->status);
    if (kind == SKIPPED)
        write_skipped(file, result);
    else if (kind != RIGHT)
        write_fault(file, run, result);
    if (result->first.log.size_bytes) {
        fputs("<system-out>", file);
        write_escaped(file, kt_text_string(&result->first.log));
        fputs("</system-out>", file);
    }
    fputs("</testcase>\n", file);
}

typedef struct totals {
    size_t tests, failures, errors, skipped;
    uint64_t duration_ns;
} totals;

static void count(totals *sum, const kt_result *result)
{
    const outcome kind = classify(result->status);
    sum->tests++;
    sum->failures += kind == FAILURE;
    sum->errors += kind == ERROR;
    sum->skipped += kind == SKIPPED;
    sum->duration_ns += result->first.duration_ns;
}

static void write_totals(FILE *file, const totals *sum)
{
    fprintf(file, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\" time=\"%.6f\">\n",
            sum->tests, sum->failures, sum->errors, sum->skipped, (double)sum->duration_ns / 1e9);
}

static bool same_group(const kt_result *a, const kt_result *b)
{
    return a->test_case->suite == b->test_case->suite &&
           !strcmp(a->test_case->group, b->test_case->group);
}

// One group, or the part of it from `first` to before `limit`. Returns where it ends.
static size_t write_group(FILE *file, const kt_run *run, size_t first, size_t limit)
{
    const kt_result *results = run->results;
    totals group = {0};
    size_t next;
    for (next = first; next < limit && same_group(&results[first], &results[next]); next++)
        count(&group, &results[next]);
    kt_text name = {0};
    kt_text_format(&name, "%s.%s", results[first].test_case->suite->name,
                   results[first].test_case->group);
    fputs("  <testsuite", file);
    write_attribute(file, "name", kt_text_string(&name));
    write_totals(file, &group);
    for (size_t i = first; i < next; i++)
        write_case(file, run, &results[i]);
    fputs("  </testsuite>\n", file);
    kt_text_finish(&name);
    return next;
}

// One file, with the results from `first` to before `limit`.
static void write_part(FILE *file, const kt_run *run, size_t first, size_t limit)
{
    totals all = {0};
    for (size_t i = first; i < limit; i++)
        count(&all, &run->results[i]);
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", file);
    write_attribute(file, "name", "kronos");
    write_totals(file, &all);
    while (first < limit)
        first = write_group(file, run, first, limit);
    fputs("</testsuites>\n", file);
}

// "junit.xml", "junit-2.xml", …; parts count from 1.
static void append_path(kt_text *out, const char *folder, size_t part)
{
    kt_text_format(out, "%s/junit", folder);
    if (part > 1)
        kt_text_format(out, "-%zu", part);
    kt_text_format(out, ".xml");
}

static void end(kt_report *report, const kt_run *run)
{
    const char *folder = ((junit *)report)->folder;
    kt_text path = {0};
    size_t part = 1;
    for (size_t first = 0; part == 1 || first < run->result_count; first += MAX_CASES, part++) {
        const size_t rest = run->result_count - first;
        kt_text_clear(&path);
        append_path(&path, folder, part);
        errno = 0;
        FILE *file = fopen(kt_text_string(&path), "we");
        if (file)
            write_part(file, run, first, first + (rest < MAX_CASES ? rest : MAX_CASES));
        if (!file || ferror(file))
            kt_report_fail(report);
        if (file && fclose(file) != 0)
            kt_report_fail(report);
    }
    // Parts of a longer run that stood here before would be taken for parts of this one.
    bool gone = false;
    for (; !gone; part++) {
        kt_text_clear(&path);
        append_path(&path, folder, part);
        gone = remove(kt_text_string(&path)) != 0;
    }
    kt_text_finish(&path);
}

static void destroy(kt_report *report)
{
    free(((junit *)report)->folder);
}

kt_report *kt_report_junit_create(const char *folder)
{
    junit *report = kt_memory(1, sizeof *report);
    *report = (junit){.report = {.end = end, .destroy = destroy}, .folder = kt_copy_string(folder)};
    return &report->report;
}
