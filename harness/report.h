// Where a run's results go. Each create gives a report for kt_run_config.reports; destroy accepts
// NULL.
#ifndef KT_REPORT_H
#define KT_REPORT_H

#include <stdio.h>

#include "run.h"

// One JSON object a line (docs/results.md), written as results come. `file` stays the caller's.
kt_report *kt_report_jsonl_create(FILE *file);

// JUnit XML, written into a folder when the run ends: junit.xml, and from 5,000 cases on
// junit-2.xml and so on. `folder` is copied.
kt_report *kt_report_junit_create(const char *folder);

typedef enum kt_terminal_style {
    KT_TERMINAL_TAP,    // every case, for programs that read TAP
    KT_TERMINAL_BRIEF,  // what is not plainly right
    KT_TERMINAL_MOVING, // that, and a line that shows how far it is; for terminals
} kt_terminal_style;

// For people.
kt_report *kt_report_terminal_create(FILE *file, kt_terminal_style style);

void kt_report_destroy(kt_report *report);

// Something could not be written, for the reason that errno has. The first is kept.
void kt_report_fail(kt_report *report);

#endif
