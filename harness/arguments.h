// Command lines, read by a table of options.
#ifndef KT_ARGUMENTS_H
#define KT_ARGUMENTS_H

#include <stdbool.h>
#include <stdio.h>

#include "text.h"

typedef struct kt_argument {
    unsigned bit;      // which one it is; a program may accept some of a table
    const char *name;  // "--out"
    const char *value; // what stands for its value in the help; NULL: it has none
    const char *help;  // may hold line breaks
} kt_argument;

typedef struct kt_argument_table {
    const kt_argument *options;
    size_t option_count;
    unsigned accepted; // the bits of those that are taken here
    bool takes_words;  // arguments that are no options
    // Receives each option with its bit and value (NULL where it has none), and each word with bit
    // 0. Returns: false with one sentence in `problem`.
    bool (*take)(void *user, unsigned bit, const char *value, kt_text *problem);
} kt_argument_table;

// Reads options as `--name value` or `--name=value`, and words, in any order; behind `--` all are
// words. Values are borrowed from `arguments`.
//
// Returns: false with one sentence in `problem` that names the argument.
bool kt_arguments_read(const kt_argument_table *table, void *user, int count, char **arguments,
                       kt_text *problem);

// Whether there is --help or -h among the arguments, right or wrong as the rest may be; behind `--`
// both are words.
bool kt_arguments_ask_help(int count, char **arguments);

// Prints a line or more for each accepted option, and one for --help.
void kt_arguments_help(const kt_argument_table *table, FILE *file);

// Appends a sentence to `problem`.
//
// Returns: false, so that it can end a function that refuses something.
bool kt_refuse(kt_text *problem, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
