// What `kronos certify` certifies: each device here once.
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include "cli.h"

typedef struct cli_target {
    cJSON *device;        // what is known of it before it is opened
    char *selector;       // as --device takes it
    char *environment[3]; // changes for child processes; [0] is NULL where there are none
    char *folder;         // name of its folder: letters, digits and '-'
} cli_target;

typedef struct cli_targets {
    cli_target *items;
    size_t count;
    kt_text problems; // a line for each driver that could not be asked
} cli_targets;

// The device or driver of the options; otherwise every device of the loader's drivers, then those
// of the manifests in KRONOS_EXTRA_DRIVERS (joined by ':').
void cli_targets_init(cli_targets *targets, const kt_options *options);
void cli_targets_finish(cli_targets *targets);

// Appends a name as lower-case words joined by '-', as folders and files are called.
void cli_append_slug(kt_text *out, const char *name);

#endif
