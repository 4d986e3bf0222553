// What `kronos selftest` finds out: which faults of a driver the cases notice.
#ifndef CLI_SELFTEST_H
#define CLI_SELFTEST_H

#include <cjson/cJSON.h>

#include "attempt.h"
#include "cases.h"
#include "options.h"
#include "planted.h"
#include "text.h"
#include "wrapped.h"

// A case, and how it went without a fault.
typedef struct cli_judge {
    const kt_case *test_case;
    kt_status status;
    uint64_t duration_ns;
    size_t rank;            // how many of its group are cheaper
    bool holds_reordered;   // passes where work runs in another order that Vulkan allows, too
    unsigned char *reaches; // by fault: whether it could have acted
    size_t noticed_count;   // faults that this case failed on
} cli_judge;

typedef enum cli_fate {
    CLI_FATE_UNREACHED, // no case that passes does what the fault changes
    CLI_FATE_KILLED,    // a case noticed
    CLI_FATE_SURVIVED,
    CLI_FATE_UNKNOWN, // interrupted before
} cli_fate;

// A fault, and what came of it.
typedef struct cli_mutant {
    const kro__planted *fault;
    bool selected, done;
    bool reordered;     // the driver also runs work in another order, where that may show the fault
    size_t reach_count; // cases that could notice
    size_t run_count;   // of those, the ones that ran with it
    size_t *killers;    // indices of the cases that noticed, in the order they ran
    size_t killer_count;
    kt_status status;   // of the first of them
    kt_text message;    // likewise
    const char *reason; // why no case can notice, as the file of known ones says; NULL
    uint64_t duration_ns;
} cli_mutant;

typedef struct cli_trial {
    const kt_options *options;
    cli_wrapped wrapped;
    kt_cases cases;
    cli_judge *judges; // the cheapest of each group, then the second cheapest …
    size_t judge_count, pass_count;
    cli_mutant mutants[KRO__PLANTED_COUNT];
    size_t selected_count, done_count, survivor_count;
    kt_text driver_name;     // as the device says it
    uint32_t unknown_opcode; // one that no fault is about; 0: none
    char *known_text;        // what `reason` points into; NULL where it is built in
    uint64_t start_ns, duration_ns;
    bool interrupted;
} cli_trial;

cli_fate cli_mutant_fate(const cli_mutant *mutant);

#endif
