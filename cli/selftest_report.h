// What `kronos selftest` tells.
#ifndef CLI_SELFTEST_REPORT_H
#define CLI_SELFTEST_REPORT_H

#include <stdio.h>

#include <cjson/cJSON.h>

#include "selftest.h"

// Everything that was found out, and the case x fault matrix as far as it ran.
cJSON *cli_trial_json(const cli_trial *self);
// A table of the classes, and what is wrong, a line each.
void cli_trial_print(const cli_trial *self, FILE *file);
// An exit code.
int cli_trial_verdict(const cli_trial *self);

#endif
