#include "last_words.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const int deadly[] = {SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV};

enum { DEADLY_COUNT = sizeof deadly / sizeof *deadly };

// What a signal handler can reach has to be static.
static const ks_turn *dying;
static struct sigaction before[DEADLY_COUNT];
static _Thread_local stack_t stack_before; // a sanitizer's, which it takes back itself

static void restore(void)
{
    for (int i = 0; i < DEADLY_COUNT; i++)
        sigaction(deadly[i], &before[i], NULL);
}

// Goes on with what was to happen without us.
static void speak(int number)
{
    static const char in[] = "died in ";
    restore();
    ssize_t written = write(STDERR_FILENO, in, sizeof in - 1);
    written += write(STDERR_FILENO, dying->config.title, strlen(dying->config.title));
    written += write(STDERR_FILENO, "\n", 1);
    (void)written; // nobody is left to be told
    raise(number);
}

void ks_last_words_join(void)
{
    // One is enough for all threads: one at a time goes on, and dies.
    static char stack[1 << 16];
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&other, &stack_before);
}

void ks_last_words_leave(void)
{
    sigaltstack(&stack_before, NULL);
}

void ks_last_words_begin(const ks_turn *turn)
{
    struct sigaction action = {.sa_handler = speak, .sa_flags = SA_RESETHAND | SA_ONSTACK};
    dying = turn;
    ks_last_words_join();
    for (int i = 0; i < DEADLY_COUNT; i++)
        sigaction(deadly[i], &action, &before[i]);
}

void ks_last_words_end(void)
{
    ks_last_words_leave();
    restore();
}
