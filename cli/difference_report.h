// A difference as people and programs read it.
#ifndef CLI_DIFFERENCE_REPORT_H
#define CLI_DIFFERENCE_REPORT_H

#include <stdio.h>

#include "difference.h"

// For a terminal.
void cli_difference_print(const cli_difference *difference, FILE *file);

// Appends Markdown for a comment or a summary page: fewer than `max_bytes`, the end counted where
// it is cut.
void cli_difference_markdown(const cli_difference *difference, size_t max_bytes, kt_text *out);

// Everything (docs/results.md).
cJSON *cli_difference_json(const cli_difference *difference);

// Helpers that these share.

// Name of a kind of change in JSON ("new_faults"), and as a reader counts it ("new fault").
const char *cli_change_key(cli_change_kind kind);
const char *cli_change_text(cli_change_kind kind, bool one);

// "WORSE: 2 new faults, 1 fixed case"
void cli_difference_summary(const cli_difference *difference, kt_text *out);
// How the times compare, in a sentence; empty where nothing can be said.
void cli_difference_times(const cli_difference *difference, kt_text *out);
// What a run was: "out/a: llvmpipe 22.3.6 on …"
void cli_results_text(const cli_results *results, kt_text *out);

// A side of a change: its status, or its time where that is what changed; "-" where there is none.
void cli_change_side(const cli_change *change, const cli_result *side, kt_text *out);
// Why it changed, as far as the results say; may be "".
const char *cli_change_message(const cli_change *change);

#endif
