// Two devices' outputs, case by case: what `kronos run --against` tells.
#ifndef CLI_COMPARED_H
#define CLI_COMPARED_H

#include "cli.h"

typedef struct cli_output {
    char *name; // of the case
    bool right; // it passed
    kt_hashes hashes;
} cli_output;

// What one device left.
typedef struct cli_side_outputs {
    char *device;
    cli_output *items; // in the order of the cases
    size_t count;
} cli_side_outputs;

// Keeps what a run found; `user` of kt_job.finished is one of them.
void cli_side_outputs_take(void *user, const kt_run *run);
void cli_side_outputs_finish(cli_side_outputs *side);

// Compares both and prints a table, or one line of JSON.
//
// Returns: whether no case that is right on both differs in what each right device leaves alike.
bool cli_compared_print(const cli_side_outputs *a, const cli_side_outputs *b, bool json,
                        FILE *file);

#endif
