#include "process.h"

#include <signal.h>
#include <stdio.h>

static const int NOTICED[] = {SIGINT, SIGTERM, SIGHUP};
enum { NOTICED_COUNT = sizeof NOTICED / sizeof NOTICED[0] };

// What a signal handler can reach has to be static.
static volatile sig_atomic_t interrupted;
static struct sigaction previous[NOTICED_COUNT + 1];

static void notice(int number)
{
    interrupted = number;
}

void kt_interrupts_begin(void)
{
    interrupted = 0;
    // Without SA_RESTART, so that a wait in progress ends. Who asks twice means it: the second
    // signal does what it always does.
    struct sigaction action = {.sa_handler = notice, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < NOTICED_COUNT; i++) {
        sigaction(NOTICED[i], NULL, &previous[i]);
        // What nohup ignores stays ignored.
        if (previous[i].sa_handler != SIG_IGN)
            sigaction(NOTICED[i], &action, NULL);
    }
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    sigemptyset(&ignore.sa_mask);
    sigaction(SIGPIPE, &ignore, &previous[NOTICED_COUNT]);
}

int kt_interrupted(void)
{
    return interrupted;
}

void kt_interrupts_end(void)
{
    for (int i = 0; i < NOTICED_COUNT; i++)
        sigaction(NOTICED[i], &previous[i], NULL);
    sigaction(SIGPIPE, &previous[NOTICED_COUNT], NULL);
    if (interrupted)
        raise(interrupted);
}

const char *kt_signal_name(int number, char *out, size_t size_bytes)
{
    static const struct {
        int number;
        const char *name;
    } NAMES[] = {
        {SIGABRT, "SIGABRT"}, {SIGALRM, "SIGALRM"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"},
        {SIGHUP, "SIGHUP"},   {SIGILL, "SIGILL"},   {SIGINT, "SIGINT"},   {SIGKILL, "SIGKILL"},
        {SIGPIPE, "SIGPIPE"}, {SIGSEGV, "SIGSEGV"}, {SIGSYS, "SIGSYS"},   {SIGTERM, "SIGTERM"},
        {SIGTRAP, "SIGTRAP"}, {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"},
    };
    for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++)
        if (NAMES[i].number == number)
            return NAMES[i].name;
    snprintf(out, size_bytes, "signal %d", number);
    return out;
}
