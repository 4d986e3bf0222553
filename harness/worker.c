#include "worker.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "child.h"
#include "message.h"
#include "session.h"

// How long a killed process may take to go. Only a driver stuck in the kernel needs longer.
static const uint64_t DEATH_NS = UINT64_C(10000000000);

void kt_worker_init(kt_worker *worker, const kt_worker_config *config)
{
    *worker = (kt_worker){.config = *config};
}

static bool start(kt_worker *worker, kt_attempt *attempt)
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
        kt_attempt_raise(attempt, KT_INTERNAL_ERROR, kt_text_string(&text));
        kt_text_finish(&text);
    }
    return !error;
}

static void drain_output(kt_worker *worker, kt_attempt *attempt)
{
    char bytes[16384];
    ptrdiff_t size;
    while ((size = kt_process_read_output(&worker->process, bytes, sizeof bytes)) > 0)
        kt_attempt_output(attempt, bytes, (size_t)size);
}

// Waits for the child's end. It may still have much to print, and a full pipe would hold it up.
static bool reap(kt_worker *worker, uint64_t timeout_ns, kt_attempt *attempt, kt_process_end *end)
{
    const uint64_t slice_ns = 10000000;
    const uint64_t deadline_ns = kt_now_ns() + timeout_ns;
    while (kt_now_ns() < deadline_ns) {
        drain_output(worker, attempt);
        // The last output is read before the pipe is closed.
        unsigned seen = kt_process_watch(&worker->process, slice_ns);
        drain_output(worker, attempt);
        if ((seen & (KT_PROCESS_ENDED | KT_PROCESS_CHANNEL)) &&
            kt_process_finish(&worker->process, slice_ns, end))
            return true;
    }
    return false;
}

static void kill_child(kt_worker *worker, kt_attempt *attempt)
{
    kt_process_end end;
    kt_process_kill(&worker->process);
    if (!reap(worker, DEATH_NS, attempt, &end)) {
        worker->stuck = true;
        worker->process = (kt_process){0};
        kt_attempt_event(attempt, KT_EVENT_LOG, "the child process cannot be killed");
    }
}

// The child has closed its end of the channel: waits for it and says how it ended, unless that is
// as it should be.
static void record_end(kt_worker *worker, kt_attempt *attempt, bool asked_to_quit)
{
    kt_process_end end;
    if (!reap(worker, DEATH_NS, attempt, &end)) {
        kt_attempt_raise(attempt, KT_CRASH, "closed its channel and did not end");
        kill_child(worker, attempt);
        return;
    }
    if (asked_to_quit && !end.signaled && end.code == 0)
        return;
    char name[24];
    kt_text text = {0};
    if (end.signaled)
        kt_text_format(&text, "killed by %s", kt_signal_name(end.code, name, sizeof name));
    else
        kt_text_format(&text, "exited with status %d", end.code);
    kt_attempt_raise(attempt, KT_CRASH, kt_text_string(&text));
    kt_text_finish(&text);
}

static void record_timeout(kt_worker *worker, kt_attempt *attempt)
{
    kt_text text = {0};
    kt_text_format(&text, "no end after %" PRIu64 " s", worker->config.timeout_ns / 1000000000);
    kt_attempt_raise(attempt, KT_TIMEOUT, kt_text_string(&text));
    kt_text_finish(&text);
    kill_child(worker, attempt);
}

// Takes the first whole message out of the inbox. False if there is none.
static bool take_message(kt_worker *worker, uint32_t *kind, kt_text *payload)
{
    kt_message_header header;
    kt_text *inbox = &worker->inbox;
    if (inbox->size_bytes < sizeof header)
        return false;
    memcpy(&header, inbox->bytes, sizeof header);
    size_t size_bytes = sizeof header + header.size_bytes;
    if (inbox->size_bytes < size_bytes)
        return false;
    *kind = header.kind;
    kt_text_clear(payload);
    kt_text_append(payload, inbox->bytes + sizeof header, header.size_bytes);
    inbox->size_bytes -= size_bytes;
    memmove(inbox->bytes, inbox->bytes + size_bytes, inbox->size_bytes);
    return true;
}

// Handles what has arrived: events go into the attempt. True when something that is no event came.
static bool take_answer(kt_worker *worker, kt_attempt *attempt, uint32_t *kind, kt_text *payload)
{
    while (take_message(worker, kind, payload)) {
        if (*kind == 0 || *kind >= KT_EVENT_COUNT)
            return true;
        kt_attempt_event(attempt, (kt_event)*kind, kt_text_string(payload));
    }
    return false;
}

static bool send_request(kt_worker *worker, uint32_t request, const char *text)
{
    kt_message_header header = {.kind = request, .size_bytes = (uint32_t)strlen(text)};
    return kt_process_send(&worker->process, &header, sizeof header) &&
           kt_process_send(&worker->process, text, header.size_bytes);
}

typedef enum wait_end { ANSWERED, CLOSED, EXPIRED, INTERRUPTED } wait_end;

// Waits for the answer to a request; events on the way go into the attempt.
static wait_end await(kt_worker *worker, kt_attempt *attempt, uint32_t *kind, kt_text *payload)
{
    const uint64_t deadline_ns = kt_now_ns() + worker->config.timeout_ns;
    char bytes[65536];
    for (;;) {
        if (kt_interrupted())
            return INTERRUPTED;
        uint64_t now_ns = kt_now_ns();
        if (now_ns >= deadline_ns)
            return EXPIRED;
        unsigned seen = kt_process_watch(&worker->process, deadline_ns - now_ns);
        if (seen & KT_PROCESS_OUTPUT)
            drain_output(worker, attempt);
        if (!(seen & (KT_PROCESS_CHANNEL | KT_PROCESS_ENDED)))
            continue;
        ptrdiff_t size = kt_process_receive(&worker->process, bytes, sizeof bytes);
        // What was printed before a message is there by now and stands before it in the log.
        drain_output(worker, attempt);
        if (size > 0)
            kt_text_append(&worker->inbox, bytes, (size_t)size);
        if (size > 0 && take_answer(worker, attempt, kind, payload))
            return ANSWERED;
        if (size < 0 || (size == 0 && (seen & KT_PROCESS_ENDED)))
            return CLOSED;
    }
}

// Sends a request and settles whatever keeps it from being answered.
static kt_answer ask(kt_worker *worker, uint32_t request, const char *text, kt_attempt *attempt,
                     uint32_t *kind, kt_text *payload)
{
    if (!start(worker, attempt))
        return KT_ANSWER_NONE;
    // That a child is gone already shows in what comes back.
    (void)send_request(worker, request, text);
    switch (await(worker, attempt, kind, payload)) {
    case ANSWERED:
        return KT_ANSWER_GIVEN;
    case CLOSED:
        record_end(worker, attempt, request == KT_REQUEST_QUIT);
        break;
    case EXPIRED:
        record_timeout(worker, attempt);
        break;
    case INTERRUPTED:
        kill_child(worker, attempt);
        return KT_ANSWER_INTERRUPTED;
    }
    return KT_ANSWER_NONE;
}

kt_answer kt_worker_run(kt_worker *worker, const kt_case *test_case, kt_attempt *attempt)
{
    const uint64_t start_ns = kt_now_ns();
    uint32_t kind = 0;
    kt_text payload = {0};
    kt_answer answer = ask(worker, KT_REQUEST_RUN, test_case->name, attempt, &kind, &payload);
    kt_completion completion = {0};
    if (answer == KT_ANSWER_GIVEN && kind == KT_MESSAGE_DONE &&
        payload.size_bytes == sizeof completion) {
        memcpy(&completion, payload.bytes, sizeof completion);
        kt_attempt_complete(attempt, completion.checks, completion.duration_ns);
    } else {
        attempt->duration_ns = kt_now_ns() - start_ns;
        if (answer == KT_ANSWER_GIVEN) {
            kt_attempt_raise(attempt, KT_INTERNAL_ERROR, "the child sent something else");
            kill_child(worker, attempt);
            answer = KT_ANSWER_NONE;
        }
    }
    kt_text_finish(&payload);
    return answer;
}

kt_answer kt_worker_ask(kt_worker *worker, uint32_t request, kro_status *status, kt_text *text)
{
    kt_attempt attempt = {0};
    uint32_t kind = 0;
    kt_text payload = {0};
    kt_text_clear(text);
    *status = KRO_OK;
    kt_answer answer = ask(worker, request, "", &attempt, &kind, &payload);
    if (answer == KT_ANSWER_GIVEN && kind == KT_MESSAGE_REFUSED &&
        payload.size_bytes >= sizeof *status) {
        memcpy(status, payload.bytes, sizeof *status);
        kt_text_format(text, "%s", payload.bytes + sizeof *status);
        answer = KT_ANSWER_REFUSED;
    } else if (answer == KT_ANSWER_GIVEN) {
        kt_text_append(text, payload.bytes, payload.size_bytes);
    } else if (answer == KT_ANSWER_NONE) {
        kt_text_format(text, "the driver did not survive being asked: %s\n%s",
                       kt_text_string(&attempt.message), kt_text_string(&attempt.log));
    }
    kt_text_finish(&payload);
    kt_attempt_finish(&attempt);
    return answer;
}

void kt_worker_retire(kt_worker *worker)
{
    if (!worker->process.pid)
        return;
    uint32_t kind;
    kt_text payload = {0};
    if (ask(worker, KT_REQUEST_QUIT, "", &worker->between, &kind, &payload) == KT_ANSWER_GIVEN)
        kill_child(worker, &worker->between);
    kt_text_finish(&payload);
}

void kt_worker_finish(kt_worker *worker)
{
    kt_worker_retire(worker);
    kt_text_finish(&worker->inbox);
    kt_attempt_finish(&worker->between);
    *worker = (kt_worker){0};
}
