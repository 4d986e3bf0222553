#include "main.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "child.h"
#include "os/files.h"
#include "os/streams.h"
#include "outputs.h"
#include "session.h"

// Everything that one job holds while it runs.
typedef struct job_state {
    const kt_job *job;
    kt_cases cases;
    kt_expectations expectations;
    char *expect_text;
    kt_results resumed;
    kt_outputs outputs;
} job_state;

int kt_usage_error(const char *sentence)
{
    fprintf(stderr, "kronos: %s\n", sentence);
    return KT_EXIT_USAGE;
}

int kt_finish_output(int code)
{
    // A report that is lost or cut off is no success.
    if (kt_streams_close())
        return code;
    fprintf(stderr, "kronos: standard output could not be written%s%s\n", errno ? ": " : "",
            errno ? strerror(errno) : "");
    return KT_EXIT_USAGE;
}

static bool load_expectations(job_state *state, kt_text *problem)
{
    const char *path = state->job->options->expect;
    if (path) {
        state->expect_text = kt_read_file(path, NULL);
        if (!state->expect_text) {
            kt_text_format(problem, "--expect %s cannot be read: %s", path, strerror(errno));
            return false;
        }
        return kt_expect_parse(&state->expectations, path, state->expect_text, problem);
    }
    for (size_t i = 0; i < kt_builtin_expectations_count; i++)
        if (!kt_expect_parse(&state->expectations, kt_builtin_expectations[i].path,
                             kt_builtin_expectations[i].text, problem))
            return false;
    return true;
}

// Whether a pattern is about one of the job's suites, and then about any of its cases.
static bool is_stale(const job_state *state, const char *pattern)
{
    bool ours = false;
    for (size_t i = 0; i < state->job->suite_count && !ours; i++) {
        const size_t length = strlen(state->job->suites[i]->name);
        ours = !strncmp(pattern, state->job->suites[i]->name, length) && pattern[length] == '/';
    }
    for (size_t i = 0; ours && i < state->cases.count; i++)
        if (kt_case_matches(&state->cases.items[i], pattern))
            return false;
    return ours;
}

// An entry for a case that is not there would wait for it for ever, and so would one of its
// patterns.
static bool check_patterns(const job_state *state, kt_text *problem)
{
    bool right = true;
    for (size_t i = 0; right && i < state->expectations.count; i++) {
        const kt_expectation *entry = &state->expectations.items[i];
        char *copy = kt_copy_string(entry->pattern), *rest = copy;
        for (char *pattern; right && (pattern = strsep(&rest, ",|"));)
            if (is_stale(state, pattern))
                right = kt_refuse(problem, "%s:%u: no case matches [%s]", entry->path, entry->line,
                                  pattern);
        free(copy);
    }
    return right;
}

// Files are opened once nothing speaks against the run any more: what stands there is worth
// keeping.
static bool open_outputs(void *user, kt_run *run, kt_text *problem)
{
    job_state *state = user;
    bool right = kt_outputs_open(&state->outputs, state->job->options, state->job->brief, problem);
    run->config.report_count = state->outputs.count;
    return right;
}

static void publish_outputs(void *user)
{
    job_state *state = user;
    kt_outputs_publish(&state->outputs);
}

// An empty shard is fine; a filter that matches nothing is a slip of the pen.
static bool check_selected(const kt_selection *selection, size_t count, kt_text *problem)
{
    if (count || selection->shard_count)
        return true;
    kt_text_format(problem, "there is no case of tier %s", kt_tier_text(selection->tier));
    for (size_t i = 0; i < selection->filter_count; i++)
        kt_text_format(problem, "%s '%s'", i ? "," : " that matches", selection->filters[i]);
    return false;
}

static bool list_cases(const job_state *state, kt_text *problem)
{
    const kt_options *options = state->job->options;
    cJSON *array = options->given & KT_OPTION_JSON ? cJSON_CreateArray() : NULL;
    size_t selected_count = 0;
    for (size_t i = 0; i < state->cases.count; i++) {
        const kt_case *test_case = &state->cases.items[i];
        if (!kt_case_selected(test_case, &options->selection))
            continue;
        selected_count++;
        if (!array) {
            puts(test_case->name);
            continue;
        }
        cJSON *object = cJSON_CreateObject();
        cJSON_AddStringToObject(object, "name", test_case->name);
        cJSON_AddStringToObject(object, "tier", kt_tier_text(test_case->entry->tier));
        cJSON_AddItemToArray(array, object);
    }
    char *text = array ? cJSON_Print(array) : NULL;
    if (text)
        puts(text);
    cJSON_free(text);
    cJSON_Delete(array);
    return check_selected(&options->selection, selected_count, problem);
}

static kt_run_config configure(job_state *state)
{
    const kt_options *options = state->job->options;
    return (kt_run_config){
        .cases = &state->cases,
        .selection = options->selection,
        .device = options->device,
        .driver = options->driver,
        .environment = state->job->environment,
        .seed = options->seed,
        .timeout_ns = options->timeout_s * KT_NS_PER_S,
        .jobs = options->jobs,
        .repeat = options->repeat,
        .here = options->given & KT_OPTION_HERE,
        .strict = options->given & KT_OPTION_STRICT,
        .expectations = &state->expectations,
        .requirements = options->requirements,
        .requirement_count = options->requirement_count,
        .program = state->job->program,
        .reports = state->outputs.reports,
        .resume = options->resume ? &state->resumed : NULL,
        .begins = open_outputs,
        .resumed = publish_outputs,
        .user = state,
    };
}

static int run(job_state *state, kt_text *problem)
{
    const kt_options *options = state->job->options;
    kt_run run;
    const kt_run_config config = configure(state);
    kt_run_init(&run, &config);
    int code;
    if (!check_selected(&options->selection, run.selected_count, problem) ||
        !kt_run_execute(&run, problem)) {
        code = kt_usage_error(kt_text_string(problem));
    } else {
        if (state->job->finished)
            state->job->finished(state->job->user, &run);
        code = kt_run_verdict(&run).exit_code;
    }
    kt_run_finish(&run);
    return code;
}

// Tells child processes, which may run elsewhere, where cases keep files.
static void name_kept_folder(const kt_options *options)
{
    const char *folder = options->out ? options->out : options->resume;
    char *here = realpath(".", NULL);
    kt_text path = {0};
    if (!folder) {
        (void)unsetenv(KT_KEPT_VARIABLE);
    } else {
        kt_text_format(&path, "%s%s%s/kept", *folder == '/' || !here ? "" : here,
                       *folder == '/' || !here ? "" : "/", folder);
        (void)setenv(KT_KEPT_VARIABLE, path.bytes, 1);
    }
    free(here);
    kt_text_finish(&path);
}

int kt_job_run(const kt_job *job)
{
    job_state state = {.job = job};
    kt_text problem = {0};
    int code = KT_EXIT_EXPECTED;
    const char *resume = job->options->resume;
    const bool lists = job->options->given & KT_OPTION_LIST;
    kt_cases_init(&state.cases, job->suites, job->suite_count);
    if (state.cases.problem.size_bytes)
        code = kt_usage_error(kt_text_string(&state.cases.problem));
    else if (lists ? !list_cases(&state, &problem)
                   : !load_expectations(&state, &problem) || !check_patterns(&state, &problem) ||
                         (resume && !kt_results_read(&state.resumed, resume, &problem)))
        code = kt_usage_error(kt_text_string(&problem));
    else if (!lists) {
        name_kept_folder(job->options);
        code = run(&state, &problem);
    }

    kt_text_clear(&problem);
    if (!kt_outputs_close(&state.outputs, &problem))
        code = kt_usage_error(kt_text_string(&problem));
    kt_results_finish(&state.resumed);
    kt_expect_finish(&state.expectations);
    free(state.expect_text);
    kt_cases_finish(&state.cases);
    kt_text_finish(&problem);
    return code;
}

bool kt_options_read(kt_options *options, unsigned accepted, const char *usage, int count,
                     char **arguments, int *code)
{
    if (kt_arguments_ask_help(count, arguments)) {
        printf("usage: %s\n\n", usage);
        kt_options_help(accepted, stdout);
        *code = KT_EXIT_EXPECTED;
        return false;
    }
    kt_text problem = {0};
    bool right = kt_options_init(options, accepted, count, arguments, &problem);
    if (!right) {
        *code = kt_usage_error(kt_text_string(&problem));
        kt_options_finish(options);
    }
    kt_text_finish(&problem);
    return right;
}

// What `finished` of a job is for a program.
typedef struct finish {
    const kt_program *program;
    const kt_options *options;
} finish;

static void call_finished(void *user, const kt_run *run)
{
    const finish *self = user;
    if (self->program->finished)
        self->program->finished(self->options, run);
}

int kt_main(int argc, char **argv, const kt_program *program)
{
    if (kt_is_child(argc, argv))
        return kt_child_main(argc, argv, program->suites, program->suite_count);
    kt_streams_open();
    kt_options options;
    kt_text usage = {0};
    kt_text_format(&usage, "%s [options] [GLOB ...]", argv[0]);
    int code;
    if (kt_options_read(&options, KT_OPTIONS_ALL | program->more_options, kt_text_string(&usage),
                        argc - 1, argv + 1, &code)) {
        if (program->begin)
            program->begin(&options);
        finish last = {program, &options};
        code = kt_job_run(&(kt_job){.program = program->name ? program->name : argv[0],
                                    .suites = program->suites,
                                    .suite_count = program->suite_count,
                                    .options = &options,
                                    .finished = call_finished,
                                    .user = &last});
        kt_options_finish(&options);
    }
    kt_text_finish(&usage);
    return kt_finish_output(code);
}
