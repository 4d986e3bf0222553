#include "main.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "child.h"
#include "os/files.h"
#include "report.h"

enum { MAX_REPORTS = 3 };

// Everything that one job holds while it runs.
typedef struct job_state {
    const kt_job *job;
    kt_cases cases;
    kt_expectations expectations;
    char *expect_text;
    FILE *jsonl, *junit;
    kt_report *reports[MAX_REPORTS];
    size_t report_count;
} job_state;

static int usage_error(const char *sentence)
{
    fprintf(stderr, "kronos: %s\n", sentence);
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

// An entry for a case that is not there would wait for it for ever.
static bool check_patterns(const job_state *state, kt_text *problem)
{
    for (size_t i = 0; i < state->expectations.count; i++) {
        const kt_expectation *entry = &state->expectations.items[i];
        bool ours = false, matches = false;
        for (size_t j = 0; j < state->job->suite_count; j++) {
            size_t length = strlen(state->job->suites[j]->name);
            ours = ours || (!strncmp(entry->pattern, state->job->suites[j]->name, length) &&
                            entry->pattern[length] == '/');
        }
        for (size_t j = 0; ours && j < state->cases.count && !matches; j++)
            matches = kt_match(entry->pattern, state->cases.items[j].name);
        if (ours && !matches) {
            kt_text_format(problem, "%s:%u: no case matches [%s]", entry->path, entry->line,
                           entry->pattern);
            return false;
        }
    }
    return true;
}

static FILE *open_output(const char *folder, const char *name, kt_text *problem)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder, name);
    FILE *file = fopen(kt_text_string(&path), "we");
    if (!file)
        kt_text_format(problem, "--out: %s cannot be written: %s", kt_text_string(&path),
                       strerror(errno));
    kt_text_finish(&path);
    return file;
}

static bool open_reports(job_state *state, kt_text *problem)
{
    const kt_options *options = state->job->options;
    const kt_terminal_style style = kt_is_terminal(fileno(stdout)) ? KT_TERMINAL_MOVING
                                    : state->job->brief            ? KT_TERMINAL_BRIEF
                                                                   : KT_TERMINAL_TAP;
    state->reports[state->report_count++] = options->given & KT_OPTION_JSON
                                                ? kt_report_jsonl_create(stdout)
                                                : kt_report_terminal_create(stdout, style);
    if (!options->out)
        return true;
    if (!kt_make_folder(options->out)) {
        kt_text_format(problem, "--out %s cannot be made: %s", options->out, strerror(errno));
        return false;
    }
    state->jsonl = open_output(options->out, "results.jsonl", problem);
    state->junit = state->jsonl ? open_output(options->out, "junit.xml", problem) : NULL;
    if (!state->junit)
        return false;
    state->reports[state->report_count++] = kt_report_jsonl_create(state->jsonl);
    state->reports[state->report_count++] = kt_report_junit_create(state->junit);
    return true;
}

// A full disk shows only here.
static bool close_output(FILE **file)
{
    bool right = !*file || !ferror(*file);
    if (*file && fclose(*file) != 0)
        right = false;
    *file = NULL;
    return right;
}

static void list_cases(const job_state *state)
{
    const kt_options *options = state->job->options;
    cJSON *array = options->given & KT_OPTION_JSON ? cJSON_CreateArray() : NULL;
    for (size_t i = 0; i < state->cases.count; i++) {
        const kt_case *test_case = &state->cases.items[i];
        if (!kt_case_selected(test_case, &options->selection))
            continue;
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
}

static int run(job_state *state, kt_text *problem)
{
    const kt_options *options = state->job->options;
    if (!open_reports(state, problem))
        return usage_error(kt_text_string(problem));
    kt_run run;
    kt_run_init(&run, &(kt_run_config){
                          .cases = &state->cases,
                          .selection = options->selection,
                          .device = options->device,
                          .driver = options->driver,
                          .environment = state->job->environment,
                          .seed = options->seed,
                          .timeout_ns = options->timeout_s * UINT64_C(1000000000),
                          .jobs = 1,
                          .repeat = 1,
                          .here = options->given & KT_OPTION_HERE,
                          .strict = options->given & KT_OPTION_STRICT,
                          .expectations = &state->expectations,
                          .requirements = options->requirements,
                          .requirement_count = options->requirement_count,
                          .program = state->job->program,
                          .reports = state->reports,
                          .report_count = state->report_count,
                      });
    int code;
    // An empty shard is fine; a filter that matches nothing is a slip of the pen.
    if (!run.selected_count && !options->selection.shard_count) {
        code = usage_error(options->selection.filter_count ? "--filter matches no case"
                                                           : "there are no cases in this tier");
    } else {
        kt_run_execute(&run);
        if (state->job->finished)
            state->job->finished(state->job->user, &run);
        code = kt_run_verdict(&run).exit_code;
    }
    kt_run_finish(&run);
    bool written = close_output(&state->jsonl);
    written = close_output(&state->junit) && written;
    if (!written)
        return usage_error("--out: the results could not be written");
    return code;
}

int kt_job_run(const kt_job *job)
{
    job_state state = {.job = job};
    kt_text problem = {0};
    int code = KT_EXIT_EXPECTED;
    kt_cases_init(&state.cases, job->suites, job->suite_count);
    if (state.cases.problem.size_bytes)
        code = usage_error(kt_text_string(&state.cases.problem));
    else if (job->options->given & KT_OPTION_LIST)
        list_cases(&state);
    else if (!load_expectations(&state, &problem) || !check_patterns(&state, &problem))
        code = usage_error(kt_text_string(&problem));
    else
        code = run(&state, &problem);

    for (size_t i = 0; i < state.report_count; i++)
        kt_report_destroy(state.reports[i]);
    (void)close_output(&state.jsonl);
    (void)close_output(&state.junit);
    kt_expect_finish(&state.expectations);
    free(state.expect_text);
    kt_cases_finish(&state.cases);
    kt_text_finish(&problem);
    return code;
}

int kt_main(int argc, char **argv, const kt_suite *const *suites, size_t suite_count)
{
    if (kt_is_child(argc, argv))
        return kt_child_main(argc, argv, suites, suite_count);
    kt_options options;
    kt_text problem = {0};
    int code;
    if (!kt_options_init(&options, KT_OPTIONS_ALL, argc - 1, argv + 1, &problem)) {
        code = usage_error(kt_text_string(&problem));
    } else if (options.given & KT_OPTION_HELP) {
        printf("usage: %s [options] [GLOB ...]\n\n", argv[0]);
        kt_options_help(KT_OPTIONS_ALL, stdout);
        code = KT_EXIT_EXPECTED;
    } else {
        code = kt_job_run(&(kt_job){
            .program = argv[0], .suites = suites, .suite_count = suite_count, .options = &options});
    }
    kt_options_finish(&options);
    kt_text_finish(&problem);
    return code;
}
