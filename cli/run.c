#include "cli.h"

int cli_run(int count, char **arguments)
{
    kt_options options;
    int code;
    if (!cli_options(&options, KT_OPTIONS_ALL, "kronos run [options] [GLOB ...]", count, arguments,
                     &code))
        return code;
    code = kt_job_run(&(kt_job){.program = "kronos run",
                                .suites = cli_suites,
                                .suite_count = cli_suite_count,
                                .options = &options});
    kt_options_finish(&options);
    return code;
}
