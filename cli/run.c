#include "cli.h"

#include <string.h>

#include "compared.h"
#include "report_github.h"

static void finished(void *user, const kt_run *run)
{
    kt_github_add(user, run);
}

static int run_here(const kt_options *options)
{
    kt_github *github = kt_github_create(options->given & KT_OPTION_JSON ? stderr : stdout);
    const int code = kt_job_run(&(kt_job){.program = "kronos run",
                                          .suites = cli_suites,
                                          .suite_count = cli_suite_count,
                                          .options = options,
                                          .finished = finished,
                                          .user = github});
    kt_github_finish(github);
    return code;
}

// Runs the selection on one of two devices.
static int run_side(const kt_options *options, const char *out, cli_side_outputs *side)
{
    kt_text folder = {0};
    kt_options here = *options;
    if (options->out) {
        kt_text_format(&folder, "%s/%s", options->out, out);
        here.out = folder.bytes;
    }
    const int code = kt_job_run(&(kt_job){.program = "kronos run",
                                          .suites = cli_suites,
                                          .suite_count = cli_suite_count,
                                          .options = &here,
                                          .brief = true,
                                          .finished = cli_side_outputs_take,
                                          .user = side});
    kt_text_finish(&folder);
    return code;
}

static int run_against(const kt_options *options)
{
    kt_options other = *options;
    if (strchr(options->against, '/')) {
        other.driver = options->against;
        other.device = NULL;
    } else {
        other.device = options->against;
        other.driver = NULL;
    }
    cli_side_outputs a = {0}, b = {0};
    const int first = run_side(options, "a", &a);
    // Without a device, or with a wrong command line, there is nothing to compare.
    int code = first;
    if (a.items && first != KT_EXIT_USAGE && first != KT_EXIT_UNUSABLE) {
        code = cli_worse(first, run_side(&other, "b", &b));
        if (b.items && !cli_compared_print(&a, &b, options->given & KT_OPTION_JSON, stdout))
            code = cli_worse(code, KT_EXIT_FAULTS);
    }
    cli_side_outputs_finish(&a);
    cli_side_outputs_finish(&b);
    return code;
}

int cli_run(int count, char **arguments)
{
    kt_options options;
    int code;
    if (!kt_options_read(&options, KT_OPTIONS_ALL | KT_OPTION_AGAINST,
                         "kronos run [options] [GLOB ...]", count, arguments, &code))
        return code;
    if (options.against && options.resume)
        code = kt_usage_error("--against compares two whole runs, without --resume");
    else
        code = options.against && !(options.given & KT_OPTION_LIST) ? run_against(&options)
                                                                    : run_here(&options);
    kt_options_finish(&options);
    return code;
}
