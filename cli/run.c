#include "cli.h"

#include "report_github.h"

static void finished(void *user, const kt_run *run)
{
    kt_github_add(user, run);
}

int cli_run(int count, char **arguments)
{
    kt_options options;
    int code;
    if (!kt_options_read(&options, KT_OPTIONS_ALL, "kronos run [options] [GLOB ...]", count,
                         arguments, &code))
        return code;
    kt_github *github = kt_github_create(options.given & KT_OPTION_JSON ? stderr : stdout);
    code = kt_job_run(&(kt_job){.program = "kronos run",
                                .suites = cli_suites,
                                .suite_count = cli_suite_count,
                                .options = &options,
                                .finished = finished,
                                .user = github});
    kt_github_finish(github);
    kt_options_finish(&options);
    return code;
}
