// The libraries that `kronos perf --against` measures: another commit's and the working tree's.
#ifndef CLI_SIDES_H
#define CLI_SIDES_H

#include "text.h"

typedef struct cli_sides {
    char *top;          // of the checkout that the current folder is in
    char *commit;       // the other one, as git calls it
    char *log;          // what the tools said
    char *folder;       // in build/, holds the rest
    char *worktree;     // of the other commit
    char *now, *before; // modules, see side.h
} cli_sides;

// Builds both; `ref` names the other commit as git takes it. What takes its time is told on
// standard error. To be finished in any case, which removes everything but the log.
//
// Returns: an exit code, with a sentence in `problem` where it is not KT_EXIT_EXPECTED.
int cli_sides_init(cli_sides *sides, const char *ref, kt_text *problem);
void cli_sides_finish(cli_sides *sides);

#endif
