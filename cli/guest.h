// A program that somebody wants to be run, and how it ended.
#ifndef CLI_GUEST_H
#define CLI_GUEST_H

#include <stdbool.h>
#include <stddef.h>

#include <cjson/cJSON.h>

#include "os/process.h"
#include "text.h"

typedef struct cli_guest {
    char **words; // its name, looked for in PATH, and its arguments, borrowed; NULL at the end
    size_t word_count;
    bool prints_to_error; // what it prints on standard output goes to standard error
    kt_process_end end;
} cli_guest;

// Adds the next word.
void cli_guest_add(cli_guest *guest, const char *word);
void cli_guest_finish(cli_guest *guest);

// Runs it on our terminal and waits for its end. What asks us to end is passed on to it.
//
// Returns: false, with a sentence in `problem`, where it cannot be started.
bool cli_guest_run(cli_guest *guest, kt_text *problem);

// Adds the words and the end to an object.
void cli_guest_add_json(const cli_guest *guest, cJSON *json);

#endif
