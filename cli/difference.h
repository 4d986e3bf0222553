// What became of each case from one run to another: decided here, printed elsewhere.
#ifndef CLI_DIFFERENCE_H
#define CLI_DIFFERENCE_H

#include "results.h"

// The worst first. A case changes in one way only.
typedef enum cli_change_kind {
    CLI_NEW_FAULT,     // fails now, and did not before
    CLI_CHANGED_FAULT, // fails in another way
    CLI_GONE,          // has no result any more
    CLI_SKIPPED_NOW,   // ran before
    CLI_SLOWER,
    CLI_KNOWN_NOW, // fails as the expectation file now says
    CLI_FIXED,     // failed before, known or not, and is right now
    CLI_RUNS_NOW,  // was skipped before
    CLI_NEW_CASE,  // had no result before
    CLI_CHANGE_KIND_COUNT,
} cli_change_kind;

typedef struct cli_change {
    cli_change_kind kind;
    bool worse;              // something that was right before is not shown to be right now
    const char *name;        // of the case
    const cli_result *a, *b; // NULL where there is none
} cli_change;

// Times of the cases that are right in both and took long enough to be compared.
typedef struct cli_times {
    size_t count;
    double median, low, high; // of the ratio B / A; low and high bound its middle half
    bool slower;              // the whole of B
} cli_times;

// Something about the two runs themselves that is not the same.
typedef struct cli_circumstance {
    char *what, *a, *b;
} cli_circumstance;

// A value of a case's certificate that is not the same; "-" where there is none.
typedef struct cli_certified {
    const char *name, *key; // of the case, and of the value
    char *a, *b;
} cli_certified;

typedef struct cli_difference {
    const cli_results *a, *b;
    cli_circumstance *circumstances; // what decides most first
    size_t circumstance_count;
    cli_change *changes; // the worst first
    size_t change_count;
    size_t counts[CLI_CHANGE_KIND_COUNT];
    cli_certified *certified; // by case; of cases with a certificate on both sides
    size_t certified_count;
    cli_times times;
    double margin; // a case is slower from this many times its old duration on; 0: not judged
    bool worse;
} cli_difference;

enum {
    CLI_SLOWER_MIN_NS = 250000000, // less is noise, however many times as long it is
    CLI_TIMED_MIN_NS = 10000000,   // cases below say nothing about time
    CLI_TIMED_MIN_COUNT = 20,      // fewer say nothing about the whole
};

// Compares two runs, which the difference borrows. Times of different devices are not judged.
void cli_difference_init(cli_difference *difference, const cli_results *a, const cli_results *b,
                         double margin);
void cli_difference_finish(cli_difference *difference);

#endif
