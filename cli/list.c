#include "cli.h"

int cli_list(int count, char **arguments)
{
    kt_options options;
    int code;
    if (!kt_options_read(&options,
                         KT_OPTION_FILTER | KT_OPTION_TIER | KT_OPTION_SHARD | KT_OPTION_JSON,
                         "kronos list [options] [GLOB ...]", count, arguments, &code))
        return code;
    options.given |= KT_OPTION_LIST;
    code = kt_job_run(&(kt_job){.program = "kronos run",
                                .suites = cli_suites,
                                .suite_count = cli_suite_count,
                                .options = &options});
    kt_options_finish(&options);
    return code;
}
