// Running the kronos command from a test.
#ifndef KRONOS_H
#define KRONOS_H

#include "program.h"
#include "text.h"

#define RUN_KRONOS(...) RUN_PROGRAM("kronos", __VA_ARGS__)

// What it printed with --json, and a member of that; belongs to the case.
const cJSON *kronos_json(kt_test *t, const char *text);
const cJSON *kronos_item(const cJSON *object, const char *name);

// A folder whose results.jsonl has a first line, cases and a last line. Takes the cases over.
const char *kronos_results(kt_test *t, const char *first, kt_text *cases, const char *last);

#endif
