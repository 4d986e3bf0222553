#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// The child's end of the channel.
enum { CHANNEL = 3 };

extern char **environ;

int kt_process_id(void)
{
    return (int)getpid();
}

uint64_t kt_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * KT_NS_PER_S + (uint64_t)now.tv_nsec;
}

static bool same_name(const char *variable, const char *change)
{
    size_t length = strcspn(change, "=");
    return !strncmp(variable, change, length) && variable[length] == '=';
}

// Our environment with the changes; the strings are borrowed.
static char **changed_environment(const char *const *changes)
{
    size_t count = 0, change_count = 0;
    while (environ[count])
        count++;
    while (changes && changes[change_count])
        change_count++;
    char **result = calloc(count + change_count + 1, sizeof *result);
    if (!result)
        return NULL;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        bool kept = true;
        for (size_t j = 0; j < change_count; j++)
            kept = kept && !same_name(environ[i], changes[j]);
        if (kept)
            result[used++] = environ[i];
    }
    for (size_t j = 0; j < change_count; j++)
        if (strchr(changes[j], '='))
            result[used++] = (char *)changes[j];
    return result;
}

static void close_end(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

// Moves a descriptor away from 0 … 3, where the child's own will be put. Frees the old one.
static int move_up(int descriptor)
{
    if (descriptor < 0 || descriptor > CHANNEL)
        return descriptor;
    int moved = fcntl(descriptor, F_DUPFD_CLOEXEC, CHANNEL + 1);
    close(descriptor);
    return moved;
}

static int spawn(const kt_process_config *config, char **environment, int channel, int output,
                 pid_t *out)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&files);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (error) {
        posix_spawn_file_actions_destroy(&files);
        return error;
    }
    sigset_t defaults, none;
    sigemptyset(&none);
    sigemptyset(&defaults);
    static const int RESET[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
    for (size_t i = 0; i < sizeof RESET / sizeof RESET[0]; i++)
        sigaddset(&defaults, RESET[i]);

    int errors[] = {
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0),
        posix_spawn_file_actions_adddup2(&files, output, 1),
        posix_spawn_file_actions_adddup2(&files, output, 2),
        posix_spawn_file_actions_adddup2(&files, channel, CHANNEL),
        posix_spawnattr_setsigdefault(&attributes, &defaults),
        posix_spawnattr_setsigmask(&attributes, &none),
        posix_spawnattr_setpgroup(&attributes, 0),
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETPGROUP),
    };
    for (size_t i = 0; i < sizeof errors / sizeof errors[0] && !error; i++)
        error = errors[i];
    // The running image itself, even where its file was replaced meanwhile.
    if (!error)
        error = posix_spawn(out, "/proc/self/exe", &files, &attributes,
                            (char *const *)config->arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

int kt_process_start(const kt_process_config *config, kt_process *out)
{
    *out = (kt_process){.channel = -1, .output = -1};
    int sockets[2] = {-1, -1}, pipes[2] = {-1, -1};
    int error = 0;
    pid_t pid = 0;
    char **environment = changed_environment(config->environment);
    if (!environment)
        return ENOMEM;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) || pipe2(pipes, O_CLOEXEC)) {
        error = errno;
        goto end;
    }
    sockets[1] = move_up(sockets[1]);
    pipes[1] = move_up(pipes[1]);
    if (sockets[1] < 0 || pipes[1] < 0 || fcntl(pipes[0], F_SETFL, O_NONBLOCK)) {
        error = errno;
        goto end;
    }
    error = spawn(config, environment, sockets[1], pipes[1], &pid);
    if (error)
        goto end;
    *out = (kt_process){.pid = (int)pid, .channel = sockets[0], .output = pipes[0]};
    sockets[0] = pipes[0] = -1;
end:
    for (int i = 0; i < 2; i++) {
        close_end(&sockets[i]);
        close_end(&pipes[i]);
    }
    free(environment);
    return error;
}

bool kt_process_has_ended(const kt_process *process)
{
    siginfo_t info = {0};
    int result = waitid(P_PID, (id_t)process->pid, &info, WEXITED | WNOHANG | WNOWAIT);
    return result != 0 || info.si_pid != 0;
}

void kt_processes_wait(const kt_process *const *processes, size_t count, uint64_t timeout_ns)
{
    struct pollfd ends[2 * KT_MAX_PROCESSES];
    nfds_t used = 0;
    for (size_t i = 0; i < count && i < KT_MAX_PROCESSES; i++) {
        // A descriptor below 0 is left out.
        ends[used++] = (struct pollfd){.fd = processes[i]->channel, .events = POLLIN};
        ends[used++] = (struct pollfd){.fd = processes[i]->output, .events = POLLIN};
    }
    (void)poll(ends, used, (int)((timeout_ns + 999999) / 1000000));
}

bool kt_process_send(const kt_process *process, const void *bytes, size_t size_bytes)
{
    const char *next = bytes;
    while (size_bytes) {
        ssize_t sent = send(process->channel, next, size_bytes, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return false;
        next += sent;
        size_bytes -= (size_t)sent;
    }
    return true;
}

// What a read gave, as kt_process_receive returns it. A closed end is not looked at again.
static ptrdiff_t settle_read(ssize_t size, int *descriptor)
{
    if (size > 0)
        return size;
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    close_end(descriptor);
    return -1;
}

ptrdiff_t kt_process_receive(kt_process *process, void *out, size_t size_bytes)
{
    if (process->channel < 0)
        return -1;
    return settle_read(recv(process->channel, out, size_bytes, MSG_DONTWAIT), &process->channel);
}

ptrdiff_t kt_process_read_output(kt_process *process, void *out, size_t size_bytes)
{
    if (process->output < 0)
        return -1;
    return settle_read(read(process->output, out, size_bytes), &process->output);
}

void kt_process_kill(const kt_process *process)
{
    if (process->pid)
        kill(-process->pid, SIGKILL);
}

kt_process_end kt_process_reap(kt_process *process)
{
    // The zombie still holds the group's number, so this reaches nobody else's processes.
    kt_process_kill(process);
    int status = 0;
    pid_t reaped;
    do
        reaped = waitpid((pid_t)process->pid, &status, 0);
    while (reaped < 0 && errno == EINTR);
    bool signaled = reaped > 0 && WIFSIGNALED(status);
    close_end(&process->channel);
    close_end(&process->output);
    process->pid = 0;
    return (kt_process_end){.signaled = signaled,
                            .code = signaled ? WTERMSIG(status) : WEXITSTATUS(status)};
}

bool kt_process_become_child(int parent_pid)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || fcntl(CHANNEL, F_SETFD, FD_CLOEXEC) != 0)
        return false;
    // The parent may have died before the line above took effect.
    return (int)getppid() == parent_pid;
}

bool kt_channel_read(void *out, size_t size_bytes)
{
    char *next = out;
    while (size_bytes) {
        ssize_t size = recv(CHANNEL, next, size_bytes, 0);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return false;
        next += size;
        size_bytes -= (size_t)size;
    }
    return true;
}

bool kt_channel_write(const void *bytes, size_t size_bytes)
{
    return kt_process_send(&(kt_process){.channel = CHANNEL}, bytes, size_bytes);
}
