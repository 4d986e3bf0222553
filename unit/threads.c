// Threads of the library's own.
#include "os/thread.h"

#include <signal.h>

#include "test.h"

static void *look_at_mask(void *mask)
{
    pthread_sigmask(SIG_BLOCK, NULL, mask);
    return NULL;
}

// Signals of the process are the application's threads' business. A fault of this very thread is to
// reach the application's crash handler, and would not if it were blocked.
TEST(a_thread_takes_its_own_faults_and_no_other_signal)
{
    kro__thread thread;
    sigset_t mask, before, after;
    sigemptyset(&mask);
    pthread_sigmask(SIG_BLOCK, NULL, &before);
    if (!CHECK(kro__thread_start(&thread, look_at_mask, &mask)))
        return;
    kro__thread_join(&thread);
    static const int foreign[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGALRM, SIGCHLD};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        CHECK(sigismember(&mask, foreign[i]) == 1);
    static const int own[] = {SIGBUS, SIGFPE, SIGILL, SIGSEGV};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        CHECK(sigismember(&mask, own[i]) == 0);
    // The caller's mask is as it was.
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    for (int number = 1; number < SIGRTMIN; number++)
        CHECK(sigismember(&after, number) == sigismember(&before, number));
}
