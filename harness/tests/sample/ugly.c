// Cases that take their process with them.
#include "test.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TEST(segfaults)
{
    LOGF(t, "said before the crash");
    kt_certify_text(t, "last_words", "certified before the crash");
    printf("printed before the crash\n");
    CHECK(true);
    signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would turn it into an exit
    raise(SIGSEGV);
}

TEST(aborts)
{
    CHECK(true);
    signal(SIGABRT, SIG_DFL);
    abort();
}

TEST(exits)
{
    CHECK(true);
    _exit(0);
}

TEST(hangs)
{
    CHECK(true);
    printf("printed before the end of time\n");
    for (;;)
        pause();
}

TEST(hangs_deaf_to_signals)
{
    CHECK(true);
    signal(SIGTERM, SIG_IGN);
    signal(SIGINT, SIG_IGN);
    for (;;)
        pause();
}

TEST(prints_without_end)
{
    CHECK(true);
    static const char LINE[] = "and so on, and so on, and so on, and so on, and so on, and so on\n";
    for (;;)
        if (write(1, LINE, sizeof LINE - 1) < 0)
            pause();
}

// Nobody can print any more, but it goes on for a while.
TEST(closes_its_output)
{
    CHECK(close(1) == 0);
    CHECK(close(2) == 0);
    usleep(700000);
}

// As a case does that writes past the end of an array into a descriptor.
TEST(writes_on_the_channel)
{
    CHECK(true);
    static const unsigned char NONSENSE[] = {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 'x'};
    for (int i = 3; i < 16; i++)
        (void)!write(i, NONSENSE, sizeof NONSENSE);
    for (;;)
        pause();
}

// Prints the number of a process that would outlive its parent.
static void start_process(kt_test *t)
{
    pid_t pid = fork();
    if (pid == 0)
        for (;;)
            pause();
    if (CHECK(pid > 0))
        LOGF(t, "grandchild %d", (int)pid);
}

TEST(leaves_a_process)
{
    start_process(t);
}

TEST(dies_while_a_process_holds_its_channel)
{
    start_process(t);
    signal(SIGABRT, SIG_DFL);
    abort();
}

TEST(closes_every_file)
{
    CHECK(true);
    for (int i = 0; i < 64; i++)
        close(i);
}

TEST(passes_between)
{
    CHECK(true);
}

static void exit_badly(void)
{
    fprintf(stderr, "printed at the very end\n");
    fflush(stderr);
    _exit(5);
}

TEST(exits_badly_later)
{
    CHECK(atexit(exit_badly) == 0);
}
