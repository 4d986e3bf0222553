#include "doctor_linker.h"

#include <fcntl.h>
#include <link.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/process.h"

static void add_problem(cli_linker_answer *answer, const char *format, ...) KT_PRINTF(2, 3);

static void add_problem(cli_linker_answer *answer, const char *format, ...)
{
    va_list list;
    kt_text_format(&answer->problem, "%s", answer->problem.size_bytes ? "; " : "");
    va_start(list, format);
    kt_text_format_list(&answer->problem, format, list);
    va_end(list);
}

// `\tlibx.so.1 => not found` and, of a bare name itself, `\tlibx.so.1 => /lib/libx.so.1 (0x…)`.
static void read_object(cli_linker_answer *answer, const char *line, const char *name)
{
    const char *arrow = strstr(line, " => ");
    if (line[0] != '\t' || !arrow)
        return;
    int length = (int)(arrow - line - 1);
    const char *target = arrow + strlen(" => ");
    if (!strcmp(target, "not found")) {
        add_problem(answer, "it needs %.*s, which is not found", length, line + 1);
        kt_text_format(&answer->missing, "%.*s ", length, line + 1);
    }
    const char *end = strstr(target, " (0x");
    if (end && !answer->file && !strncmp(line + 1, name, (size_t)length) && !name[length]) {
        kt_text file = {0};
        kt_text_append(&file, target, (size_t)(end - target));
        answer->file = file.bytes;
    }
}

static void read_line(cli_linker_answer *answer, const char *line, const char *name)
{
    static const char FATAL[] = "error while loading shared libraries: ";
    const char *fatal = strstr(line, FATAL);
    const char *version = strstr(line, ": version `");
    const char *ignored = strstr(line, "cannot be preloaded (");
    if (fatal)
        add_problem(answer, "%s", fatal + strlen(FATAL));
    else if (version)
        add_problem(answer, "%s", version + 2);
    else if (ignored)
        add_problem(answer, "the dynamic linker does not find it");
    else
        read_object(answer, line, name);
}

void cli_linker_read(cli_linker_answer *answer, const char *output, const char *name)
{
    *answer = (cli_linker_answer){0};
    char *copy = kt_copy_string(output), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        read_line(answer, line, name);
    free(copy);
}

void cli_linker_answer_finish(cli_linker_answer *answer)
{
    free(answer->file);
    kt_text_finish(&answer->problem);
    kt_text_finish(&answer->missing);
    *answer = (cli_linker_answer){0};
}

// A name may have blanks; behind it stands its namespace, as in `libx.so.1 [0]`.
static int length_of_file(const char *text)
{
    const char *end = strstr(text, " [");
    return end ? (int)(end - text) : (int)strlen(text);
}

// `418:\tfile=libx.so.1 [0];  dynamically loaded by /lib/liby.so [0]`, or `needed by`. Found, it
// appears once more, as `file=libx.so.1 [0];  generating link map`.
static void read_request(const char *output, const char *line, kt_text *missing, kt_text *who)
{
    static const char *const BY[] = {";  dynamically loaded by ", ";  needed by "};
    const char *name = strstr(line, "\tfile="), *by = NULL;
    for (int i = 0; i < 2 && !by; i++)
        by = strstr(line, BY[i]) ? strstr(line, BY[i]) + strlen(BY[i]) : NULL;
    if (!name || !by)
        return;
    name += strlen("\tfile=");
    int length = length_of_file(name);
    kt_text found = {0}, word = {0};
    kt_text_format(&found, "\tfile=%.*s [0];  generating link map", length, name);
    kt_text_format(&word, "%.*s ", length, name);
    if (!strstr(output, found.bytes) && !strstr(kt_text_string(missing), word.bytes)) {
        kt_text_format(missing, "%s", word.bytes);
        kt_text_format(who, "%s%sfor %.*s", who->size_bytes ? ", " : "", word.bytes,
                       length_of_file(by), by);
    }
    kt_text_finish(&found);
    kt_text_finish(&word);
}

void cli_linker_read_debug(const char *output, kt_text *missing, kt_text *who)
{
    char *copy = kt_copy_string(output), *rest = copy;
    for (char *line; (line = strsep(&rest, "\n"));)
        read_request(output, line, missing, who);
    free(copy);
}

// The path of the dynamic linker that this program itself was started by.
static int find_interpreter(struct dl_phdr_info *info, size_t size, void *out)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP)
            *(const char **)out = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    return 1; // the program comes first
}

// Runs a program with its output in a pipe. False where it cannot be started.
static bool run(const char *const *arguments, const char *const *environment, kt_text *output,
                int *status)
{
    int ends[2];
    pid_t pid;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    posix_spawn_file_actions_t files;
    bool started = posix_spawn_file_actions_init(&files) == 0;
    if (started) {
        started = posix_spawn_file_actions_adddup2(&files, ends[1], 1) == 0 &&
                  posix_spawn_file_actions_adddup2(&files, ends[1], 2) == 0 &&
                  posix_spawn(&pid, arguments[0], &files, NULL, (char *const *)arguments,
                              (char *const *)environment) == 0;
        posix_spawn_file_actions_destroy(&files);
    }
    close(ends[1]);
    char bytes[4096];
    ssize_t size;
    while (started && (size = read(ends[0], bytes, sizeof bytes)) > 0)
        kt_text_append(output, bytes, (size_t)size);
    close(ends[0]);
    return started && waitpid(pid, status, 0) == pid;
}

void cli_linker_ask(cli_linker_answer *answer, const cli_place *place, const char *name)
{
    *answer = (cli_linker_answer){0};
    const char *interpreter = NULL;
    (void)dl_iterate_phdr(find_interpreter, &interpreter);
    if (!interpreter)
        return;
    // A bare name is found as a library only where something else is the program.
    bool is_path = strchr(name, '/');
    const char *arguments[] = {interpreter, is_path ? name : "libc.so.6", NULL};
    const char *folders = cli_place_variable(place, "LD_LIBRARY_PATH");
    kt_text library_path = {0}, preload = {0}, output = {0};
    kt_text_format(&library_path, "LD_LIBRARY_PATH=%s", folders ? folders : "");
    kt_text_format(&preload, "LD_PRELOAD=%s", is_path ? "" : name);
    const char *environment[] = {"LD_TRACE_LOADED_OBJECTS=1", library_path.bytes, preload.bytes,
                                 NULL};
    int status = 0;
    if (run(arguments, environment, &output, &status)) {
        char signal_name[24];
        cli_linker_read(answer, kt_text_string(&output), name);
        if (WIFSIGNALED(status))
            add_problem(answer, "the dynamic linker dies of it (%s): the file is damaged",
                        kt_signal_name(WTERMSIG(status), signal_name, sizeof signal_name));
        else if (status != 0 && !answer->problem.size_bytes)
            add_problem(answer, "the dynamic linker refuses it: %s", kt_text_string(&output));
    }
    kt_text_finish(&library_path);
    kt_text_finish(&preload);
    kt_text_finish(&output);
}
