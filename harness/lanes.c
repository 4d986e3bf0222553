#include "lanes.h"

#include <stdlib.h>

#include "message.h"

// After so many cases, or so much time, a lane asks for the known answer.
enum { BATCH_CASES = 32 };
static const uint64_t BATCH_NS = UINT64_C(1000000000);

// What a lane waits for.
typedef enum step {
    STEP_NONE,
    STEP_RUN,   // a case, for the first time or repeated
    STEP_AGAIN, // a case that failed, alone
    STEP_KNOWN, // the known answer
    STEP_QUIT,  // its child's end
} step;

struct kt_lane {
    kt_worker worker;
    step step, then;           // `then` comes after STEP_QUIT
    size_t index;              // of the case among the selected
    kt_attempt attempt;        // one of a repeated case, or the known answer
    size_t batch[BATCH_CASES]; // cases that wait for the known answer
    size_t batch_count;
    uint64_t batch_start_ns;
    bool known_failed; // in the child before
};

void kt_lanes_init(kt_lanes *lanes, kt_run *run)
{
    const kt_run_config *config = &run->config;
    size_t count = config->jobs < run->selected_count ? (size_t)config->jobs : run->selected_count;
    *lanes = (kt_lanes){.run = run, .count = count ? count : 1};
    lanes->items = kt_memory(lanes->count, sizeof *lanes->items);
    lanes->workers = kt_memory(lanes->count, sizeof *lanes->workers);
    lanes->failed = kt_memory(run->selected_count, sizeof *lanes->failed);
    for (size_t i = 0; i < lanes->count; i++) {
        lanes->workers[i] = &lanes->items[i].worker;
        kt_worker_init(lanes->workers[i], &(kt_worker_config){.device = config->device,
                                                              .driver = config->driver,
                                                              .environment = config->environment,
                                                              .seed = config->seed,
                                                              .timeout_ns = config->timeout_ns});
    }
}

void kt_lanes_finish(kt_lanes *lanes)
{
    for (size_t i = 0; i < lanes->count; i++) {
        kt_worker_finish(&lanes->items[i].worker);
        kt_attempt_finish(&lanes->items[i].attempt);
    }
    free(lanes->items);
    free(lanes->workers);
    free(lanes->failed);
    *lanes = (kt_lanes){0};
}

void kt_lanes_take_between(kt_lanes *lanes, kt_attempt *out)
{
    for (size_t i = 0; i < lanes->count; i++)
        kt_attempt_merge(out, &lanes->items[i].worker.between);
}

static void begin_step(kt_lanes *lanes, kt_lane *lane, step next)
{
    kt_run *run = lanes->run;
    lane->step = next;
    switch (next) {
    case STEP_RUN:
        kt_worker_request(&lane->worker, KT_REQUEST_RUN, run->selected[lane->index]->name,
                          &lane->attempt);
        break;
    case STEP_AGAIN:
        kt_worker_request(&lane->worker, KT_REQUEST_RUN, run->selected[lane->index]->name,
                          &run->results[lane->index].again);
        break;
    case STEP_KNOWN:
        kt_worker_request(&lane->worker, KT_REQUEST_KNOWN, "", &lane->attempt);
        break;
    case STEP_QUIT:
        kt_worker_request(&lane->worker, KT_REQUEST_QUIT, "", NULL);
        break;
    case STEP_NONE:
        break;
    }
}

// Lets the child go, if there is one, so that what follows gets a new one.
static void begin_in_new_child(kt_lanes *lanes, kt_lane *lane, step next)
{
    lane->then = next;
    begin_step(lanes, lane, lane->worker.process.pid ? STEP_QUIT : next);
}

// A case's result is there. Where it used the driver, it waits for the known answer.
static void finish_case(kt_lanes *lanes, kt_lane *lane)
{
    kt_run *run = lanes->run;
    if (run->device && kt_case_uses_driver(run->selected[lane->index])) {
        if (lane->batch_count == 0)
            lane->batch_start_ns = kt_now_ns();
        lane->batch[lane->batch_count++] = lane->index;
    } else {
        run->results[lane->index].ready = true;
    }
}

static void mark_batches(kt_lanes *lanes, bool suspect)
{
    for (size_t i = 0; i < lanes->count; i++) {
        kt_lane *lane = &lanes->items[i];
        for (size_t j = 0; j < lane->batch_count; j++) {
            kt_result *result = &lanes->run->results[lane->batch[j]];
            result->ready = true;
            result->suspect = suspect;
        }
        lane->batch_count = 0;
    }
}

static const char *stop_reason(const kt_run *run)
{
    return run->unusable.size_bytes ? kt_text_string(&run->unusable) : "interrupted";
}

static void skip_case(kt_run *run, size_t index)
{
    kt_result *result = &run->results[index];
    kt_attempt_finish(&result->first);
    result->runs = result->failures = 0;
    kt_attempt_raise(&result->first, KT_NOT_RUN, stop_reason(run));
    result->ready = true;
    run->done_count++;
}

// What was decided so far of a case that fails is what is known of it.
static void leave_failed(kt_run *run, size_t index)
{
    run->results[index].ready = true;
    run->results[index].suspect = run->unusable.size_bytes > 0;
}

// A step is not taken any more.
static void give_up(kt_lanes *lanes, const kt_lane *lane, step next)
{
    if (next == STEP_RUN)
        skip_case(lanes->run, lane->index);
    else if (next == STEP_AGAIN)
        leave_failed(lanes->run, lane->index);
}

// The machine is unusable, or somebody wants an end: what runs is given up, what waits is not run.
static void stop(kt_lanes *lanes)
{
    kt_run *run = lanes->run;
    lanes->stopped = true;
    mark_batches(lanes, run->unusable.size_bytes > 0);
    for (; lanes->failed_first < lanes->failed_last; lanes->failed_first++)
        leave_failed(run, lanes->failed[lanes->failed_first]);
    for (; lanes->next < run->selected_count; lanes->next++)
        if (!run->results[lanes->next].ready)
            skip_case(run, lanes->next);
}

static void end_run(kt_lanes *lanes, kt_lane *lane)
{
    kt_run *run = lanes->run;
    kt_result *result = &run->results[lane->index];
    if (lane->worker.answer == KT_ANSWER_INTERRUPTED) {
        kt_attempt_finish(&lane->attempt);
        give_up(lanes, lane, STEP_RUN);
        return;
    }
    const bool failed = kt_status_is_failure(lane->attempt.status);
    kt_result_add_run(result, &lane->attempt);
    if (result->runs < run->config.repeat && !lanes->stopped && !lane->worker.stuck) {
        if (failed)
            begin_in_new_child(lanes, lane, STEP_RUN);
        else
            begin_step(lanes, lane, STEP_RUN);
        return;
    }
    run->done_count++;
    lanes->alone = false;
    // The cases after one that failed get a new child: nothing it left behind reaches them.
    if (failed)
        begin_in_new_child(lanes, lane, STEP_NONE);
    if (lane->worker.stuck || lanes->stopped)
        result->ready = true;
    else if (result->failures)
        lanes->failed[lanes->failed_last++] = lane->index;
    else
        finish_case(lanes, lane);
}

static void end_again(kt_lanes *lanes, kt_lane *lane)
{
    kt_result *result = &lanes->run->results[lane->index];
    result->ran_again = lane->worker.answer != KT_ANSWER_INTERRUPTED;
    lanes->alone = false;
    if (lanes->stopped) {
        give_up(lanes, lane, STEP_AGAIN);
        return;
    }
    finish_case(lanes, lane);
    begin_in_new_child(lanes, lane, STEP_NONE);
}

static void end_known(kt_lanes *lanes, kt_lane *lane)
{
    kt_run *run = lanes->run;
    const bool right = lane->worker.answer == KT_ANSWER_GIVEN && lane->attempt.status <= KT_WARN;
    const char *message = kt_text_string(&lane->attempt.message);
    if (lane->worker.answer == KT_ANSWER_INTERRUPTED || lane->worker.stuck) {
        lane->known_failed = false;
    } else if (!right && !lane->known_failed) {
        // The process may be to blame, or a case that it ran.
        kt_text text = {0};
        kt_text_format(&text, "a known dispatch went wrong after %s: %s",
                       run->selected[lane->batch[lane->batch_count - 1]]->name, message);
        kt_attempt_raise(&lane->worker.between, KT_FAIL, kt_text_string(&text));
        kt_text_finish(&text);
        lane->known_failed = true;
        kt_attempt_finish(&lane->attempt);
        begin_in_new_child(lanes, lane, STEP_KNOWN);
        return;
    } else if (!right) {
        kt_text_format(&run->unusable, "a known dispatch goes wrong in a new process, too: %s",
                       message);
    } else {
        for (size_t i = 0; i < lane->batch_count; i++)
            run->results[lane->batch[i]].ready = true;
        lane->batch_count = 0;
        lane->known_failed = false;
    }
    kt_attempt_finish(&lane->attempt);
}

static void end_step(kt_lanes *lanes, kt_lane *lane)
{
    kt_run *run = lanes->run;
    const step ended = lane->step;
    lane->step = STEP_NONE;
    if (lane->worker.stuck && !run->unusable.size_bytes)
        kt_text_format(&run->unusable, "%s left a process that cannot be killed",
                       run->selected[lane->index]->name);
    switch (ended) {
    case STEP_RUN:
        end_run(lanes, lane);
        break;
    case STEP_AGAIN:
        end_again(lanes, lane);
        break;
    case STEP_KNOWN:
        end_known(lanes, lane);
        break;
    case STEP_QUIT:
        if (lanes->stopped)
            give_up(lanes, lane, lane->then);
        else
            begin_step(lanes, lane, lane->then);
        break;
    case STEP_NONE:
        break;
    }
}

// Passes over cases that are decided already, or that cannot run.
static void skip_decided(kt_lanes *lanes)
{
    kt_run *run = lanes->run;
    for (; lanes->next < run->selected_count; lanes->next++) {
        kt_result *result = &run->results[lanes->next];
        if (result->ready)
            continue;
        if (kt_run_can_run(run, run->selected[lanes->next], &result->first))
            return;
        result->ready = true;
        run->done_count++;
    }
}

static size_t busy_count(const kt_lanes *lanes)
{
    size_t busy = 0;
    for (size_t i = 0; i < lanes->count; i++)
        busy += lanes->items[i].step != STEP_NONE;
    return busy;
}

static bool is_due(const kt_lanes *lanes, const kt_lane *lane)
{
    const bool last =
        lanes->next == lanes->run->selected_count && lanes->failed_first == lanes->failed_last;
    return lane->batch_count && (last || lane->batch_count == BATCH_CASES ||
                                 kt_now_ns() - lane->batch_start_ns >= BATCH_NS);
}

// Gives an idle lane the next case, or the next attempt alone; nothing where there is none now.
static void give_case(kt_lanes *lanes, kt_lane *lane)
{
    kt_run *run = lanes->run;
    const bool again = lanes->failed_first < lanes->failed_last;
    if (lanes->alone || (!again && lanes->next == run->selected_count))
        return;
    const size_t index = again ? lanes->failed[lanes->failed_first] : lanes->next;
    const uint64_t needs = run->selected[index]->entry->needs;
    const bool alone = again || (needs & NEEDS_ALONE);
    if (alone && busy_count(lanes))
        return;
    lanes->alone = alone;
    lane->index = index;
    if (again) {
        lanes->failed_first++;
        begin_in_new_child(lanes, lane, STEP_AGAIN);
    } else {
        lanes->next++;
        kt_run_tell_start(run, run->selected[index]);
        if (needs & NEEDS_NEW_PROCESS)
            begin_in_new_child(lanes, lane, STEP_RUN);
        else
            begin_step(lanes, lane, STEP_RUN);
    }
}

static void hand_out(kt_lanes *lanes)
{
    for (size_t i = 0; i < lanes->count; i++) {
        kt_lane *lane = &lanes->items[i];
        if (lane->step != STEP_NONE)
            continue;
        skip_decided(lanes);
        if (is_due(lanes, lane))
            begin_step(lanes, lane, STEP_KNOWN);
        else
            give_case(lanes, lane);
    }
}

bool kt_lanes_step(kt_lanes *lanes)
{
    kt_run *run = lanes->run;
    const bool stops = !lanes->stopped && (kt_interrupted() || run->unusable.size_bytes);
    if (stops)
        stop(lanes);
    for (size_t i = 0; i < lanes->count && (stops || kt_interrupted()); i++)
        kt_worker_interrupt(lanes->workers[i]);
    if (!lanes->stopped)
        hand_out(lanes);
    // Nothing left to do: the children may go.
    if (!busy_count(lanes))
        for (size_t i = 0; i < lanes->count; i++)
            begin_in_new_child(lanes, &lanes->items[i], STEP_NONE);
    if (!busy_count(lanes))
        return false;
    kt_workers_wait(lanes->workers, lanes->count);
    for (size_t i = 0; i < lanes->count; i++)
        if (kt_worker_advance(lanes->workers[i]))
            end_step(lanes, &lanes->items[i]);
    return true;
}
