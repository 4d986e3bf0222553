// A suite: the table that its tests.def becomes.
#ifndef KT_SUITE_H
#define KT_SUITE_H

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
} kt_suite;

#endif
