#include "os/thread.h"

#include <signal.h>

// Locks are held for a fraction of a microsecond, around a submit at most: whoever finds one taken
// looks again a few times before it sleeps, which takes ten times as long.
#ifdef __GLIBC__
static const int kind = PTHREAD_MUTEX_ADAPTIVE_NP;
#else
static const int kind = PTHREAD_MUTEX_NORMAL;
#endif

bool kro__mutex_init(kro__mutex *mutex)
{
    pthread_mutexattr_t how;
    bool made = pthread_mutexattr_init(&how) == 0;
    made = made && pthread_mutexattr_settype(&how, kind) == 0 &&
           pthread_mutex_init(&mutex->handle, &how) == 0;
    pthread_mutexattr_destroy(&how);
    return made;
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
