// results.jsonl, read back.
#ifndef KT_STORED_H
#define KT_STORED_H

#include <cjson/cJSON.h>

#include "attempt.h"

// One line of type "case".
typedef struct kt_stored_case {
    const char *name;
    kt_status status;
    kt_status outcome; // what happened: the status, where nothing changed it
    const cJSON *json; // all of it
} kt_stored_case;

// The lines of one file; docs/results.schema.json says what is in them.
typedef struct kt_results {
    cJSON *lines;     // all of them; the others are parts of it
    const cJSON *run; // the first
    kt_stored_case *cases;
    size_t case_count;
    const cJSON *end; // the last; NULL where the run was killed
    uint64_t seed;    // of the run, with every digit
} kt_results;

// Reads FOLDER/results.jsonl. A last line that is not whole, as a killed run leaves it, is left
// out; lines and members that a later version may write are left alone.
//
// Returns: false with one sentence in `problem`; there is nothing to finish then.
bool kt_results_read(kt_results *results, const char *folder, kt_text *problem);

// The same of the file's text; `path` is for sentences.
bool kt_results_parse(kt_results *results, const char *path, const char *text, kt_text *problem);

void kt_results_finish(kt_results *results);

#endif
