#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/files.h"
#include "text.h"

extern char **environ;

static const char *keep(kt_test *t, kt_text *text)
{
    char *copy = kt_alloc(t, text->size_bytes + 1);
    memcpy(copy, kt_text_string(text), text->size_bytes);
    kt_text_finish(text);
    return copy;
}

// Two ends for the output: [0] ours, [1] the program's.
static bool open_output(int ends[2], bool terminal)
{
    if (!terminal)
        return pipe2(ends, O_CLOEXEC) == 0;
    ends[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (ends[0] < 0 || grantpt(ends[0]) != 0 || unlockpt(ends[0]) != 0)
        return false;
    ends[1] = open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC);
    return ends[1] >= 0;
}

bool program_has_terminal(void)
{
    int ends[2] = {-1, -1};
    bool has = open_output(ends, true);
    for (int i = 0; i < 2; i++)
        if (ends[i] >= 0)
            close(ends[i]);
    return has;
}

program program_start(kt_test *t, const char *const *arguments, bool terminal)
{
    char *folder = kt_program_folder();
    kt_text path = {0};
    kt_text_format(&path, "%s%s%s", *arguments[0] == '/' ? "" : folder,
                   *arguments[0] == '/' ? "" : "/", arguments[0]);
    free(folder);
    program running = {.output = -1};
    int ends[2] = {-1, -1};
    posix_spawn_file_actions_t files;
    CHECK(posix_spawn_file_actions_init(&files) == 0);
    if (CHECK(open_output(ends, terminal)) &&
        CHECK(posix_spawn_file_actions_adddup2(&files, ends[1], 1) == 0) &&
        CHECK(posix_spawn_file_actions_adddup2(&files, ends[1], 2) == 0) &&
        CHECK(posix_spawn(&running.pid, path.bytes, &files, NULL, (char *const *)arguments,
                          environ) == 0)) {
        running.output = ends[0];
    }
    if (ends[1] >= 0)
        close(ends[1]);
    posix_spawn_file_actions_destroy(&files);
    kt_text_finish(&path);
    return running;
}

program_end program_wait(kt_test *t, program *running)
{
    kt_text output = {0};
    char bytes[4096];
    ssize_t size;
    // A terminal whose other end is gone reads as an error.
    while ((size = read(running->output, bytes, sizeof bytes)) > 0)
        kt_text_append(&output, bytes, (size_t)size);
    close(running->output);
    int status = 0;
    struct rusage used = {0};
    CHECK(wait4(running->pid, &status, 0, &used) == running->pid);
    const struct timeval *user = &used.ru_utime, *system = &used.ru_stime;
    return (program_end){.code = WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status),
                         .output = keep(t, &output),
                         .cpu_ns = (uint64_t)(user->tv_sec + system->tv_sec) * 1000000000 +
                                   (uint64_t)(user->tv_usec + system->tv_usec) * 1000};
}

program_end program_run(kt_test *t, const char *const *arguments)
{
    program running = program_start(t, arguments, false);
    return running.output < 0 ? (program_end){.code = -1, .output = ""} : program_wait(t, &running);
}

program_end program_shell(kt_test *t, const char *format, ...)
{
    char *programs = kt_program_folder();
    kt_text line = {0};
    kt_text_format(&line, "PATH='%s':$PATH\n", programs);
    va_list values;
    va_start(values, format);
    kt_text_format_list(&line, format, values);
    va_end(values);
    program_end end = RUN_PROGRAM("/bin/sh", "-c", kt_text_string(&line));
    kt_text_finish(&line);
    free(programs);
    return end;
}

static void remove_folder(void *path)
{
    kt_remove_folder(path);
    free(path);
}

const char *program_folder(kt_test *t)
{
    const char *base = getenv("TMPDIR");
    kt_text path = {0};
    kt_text_format(&path, "%s/kronos-XXXXXX", base ? base : "/tmp");
    if (!CHECK(mkdtemp(path.bytes)))
        return "";
    kt_defer(t, remove_folder, path.bytes);
    return path.bytes;
}

const char *program_path(kt_test *t, const char *folder, const char *name)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder, name);
    return keep(t, &path);
}

const char *program_read(kt_test *t, const char *folder, const char *name)
{
    char *text = kt_read_file(program_path(t, folder, name), NULL);
    if (CHECK(text))
        kt_defer(t, free, text);
    return text;
}

void program_write(kt_test *t, const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!CHECK(file))
        return;
    CHECK(fputs(text, file) >= 0);
    CHECK(fclose(file) == 0);
}

static void delete_json(void *json)
{
    cJSON_Delete(json);
}

const cJSON *program_results(kt_test *t, const char *folder)
{
    cJSON *array = cJSON_CreateArray();
    kt_defer(t, delete_json, array);
    const char *text = program_read(t, folder, "results.jsonl");
    while (text && *text) {
        size_t length = strcspn(text, "\n");
        CHECK(text[length] == '\n');
        const char *end = NULL;
        cJSON *object = cJSON_ParseWithLengthOpts(text, length, &end, false);
        if (!CHECK(object && end == text + length))
            break;
        cJSON_AddItemToArray(array, object);
        text += length + 1;
    }
    return array;
}

const cJSON *program_result(kt_test *t, const cJSON *results, const char *name)
{
    for (const cJSON *line = results->child; line; line = line->next)
        if (!strcmp(kt_json_string(line, "name"), name))
            return line;
    FAILF(t, "no result for %s", name);
    return NULL;
}

// How often, and how long, something is waited for.
enum { ROUNDS = 500, ROUND_NS = 10000000 };

bool program_wait_for_result(kt_test *t, const char *folder, const char *name)
{
    const char *path = program_path(t, folder, "results.jsonl");
    kt_text line = {0};
    kt_text_format(&line, "\"name\":\"%s\"", name);
    bool found = false;
    for (int i = 0; i < ROUNDS && !found; i++) {
        char *text = kt_read_file(path, NULL);
        found = text && strstr(text, kt_text_string(&line));
        free(text);
        if (!found)
            nanosleep(&(struct timespec){.tv_nsec = ROUND_NS}, NULL);
    }
    kt_text_finish(&line);
    return found;
}

bool program_is_gone(pid_t pid)
{
    char path[32], state[256];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    for (int i = 0; i < ROUNDS; i++) {
        FILE *file = fopen(path, "re");
        if (!file)
            return true;
        size_t size = fread(state, 1, sizeof state - 1, file);
        fclose(file);
        state[size] = '\0';
        // "pid (name) state …": a zombie does nothing any more.
        const char *name_end = strrchr(state, ')');
        if (!name_end || name_end[2] == 'Z' || name_end[2] == 'X')
            return true;
        nanosleep(&(struct timespec){.tv_nsec = ROUND_NS}, NULL);
    }
    return false;
}
