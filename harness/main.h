// Running suites from a command line.
#ifndef KT_MAIN_H
#define KT_MAIN_H

#include "embedded.h"
#include "options.h"
#include "run.h"
#include "suite.h"

// A program with suites.
typedef struct kt_program {
    const char *name; // how a person starts it; NULL: as it was started
    const kt_suite *const *suites;
    size_t suite_count;
    unsigned more_options;                    // KT_OPTION bits beyond all
    void (*begin)(const kt_options *options); // before all cases; may be NULL
    void (*finished)(const kt_options *options,
                     const kt_run *run); // after the reports; may be NULL
} kt_program;

// Its main function.
int kt_main(int argc, char **argv, const kt_program *program);

// Prints one sentence for a wrong command line and returns its exit code.
int kt_usage_error(const char *sentence);

// Reads the options of a command that runs cases, and --help, which shows `usage` and them. True
// when the command should go on; otherwise `*code` is its exit code and what there was to say has
// been said.
bool kt_options_read(kt_options *options, unsigned accepted, const char *usage, int count,
                     char **arguments, int *code);

// Ends what a program of the harness printed: its last call.
//
// Returns: `code`, or that of wrong usage where standard output could not be written.
int kt_finish_output(int code);

// One run as a command line describes it.
typedef struct kt_job {
    const char *program; // how a person starts it again: "kronos run"
    const kt_suite *const *suites;
    size_t suite_count;
    const kt_options *options;
    const char *const *environment;               // changes for child processes; may be NULL
    bool brief;                                   // cases that are plainly right are not printed
    void (*finished)(void *user, const kt_run *); // called after the reports; may be NULL
    void *user;
} kt_job;

// Runs, or lists where the options say so, and prints what is to be said.
//
// Returns: an exit code.
int kt_job_run(const kt_job *job);

// The expectation files that Kronos comes with; paths start from the project's root.
extern const kt_embedded kt_builtin_expectations[];
extern const size_t kt_builtin_expectations_count;

#endif
