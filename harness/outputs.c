#include "outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "os/files.h"

static char *join(const char *folder, const char *name)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder, name);
    return path.bytes;
}

static void add(kt_outputs *outputs, kt_report *report)
{
    outputs->reports[outputs->count++] = report;
}

static kt_report *open_standard_output(const kt_options *options, bool brief)
{
    if (options->given & KT_OPTION_JSON)
        return kt_report_jsonl_create(stdout);
    const bool terminal = kt_is_terminal(fileno(stdout));
    kt_terminal_style style = KT_TERMINAL_TAP;
    if (!(options->given & KT_OPTION_TAP) && (terminal || brief))
        style = terminal && kt_terminal_moves() ? KT_TERMINAL_MOVING : KT_TERMINAL_BRIEF;
    return kt_report_terminal_create(stdout, style);
}

bool kt_outputs_open(kt_outputs *outputs, const kt_options *options, bool brief, kt_text *problem)
{
    *outputs = (kt_outputs){0};
    add(outputs, open_standard_output(options, brief));
    const char *folder = options->out ? options->out : options->resume;
    if (!folder)
        return true;
    if (!kt_make_folder(folder))
        return kt_refuse(problem, "--out %s cannot be made: %s", folder, strerror(errno));
    outputs->results_path = join(folder, "results.jsonl");
    outputs->part_path = join(folder, "results.jsonl.part");
    outputs->results = fopen(outputs->part_path, "we");
    if (!outputs->results)
        return kt_refuse(problem, "--out: %s cannot be written: %s", outputs->part_path,
                         strerror(errno));
    add(outputs, kt_report_jsonl_create(outputs->results));
    add(outputs, kt_report_junit_create(folder));
    return true;
}

void kt_outputs_publish(kt_outputs *outputs)
{
    if (!outputs->results || rename(outputs->part_path, outputs->results_path) == 0)
        return;
    // The report that writes there has failed to leave its results where they are looked for.
    for (size_t i = 0; i < outputs->count; i++)
        kt_report_fail(outputs->reports[i]);
}

bool kt_outputs_close(kt_outputs *outputs, kt_text *problem)
{
    int error = 0;
    for (size_t i = 0; i < outputs->count; i++) {
        // The first goes to standard output: kt_finish_output looks at that.
        if (i > 0 && !error)
            error = outputs->reports[i]->error;
        kt_report_destroy(outputs->reports[i]);
    }
    // A full disk may show only here.
    if (outputs->results && fclose(outputs->results) != 0 && !error)
        error = errno;
    if (error)
        kt_text_format(problem, "the results, %s and files beside it, could not be written: %s",
                       outputs->results_path, strerror(error));
    free(outputs->results_path);
    free(outputs->part_path);
    *outputs = (kt_outputs){0};
    return !error;
}
