// What GitHub Actions shows of runs: error lines beside the log, and a step's summary page.
#ifndef KT_REPORT_GITHUB_H
#define KT_REPORT_GITHUB_H

#include <stdio.h>

#include "run.h"

typedef struct kt_github kt_github;

// NULL where this is no step of GitHub Actions. Lines go to `file`, which must not hold JSON. Until
// the end nothing that is printed there acts as a command: drivers print what they like.
kt_github *kt_github_create(FILE *file);

// Takes up what a run found, once it is over. Accepts NULL.
void kt_github_add(kt_github *github, const kt_run *run);

// Adds an error that is of no run, such as a driver that could not be opened. Accepts NULL.
void kt_github_error(kt_github *github, const char *title, const char *message);

// Prints at most 10 error lines for all runs together, the worst first, the last counting the rest,
// and appends the summary to the file that GITHUB_STEP_SUMMARY names, which stays below 1,000 KiB.
// Accepts NULL.
void kt_github_finish(kt_github *github);

#endif
