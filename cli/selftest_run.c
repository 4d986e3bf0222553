#include "selftest_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "arguments.h"
#include "json.h"
#include "message.h"
#include "os/files.h"
#include "os/process.h"
#include "worker.h"

// One child process after another, and what it does now.
typedef struct lane {
    kt_worker worker;
    const char **environment;
    kro__planted_reach *reach; // of its children, while cases run without a fault
    kt_attempt attempt;
    bool busy;
    size_t judge;       // the case that runs
    size_t tried;       // cases that ran with this fault in this child or those before it
    cli_mutant *mutant; // the fault that is planted; NULL: none
} lane;

typedef struct crew {
    cli_trial *self;
    lane *lanes;
    kt_worker **workers;
    size_t count;
    bool idle;                               // cases that noticed nothing run, on all faults
    size_t next;                             // the next case, or fault, to hand out
    bool (*give)(struct crew *crew, lane *); // asks for something; false: there is nothing more
    void (*take)(struct crew *crew, lane *); // what was asked for has come
} crew;

// A new child for the next request, with other words for the proxy.
static void dress(crew *of, lane *at, const char *spec)
{
    kt_worker_finish(&at->worker);
    cli_wrapped_free(at->environment);
    at->environment = cli_wrapped_environment(&of->self->wrapped, spec);
    kt_worker_init(&at->worker,
                   &(kt_worker_config){.device = of->self->options->device,
                                       .environment = at->environment,
                                       .seed = of->self->options->seed,
                                       .timeout_ns = of->self->options->timeout_s * KT_NS_PER_S});
}

static void ask(crew *of, lane *at, size_t judge)
{
    kt_attempt_finish(&at->attempt);
    at->attempt = (kt_attempt){0};
    at->judge = judge;
    kt_worker_request(&at->worker, KT_REQUEST_RUN, of->self->judges[judge].test_case->name,
                      &at->attempt);
}

static bool give_judge(crew *of, lane *at)
{
    if (of->next == of->self->judge_count)
        return false;
    for (int i = 0; i < KRO__PLANTED_COUNT; i++)
        atomic_store(&at->reach->reached[i], 0);
    ask(of, at, of->next++);
    return true;
}

static void take_judge(crew *of, lane *at)
{
    cli_judge *judge = &of->self->judges[at->judge];
    judge->status = at->attempt.status;
    judge->duration_ns = at->attempt.duration_ns;
    const uint32_t opcode = atomic_exchange(&at->reach->unknown_opcode, 0);
    if (opcode)
        of->self->unknown_opcode = opcode;
    if (judge->status > KT_WARN)
        return;
    of->self->pass_count++;
    for (int i = 0; i < KRO__PLANTED_COUNT; i++) {
        judge->reaches[i] = atomic_load(&at->reach->reached[i]) != 0;
        of->self->mutants[i].reach_count += judge->reaches[i];
    }
}

// What the proxy is told where it is to be a driver that needs everything said: work runs in
// another order, with this seed the later of two commands first, and what the host writes is seen
// where it is flushed.
#define REORDER ";reorder=2;noncoherent"

static void take_reordered(crew *of, lane *at)
{
    of->self->judges[at->judge].holds_reordered = at->attempt.status <= KT_WARN;
}

// Whether the lane's child is to run work in another order.
static bool is_reordered(const crew *of, const lane *at)
{
    return at->mutant->reordered && !of->idle;
}

// The next case that could notice the lane's fault; the count where there is none.
static size_t find_judge(const crew *of, const lane *at, size_t from)
{
    const size_t fault = (size_t)(at->mutant - of->self->mutants);
    const cli_judge *judges = of->self->judges;
    if (at->tried == of->self->options->cases && !of->idle)
        return of->self->judge_count;
    while (from < of->self->judge_count &&
           (!judges[from].reaches[fault] || (of->idle && judges[from].noticed_count) ||
            (is_reordered(of, at) && !judges[from].holds_reordered)))
        from++;
    return from;
}

static void begin_mutant(crew *of, lane *at)
{
    kt_text spec = {0};
    kt_text_format(&spec, "plant=%s;report=/dev/null%s", at->mutant->fault->name,
                   is_reordered(of, at) ? REORDER : "");
    dress(of, at, kt_text_string(&spec));
    kt_text_finish(&spec);
    at->tried = 0;
}

// A driver that runs everything in order needs no barriers. What is done to calls gets a second
// chance on one that does not. True where it has one.
static bool try_reordered(crew *of, lane *at)
{
    cli_mutant *mutant = at->mutant;
    if (mutant->fault->kind != KRO__PLANTED_OF_CALL || mutant->reordered || mutant->killer_count ||
        of->idle)
        return false;
    mutant->reordered = true;
    begin_mutant(of, at);
    return true;
}

static void end_mutant(crew *of, lane *at)
{
    at->mutant->done = true;
    of->self->done_count += !of->idle;
    of->self->survivor_count += !of->idle && cli_mutant_fate(at->mutant) == CLI_FATE_SURVIVED;
    at->mutant = NULL;
}

// Takes the next fault; false where there is none.
static bool next_mutant(crew *of, lane *at)
{
    while (of->next < KRO__PLANTED_COUNT && !of->self->mutants[of->next].selected)
        of->next++;
    if (of->next == KRO__PLANTED_COUNT)
        return false;
    at->mutant = &of->self->mutants[of->next++];
    begin_mutant(of, at);
    return true;
}

static bool give_mutant(crew *of, lane *at)
{
    const size_t none = of->self->judge_count;
    const bool all = of->idle || of->self->options->given & KT_OPTION_MATRIX;
    size_t judge = none;
    if (at->mutant && (all || !at->mutant->killer_count))
        judge = find_judge(of, at, at->judge + 1);
    while (judge == none) {
        if (at->mutant && !try_reordered(of, at))
            end_mutant(of, at);
        if (!at->mutant && !next_mutant(of, at))
            return false;
        judge = find_judge(of, at, 0);
    }
    at->tried++;
    ask(of, at, judge);
    return true;
}

static void take_mutant(crew *of, lane *at)
{
    cli_mutant *mutant = at->mutant;
    mutant->run_count++;
    mutant->duration_ns += at->attempt.duration_ns;
    if (!kt_status_is_failure(at->attempt.status))
        return;
    if (!mutant->killer_count) {
        mutant->status = at->attempt.status;
        kt_text_format(&mutant->message, "%s", kt_text_string(&at->attempt.message));
    }
    mutant->killers =
        kt_memory_append(mutant->killers, mutant->killer_count, sizeof *mutant->killers);
    mutant->killers[mutant->killer_count++] = at->judge;
    of->self->judges[at->judge].noticed_count++;
}

static void show_progress(const crew *of)
{
    const cli_trial *self = of->self;
    if (!kt_is_terminal(2) || !kt_terminal_moves())
        return;
    if (of->give == give_judge)
        fprintf(stderr, "\r%zu of %zu cases without a fault\033[K", of->next, self->judge_count);
    else
        fprintf(stderr, "\r%zu of %zu faults, %zu survived\033[K", self->done_count,
                self->selected_count, self->survivor_count);
}

// Hands everything out and takes what comes.
static void work(crew *of)
{
    size_t busy_count = 1;
    while (busy_count) {
        busy_count = 0;
        of->self->interrupted = of->self->interrupted || kt_interrupted();
        for (size_t i = 0; i < of->count; i++) {
            lane *at = &of->lanes[i];
            if (of->self->interrupted)
                kt_worker_interrupt(&at->worker);
            else if (!at->busy)
                at->busy = of->give(of, at);
            if (at->busy && kt_worker_advance(&at->worker)) {
                at->busy = false;
                busy_count += !of->self->interrupted;
                if (at->worker.answer != KT_ANSWER_INTERRUPTED)
                    of->take(of, at);
            }
            busy_count += at->busy;
        }
        show_progress(of);
        kt_workers_wait(of->workers, of->count);
    }
    if (kt_is_terminal(2) && kt_terminal_moves())
        fprintf(stderr, "\r\033[K");
}

// Opens the device once, to know its driver.
static bool meet_device(crew *of, kt_text *problem)
{
    kro_status status;
    kt_text device = {0};
    const bool right =
        kt_worker_ask(&of->lanes[0].worker, KT_REQUEST_OPEN, &status, &device) == KT_ANSWER_GIVEN;
    cJSON *json = right ? cJSON_Parse(kt_text_string(&device)) : NULL;
    kt_text_format(&of->self->driver_name, "%s", kt_json_string(json, "driver_name"));
    if (!right)
        kt_refuse(problem, "the device cannot be opened: %s", kt_text_string(&device));
    cJSON_Delete(json);
    kt_text_finish(&device);
    return right;
}

// Cases run without a fault, in a child whose proxy counts where each fault could have acted.
static bool watch(crew *of, kt_text *problem)
{
    bool right = true;
    for (size_t i = 0; right && i < of->count; i++) {
        char message[512];
        lane *at = &of->lanes[i];
        kt_text path = {0}, spec = {0};
        kt_text_format(&path, "%s/reached-%zu", of->self->wrapped.folder, i);
        kt_text_format(&spec, "reach=%s;report=/dev/null", path.bytes);
        at->reach = kro__shared_map(path.bytes, sizeof *at->reach, true, message, sizeof message);
        right = at->reach || kt_refuse(problem, "%s", message);
        dress(of, at, spec.bytes);
        kt_text_finish(&path);
        kt_text_finish(&spec);
    }
    if (!right || !meet_device(of, problem))
        return false;
    of->give = give_judge;
    of->take = take_judge;
    work(of);
    return true;
}

// The same where work runs in another order, if faults of calls are to be planted.
static void watch_reordered(crew *of)
{
    bool needed = false;
    for (int i = KRO__PLANTED_SPIRV_COUNT; i < KRO__PLANTED_COUNT; i++)
        needed = needed || of->self->mutants[i].selected;
    if (!needed)
        return;
    for (size_t i = 0; i < of->count; i++)
        dress(of, &of->lanes[i], "report=/dev/null" REORDER);
    of->next = 0;
    of->take = take_reordered;
    work(of);
}

static int compare_costs(const void *a, const void *b)
{
    const cli_judge *one = a, *two = b;
    if (one->rank != two->rank)
        return one->rank < two->rank ? -1 : 1;
    if (one->duration_ns != two->duration_ns)
        return one->duration_ns < two->duration_ns ? -1 : 1;
    return one->test_case < two->test_case ? -1 : 1;
}

// Groups look at different things: the cheapest case of each comes before the second of any.
static void sort_judges(cli_trial *self)
{
    qsort(self->judges, self->judge_count, sizeof *self->judges, compare_costs);
    for (size_t i = 0; i < self->judge_count; i++)
        for (size_t k = 0; k < i; k++)
            self->judges[i].rank +=
                self->judges[k].test_case->group == self->judges[i].test_case->group;
    qsort(self->judges, self->judge_count, sizeof *self->judges, compare_costs);
}

static void plant(crew *of)
{
    sort_judges(of->self);
    of->next = 0;
    of->give = give_mutant;
    of->take = take_mutant;
    work(of);
    of->next = 0;
    of->idle = true;
    if (of->self->options->given & KT_OPTION_IDLE)
        work(of);
}

bool cli_trial_run(cli_trial *self, kt_text *problem)
{
    crew of = {.self = self, .count = self->options->jobs};
    of.lanes = kt_memory(of.count, sizeof *of.lanes);
    of.workers = kt_memory(of.count, sizeof *of.workers);
    for (size_t i = 0; i < of.count; i++)
        of.workers[i] = &of.lanes[i].worker;
    self->start_ns = kt_now_ns();
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0}); // children crash often
    const bool right = watch(&of, problem);
    if (right) {
        watch_reordered(&of);
        plant(&of);
    }
    for (size_t i = 0; i < of.count; i++) {
        kt_worker_finish(&of.lanes[i].worker);
        cli_wrapped_free(of.lanes[i].environment);
        kt_attempt_finish(&of.lanes[i].attempt);
        if (of.lanes[i].reach)
            munmap(of.lanes[i].reach, sizeof *of.lanes[i].reach);
    }
    self->duration_ns = kt_now_ns() - self->start_ns;
    free(of.lanes);
    free(of.workers);
    return right;
}
