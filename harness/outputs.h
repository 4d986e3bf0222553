// The reports that a command line asks for, and their files.
#ifndef KT_OUTPUTS_H
#define KT_OUTPUTS_H

#include "options.h"
#include "report.h"

enum { KT_MAX_OUTPUTS = 3 };

typedef struct kt_outputs {
    kt_report *reports[KT_MAX_OUTPUTS];
    size_t count;
    FILE *results;
    char *results_path, *part_path;
} kt_outputs;

// Opens what `options` name. `brief`: cases that are plainly right are not printed.
//
// Returns: false with a sentence in `problem`; close it all the same.
bool kt_outputs_open(kt_outputs *outputs, const kt_options *options, bool brief, kt_text *problem);

// Puts the new results.jsonl, which holds as much as the old one now, in its place.
void kt_outputs_publish(kt_outputs *outputs);

// Returns: false with a sentence in `problem` where a file could not be written.
bool kt_outputs_close(kt_outputs *outputs, kt_text *problem);

#endif
