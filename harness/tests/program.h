// Running programs of the build tree from a test.
#ifndef PROGRAM_H
#define PROGRAM_H

#include <sys/types.h>

#include "json.h"
#include "test.h"

// How a program ended, and what it printed; belongs to the case.
typedef struct program_end {
    int code; // exit code, or minus the signal
    const char *output;
    uint64_t cpu_ns; // that it and its children took
} program_end;

typedef struct program {
    pid_t pid;
    int output;
} program;

// Whether this machine has terminals for programs; containers may come without /dev/pts.
bool program_has_terminal(void);

// Starts a program from the folder of this one. `arguments` end with NULL and start with its name,
// or with the whole path of another; what it prints goes to a pipe, or to a terminal.
program program_start(kt_test *t, const char *const *arguments, bool terminal);
// Reads its output and waits for its end.
program_end program_wait(kt_test *t, program *running);
// Both, through a pipe.
program_end program_run(kt_test *t, const char *const *arguments);
#define RUN_PROGRAM(...) program_run(t, (const char *const[]){__VA_ARGS__, NULL})
#define RUN_SAMPLE(...)  RUN_PROGRAM("kronos-sample", __VA_ARGS__)

// Runs a line of the shell, which finds the programs of the build tree by their names.
program_end program_shell(kt_test *t, const char *format, ...) KT_PRINTF(2, 3);

// A new empty folder that is removed, with its files, when the case ends.
const char *program_folder(kt_test *t);
// A file in a folder, and its text; belong to the case. NULL, and a failure, where it is not there.
const char *program_path(kt_test *t, const char *folder, const char *name);
const char *program_read(kt_test *t, const char *folder, const char *name);
void program_write(kt_test *t, const char *path, const char *text);

// The lines of results.jsonl in a folder as an array; belongs to the case.
const cJSON *program_results(kt_test *t, const char *folder);
// The line of a case; NULL, and a failure, where there is none.
const cJSON *program_result(kt_test *t, const cJSON *results, const char *name);

// Waits until results.jsonl in a folder tells of a case.
bool program_wait_for_result(kt_test *t, const char *folder, const char *name);

// Whether a process is gone, or only waits to be forgotten; waits up to some seconds for it.
bool program_is_gone(pid_t pid);

#endif
