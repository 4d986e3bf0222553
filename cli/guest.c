#include "guest.h"

#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "arguments.h"

extern char **environ;

void cli_guest_add(cli_guest *guest, const char *word)
{
    guest->words = kt_memory_grow(guest->words, guest->word_count + 2, sizeof *guest->words);
    guest->words[guest->word_count++] = (char *)word; // posix_spawn changes none
    guest->words[guest->word_count] = NULL;
}

void cli_guest_finish(cli_guest *guest)
{
    free(guest->words);
    *guest = (cli_guest){0};
}

void cli_guest_add_json(const cli_guest *guest, cJSON *json)
{
    char name[32];
    cJSON *words = cJSON_AddArrayToObject(json, "program");
    for (size_t i = 0; i < guest->word_count; i++) {
        kt_text clean = {0};
        kt_text_append_clean(&clean, guest->words[i], strlen(guest->words[i]));
        cJSON_AddItemToArray(words, cJSON_CreateString(kt_text_string(&clean)));
        kt_text_finish(&clean);
    }
    if (guest->end.signaled)
        cJSON_AddStringToObject(json, "program_signal",
                                kt_signal_name(guest->end.code, name, sizeof name));
    else
        cJSON_AddNumberToObject(json, "program_exit_code", guest->end.code);
}

static bool start(const cli_guest *guest, const sigset_t *mask, pid_t *out, kt_text *problem)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error)
        return kt_refuse(problem, "%s", strerror(error));
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        error = posix_spawnattr_setsigmask(&attributes, mask);
        if (!error)
            error = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        if (!error && guest->prints_to_error)
            error = posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
        if (!error)
            error = posix_spawnp(out, guest->words[0], &files, &attributes, guest->words, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return !error ||
           kt_refuse(problem, "%s cannot be started: %s", guest->words[0], strerror(error));
}

// Waits for the end of the program. What a terminal sends, it sends to the program too; what
// somebody sends to us alone is for the program.
static int wait_for(pid_t pid, const sigset_t *watched)
{
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        siginfo_t info;
        int number = sigwaitinfo(watched, &info);
        if (number > 0 && number != SIGCHLD && info.si_code <= 0)
            (void)kill(pid, number);
    }
    return status;
}

bool cli_guest_run(cli_guest *guest, kt_text *problem)
{
    signal(SIGCHLD, SIG_DFL); // whoever started us may ignore it; nothing could be waited for then
    sigset_t watched, before;
    sigemptyset(&watched);
    static const int WATCHED[] = {SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof WATCHED / sizeof WATCHED[0]; i++)
        sigaddset(&watched, WATCHED[i]);
    sigprocmask(SIG_BLOCK, &watched, &before);
    pid_t pid = 0;
    bool started = start(guest, &before, &pid, problem);
    if (started) {
        int status = wait_for(pid, &watched);
        bool signaled = WIFSIGNALED(status);
        guest->end = (kt_process_end){.signaled = signaled,
                                      .code = signaled ? WTERMSIG(status) : WEXITSTATUS(status)};
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    return started;
}
