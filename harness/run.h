// A run: which cases, on what, and what came of it.
#ifndef KT_RUN_H
#define KT_RUN_H

#include <cjson/cJSON.h>

#include "attempt.h"
#include "cases.h"
#include "expect.h"
#include "os/files.h"
#include "os/process.h"
#include "stored.h"

typedef struct kt_result {
    const kt_case *test_case;
    kt_status status;        // after the known answer and the expectation file
    kt_attempt first;        // the first that failed, otherwise the first
    uint64_t runs, failures; // attempts that --repeat asked for, and how many of them failed
    kt_attempt again;        // alone, in a process of its own; only if ran_again
    bool ran_again;
    const kt_expectation *expectation; // the entry that decided; NULL if none did
    bool expired;                      // the entry would forgive it, but its last day is over
    bool suspect;                      // the machine stopped answering before it was known to do so
    bool kept;                         // comes from the run that this one goes on from
    bool ready;                        // decided, for the reports
} kt_result;

typedef struct kt_run kt_run;

// Receives a run as it happens. Reports put this first in their own struct.
typedef struct kt_report {
    // Each may be NULL.
    void (*begin)(struct kt_report *report, const kt_run *run);
    void (*start)(struct kt_report *report, const kt_run *run, const kt_case *test_case);
    // Time has passed: several times a second.
    void (*progress)(struct kt_report *report, const kt_run *run);
    // Each result once: those kept from another run, then the others, each in the order of the
    // cases.
    void (*result)(struct kt_report *report, const kt_run *run, const kt_result *result);
    void (*end)(struct kt_report *report, const kt_run *run);
    void (*destroy)(struct kt_report *report); // frees what it owns beside itself
    int error; // errno of the first thing that could not be written; 0 where all was
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
    const kt_results *resume; // goes on from these results; NULL: from nothing
    // The device is known, nothing has run and no report has begun. False, with a sentence, keeps
    // the run from taking place. May be NULL.
    bool (*begins)(void *user, kt_run *run, kt_text *problem);
    // The reports have all that was kept from `resume`. May be NULL.
    void (*resumed)(void *user);
    void *user;
} kt_run_config;

struct kt_run {
    kt_run_config config;
    const kt_case **selected; // in order
    size_t selected_count;
    kt_result *results;  // one per selected case; then `child_end`, if it is bad
    size_t slot_count;   // that `results` has room for
    size_t result_count; // those that the reports were told; all when they are told the end
    size_t done_count;   // selected cases that ran, or never will
    size_t kept_count;
    uint64_t counts[KT_STATUS_COUNT]; // of what the reports were told
    uint64_t flaky_count;             // the same, of results that are flaky
    cJSON *device;                    // what kt_device_json says of it; NULL without a device
    kt_text device_problem;           // why there is no device
    kt_text driver_version;           // as expectation files see it
    kt_text unusable;                 // why the machine is unusable; empty if it is not
    kt_case child_end;                // stands for ends of child processes between cases
    long long start_time;             // seconds since 1970
    uint64_t start_ns;                // as kt_now_ns tells it
    char today[KT_DATE_CHARACTERS];   // the day of start_time, for expectations
    uint64_t duration_ns;
};

enum {
    KT_MAX_JOBS = KT_MAX_PROCESSES,
};

// What one case may take where nobody says: the full tier has cases that look at everything.
uint64_t kt_default_timeout_s(kt_tier tier);

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

void kt_run_init(kt_run *run, const kt_run_config *config);
void kt_run_finish(kt_run *run);
// Runs what config selects and tells the reports.
//
// Returns: false with a sentence in `problem`; nothing has run then.
bool kt_run_execute(kt_run *run, kt_text *problem);

// The result of a case; NULL where it was not selected, or `test_case` is NULL.
kt_result *kt_run_result(const kt_run *run, const kt_case *test_case);

// Whether a case can run now; if not, the attempt says why.
bool kt_run_can_run(const kt_run *run, const kt_case *test_case, kt_attempt *attempt);
// Tells the reports that a case starts.
void kt_run_tell_start(kt_run *run, const kt_case *test_case);

// The run's driver as expectations see it.
kt_driver kt_run_driver(const kt_run *run);
// A string of run->device, "" where there is none.
const char *kt_run_device_string(const kt_run *run, const char *field);

kt_verdict kt_run_verdict(const kt_run *run);
// The verdict as one line, always with "not Khronos conformance".
void kt_verdict_text(const kt_run *run, kt_text *out);
const char *kt_tier_text(kt_tier tier);

// How many results have each status, by name; statuses that none has are left out.
cJSON *kt_run_counts_json(const kt_run *run);

// Counts one of the attempts that --repeat asked for, which is moved into the result where it tells
// more than the one there.
void kt_result_add_run(kt_result *result, kt_attempt *attempt);
// A result to be right about: Fail, Crash and the like, XPass, Suspect, NotRun. Waived and Flake
// are known, the rest is right.
bool kt_result_is_fault(const kt_result *result);
// Some of its attempts failed, and some did not.
bool kt_result_is_flaky(const kt_result *result);
// One line that says why a result is no plain pass; valid UTF-8, empty for a plain pass.
void kt_result_reason(const kt_result *result, kt_text *out);

// Whether an entry of the expectation file is for this driver, every case that it names was run,
// and none needed it.
bool kt_run_never_needed(const kt_run *run, const kt_expectation *entry);

// The list of the cases' names that the run is held to, as an object: `file`, `sha256`, and
// `unlisted`, how many of the selected cases it does not have; NULL where this version has none
// yet.
cJSON *kt_run_list_json(const kt_run *run);

// A name for exactly these cases, such as "cases:1200:9f0c…": equal where two runs selected the
// same, whatever they were called then.
void kt_run_selection_text(const kt_run *run, kt_text *out);

// The command that runs one case of this run again.
void kt_rerun_command(const kt_run *run, const kt_case *test_case, kt_text *out);

// Whether the run meets a requirement: "device=GLOB", "vendor=GLOB", "driver=GLOB", "type=cpu" (or
// discrete, …), "type!=cpu" and so on, "version>=V", "executed>=N", "skipped<=N". Says in `problem`
// what is not met.
bool kt_require(const kt_run *run, const char *requirement, kt_text *problem);
bool kt_is_requirement(const char *text);
// Whether it is about what ran, and not about the device.
bool kt_requirement_counts(const char *text);

#endif
