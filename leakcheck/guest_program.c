#include "guest_program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    PATIENCE_MS = 40000
}; // for a program that takes a tenth of a second, under a sanitizer, too

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
    (void)setenv("KRONOS_GUEST_HEAP", program->heap ? program->heap : "", 1);
    (void)setenv("LD_PRELOAD", program->preload ? program->preload : "", 1);
    const pid_t id = start(program);
    (void)unsetenv("LD_PRELOAD");
    end.started = id > 0;
    if (!end.started)
        return end;
    struct pollfd process = {.fd = pidfd_open(id, 0), .events = POLLIN}; // readable when it ends
    end.late = process.fd >= 0 && poll(&process, 1, PATIENCE_MS) == 0;
    if (end.late)
        (void)kill(id, SIGKILL);
    int status = 0;
    (void)waitpid(id, &status, 0);
    (void)close(process.fd);
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
