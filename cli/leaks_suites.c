#include "leaks_suites.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "json.h"
#include "suite_program.h"
#include "wrapped.h"

enum {
    ACCEPTED = KT_OPTION_LIST | KT_OPTION_FILTER | KT_OPTION_SEED | KT_OPTION_TIMEOUT |
               KT_OPTION_TIER | KT_OPTION_DEVICE | KT_OPTION_JSON,
};

// The tier is standard where none is given: less has no slopes. A case that starts a program for
// each of its allocations may take minutes on a busy machine.
static int run_leakcheck(const kt_options *options, int count, char **arguments, kt_text *problem)
{
    char **words = kt_memory((size_t)count + 4, sizeof *words);
    int used = 0;
    if (!(options->given & KT_OPTION_TIER)) {
        words[used++] = (char *)"--tier";
        words[used++] = (char *)"standard";
    }
    if (!(options->given & KT_OPTION_TIMEOUT)) {
        words[used++] = (char *)"--timeout";
        words[used++] = (char *)"600";
    }
    for (int i = 0; i < count; i++)
        words[used++] = arguments[i];
    const int code = cli_suite_program("kronos-leakcheck", used, words, problem);
    free(words);
    return code;
}

// How many cases left nothing, and how many did not.
static void tell_balance(void *user, const kt_run *run)
{
    const kt_options *options = user;
    const kt_verdict verdict = kt_run_verdict(run);
    const uint64_t unbalanced = verdict.faults - verdict.known;
    if (!(options->given & KT_OPTION_JSON)) {
        printf("# %" PRIu64 " cases ran behind the proxy, and %" PRIu64
               " failed or left something behind\n",
               verdict.executed, unbalanced);
        return;
    }
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "type", "balance");
    kt_json_add_u64(object, "cases", verdict.executed);
    kt_json_add_u64(object, "unbalanced", unbalanced);
    char *text = cJSON_PrintUnformatted(object);
    puts(text ? text : "");
    cJSON_free(text);
    cJSON_Delete(object);
}

// The suites of this command once more, with a proxy in front of each driver: harness/ledger.h
// looks at each case.
static int run_balanced(const kt_options *options, kt_text *problem)
{
    cli_wrapped wrapped;
    if (!cli_wrapped_init(&wrapped, problem))
        return KT_EXIT_UNUSABLE;
    const char **environment = cli_wrapped_environment(&wrapped, "report=/dev/null");
    kt_options own = *options;
    const int code = kt_job_run(&(kt_job){.program = "kronos leaks",
                                          .suites = cli_suites,
                                          .suite_count = cli_suite_count,
                                          .options = &own,
                                          .environment = environment,
                                          .brief = true,
                                          .finished = tell_balance,
                                          .user = &own});
    cli_wrapped_free(environment);
    cli_wrapped_finish(&wrapped);
    return code;
}

int cli_leaks_suites(const char *usage, int count, char **arguments)
{
    kt_options options;
    kt_text problem = {0};
    int code;
    if (!kt_options_read(&options, ACCEPTED, usage, count, arguments, &code))
        return code;
    if (!(options.given & KT_OPTION_TIER))
        options.selection.tier = KT_TIER_STANDARD;
    code = run_leakcheck(&options, count, arguments, &problem);
    if (!(options.given & KT_OPTION_LIST) && !options.selection.filter_count && !problem.size_bytes)
        code = cli_worse(code, run_balanced(&options, &problem));
    if (code == KT_EXIT_USAGE && options.selection.filter_count && !problem.size_bytes)
        kt_refuse(&problem, "a program to look at stands behind '--': kronos leaks -- PROGRAM");
    if (problem.size_bytes)
        fprintf(stderr, "kronos: %s\n", problem.bytes);
    kt_text_finish(&problem);
    kt_options_finish(&options);
    return code;
}
