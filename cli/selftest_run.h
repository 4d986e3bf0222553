// Running the cases of `kronos selftest`, without a fault and with each.
#ifndef CLI_SELFTEST_RUN_H
#define CLI_SELFTEST_RUN_H

#include "selftest.h"

// Runs each case without a fault, then the selected faults on the cases that could notice.
//
// Returns: false with a sentence in `problem`.
bool cli_trial_run(cli_trial *self, kt_text *problem);

#endif
