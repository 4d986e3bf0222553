// Running a tool such as git or cmake, quietly.
#ifndef CLI_TOOL_H
#define CLI_TOOL_H

#include <stdbool.h>

#include "text.h"

typedef struct cli_tool {
    const char *const *arguments; // the first is its name, found in PATH; NULL at the end
    const char *log;              // the file that what it prints is added to; NULL: nowhere
    kt_text *line;                // receives the first line of its standard output instead
    bool anyway;                  // also after an interrupt, and to its end: it cleans up
} cli_tool;

// Runs it and waits. What interrupts us (kt_interrupts_begin) ends it and all that it has started.
//
// Returns: its exit code; -1 with a sentence in `problem` where it did not start or did not come to
//          its end.
int cli_tool_run(const cli_tool *tool, kt_text *problem);

#endif
