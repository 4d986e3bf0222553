// The kronos command: one file a subcommand.
#ifndef CLI_H
#define CLI_H

#include <stddef.h>

#include <cjson/cJSON.h>

#include "arguments.h"
#include "main.h"

// Subcommands. `arguments` starts behind the subcommand's name; the result is an exit code.
int cli_bind(int count, char **arguments);
int cli_certify(int count, char **arguments);
int cli_count(int count, char **arguments);
int cli_diff(int count, char **arguments);
int cli_expect(int count, char **arguments);
int cli_doctor(int count, char **arguments);
int cli_info(int count, char **arguments);
int cli_leaks(int count, char **arguments);
int cli_list(int count, char **arguments);
int cli_new(int count, char **arguments);
int cli_perf(int count, char **arguments);
int cli_repro(int count, char **arguments);
int cli_report(int count, char **arguments);
int cli_run(int count, char **arguments);
int cli_selftest(int count, char **arguments);
int cli_threads(int count, char **arguments);

// One exit code for two runs: the worse, where skipped is the best and unusable the worst.
int cli_worse(int a, int b);

// The suites that this command holds.
extern const kt_suite *const cli_suites[];
extern const size_t cli_suite_count;

// The command line of a subcommand that runs no cases; kt_options_read is for those that do. `user`
// is for `take`.
typedef struct cli_command_line {
    const char *usage; // "kronos report DIR [options]", and below it what that does
    const kt_argument *options;
    size_t option_count;
    bool takes_words;
    bool (*take)(void *user, unsigned bit, const char *value,
                 kt_text *problem); // as in arguments.h
} cli_command_line;

// Reads the words and options of such a subcommand, and --help. True when it should go on; if not,
// `*code` is its exit code and what there was to say has been said.
bool cli_arguments(const cli_command_line *line, void *user, int count, char **arguments,
                   int *code);

#endif
