// Runs that are made up, for reports.
#ifndef MADE_RUN_H
#define MADE_RUN_H

#include "run.h"

typedef struct made_run {
    kt_run run;
    kt_case *cases;
    kt_expectations expectations; // none
} made_run;

// A run on a device of that name, without results.
made_run made_run_init(const char *device);
void made_run_finish(made_run *made);

// Adds a result of a case; `name` starts with "suite/group/".
void made_run_add(made_run *made, const char *name, kt_status status, const char *message);

#endif
