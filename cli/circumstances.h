// What is not the same about two runs themselves: device, driver, suite, choice of cases.
#ifndef CLI_CIRCUMSTANCES_H
#define CLI_CIRCUMSTANCES_H

#include "difference.h"

// Fills in the circumstances of a difference, what decides most first.
void cli_circumstances(cli_difference *difference);

// A value as text; the caller frees it. "-" where there is none.
char *cli_value_text(const cJSON *value);

// Whether both runs are known to be of the same version of Kronos.
bool cli_same_suite(const cli_results *a, const cli_results *b);

#endif
