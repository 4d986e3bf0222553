#include "run.h"

#include <stdio.h>
#include <stdlib.h>

#include "device_json.h"
#include "lanes.h"
#include "message.h"
#include "os/process.h"
#include "resume.h"
#include "session.h"

// What a run needs while it goes: child processes, or with --here a session in this process.
typedef struct runner {
    kt_run *run;
    kt_lanes lanes;
    kt_session session;
    kt_attempt *attempt; // of the case that runs here
    size_t next_ready;   // the first selected case that the reports do not know
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
        answer = kt_worker_ask(r->lanes.workers[0], KT_REQUEST_OPEN, status, &text);
        if (answer == KT_ANSWER_GIVEN)
            set_device(r->run, cJSON_Parse(kt_text_string(&text)));
        else
            kt_text_format(problem, "%s", kt_text_string(&text));
    }
    kt_text_finish(&text);
    return answer;
}

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value;
}

// Opens the device once before the first case, so that reports and expectations know it.
static void find_device(runner *r)
{
    kt_run *run = r->run;
    bool needed = false;
    for (size_t i = 0; i < run->selected_count; i++)
        needed = needed || kt_case_uses_driver(run->selected[i]);
    if (!needed)
        return;
    kro_status status = KRO_OK;
    kt_answer answer = open_device(r, &status, &run->device_problem);
    if (answer == KT_ANSWER_INTERRUPTED || run->device)
        return;
    // A device that was asked for by name and is not there, or a driver that breaks when it is
    // opened, is no reason to skip.
    bool absent = status == KRO_ERROR_NO_DRIVER || status == KRO_ERROR_NO_DEVICE;
    bool named = run->config.device || run->config.driver || is_set("KRONOS_DEVICE") ||
                 is_set("KRONOS_DRIVER");
    if (named || !absent)
        kt_text_format(&run->unusable, "the device cannot be opened: %s",
                       kt_text_string(&run->device_problem));
}

// Settles the final status of a result and tells the reports.
static void settle(kt_run *run, kt_result *result)
{
    const kt_driver driver = kt_run_driver(run);
    const kt_status outcome = result->first.status;
    const kt_expectation *expectation =
        kt_expect_find(run->config.expectations, &driver, result->test_case, outcome);
    result->status =
        result->suspect ? KT_SUSPECT : kt_expect_apply(expectation, outcome, run->today);
    // No day is before "": what the entry says while it holds.
    const bool concerned = !result->suspect && kt_expect_apply(expectation, outcome, "") != outcome;
    result->expectation = concerned ? expectation : NULL;
    result->expired = concerned && result->status == outcome;
    run->counts[result->status]++;
    run->flaky_count += kt_result_is_flaky(result);
    run->result_count++;
    for (size_t i = 0; i < run->config.report_count; i++)
        if (run->config.reports[i]->result)
            run->config.reports[i]->result(run->config.reports[i], run, result);
}

// Tells the reports what is ready, in the order of the cases.
static void tell_ready(runner *r)
{
    kt_run *run = r->run;
    for (; r->next_ready < run->selected_count && run->results[r->next_ready].ready;
         r->next_ready++)
        if (!run->results[r->next_ready].kept)
            settle(run, &run->results[r->next_ready]);
    for (size_t i = 0; i < run->config.report_count; i++)
        if (run->config.reports[i]->progress)
            run->config.reports[i]->progress(run->config.reports[i], run);
}

static void tell_kept(kt_run *run)
{
    for (size_t i = 0; i < run->selected_count; i++)
        if (run->results[i].kept)
            settle(run, &run->results[i]);
    if (run->config.resumed)
        run->config.resumed(run->config.user);
}

bool kt_run_can_run(const kt_run *run, const kt_case *test_case, kt_attempt *attempt)
{
    if (run->unusable.size_bytes) {
        kt_attempt_raise(attempt, KT_NOT_RUN, kt_text_string(&run->unusable));
    } else if (kt_interrupted()) {
        kt_attempt_raise(attempt, KT_NOT_RUN, "interrupted");
    } else if (run->device_problem.size_bytes && kt_case_uses_driver(test_case)) {
        kt_text text = {0};
        kt_text_format(&text, "a device: %s", kt_text_string(&run->device_problem));
        kt_attempt_raise(attempt, KT_NOT_SUPPORTED, kt_text_string(&text));
        kt_text_finish(&text);
    }
    return attempt->status == KT_PASS;
}

void kt_run_tell_start(kt_run *run, const kt_case *test_case)
{
    for (size_t i = 0; i < run->config.report_count; i++)
        if (run->config.reports[i]->start)
            run->config.reports[i]->start(run->config.reports[i], run, test_case);
}

// Runs a case in this process, once.
static void run_once_here(runner *r, const kt_case *test_case, kt_attempt *attempt)
{
    r->attempt = attempt;
    kt_completion completion = kt_session_run(&r->session, test_case, r->run->config.seed);
    kt_attempt_complete(attempt, completion.checks, completion.duration_ns);
    attempt->hashes = completion.hashes;
    r->attempt = NULL;
}

static void run_here(runner *r)
{
    kt_run *run = r->run;
    for (size_t i = 0; i < run->selected_count; i++) {
        kt_result *result = &run->results[i];
        if (result->ready)
            continue;
        bool goes_on = kt_run_can_run(run, run->selected[i], &result->first);
        if (goes_on)
            kt_run_tell_start(run, run->selected[i]);
        while (goes_on && result->runs < run->config.repeat) {
            kt_attempt attempt = {0};
            run_once_here(r, run->selected[i], &attempt);
            kt_result_add_run(result, &attempt);
        }
        result->ready = true;
        run->done_count++;
        tell_ready(r);
    }
}

static void run_in_children(runner *r)
{
    while (kt_lanes_step(&r->lanes))
        tell_ready(r);
    tell_ready(r);
}

// What child processes said between cases, such as leaks found at their end, is one more result.
static void settle_child_end(runner *r)
{
    kt_run *run = r->run;
    kt_result *result = &run->results[run->selected_count];
    kt_lanes_take_between(&r->lanes, &result->first);
    if (kt_status_is_failure(result->first.status))
        settle(run, result);
}

static void check_requirements(kt_run *run, bool counts)
{
    for (size_t i = 0; i < run->config.requirement_count; i++) {
        kt_text problem = {0};
        if (kt_requirement_counts(run->config.requirements[i]) == counts &&
            !kt_require(run, run->config.requirements[i], &problem) && !run->unusable.size_bytes)
            kt_text_format(&run->unusable, "%s", kt_text_string(&problem));
        kt_text_finish(&problem);
    }
}

// From the first report to the last.
static void run_and_report(runner *r)
{
    kt_run *run = r->run;
    const kt_run_config *config = &run->config;
    for (size_t i = 0; i < config->report_count; i++)
        if (config->reports[i]->begin)
            config->reports[i]->begin(config->reports[i], run);
    tell_kept(run);
    if (config->here)
        run_here(r);
    else
        run_in_children(r);
    settle_child_end(r);
    check_requirements(run, true);
    run->duration_ns = kt_now_ns() - run->start_ns;
    for (size_t i = 0; i < config->report_count; i++)
        if (config->reports[i]->end)
            config->reports[i]->end(config->reports[i], run);
}

bool kt_run_execute(kt_run *run, kt_text *problem)
{
    const kt_run_config *config = &run->config;
    runner r = {.run = run};
    kt_lanes_init(&r.lanes, run);
    kt_session_init(&r.session, config->device, config->driver,
                    (kt_sink){.event = append_event, .user = &r});
    run->start_ns = kt_now_ns();
    run->start_time = kt_unix_time();
    kt_date(run->start_time, run->today);
    // A debugger, and the person at it, want their signals themselves.
    if (!config->here)
        kt_interrupts_begin();

    find_device(&r);
    check_requirements(run, false);
    bool right = !config->resume || kt_resume(run, config->resume, problem);
    right = right && (!config->begins || config->begins(config->user, run, problem));
    if (right)
        run_and_report(&r);

    kt_session_finish(&r.session);
    kt_lanes_finish(&r.lanes);
    if (!config->here)
        kt_interrupts_end();
    return right;
}
