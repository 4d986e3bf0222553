// What os/thread.h and os/time.h do under a schedule. The operating system's mutexes are taken,
// too, when they are free: so sanitizers see them.
#include "sync.h"

#include <stdlib.h>

#include "os/time.h"
#include "turn.h"

static uint32_t find_held(const void *mutex)
{
    uint32_t i = 0;
    while (i < ks_now.held_count && ks_now.held[i].mutex != mutex)
        i++;
    return i;
}

// Waits for its turn to have the mutex. The one of the operating system is free then, and is taken
// so that sanitizers see it.
static void take(kro__mutex *mutex, const ks_site *site)
{
    while (find_held(mutex) < ks_now.held_count)
        ks_block(site, mutex);
    if (ks_now.held_count == KS_MAX_HELD)
        abort();
    ks_now.held[ks_now.held_count++] = (ks_held){mutex, ks_now.current, site};
    kro__mutex_lock(mutex);
}

// Returns: false where nobody has it, because of a fault that was planted.
static bool release(kro__mutex *mutex)
{
    const uint32_t at = find_held(mutex);
    if (at == ks_now.held_count)
        return false;
    kro__mutex_unlock(mutex);
    ks_now.held[at] = ks_now.held[--ks_now.held_count];
    ks_wake(mutex);
    return true;
}

void ks_mutex_lock(kro__mutex *mutex, const ks_site *site)
{
    if (!ks_is_managed()) {
        kro__mutex_lock(mutex);
        return;
    }
    ks_step(site, false);
    if (!ks_is_unlocked(site))
        take(mutex, site);
}

void ks_mutex_unlock(kro__mutex *mutex, const ks_site *site)
{
    if (!ks_is_managed()) {
        kro__mutex_unlock(mutex);
        return;
    }
    release(mutex);
    ks_step(site, false);
}

void ks_condition_wait(kro__condition *condition, kro__mutex *held, const ks_site *site)
{
    if (!ks_is_managed()) {
        kro__condition_wait(condition, held);
        return;
    }
    ks_step(site, false);
    release(held);
    ks_block(site, condition);
    take(held, site);
}

void ks_condition_wake_all(kro__condition *condition, const ks_site *site)
{
    if (!ks_is_managed()) {
        kro__condition_wake_all(condition);
        return;
    }
    ks_wake(condition);
    ks_step(site, false);
}

static void *run_thread(void *user)
{
    const uint32_t number = (uint32_t)(uintptr_t)user;
    ks_turn_begin(number);
    const ks_thread *self = &ks_now.threads[number];
    void *result = self->function(self->user);
    ks_turn_end();
    return result;
}

bool ks_thread_start(kro__thread *thread, void *(*function)(void *), void *user,
                     const ks_site *site)
{
    if (!ks_is_managed())
        return kro__thread_start(thread, function, user);
    const uint32_t number = ks_turn_add(function, user);
    const bool started = kro__thread_start(thread, run_thread, (void *)(uintptr_t)number);
    ks_now.threads[number].handle = thread;
    ks_now.threads[number].ended = !started;
    ks_step(site, false);
    return started;
}

void ks_thread_join(kro__thread *thread, const ks_site *site)
{
    if (!ks_is_managed()) {
        kro__thread_join(thread);
        return;
    }
    ks_step(site, false);
    for (uint32_t i = ks_now.count; i-- > 1;) {
        ks_thread *other = &ks_now.threads[i];
        if (other->handle != thread)
            continue;
        while (!other->ended)
            ks_block(site, other);
        break; // the last that was started with this handle
    }
    kro__thread_join(thread);
}

// A microsecond for each look, and what the steps took: so polls that wait for time to pass end,
// after the same number of looks in each run.
uint64_t ks_now_ns(void)
{
    enum { STEP_NS = 100, LOOK_NS = 1000 };
    if (!ks_is_managed())
        return kro__now_ns();
    return 1 + ks_now.result.steps * STEP_NS + ++ks_now.looks * LOOK_NS;
}

void ks_relax(const ks_site *site)
{
    if (ks_is_managed())
        ks_step(site, true);
    else
        kro__cpu_relax();
}
