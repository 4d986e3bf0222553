// Environment variables that decide which drivers, layers and devices there are, or how fast and
// how right they compute.
#ifndef CLI_VARIABLES_H
#define CLI_VARIABLES_H

#include <stddef.h>

typedef struct cli_variable {
    const char *name;
    const char *effect; // on what is measured; NULL where it only says where something is
} cli_variable;

extern const cli_variable cli_variables[];
extern const size_t cli_variable_count;

#endif
