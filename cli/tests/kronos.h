// Running the kronos command from a test.
#ifndef KRONOS_H
#define KRONOS_H

#include "program.h"

#define RUN_KRONOS(...) RUN_PROGRAM("kronos", __VA_ARGS__)

// What it printed with --json, and a member of that; belongs to the case.
const cJSON *kronos_json(kt_test *t, const char *text);
const cJSON *kronos_item(const cJSON *object, const char *name);

#endif
