// The command line of programs that run cases.
#ifndef KT_OPTIONS_H
#define KT_OPTIONS_H

#include <stdio.h>

#include "cases.h"
#include "text.h"

// Which options a command takes; bits.
enum {
    KT_OPTION_LIST = 1 << 0,
    KT_OPTION_FILTER = 1 << 1, // words that are no options are filters too
    KT_OPTION_SHARD = 1 << 2,
    KT_OPTION_SEED = 1 << 3,
    KT_OPTION_TIMEOUT = 1 << 4,
    KT_OPTION_TIER = 1 << 5,
    KT_OPTION_DEVICE = 1 << 6,
    KT_OPTION_DRIVER = 1 << 7,
    KT_OPTION_EXPECT = 1 << 8,
    KT_OPTION_OUT = 1 << 9,
    KT_OPTION_HERE = 1 << 10,
    KT_OPTION_JSON = 1 << 11,
    KT_OPTION_REQUIRE = 1 << 12,
    KT_OPTION_STRICT = 1 << 13,
    KT_OPTION_JOBS = 1 << 14,
    KT_OPTION_REPEAT = 1 << 15,
    KT_OPTION_RESUME = 1 << 16,
    KT_OPTION_TAP = 1 << 17,
    KT_OPTIONS_ALL = (1 << 18) - 1,
    // Of the thread suite alone:
    KT_OPTION_SCHEDULES = 1 << 18,
    KT_OPTION_SCHEDULE = 1 << 19,
    // Of `kronos selftest` alone:
    KT_OPTION_FAULT = 1 << 20,
    KT_OPTION_MATRIX = 1 << 21,
    KT_OPTION_CASES = 1 << 22,
    KT_OPTION_IDLE = 1 << 23,
    // Of `kronos run` alone:
    KT_OPTION_AGAINST = 1 << 24,
};

typedef struct kt_options {
    unsigned given; // KT_OPTION bits that were there
    kt_selection selection;
    uint64_t seed, timeout_s, jobs, repeat, cases;
    const char *schedules, *schedule;  // numbers; NULL where not given
    const char *device, *driver;       // NULL where not given
    const char *expect, *out, *resume; // NULL where not given
    const char *against;               // another device or driver; NULL where not given
    const char *fault;                 // a glob; NULL where not given
    const char *const *requirements;
    size_t requirement_count;
    const char **words; // owns filters, then requirements
} kt_options;

// Reads `arguments`, which the result borrows.
//
// Returns: false with one sentence in `problem` that names the option.
bool kt_options_init(kt_options *options, unsigned accepted, int count, char **arguments,
                     kt_text *problem);
void kt_options_finish(kt_options *options);

// Prints a line or more for each accepted option, and one for --help.
void kt_options_help(unsigned accepted, FILE *file);

#endif
