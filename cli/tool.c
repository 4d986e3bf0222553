#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "arguments.h"
#include "os/process.h"

extern char **environ;

// In a process group of its own, so that all of it can be ended.
static int spawn(const cli_tool *tool, int output, pid_t *out)
{
    const char *log = tool->log ? tool->log : "/dev/null";
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (!error) {
        const int steps[] = {
            posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP),
            posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0),
            posix_spawn_file_actions_addopen(&files, STDERR_FILENO, log,
                                             O_WRONLY | O_CREAT | O_APPEND, 0666),
            posix_spawn_file_actions_adddup2(&files, output >= 0 ? output : STDERR_FILENO,
                                             STDOUT_FILENO),
        };
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
            error = error ? error : steps[i];
        if (!error)
            error = posix_spawnp(out, tool->arguments[0], &files, &attributes,
                                 (char *const *)tool->arguments, environ);
        posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_destroy(&files);
    return error;
}

// Looks again and again: a signal that came just before one began to wait would not end that.
static int wait_for(pid_t pid, bool anyway)
{
    const struct timespec pause = {.tv_nsec = 20000000};
    bool ended = false;
    int status = 0;
    while (waitpid(pid, &status, WNOHANG) == 0) {
        if (kt_interrupted() && !anyway && !ended)
            ended = kill(-pid, SIGTERM) == 0;
        nanosleep(&pause, NULL);
    }
    return status;
}

static void read_line(int from, kt_text *line)
{
    char bytes[4096];
    const ssize_t size = read(from, bytes, sizeof bytes);
    if (size > 0) {
        const char *end = memchr(bytes, '\n', (size_t)size);
        kt_text_append(line, bytes, end ? (size_t)(end - bytes) : (size_t)size);
    }
}

int cli_tool_run(const cli_tool *tool, kt_text *problem)
{
    const char *name = tool->arguments[0];
    int ends[] = {-1, -1}, status = 0;
    pid_t pid;
    if (tool->line && pipe2(ends, O_CLOEXEC) != 0) {
        kt_refuse(problem, "%s cannot be started: %s", name, strerror(errno));
        return -1;
    }
    const int error = spawn(tool, ends[1], &pid);
    if (tool->line)
        close(ends[1]);
    if (!error) {
        status = wait_for(pid, tool->anyway);
        if (tool->line)
            read_line(ends[0], tool->line);
    }
    if (tool->line)
        close(ends[0]);
    if (!error && WIFEXITED(status) && (tool->anyway || !kt_interrupted()))
        return WEXITSTATUS(status);
    if (error)
        kt_refuse(problem, "%s cannot be started: %s", name, strerror(error));
    else
        kt_refuse(problem, "%s was interrupted", name);
    return -1;
}
