// What results change in a file of known faults: decided here, printed as a patch elsewhere.
#ifndef CLI_EXPECT_UPDATE_H
#define CLI_EXPECT_UPDATE_H

#include "expect.h"
#include "patch.h"
#include "results.h"

// A file of known faults.
typedef struct cli_expect_file {
    char *path, *text; // text is "" where the file is not there
    bool is_new;
    kt_expectations entries;
} cli_expect_file;

// How many entries the patch adds, ends and asks to be looked at again.
typedef struct cli_expect_counts {
    size_t added, ended, renewed;
    size_t left_out; // faults that no entry can forgive: of the test itself, or of a dying machine
} cli_expect_counts;

// Fills `patch` with the changes to a file for the results of the drivers that it is for.
//
// A fault that no entry forgives gets one, without the values that a person must give: the reason,
// a link, the last day. An entry whose cases all pass ends with the version before the one that was
// run, and goes where no version is left; one of which some pass keeps the others. An expired entry
// that is still needed loses its day.
void cli_expect_update(const cli_expect_file *file, const cli_results *results, size_t result_count,
                       const char *today, cli_patch *patch, cli_expect_counts *counts);

// The driver of results, as expectations see it; `version` holds its version.
kt_driver cli_results_driver(const cli_results *results, kt_text *version);

#endif
