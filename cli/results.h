// What a run wrote into its folder, read again.
#ifndef CLI_RESULTS_H
#define CLI_RESULTS_H

#include "cli.h"

// One case; where it has several results, the worst of them.
typedef struct cli_result {
    const char *name;
    const char *const *old_names; // as in kt_case; NULL until cli_results_rename
    kt_status status;
    kt_status outcome;    // before the expectation file
    uint64_t duration_ns; // the shortest of its results
    const cJSON *json;    // the worst result's line
} cli_result;

typedef struct cli_results {
    char *folder;
    kt_results stored;  // results.jsonl
    const cJSON *run;   // its first line
    const cJSON *end;   // its last; NULL: the run was killed
    cJSON *certificate; // NULL: there is none
    cli_result *items;  // by name
    size_t count;
} cli_results;

// Whether there is a results.jsonl in a folder.
bool cli_has_results(const char *folder);

// Reads a folder of `kronos run --out` or `kronos certify`. To be finished in any case.
//
// Returns: false with a sentence in `problem`.
bool cli_results_init(cli_results *results, const char *folder, kt_text *problem);
// The same of the texts of results.jsonl and certificate.json; NULL: there is no certificate.
bool cli_results_parse(cli_results *results, const char *folder, const char *lines,
                       const char *certificate, kt_text *problem);
void cli_results_finish(cli_results *results);

// Calls cases that had another name then what they are called in `cases`, which must outlive the
// results.
void cli_results_rename(cli_results *results, const kt_cases *cases);

// Calls `visit` for a folder of results, or for each one in a folder of such, by name.
//
// Returns: false with a sentence in `problem`, its own or that of a visit that returned false.
bool cli_results_each(const char *folder,
                      bool (*visit)(void *user, const char *folder, kt_text *problem), void *user,
                      kt_text *problem);

// The result of a case, or NULL.
const cli_result *cli_results_find(const cli_results *results, const char *name);

// The device that the run had, as device.json tells it; NULL where it had none.
const cJSON *cli_results_device(const cli_results *results);

#endif
