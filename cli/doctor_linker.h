// What the dynamic linker says of a library. It is asked in a process of its own to trace, which
// maps files and runs nothing of them: no rule of its search is written a second time here.
#ifndef CLI_DOCTOR_LINKER_H
#define CLI_DOCTOR_LINKER_H

#include "doctor_place.h"
#include "text.h"

typedef struct cli_linker_answer {
    char *file;      // where a bare name was found; NULL otherwise
    kt_text problem; // what is missing; empty where nothing is
    kt_text missing; // the names of the libraries among that, each with a blank behind it
} cli_linker_answer;

// `name` is a path or a bare name. Of the place only LD_LIBRARY_PATH counts.
void cli_linker_ask(cli_linker_answer *answer, const cli_place *place, const char *name);
void cli_linker_answer_finish(cli_linker_answer *answer);

// Reads what glibc's dynamic linker wrote about a program under LD_DEBUG=files: the libraries that
// it was asked for and did not find. `who` receives them with who asked, joined by ", ". Pure.
void cli_linker_read_debug(const char *output, kt_text *missing, kt_text *who);

// Understands what glibc's dynamic linker prints. Pure.
void cli_linker_read(cli_linker_answer *answer, const char *output, const char *name);

#endif
