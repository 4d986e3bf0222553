// results.jsonl, read back.
#ifndef KT_RESULTS_H
#define KT_RESULTS_H

#include <cjson/cJSON.h>

#include "text.h"

// The lines of one file; docs/results.schema.json says what is in them.
typedef struct kt_results {
    cJSON *lines;        // all of them; what follows are parts of it
    const cJSON *run;    // the first line
    const cJSON **cases; // in the file's order
    size_t case_count;
    const cJSON *end; // the last line; NULL where the run was killed
    uint64_t seed;    // of the run, with every digit
} kt_results;

// Reads FOLDER/results.jsonl. A last line that is not whole, as a killed run leaves it, is left
// out.
//
// Returns: false with one sentence in `problem`; there is nothing to finish then.
bool kt_results_read(kt_results *results, const char *folder, kt_text *problem);
void kt_results_finish(kt_results *results);

#endif
