// A run: which cases, on what, and what came of it.
#ifndef KT_RUN_H
#define KT_RUN_H

#include <cjson/cJSON.h>

#include "attempt.h"
#include "cases.h"
#include "expect.h"
#include "os/files.h"

typedef struct kt_result {
    const kt_case *test_case;
    kt_status status; // after the expectation file
    kt_attempt first;
    kt_attempt again; // alone, in a process of its own; only if ran_again
    bool ran_again;
    const kt_expectation *expectation; // the entry that decided; NULL if none did
    bool expired;                      // the entry would forgive it, but its last day is over
} kt_result;

typedef struct kt_run kt_run;

// Receives a run as it happens. Reports put this first in their own struct.
typedef struct kt_report {
    // Each may be NULL.
    void (*begin)(struct kt_report *report, const kt_run *run);
    void (*start)(struct kt_report *report, const kt_run *run, const kt_case *test_case);
    void (*result)(struct kt_report *report, const kt_run *run, const kt_result *result);
    void (*end)(struct kt_report *report, const kt_run *run);
} kt_report;

typedef struct kt_run_config {
    const kt_cases *cases;
    kt_selection selection;
    const char *device, *driver;    // as kro_context_config takes them; NULL for the default
    const char *const *environment; // changes for child processes; may be NULL
    uint64_t seed;
    uint64_t timeout_ns; // for one case
    uint64_t jobs;       // child processes at once
    uint64_t repeat;     // how often each case runs
    bool here;           // no child processes
    bool strict;         // a known fault counts
    const kt_expectations *expectations;
    const char *const *requirements; // see kt_require
    size_t requirement_count;
    const char *program; // how a person starts one case again: "kronos run"
    kt_report **reports;
    size_t report_count;
} kt_run_config;

struct kt_run {
    kt_run_config config;
    const kt_case **selected; // in order
    size_t selected_count;
    kt_result
        *results; // as many as ran so far, one per selected case; then `child_end`, if it is bad
    size_t result_count;
    uint64_t counts[KT_STATUS_COUNT];
    cJSON *device;                  // what kt_device_json says of it; NULL without a device
    kt_text device_problem;         // why there is no device
    kt_text driver_version;         // as expectation files see it
    kt_text unusable;               // why the machine is unusable; empty if it is not
    kt_case child_end;              // stands for ends of child processes between cases
    long long start_time;           // seconds since 1970
    char today[KT_DATE_CHARACTERS]; // the day of start_time, for expectations
    uint64_t duration_ns;
};

// Exit codes of every program here.
enum {
    KT_EXIT_EXPECTED = 0,
    KT_EXIT_FAULTS = 1,
    KT_EXIT_USAGE = 2,
    KT_EXIT_UNUSABLE = 3,
    KT_EXIT_SKIPPED = 77,
};

// Two verdicts over the counts.
typedef struct kt_verdict {
    bool expected;     // results equal the expectation file
    bool clean;        // Pass, NotSupported and Warn only
    uint64_t known;    // Waived and Flake
    uint64_t faults;   // everything that is not clean, known ones included
    uint64_t executed; // cases that ran to a result of their own
    int exit_code;
} kt_verdict;

// Runs what config selects and tells the reports.
void kt_run_init(kt_run *run, const kt_run_config *config);
void kt_run_execute(kt_run *run);
void kt_run_finish(kt_run *run);

// A string of run->device, "" where there is none.
const char *kt_run_device_string(const kt_run *run, const char *field);

kt_verdict kt_run_verdict(const kt_run *run);
// The verdict as one line, always with "not Khronos conformance".
void kt_verdict_text(const kt_run *run, kt_text *out);
const char *kt_tier_text(kt_tier tier);

// How many results have each status, by name; statuses that none has are left out.
cJSON *kt_run_counts_json(const kt_run *run);

// A result to be right about: Fail, Crash and the like, XPass, Suspect, NotRun. Waived and Flake
// are known, the rest is right.
bool kt_result_is_fault(const kt_result *result);
// One line that says why a result is no plain pass; valid UTF-8, empty for a plain pass.
void kt_result_reason(const kt_result *result, kt_text *out);

// A name for exactly these cases, such as "cases:1200:9f0c…": equal where two runs selected the
// same.
void kt_run_selection_text(const kt_run *run, kt_text *out);

// The command that runs one case of this run again.
void kt_rerun_command(const kt_run *run, const kt_case *test_case, kt_text *out);

// Whether the run meets a requirement: "device=GLOB", "driver=GLOB", "type=cpu" (or discrete, …),
// "type!=cpu" and so on, "executed>=N". Says in `problem` what is not met, or what is no
// requirement.
bool kt_require(const kt_run *run, const char *requirement, kt_text *problem);
bool kt_is_requirement(const char *text);

#endif
