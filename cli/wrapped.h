// Running somebody's program with our proxy in front of each of its Vulkan drivers.
#ifndef CLI_WRAPPED_H
#define CLI_WRAPPED_H

#include "counts.h"
#include "guest.h"
#include "text.h"

// What the program finds instead of its drivers: a folder with, for each, a copy of the proxy and a
// manifest that names it. A copy each, because the loader opens a library once, however many
// manifests name it.
typedef struct cli_wrapped {
    char *folder;
    kt_text manifests; // joined by ':'
    size_t driver_count;
    kro__counts *counts; // of all processes together
} cli_wrapped;

// Finds the drivers as the loader would in this environment, and makes the folder, with nothing
// counted.
//
// Returns: false, with a sentence in `problem`.
bool cli_wrapped_init(cli_wrapped *wrapped, kt_text *problem);
// Removes the folder.
void cli_wrapped_finish(cli_wrapped *wrapped);

// Runs a program (cli_guest_run) with that in front of its drivers. `spec` is a word for the
// proxies, see proxy.h, or "".
//
// Returns: false, with a sentence in `problem`, where it cannot be started.
bool cli_wrapped_run(const cli_wrapped *wrapped, cli_guest *guest, const char *spec,
                     kt_text *problem);

// The same for children that a run starts: changes of their environment. Ends with NULL; freed with
// cli_wrapped_free.
const char **cli_wrapped_environment(const cli_wrapped *wrapped, const char *spec);
void cli_wrapped_free(const char **environment);

// Whether the program reached Vulkan at all: it made an instance.
bool cli_wrapped_was_reached(const cli_wrapped *wrapped);

// How a program ended, as a shell makes an exit code of it; a line on standard error where that is
// not 0. Where the program did not reach Vulkan that is said in `problem`, and the code is never 0.
int cli_wrapped_code(const cli_wrapped *wrapped, const cli_guest *guest, kt_text *problem);

#endif
