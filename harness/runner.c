#include "run.h"

#include <stdio.h>
#include <stdlib.h>

#include "device_json.h"
#include "message.h"
#include "os/files.h"
#include "os/process.h"
#include "session.h"
#include "worker.h"

// What a run needs while it goes: a child process, or with --here a session in this process.
typedef struct runner {
    kt_run *run;
    kt_worker worker;
    kt_session session;
    kt_attempt *attempt; // of the case that runs here
} runner;

// Receives the events of cases that run here.
static void append_event(void *user, kt_event event, const char *text)
{
    runner *r = user;
    if (r->attempt)
        kt_attempt_event(r->attempt, event, text);
    else if (event != KT_EVENT_LOG)
        fprintf(stderr, "between cases: %s\n", text);
}

static bool needs_driver(const kt_case *test_case)
{
    return kt_case_uses_device(test_case) || (test_case->entry->needs & NEEDS_DRIVER);
}

static void set_device(kt_run *run, cJSON *device)
{
    run->device = device;
    kt_driver_version(kt_run_device_string(run, "driver_info"),
                      kt_run_device_string(run, "driver_version"), &run->driver_version);
}

static kt_answer open_device(runner *r, kro_status *status, kt_text *problem)
{
    kt_text text = {0};
    kt_answer answer = KT_ANSWER_GIVEN;
    if (r->run->config.here) {
        kro_context *context = kt_session_open(&r->session);
        *status = r->session.open_status;
        if (context)
            set_device(r->run, kt_device_json(kro_context_info(context)));
        else
            kt_text_format(problem, "%s", kro_error_detail());
    } else {
        answer = kt_worker_ask(&r->worker, KT_REQUEST_OPEN, status, &text);
        if (answer == KT_ANSWER_GIVEN)
            set_device(r->run, cJSON_Parse(kt_text_string(&text)));
        else
            kt_text_format(problem, "%s", kt_text_string(&text));
    }
    kt_text_finish(&text);
    return answer;
}

// Opens the device once before the first case, so that reports and expectations know it.
static void find_device(runner *r)
{
    kt_run *run = r->run;
    bool needed = false;
    for (size_t i = 0; i < run->selected_count; i++)
        needed = needed || needs_driver(run->selected[i]);
    if (!needed)
        return;
    kro_status status = KRO_OK;
    kt_answer answer = open_device(r, &status, &run->device_problem);
    if (answer == KT_ANSWER_INTERRUPTED || run->device)
        return;
    // A device that was asked for by name and is not there, or a driver that breaks when it is
    // opened, is no reason to skip.
    bool absent = status == KRO_ERROR_NO_DRIVER || status == KRO_ERROR_NO_DEVICE;
    bool named = run->config.device || run->config.driver || getenv("KRONOS_DEVICE") ||
                 getenv("KRONOS_DRIVER");
    if (named || !absent)
        kt_text_format(&run->unusable, "the device cannot be opened: %s",
                       kt_text_string(&run->device_problem));
}

// Settles the final status of a result and tells the reports.
static void settle(kt_run *run, kt_result *result)
{
    const kt_driver driver = {.name = kt_run_device_string(run, "driver_name"),
                              .version = kt_text_string(&run->driver_version)};
    const kt_status outcome = result->first.status;
    const kt_expectation *expectation =
        kt_expect_find(run->config.expectations, &driver, result->test_case->name, outcome);
    result->status = kt_expect_apply(expectation, outcome, run->today);
    // No day is before "": what the entry says while it holds.
    const bool concerned = kt_expect_apply(expectation, outcome, "") != outcome;
    result->expectation = concerned ? expectation : NULL;
    result->expired = concerned && result->status == outcome;
    run->counts[result->status]++;
    for (size_t i = 0; i < run->config.report_count; i++)
        if (run->config.reports[i]->result)
            run->config.reports[i]->result(run->config.reports[i], run, result);
}

// Whether the case can run; if not, the attempt says why.
static bool can_run(const kt_run *run, const kt_case *test_case, kt_attempt *attempt)
{
    if (run->unusable.size_bytes) {
        kt_attempt_raise(attempt, KT_NOT_RUN, kt_text_string(&run->unusable));
    } else if (kt_interrupted()) {
        kt_attempt_raise(attempt, KT_NOT_RUN, "interrupted");
    } else if (run->device_problem.size_bytes && needs_driver(test_case)) {
        kt_text text = {0};
        kt_text_format(&text, "a device: %s", kt_text_string(&run->device_problem));
        kt_attempt_raise(attempt, KT_NOT_SUPPORTED, kt_text_string(&text));
        kt_text_finish(&text);
    }
    return attempt->status == KT_PASS;
}

static void run_here(runner *r, kt_result *result)
{
    r->attempt = &result->first;
    kt_completion completion = kt_session_run(&r->session, result->test_case, r->run->config.seed);
    kt_attempt_complete(&result->first, completion.checks, completion.duration_ns);
    r->attempt = NULL;
}

// Runs a case in the child. One that fails runs again, alone in a process of its own, and the cases
// after it get a new one too: nothing it left behind reaches them.
static void run_in_child(runner *r, kt_result *result)
{
    kt_worker *worker = &r->worker;
    if (kt_worker_run(worker, result->test_case, &result->first) == KT_ANSWER_INTERRUPTED) {
        kt_attempt_raise(&result->first, KT_NOT_RUN, "interrupted");
        return;
    }
    if (!kt_status_is_failure(result->first.status) || worker->stuck)
        return;
    kt_worker_retire(worker);
    kt_answer answer = kt_worker_run(worker, result->test_case, &result->again);
    result->ran_again = answer != KT_ANSWER_INTERRUPTED;
    kt_worker_retire(worker);
}

static void run_case(runner *r, const kt_case *test_case)
{
    kt_run *run = r->run;
    for (size_t i = 0; i < run->config.report_count; i++)
        if (run->config.reports[i]->start)
            run->config.reports[i]->start(run->config.reports[i], run, test_case);
    kt_result *result = &run->results[run->result_count++];
    result->test_case = test_case;
    if (can_run(run, test_case, &result->first)) {
        if (run->config.here)
            run_here(r, result);
        else
            run_in_child(r, result);
    }
    if (r->worker.stuck && !run->unusable.size_bytes)
        kt_text_format(&run->unusable, "%s left a process that cannot be killed", test_case->name);
    settle(run, result);
}

// What child processes said between cases, such as leaks found at their end, is one more result.
static void settle_child_end(runner *r)
{
    kt_run *run = r->run;
    kt_worker_retire(&r->worker);
    if (!kt_status_is_failure(r->worker.between.status))
        return;
    kt_result *result = &run->results[run->result_count++];
    result->test_case = &run->child_end;
    result->first = r->worker.between;
    r->worker.between = (kt_attempt){0};
    settle(run, result);
}

static void check_requirements(kt_run *run)
{
    for (size_t i = 0; i < run->config.requirement_count; i++) {
        kt_text problem = {0};
        if (!kt_require(run, run->config.requirements[i], &problem) && !run->unusable.size_bytes)
            kt_text_format(&run->unusable, "%s", kt_text_string(&problem));
        kt_text_finish(&problem);
    }
}

void kt_run_execute(kt_run *run)
{
    const kt_run_config *config = &run->config;
    runner r = {.run = run};
    kt_worker_init(&r.worker, &(kt_worker_config){.device = config->device,
                                                  .driver = config->driver,
                                                  .environment = config->environment,
                                                  .seed = config->seed,
                                                  .timeout_ns = config->timeout_ns});
    kt_session_init(&r.session, config->device, config->driver,
                    (kt_sink){.event = append_event, .user = &r});
    const uint64_t start_ns = kt_now_ns();
    run->start_time = kt_unix_time();
    kt_date(run->start_time, run->today);
    kt_interrupts_begin();

    find_device(&r);
    for (size_t i = 0; i < config->report_count; i++)
        if (config->reports[i]->begin)
            config->reports[i]->begin(config->reports[i], run);
    for (size_t i = 0; i < run->selected_count; i++)
        run_case(&r, run->selected[i]);
    settle_child_end(&r);

    check_requirements(run);
    run->duration_ns = kt_now_ns() - start_ns;
    for (size_t i = 0; i < config->report_count; i++)
        if (config->reports[i]->end)
            config->reports[i]->end(config->reports[i], run);
    kt_session_finish(&r.session);
    kt_worker_finish(&r.worker);
    kt_interrupts_end();
}
