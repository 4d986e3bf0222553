#include "selftest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "os/files.h"
#include "os/process.h"
#include "selftest_known.h"
#include "selftest_report.h"
#include "selftest_run.h"

enum {
    ACCEPTED = KT_OPTION_LIST | KT_OPTION_FILTER | KT_OPTION_SHARD | KT_OPTION_SEED |
               KT_OPTION_TIMEOUT | KT_OPTION_TIER | KT_OPTION_DEVICE | KT_OPTION_EXPECT |
               KT_OPTION_OUT | KT_OPTION_JSON | KT_OPTION_JOBS | KT_OPTION_FAULT |
               KT_OPTION_MATRIX | KT_OPTION_CASES | KT_OPTION_IDLE,
    DEFAULT_TIMEOUT_S = 10, // a case that hangs has noticed
    DEFAULT_CASES = 200,
};

static const char USAGE[] =
    "kronos selftest [options] [GLOB ...]\n\n"
    "Would the cases notice if the driver were wrong? Our proxy stands in front of the driver and\n"
    "plants one fault after another: an instruction of shaders becomes another one, a call gets\n"
    "other arguments or does nothing. For each, the cases that pass without it and do what it\n"
    "changes run until one fails: the fault is killed. One that survives is a case that is\n"
    "missing, unless --expect FILE, or what Kronos comes with for this driver, says why no case\n"
    "can notice. --list prints the faults; --shard takes a part of them; --out writes\n"
    "selftest.json; a case may take 10 s.\n\n"
    "Exit code: 0 at least 95 % were killed and each survivor has a reason, 1 not so, 2 wrong\n"
    "usage, 3 nothing could be run.";

cli_fate cli_mutant_fate(const cli_mutant *mutant)
{
    if (!mutant->reach_count)
        return CLI_FATE_UNREACHED;
    if (mutant->killer_count)
        return CLI_FATE_KILLED;
    return mutant->done ? CLI_FATE_SURVIVED : CLI_FATE_UNKNOWN;
}

static bool is_selected(const kt_options *options, const char *name)
{
    const kt_selection *selection = &options->selection;
    return (!options->fault || kt_match(options->fault, name)) &&
           (!selection->shard_count ||
            kt_hash_string(name) % selection->shard_count == selection->shard_index);
}

static bool select_faults(cli_trial *self, kt_text *problem)
{
    for (int i = 0; i < KRO__PLANTED_COUNT; i++) {
        cli_mutant *mutant = &self->mutants[i];
        mutant->fault = &kro__planted_faults[i];
        mutant->selected = is_selected(self->options, mutant->fault->name);
        self->selected_count += mutant->selected;
    }
    return self->selected_count || self->options->selection.shard_count ||
           kt_refuse(problem, "there is no fault that matches '%s'; --list prints them",
                     self->options->fault);
}

// The shard is one of the faults.
static bool select_cases(cli_trial *self, kt_text *problem)
{
    kt_selection selection = self->options->selection;
    selection.shard_count = 0;
    kt_cases_init(&self->cases, cli_suites, cli_suite_count);
    if (self->cases.problem.size_bytes)
        return kt_refuse(problem, "%s", kt_text_string(&self->cases.problem));
    self->judges = kt_memory(self->cases.count, sizeof *self->judges);
    for (size_t i = 0; i < self->cases.count; i++)
        if (kt_case_selected(&self->cases.items[i], &selection) &&
            kt_case_uses_driver(&self->cases.items[i]))
            self->judges[self->judge_count++] = (cli_judge){
                .test_case = &self->cases.items[i],
                .reaches = kt_memory(KRO__PLANTED_COUNT, sizeof *self->judges->reaches),
            };
    return self->judge_count ||
           kt_refuse(problem, "no case of this tier uses a driver and matches");
}

static void finish(cli_trial *self)
{
    for (size_t i = 0; i < self->judge_count; i++)
        free(self->judges[i].reaches);
    for (int i = 0; i < KRO__PLANTED_COUNT; i++) {
        free(self->mutants[i].killers);
        kt_text_finish(&self->mutants[i].message);
    }
    free(self->judges);
    free(self->known_text);
    kt_text_finish(&self->driver_name);
    kt_cases_finish(&self->cases);
    cli_wrapped_finish(&self->wrapped);
    free(self);
}

static bool write_out(const cli_trial *self, const char *json, kt_text *problem)
{
    const char *folder = self->options->out;
    kt_text path = {0};
    kt_text_format(&path, "%s/selftest.json", folder);
    const bool right = kt_make_folder(folder) && kt_write_file(path.bytes, json, strlen(json));
    if (!right)
        kt_refuse(problem, "%s cannot be written: %s", path.bytes, strerror(errno));
    kt_text_finish(&path);
    return right;
}

static int report(const cli_trial *self, kt_text *problem)
{
    const bool as_json = self->options->given & KT_OPTION_JSON;
    cJSON *object = cli_trial_json(self);
    char *json = cJSON_Print(object);
    cJSON_Delete(object);
    int code = cli_trial_verdict(self);
    if (as_json)
        puts(json ? json : "");
    else
        cli_trial_print(self, stdout);
    if (self->options->out && !write_out(self, json ? json : "", problem))
        code = KT_EXIT_USAGE;
    cJSON_free(json);
    return code;
}

static int run(cli_trial *self, kt_text *problem)
{
    if (!select_faults(self, problem) || !select_cases(self, problem))
        return KT_EXIT_USAGE;
    if (self->options->given & KT_OPTION_LIST) {
        for (int i = 0; i < KRO__PLANTED_COUNT; i++)
            if (self->mutants[i].selected)
                puts(self->mutants[i].fault->name);
        return KT_EXIT_EXPECTED;
    }
    // What is wrong with the file is said before anything runs; whose lines count, afterwards.
    if (!cli_trial_know(self, self->options->expect, problem))
        return KT_EXIT_USAGE;
    if (!cli_wrapped_init(&self->wrapped, problem) || !cli_trial_run(self, problem))
        return KT_EXIT_UNUSABLE;
    if (!cli_trial_know(self, self->options->expect, problem))
        return KT_EXIT_USAGE;
    return report(self, problem);
}

int cli_selftest(int count, char **arguments)
{
    kt_options options;
    kt_text problem = {0};
    int code;
    if (!kt_options_read(&options, ACCEPTED, USAGE, count, arguments, &code))
        return code;
    if (!(options.given & KT_OPTION_TIMEOUT))
        options.timeout_s = DEFAULT_TIMEOUT_S;
    if (options.given & KT_OPTION_MATRIX)
        options.cases = UINT64_MAX;
    else if (!(options.given & KT_OPTION_CASES))
        options.cases = DEFAULT_CASES;
    cli_trial *self = kt_memory(1, sizeof *self);
    self->options = &options;
    kt_interrupts_begin(); // what was found out by then is told, and the folder removed
    code = run(self, &problem);
    if (problem.size_bytes)
        fprintf(stderr, "kronos: %s\n", problem.bytes);
    finish(self);
    fflush(stdout); // a signal that came ends the process now; kt_finish_output looks at errors
    kt_interrupts_end();
    kt_text_finish(&problem);
    kt_options_finish(&options);
    return code;
}
