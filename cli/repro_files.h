// A dispatch as files that show it without Kronos.
#ifndef CLI_REPRO_FILES_H
#define CLI_REPRO_FILES_H

#include <cjson/cJSON.h>

#include "repro_choice.h"

// What is told of the run that it comes from.
typedef struct cli_repro_run {
    const char *case_name;
    uint64_t seed;
    bool failed;
    const char *message; // why; "" where it did not fail
    const cJSON *device; // as device.json has it
    const char *summary; // a sentence
} cli_repro_run;

// Writes everything into a folder that is there.
//
// Returns: false with a sentence in `problem`.
bool cli_repro_write(const cli_capture *capture, const cli_choice *choice, const cli_repro_run *run,
                     const char *folder, kt_text *problem);

// Appends the program: repro/repro.c with its tables filled.
void cli_repro_program(const cli_capture *capture, const cli_choice *choice,
                       const cli_repro_run *run, kt_text *out);

// Appends the AmberScript.
void cli_repro_amber(const cli_choice *choice, const cli_repro_run *run, kt_text *out);

// What the result may be: what the case compared, or what a case that passed found.
//
// Returns: false where nobody knows.
bool cli_repro_expected(const cli_choice *choice, const cli_repro_run *run,
                        const unsigned char **low, const unsigned char **high);

#endif
