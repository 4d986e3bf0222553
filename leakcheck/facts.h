// What the cases of the leak suite say in their logs, of a whole run.
#ifndef LEAKCHECK_FACTS_H
#define LEAKCHECK_FACTS_H

#include "run.h"

// A slope that was fitted, and what it may be (growth/growth.h).
typedef struct leak_slope {
    const char *case_name;
    double slope, bound;
    char what[64]; // "bytes of the heap per dispatch"
} leak_slope;

typedef struct leak_facts {
    uint64_t failed, survived; // points at which something failed, by what the caller was told
    leak_slope *slopes;        // those that leaks were planted for are left out
    size_t slope_count, beyond_count;
} leak_facts;

void leak_facts_init(leak_facts *facts, const kt_run *run);
void leak_facts_finish(leak_facts *facts);

#endif
