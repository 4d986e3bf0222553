// Dynamic libraries, examined without running any of their code.
#ifndef CLI_DOCTOR_LIBRARY_H
#define CLI_DOCTOR_LIBRARY_H

#include "doctor_packages.h"

typedef struct cli_library {
    char *file;      // the file itself, links resolved; NULL where it is not found
    kt_text problem; // why it does not load; empty where nothing speaks against it
    kt_text missing; // the libraries that it lacks, each with a blank behind it
    const char *fix; // what to do about other problems
} cli_library;

// Finds a library by path, or by bare name as the dynamic linker would, and looks for what keeps
// it from being loaded: another architecture, damage, libraries or versions that are missing.
void cli_library_init(cli_library *library, const cli_place *place, const char *name);
// The last finding is the library's problem.
void cli_fix_library(cli_findings *findings, const cli_place *place, const cli_library *library);
void cli_library_finish(cli_library *library);

#endif
