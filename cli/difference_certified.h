// What cases certified in one run and in another.
#ifndef CLI_DIFFERENCE_CERTIFIED_H
#define CLI_DIFFERENCE_CERTIFIED_H

#include "difference.h"

// Adds every value that changed to the difference.
void cli_certified_compare(cli_difference *difference);
void cli_certified_finish(cli_difference *difference);

#endif
