#include "turn.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "annotate.h"
#include "last_words.h"

ks_turn ks_now;

// The calling thread's number and 1; 0: no schedule runs it.
static _Thread_local uint32_t own_number;

static const char *const kinds[KS_KIND_COUNT] = {
    [KS_LOAD] = "load",           [KS_STORE] = "store",
    [KS_EXCHANGE] = "exchange",   [KS_ADD] = "add",
    [KS_SUBTRACT] = "subtract",   [KS_LOCK] = "lock",
    [KS_UNLOCK] = "unlock",       [KS_CONDITION_WAIT] = "wait",
    [KS_CONDITION_WAKE] = "wake", [KS_THREAD_START] = "start",
    [KS_THREAD_JOIN] = "join",    [KS_THREAD_END] = "end",
    [KS_CALL] = "call",           [KS_YIELD] = "yield",
};

bool ks_is_managed(void)
{
    return own_number != 0;
}

static const char *file_name(const ks_site *site)
{
    const char *slash = strrchr(site->file, '/');
    return slash ? slash + 1 : site->file;
}

static void print_site(FILE *file, const ks_site *site)
{
    fprintf(file, "%s '%s' (%s:%d)", kinds[site->kind], site->text, file_name(site), site->line);
}

static void hash(uint64_t value)
{
    ks_now.result.hash = ks_mix(ks_now.result.hash ^ value);
}

// Addresses differ from run to run, names do not.
static void note_step(const ks_site *site)
{
    uint64_t name = 0;
    for (const char *at = file_name(site); *at; at++)
        name = name * 31 + (unsigned char)*at;
    hash(name);
    hash((uint64_t)site->line << 32 | (uint64_t)site->kind << 16 | ks_now.current);
    ks_now.threads[ks_now.current].last = site;
    ks_now.result.steps++;
    ks_now.result.shared += site->kind >= KS_STORE && site->kind <= KS_CONDITION_WAKE;
    if (!ks_now.config.trace)
        return;
    fprintf(ks_now.config.trace, "%llu: thread %u: ", (unsigned long long)ks_now.result.steps,
            ks_now.current);
    print_site(ks_now.config.trace, site);
    fputc('\n', ks_now.config.trace);
}

static uint32_t runnable(void)
{
    uint32_t mask = 0;
    for (uint32_t i = 0; i < ks_now.count; i++)
        if (!ks_now.threads[i].ended && !ks_now.threads[i].waits_for)
            mask |= UINT32_C(1) << i;
    return mask;
}

static const ks_held *find_held(const void *mutex)
{
    for (uint32_t i = 0; i < ks_now.held_count; i++)
        if (ks_now.held[i].mutex == mutex)
            return &ks_now.held[i];
    return NULL;
}

void ks_report_threads(FILE *file)
{
    for (uint32_t i = 0; i < ks_now.count; i++) {
        const ks_thread *thread = &ks_now.threads[i];
        fprintf(file, "  thread %u %s", i,
                thread->ended       ? "has ended"
                : thread->waits_for ? "waits in "
                                    : "is at ");
        if (!thread->ended && thread->last)
            print_site(file, thread->last);
        const ks_held *held = thread->waits_for ? find_held(thread->waits_for) : NULL;
        if (held) {
            fprintf(file, ", which thread %u has since ", held->thread);
            print_site(file, held->site);
        }
        fputc('\n', file);
    }
}

static void die_of_deadlock(void)
{
    ks_last_words_end();
    fprintf(stderr, "deadlock: no thread can go on, in %s\n", ks_now.config.title);
    ks_report_threads(stderr);
    abort();
}

static void give_turn(uint32_t thread)
{
    uint32_t *turn = &ks_now.threads[thread].turn;
    ks_now.current = thread;
    ks_now.result.switches++;
    __atomic_store_n(turn, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void take_turn(uint32_t thread)
{
    uint32_t *turn = &ks_now.threads[thread].turn;
    while (!__atomic_load_n(turn, __ATOMIC_ACQUIRE))
        syscall(SYS_futex, turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
    __atomic_store_n(turn, 0, __ATOMIC_RELAXED);
}

// Who goes next; the caller, where that is possible and drawn.
static uint32_t pick(bool gives_way)
{
    const uint32_t mask = runnable();
    if (!mask)
        die_of_deadlock();
    return ks_strategy_pick(&ks_now.strategy, mask, ks_now.current, ks_now.result.steps, gives_way);
}

static void pass_turn(bool gives_way)
{
    const uint32_t self = ks_now.current, next = pick(gives_way);
    if (next == self)
        return;
    give_turn(next);
    take_turn(self);
}

void ks_step(const ks_site *site, bool gives_way)
{
    note_step(site);
    pass_turn(gives_way);
}

void ks_block(const ks_site *site, const void *object)
{
    ks_thread *self = &ks_now.threads[ks_now.current];
    self->last = site;
    self->waits_for = object;
    pass_turn(false);
}

void ks_wake(const void *object)
{
    for (uint32_t i = 0; i < ks_now.count; i++)
        if (ks_now.threads[i].waits_for == object)
            ks_now.threads[i].waits_for = NULL;
}

uint32_t ks_turn_add(void *(*function)(void *), void *user)
{
    if (ks_now.count == KS_MAX_THREADS) {
        fprintf(stderr, "%s starts more than %d threads\n", ks_now.config.title, KS_MAX_THREADS);
        abort();
    }
    const uint32_t number = ks_now.count++;
    ks_now.threads[number] = (ks_thread){.function = function, .user = user};
    ks_strategy_add(&ks_now.strategy, number);
    return number;
}

void ks_turn_begin(uint32_t thread)
{
    own_number = thread + 1;
    take_turn(thread);
    ks_last_words_join();
}

void ks_turn_end(void)
{
    static const ks_site site = {KS_THREAD_END, "its function", __FILE__, __LINE__};
    note_step(&site);
    ks_last_words_leave();
    own_number = 0;
    ks_thread *self = &ks_now.threads[ks_now.current];
    self->ended = true;
    ks_wake(self);
    give_turn(pick(false));
}

void ks_begin(const ks_config *config)
{
    ks_unwatched(&ks_now, sizeof ks_now);
    ks_now = (ks_turn){.config = *config,
                       .strategy = ks_strategy_create(config->seed, config->steps),
                       .active = true};
    ks_turn_add(NULL, NULL);
    own_number = 1;
    ks_last_words_begin(&ks_now);
}

ks_result ks_end(void)
{
    for (uint32_t i = 1; i < ks_now.count; i++) {
        if (!ks_now.threads[i].ended) {
            fprintf(stderr, "%s ends while thread %u runs\n", ks_now.config.title, i);
            abort();
        }
    }
    ks_last_words_end();
    own_number = 0;
    ks_now.active = false;
    ks_now.result.threads = ks_now.count;
    return ks_now.result;
}
