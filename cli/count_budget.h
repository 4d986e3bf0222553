// The figures of `kronos count`, and budgets for them: JSON files that hold the most that a figure
// may be. Pure but for their files.
#ifndef CLI_COUNT_BUDGET_H
#define CLI_COUNT_BUDGET_H

#include <stdbool.h>
#include <stddef.h>

#include "counts.h"
#include "text.h"

// What a line of a budget is about.
typedef enum cli_count_kind {
    CLI_COUNT_FIGURE,       // "submits": a figure of counts.h
    CLI_COUNT_PER_DISPATCH, // "submits_per_dispatch"
    CLI_COUNT_OBJECT,       // "objects": {"VkBuffer"}
    CLI_COUNT_CALL,         // "calls": {"vkQueueWaitIdle"}
} cli_count_kind;

typedef struct cli_count_line {
    cli_count_kind kind;
    int index;      // of the figure, the object or the call
    double maximum; // not negative
} cli_count_line;

typedef struct cli_count_budget {
    cli_count_line *lines;
    size_t count;
} cli_count_budget;

// What stands before the name of a line, and behind it: "calls.", "_per_dispatch".
void cli_count_append_name(kt_text *out, const cli_count_line *line);

// The value of a line.
//
// Returns: false where there is none: nothing per dispatch where nothing was dispatched.
bool cli_count_value(kro__counts *counts, const cli_count_line *line, double *out);

// Whether a line's figure is more than its maximum. One without a value is.
bool cli_count_is_over(kro__counts *counts, const cli_count_line *line);

// Reads a budget. `missing` comes back true where there is no such file.
//
// Returns: false, with a sentence in `problem`.
bool cli_count_budget_read(cli_count_budget *budget, const char *path, bool *missing,
                           kt_text *problem);
// Writes the values as they are now in the place of the maxima. An empty budget becomes one of
// every figure.
bool cli_count_budget_update(cli_count_budget *budget, kro__counts *counts, const char *path,
                             kt_text *problem);
void cli_count_budget_finish(cli_count_budget *budget);

#endif
