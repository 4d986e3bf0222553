// Running somebody's program with our proxy in front of each of its Vulkan drivers.
#ifndef CLI_WRAPPED_H
#define CLI_WRAPPED_H

#include "os/process.h"
#include "text.h"

// What the program finds instead of its drivers: a folder with, for each, a copy of the proxy and a
// manifest that names it. A copy each, because the loader opens a library once, however many
// manifests name it.
typedef struct cli_wrapped {
    char *folder;
    kt_text manifests; // joined by ':'
    size_t driver_count;
} cli_wrapped;

// Finds the drivers as the loader would in this environment, and makes the folder.
//
// Returns: false, with a sentence in `problem`.
bool cli_wrapped_init(cli_wrapped *wrapped, kt_text *problem);
// Removes the folder.
void cli_wrapped_finish(cli_wrapped *wrapped);

typedef struct cli_program {
    char **words;         // its name, looked for in PATH, and its arguments; NULL at the end
    const char *spec;     // KRONOS_PROXY, see proxy.h
    bool prints_to_error; // what it prints on standard output goes to standard error
} cli_program;

// Runs a program with that in front of its drivers, on our terminal, and waits for its end. What
// asks us to end is passed on to it.
//
// Returns: false, with a sentence in `problem`, where it cannot be started.
bool cli_wrapped_run(const cli_wrapped *wrapped, const cli_program *program, kt_process_end *end,
                     kt_text *problem);

#endif
