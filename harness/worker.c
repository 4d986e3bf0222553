#include "worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "child.h"
#include "message.h"
#include "session.h"

// How long a process may take to go. Only a driver stuck in the kernel needs longer.
static const uint64_t DEATH_NS = UINT64_C(10000000000);

void kt_worker_init(kt_worker *worker, const kt_worker_config *config)
{
    *worker = (kt_worker){.config = *config};
}

static bool start(kt_worker *worker)
{
    if (worker->process.pid)
        return true;
    char parent[24], seed[24];
    snprintf(parent, sizeof parent, "%d", kt_process_id());
    snprintf(seed, sizeof seed, "%" PRIu64, worker->config.seed);
    const char *device = worker->config.device ? worker->config.device : "";
    const char *driver = worker->config.driver ? worker->config.driver : "";
    const char *arguments[] = {"kronos", KT_CHILD_FLAG, parent, seed, device, driver, NULL};
    kt_text_clear(&worker->inbox);
    int error = kt_process_start(
        &(kt_process_config){.arguments = arguments, .environment = worker->config.environment},
        &worker->process);
    if (error) {
        kt_text text = {0};
        kt_text_format(&text, "a child process cannot be started: %s", strerror(error));
        kt_attempt_raise(worker->attempt, KT_INTERNAL_ERROR, kt_text_string(&text));
        kt_text_finish(&text);
    }
    return !error;
}

static void drain_output(kt_worker *worker)
{
    // More than a pipe holds, so that nothing printed so far is missed; a process that prints
    // without end does not keep us here.
    enum { ROUNDS = 80 };
    char bytes[16384];
    ptrdiff_t size = 1;
    for (int i = 0; i < ROUNDS && size > 0; i++) {
        size = kt_process_read_output(&worker->process, bytes, sizeof bytes);
        if (size > 0)
            kt_attempt_output(worker->attempt, bytes, (size_t)size);
    }
}

static void settle(kt_worker *worker, kt_answer answer)
{
    worker->answer = answer;
    worker->state = KT_WORKER_SETTLED;
}

static void expect_end(kt_worker *worker, kt_worker_state state)
{
    worker->state = state;
    worker->deadline_ns = kt_now_ns() + DEATH_NS;
}

static void kill_child(kt_worker *worker, kt_answer answer)
{
    kt_process_kill(&worker->process);
    worker->answer = answer;
    expect_end(worker, KT_WORKER_DYING);
}

// Says how a child ended, unless that is as it should be.
static void record_end(kt_worker *worker, kt_process_end end)
{
    if (worker->request == KT_REQUEST_QUIT && !end.signaled && end.code == 0)
        return;
    char name[24];
    kt_text text = {0};
    if (end.signaled)
        kt_text_format(&text, "killed by %s", kt_signal_name(end.code, name, sizeof name));
    else
        kt_text_format(&text, "exited with status %d", end.code);
    kt_attempt_raise(worker->attempt, KT_CRASH, kt_text_string(&text));
    kt_text_finish(&text);
}

static void record_timeout(kt_worker *worker)
{
    kt_text text = {0};
    kt_text_format(&text, "no end after %" PRIu64 " s", worker->config.timeout_ns / KT_NS_PER_S);
    kt_attempt_raise(worker->attempt, KT_TIMEOUT, kt_text_string(&text));
    kt_text_finish(&text);
}

// Takes the first whole message out of the inbox. False if there is none.
static bool take_message(kt_worker *worker)
{
    kt_message_header header;
    kt_text *inbox = &worker->inbox;
    if (inbox->size_bytes < sizeof header)
        return false;
    memcpy(&header, inbox->bytes, sizeof header);
    size_t size_bytes = sizeof header + header.size_bytes;
    // What a case wrote over the channel is no message: waiting for the rest would be for nothing.
    bool garbled = header.size_bytes > KT_MAX_MESSAGE_BYTES;
    if (inbox->size_bytes < size_bytes && !garbled)
        return false;
    kt_text_clear(&worker->payload);
    worker->kind = garbled ? 0 : header.kind;
    if (garbled)
        return true;
    kt_text_append(&worker->payload, inbox->bytes + sizeof header, header.size_bytes);
    inbox->size_bytes -= size_bytes;
    memmove(inbox->bytes, inbox->bytes + size_bytes, inbox->size_bytes);
    return true;
}

// Handles what has arrived: events go into the attempt. True when something that is no event came.
static bool take_answer(kt_worker *worker)
{
    while (take_message(worker)) {
        if (worker->kind == 0 || worker->kind >= KT_EVENT_COUNT)
            return true;
        kt_attempt_event(worker->attempt, (kt_event)worker->kind, kt_text_string(&worker->payload));
    }
    return false;
}

// Whether the answer fits what was asked.
static bool fits(const kt_worker *worker)
{
    switch (worker->request) {
    case KT_REQUEST_RUN:
    case KT_REQUEST_KNOWN:
    case KT_REQUEST_COMPUTED:
        return worker->kind == KT_MESSAGE_DONE &&
               worker->payload.size_bytes == sizeof(kt_completion);
    case KT_REQUEST_OPEN:
        return worker->kind == KT_MESSAGE_DEVICE || worker->kind == KT_MESSAGE_REFUSED;
    case KT_REQUEST_LIST:
        return worker->kind == KT_MESSAGE_DEVICES || worker->kind == KT_MESSAGE_REFUSED;
    default:
        return false;
    }
}

static void take_completion(kt_worker *worker)
{
    kt_completion completion;
    memcpy(&completion, worker->payload.bytes, sizeof completion);
    kt_attempt_complete(worker->attempt, completion.checks, completion.duration_ns);
    worker->attempt->hashes = completion.hashes;
}

static void handle_answer(kt_worker *worker)
{
    if (!fits(worker)) {
        kt_attempt_raise(worker->attempt, KT_INTERNAL_ERROR, "the child sent something else");
        kill_child(worker, KT_ANSWER_NONE);
        return;
    }
    if (worker->kind == KT_MESSAGE_DONE)
        take_completion(worker);
    settle(worker, worker->kind == KT_MESSAGE_REFUSED ? KT_ANSWER_REFUSED : KT_ANSWER_GIVEN);
}

// The child owes an answer.
static void await_answer(kt_worker *worker, bool ended)
{
    char bytes[65536];
    // An answer that is there counts, however late we look.
    const bool expired = kt_now_ns() >= worker->deadline_ns;
    const ptrdiff_t size = kt_process_receive(&worker->process, bytes, sizeof bytes);
    // What was printed before a message is there by now and stands before it in the log.
    drain_output(worker);
    if (size > 0)
        kt_text_append(&worker->inbox, bytes, (size_t)size);
    if (size > 0 && take_answer(worker)) {
        handle_answer(worker);
    } else if (size < 0 || (size == 0 && ended)) {
        expect_end(worker, KT_WORKER_CLOSING);
    } else if (expired) {
        record_timeout(worker);
        kill_child(worker, KT_ANSWER_NONE);
    }
}

// The child should end, or was killed.
static void await_end(kt_worker *worker, bool ended)
{
    drain_output(worker);
    const bool expired = kt_now_ns() >= worker->deadline_ns;
    if (ended) {
        kt_process_end end = kt_process_reap(&worker->process);
        if (worker->state == KT_WORKER_CLOSING)
            record_end(worker, end);
        settle(worker, worker->state == KT_WORKER_CLOSING ? KT_ANSWER_NONE : worker->answer);
    } else if (expired && worker->state == KT_WORKER_CLOSING) {
        kt_attempt_raise(worker->attempt, KT_CRASH, "closed its channel and did not end");
        kill_child(worker, KT_ANSWER_NONE);
    } else if (expired) {
        kt_attempt_event(worker->attempt, KT_EVENT_LOG, "the child process cannot be killed");
        worker->stuck = true;
        worker->process = (kt_process){0};
        settle(worker, worker->answer);
    }
}

void kt_worker_request(kt_worker *worker, uint32_t request, const char *text, kt_attempt *attempt)
{
    worker->attempt = attempt ? attempt : &worker->between;
    worker->request = request;
    worker->asked_ns = kt_now_ns();
    if (!start(worker)) {
        settle(worker, KT_ANSWER_NONE);
        return;
    }
    kt_message_header header = {.kind = request, .size_bytes = (uint32_t)strlen(text)};
    // That a child is gone already shows in what comes back.
    (void)(kt_process_send(&worker->process, &header, sizeof header) &&
           kt_process_send(&worker->process, text, header.size_bytes));
    worker->state = KT_WORKER_ASKED;
    worker->deadline_ns = kt_now_ns() + worker->config.timeout_ns;
}

bool kt_worker_advance(kt_worker *worker)
{
    // Asked before anything is read: what was said before the end is there then.
    const bool waits = worker->state != KT_WORKER_IDLE && worker->state != KT_WORKER_SETTLED;
    const bool ended = waits && kt_process_has_ended(&worker->process);
    if (worker->state == KT_WORKER_ASKED)
        await_answer(worker, ended);
    if (worker->state == KT_WORKER_CLOSING || worker->state == KT_WORKER_DYING)
        await_end(worker, ended);
    if (worker->state != KT_WORKER_SETTLED)
        return false;
    worker->state = KT_WORKER_IDLE;
    // The time of a case that did not live to tell it.
    if (worker->answer != KT_ANSWER_GIVEN)
        worker->attempt->duration_ns = kt_now_ns() - worker->asked_ns;
    return true;
}

void kt_worker_interrupt(kt_worker *worker)
{
    if (worker->state == KT_WORKER_ASKED || worker->state == KT_WORKER_CLOSING)
        kill_child(worker, KT_ANSWER_INTERRUPTED);
}

void kt_workers_wait(kt_worker *const *workers, size_t count)
{
    // A child that ended while something it started holds its channel open is noticed this often;
    // one that is about to end, sooner.
    enum { LOOK_NS = 100000000, LOOK_SOON_NS = 2000000 };
    const kt_process *processes[KT_MAX_PROCESSES];
    size_t used = 0;
    uint64_t timeout_ns = LOOK_NS;
    const uint64_t now_ns = kt_now_ns();
    for (size_t i = 0; i < count; i++) {
        const kt_worker *worker = workers[i];
        if (worker->state == KT_WORKER_SETTLED)
            return;
        if (worker->state == KT_WORKER_IDLE)
            continue;
        processes[used++] = &worker->process;
        uint64_t own_ns = worker->state == KT_WORKER_ASKED ? LOOK_NS : LOOK_SOON_NS;
        if (worker->deadline_ns < now_ns + own_ns)
            own_ns = worker->deadline_ns > now_ns ? worker->deadline_ns - now_ns : 0;
        timeout_ns = own_ns < timeout_ns ? own_ns : timeout_ns;
    }
    if (used)
        kt_processes_wait(processes, used, timeout_ns);
}

kt_answer kt_worker_call(kt_worker *worker, uint32_t request, const char *text, kt_attempt *attempt)
{
    kt_worker_request(worker, request, text, attempt);
    while (!kt_worker_advance(worker)) {
        if (kt_interrupted())
            kt_worker_interrupt(worker);
        kt_workers_wait((kt_worker *const[]){worker}, 1);
    }
    return worker->answer;
}

kt_answer kt_worker_ask(kt_worker *worker, uint32_t request, kro_status *status, kt_text *text)
{
    kt_attempt attempt = {0};
    kt_text_clear(text);
    *status = KRO_OK;
    kt_answer answer = kt_worker_call(worker, request, "", &attempt);
    const kt_text *payload = &worker->payload;
    if (answer == KT_ANSWER_REFUSED && payload->size_bytes >= sizeof *status) {
        memcpy(status, payload->bytes, sizeof *status);
        kt_text_format(text, "%s", payload->bytes + sizeof *status);
    } else if (answer == KT_ANSWER_GIVEN) {
        kt_text_append(text, payload->bytes, payload->size_bytes);
    } else if (answer == KT_ANSWER_NONE) {
        kt_text_format(text, "the driver did not survive being asked: %s\n%s",
                       kt_text_string(&attempt.message), kt_text_string(&attempt.log));
    }
    kt_attempt_finish(&attempt);
    return answer;
}

void kt_worker_finish(kt_worker *worker)
{
    if (worker->process.pid)
        (void)kt_worker_call(worker, KT_REQUEST_QUIT, "", NULL);
    kt_text_finish(&worker->inbox);
    kt_text_finish(&worker->payload);
    kt_attempt_finish(&worker->between);
    *worker = (kt_worker){0};
}
