// C identifiers for the names of a shader.
#ifndef CLI_BIND_NAMES_H
#define CLI_BIND_NAMES_H

#include "text.h"

// The names that one scope has.
typedef struct cli_names {
    char **items;
    size_t count;
} cli_names;

// Makes an identifier of `wanted`, or of `fallback` where nothing is left of it, that C and C++
// allow and that differs, whatever its case, from the names that the scope has. It belongs to the
// scope.
const char *cli_names_add(cli_names *names, const char *wanted, const char *fallback);
void cli_names_finish(cli_names *names);

// Appends an identifier in capitals.
void cli_append_capitals(kt_text *text, const char *name);

// Appends a name in a comment: characters that could end the comment become '_'.
void cli_append_in_comment(kt_text *text, const char *name);

#endif
