// Faults that no case can notice on a driver.
#ifndef CLI_SELFTEST_KNOWN_H
#define CLI_SELFTEST_KNOWN_H

#include "selftest.h"

// Gives the mutants the reasons of a file, or of what Kronos comes with for this driver. A line is
// `FAULT REASON`, or `driver NAME` before those that are of this driver; `#` begins a comment.
//
// Returns: false with a sentence in `problem`.
bool cli_trial_know(cli_trial *self, const char *path, kt_text *problem);

#endif
