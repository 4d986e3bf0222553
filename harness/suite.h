// A suite: the table that its tests.def becomes.
#ifndef KT_SUITE_H
#define KT_SUITE_H

#include "embedded.h"
#include "test.h"

// One line of tests.def. A line with `group` alone starts a group.
typedef struct kt_entry {
    const char *group;
    const char *name;
    uint64_t needs;
    kt_tier tier;
    void (*run)(kt_test *t); // a single case; or …
    void (*run_param)(kt_test *t, const char *param);
    void (*enumerate)(kt_params *params); // … a family
} kt_entry;

typedef struct kt_suite {
    const char *name;
    bool device; // its cases run on a device unless they say otherwise
    const kt_entry *entries;
    size_t entry_count;
    // Its folder lists/: aliases.txt (renames.h), and the names of its cases by version, X.Y.txt;
    // ends with a file without path. NULL: there is no such folder.
    const kt_embedded *lists;
} kt_suite;

// The list that a suite is held to in a version such as "0.1.0": the newest that is of no later
// one; or NULL.
const kt_embedded *kt_suite_list(const kt_suite *suite, const char *version);

#endif
