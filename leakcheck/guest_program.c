#include "guest_program.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/process.h"

enum { PATIENCE_S = 40 }; // for a program that takes a tenth of a second, under a sanitizer, too

extern char **environ;

static pid_t start(const guest_program *program)
{
    char *arguments[] = {(char *)program->path, (char *)program->argument, NULL};
    posix_spawn_file_actions_t files;
    pid_t id = 0;
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    if (posix_spawn_file_actions_init(&files) != 0)
        return 0;
    bool right = posix_spawn_file_actions_addopen(&files, 1, program->out, flags, 0600) == 0 &&
                 posix_spawn_file_actions_addopen(&files, 2, program->err, flags, 0600) == 0 &&
                 posix_spawn_file_actions_addchdir_np(&files, program->folder) == 0 &&
                 posix_spawn(&id, program->path, &files, NULL, arguments, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    return right ? id : 0;
}

guest_end guest_program_run(const guest_program *program)
{
    guest_end end = {0};
    (void)setenv("KRONOS_PROXY", program->spec, 1);
    (void)setenv("VK_DRIVER_FILES", program->drivers, 1);
    const pid_t id = start(program);
    end.started = id > 0;
    if (!end.started)
        return end;
    const uint64_t latest_ns = kt_now_ns() + PATIENCE_S * KT_NS_PER_S;
    int status = 0;
    while (waitpid(id, &status, end.late ? 0 : WNOHANG) == 0) {
        const struct timespec pause = {.tv_nsec = 1000000};
        nanosleep(&pause, NULL);
        end.late = kt_now_ns() > latest_ns;
        if (end.late)
            (void)kill(id, SIGKILL);
    }
    end.signaled = WIFSIGNALED(status);
    end.code = end.signaled ? WTERMSIG(status) : WEXITSTATUS(status);
    return end;
}

void guest_read(const char *path, char *out, size_t bytes)
{
    FILE *file = fopen(path, "r");
    const size_t length = file ? fread(out, 1, bytes - 1, file) : 0;
    out[length] = 0;
    if (file)
        (void)fclose(file);
}
