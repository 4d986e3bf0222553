// Changes to a text, as a unified diff that `git apply` and `patch -p1` take.
#ifndef CLI_PATCH_H
#define CLI_PATCH_H

#include "text.h"

typedef struct cli_edit {
    size_t line;  // from 0: the first line that goes, or before which something comes
    size_t count; // lines that go
    char *added;  // lines that come, each with its line break; owned
} cli_edit;

typedef struct cli_patch {
    char **lines; // of the old text, without line breaks
    size_t line_count;
    cli_edit *edits;
    size_t edit_count;
} cli_patch;

// Each line of the text ends with a line break.
void cli_patch_init(cli_patch *patch, const char *text);
void cli_patch_finish(cli_patch *patch);

// Replaces lines. Edits may come in any order, and overlap in lines that go.
void cli_patch_edit(cli_patch *patch, size_t line, size_t count, const char *added);

// Appends the diff; nothing where there is no edit. `path` is the file's, `is_new` that it is not
// there yet.
void cli_patch_write(cli_patch *patch, const char *path, bool is_new, kt_text *out);

#endif
