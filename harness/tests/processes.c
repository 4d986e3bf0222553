// No process is left, whatever happens to the runner or to its children.
#include "program.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/process.h"

static void pause_a_little(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

TEST(processes_left_behind_are_ended)
{
    const char *folder = program_folder(t);
    program_end end =
        RUN_SAMPLE("sample/ugly/leaves_a_process",
                   "sample/ugly/dies_while_a_process_holds_its_channel", "--out", folder);
    CHECK_EQ_I64(end.code, 1);
    const cJSON *results = program_results(t, folder);
    static const char *const NAMES[] = {"sample/ugly/leaves_a_process",
                                        "sample/ugly/dies_while_a_process_holds_its_channel"};
    for (int i = 0; i < 2; i++) {
        const char *log = kt_json_string(program_result(t, results, NAMES[i]), "log");
        const char *number = strstr(log, "grandchild ");
        if (CHECK(number))
            CHECK(program_is_gone((pid_t)atoi(number + strlen("grandchild "))));
    }
}

// The first child of a process, once it has one.
static pid_t wait_for_child(pid_t parent)
{
    char path[64], text[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", (int)parent, (int)parent);
    for (int i = 0; i < 500; i++) {
        FILE *file = fopen(path, "re");
        size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
        if (file)
            fclose(file);
        text[size] = '\0';
        if (atoi(text) > 0)
            return (pid_t)atoi(text);
        pause_a_little();
    }
    return 0;
}

TEST(children_die_with_the_runner)
{
    const char *folder = program_folder(t);
    program running = program_start(t,
                                    (const char *const[]){"kronos-sample", "sample/good/passes",
                                                          "sample/ugly/hangs_deaf_to_signals",
                                                          "--out", folder, NULL},
                                    false);
    CHECK(program_wait_for_result(t, folder, "sample/good/passes"));
    pid_t child = wait_for_child(running.pid);
    CHECK(child > 0);
    CHECK(kill(running.pid, SIGKILL) == 0);
    CHECK_EQ_I64(program_wait(t, &running).code, -SIGKILL);
    CHECK(child > 0 && program_is_gone(child));
}

TEST(an_interrupt_ends_the_run_and_keeps_the_results)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM};
    for (int i = 0; i < 2; i++) {
        const char *folder = program_folder(t);
        program running = program_start(
            t,
            (const char *const[]){"kronos-sample", "sample/good/passes", "sample/ugly/hangs*",
                                  "sample/ugly/passes_between", "--out", folder, NULL},
            false);
        CHECK(program_wait_for_result(t, folder, "sample/good/passes"));
        pid_t child = wait_for_child(running.pid);
        CHECK(child > 0);
        CHECK(kill(running.pid, SIGNALS[i]) == 0);
        program_end end = program_wait(t, &running);
        CHECK_EQ_I64(end.code, -SIGNALS[i]);
        CHECK(child > 0 && program_is_gone(child));

        const cJSON *results = program_results(t, folder);
        CHECK_EQ_STRING(kt_json_string(program_result(t, results, "sample/good/passes"), "status"),
                        "Pass");
        static const char *const NAMES[] = {
            "sample/ugly/hangs", "sample/ugly/hangs_deaf_to_signals", "sample/ugly/passes_between"};
        for (int j = 0; j < 3; j++)
            CHECK_EQ_STRING(kt_json_string(program_result(t, results, NAMES[j]), "status"),
                            "NotRun");
        CHECK_CONTAINS(program_read(t, folder, "junit.xml"), "</testsuites>");
    }
}

// How a process ends that gets a signal so often while it notices signals; its own end is code 7.
static int end_after(kt_test *t, int number, int count)
{
    pid_t pid = fork();
    if (pid == 0) {
        kt_interrupts_begin();
        for (int i = 0; i < count; i++)
            raise(number);
        _exit(kt_interrupted() == number ? 7 : 8);
    }
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

TEST(a_second_interrupt_is_final)
{
    static const int SIGNALS[] = {SIGINT, SIGTERM, SIGHUP};
    for (int i = 0; i < 3; i++) {
        CHECK_EQ_I64(end_after(t, SIGNALS[i], 1), 7);
        CHECK_EQ_I64(end_after(t, SIGNALS[i], 2), -SIGNALS[i]);
    }
}
