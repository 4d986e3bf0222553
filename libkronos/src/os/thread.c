#include "os/thread.h"

#include <signal.h>

bool kro__mutex_init(kro__mutex *mutex)
{
    return pthread_mutex_init(&mutex->handle, NULL) == 0;
}

void kro__mutex_finish(kro__mutex *mutex)
{
    pthread_mutex_destroy(&mutex->handle);
}

void kro__mutex_lock(kro__mutex *mutex)
{
    pthread_mutex_lock(&mutex->handle);
}

void kro__mutex_unlock(kro__mutex *mutex)
{
    pthread_mutex_unlock(&mutex->handle);
}

bool kro__condition_init(kro__condition *condition)
{
    return pthread_cond_init(&condition->handle, NULL) == 0;
}

void kro__condition_finish(kro__condition *condition)
{
    pthread_cond_destroy(&condition->handle);
}

void kro__condition_wait(kro__condition *condition, kro__mutex *held)
{
    pthread_cond_wait(&condition->handle, &held->handle);
}

void kro__condition_wake_all(kro__condition *condition)
{
    pthread_cond_broadcast(&condition->handle);
}

// All signals but those of a fault of the thread's own: they end the process at once where they are
// blocked, and the application's crash handler would hear nothing of it.
static sigset_t foreign_signals(void)
{
    sigset_t signals;
    sigfillset(&signals);
    sigdelset(&signals, SIGBUS);
    sigdelset(&signals, SIGFPE);
    sigdelset(&signals, SIGILL);
    sigdelset(&signals, SIGSEGV);
    return signals;
}

// A thread starts with its maker's mask: a handler of the application must not run on ours.
bool kro__thread_start(kro__thread *thread, void *(*function)(void *user), void *user)
{
    const sigset_t foreign = foreign_signals();
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, &foreign, &before); // fails for an unknown first argument alone
    bool started = pthread_create(&thread->handle, NULL, function, user) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

void kro__thread_join(kro__thread *thread)
{
    pthread_join(thread->handle, NULL);
}
