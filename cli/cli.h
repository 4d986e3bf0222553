// The kronos command: one file a subcommand.
#ifndef CLI_H
#define CLI_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include "main.h"

// Subcommands. `arguments` starts behind the subcommand's name; the result is an exit code.
int cli_certify(int count, char **arguments);
int cli_info(int count, char **arguments);
int cli_list(int count, char **arguments);
int cli_run(int count, char **arguments);

// The suites that this command holds.
extern const kt_suite *const cli_suites[];
extern const size_t cli_suite_count;

// Prints one sentence for a wrong command line and returns its exit code.
int cli_usage_error(const char *sentence);

// Reads options for a subcommand. True when it should go on; otherwise `*code` is its exit code and
// what there was to say has been said.
bool cli_options(kt_options *options, unsigned accepted, const char *usage, int count,
                 char **arguments, int *code);

#endif
