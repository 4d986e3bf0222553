// Suites whose libkronos is not the command's: they have programs of their own, beside our drivers.
#ifndef CLI_SUITE_PROGRAM_H
#define CLI_SUITE_PROGRAM_H

#include "text.h"

// Runs such a program, which prints for itself, with a command line of ours.
//
// Returns: its exit code; KT_EXIT_UNUSABLE, with a sentence in `problem`, where it is missing,
//          cannot be started or does not end by itself.
int cli_suite_program(const char *name, int count, char **arguments, kt_text *problem);

#endif
