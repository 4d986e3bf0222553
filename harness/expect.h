// Expectation files: faults that are known of a driver, with their reason.
#ifndef KT_EXPECT_H
#define KT_EXPECT_H

#include "attempt.h"
#include "cases.h"

typedef struct kt_expectation {
    char *pattern; // of case names
    unsigned
        statuses; // bits 1 << kt_status: what the case may end as; KT_FLAKE: any failure, at times
    char *driver; // pattern of kro_device_info.driver_name
    char *first_version, *fixed_version; // first <= version < fixed; NULL: no bound
    char *reason, *link;
    char *expires;    // the last day it holds, "2027-06-30"; NULL: never, for faults mended since
    const char *path; // where it stands; borrowed
    unsigned line;
} kt_expectation;

typedef struct kt_expectations {
    kt_expectation *items;
    size_t count;
} kt_expectations;

// A driver as expectations see it.
typedef struct kt_driver {
    const char *name, *version;
} kt_driver;

// Adds the entries of a file's text. `path` is borrowed for the life of the list.
//
// Returns: false with a sentence in `problem`, which names the line.
bool kt_expect_parse(kt_expectations *list, const char *path, const char *text, kt_text *problem);
void kt_expect_finish(kt_expectations *list);

// The entry for a case on a driver, or NULL. Entries whose statuses include `status` come first.
const kt_expectation *kt_expect_find(const kt_expectations *list, const kt_driver *driver,
                                     const kt_case *test_case, kt_status status);

// Whether an entry is about a case on a driver; it may name the case as it was called before.
bool kt_expectation_concerns(const kt_expectation *entry, const kt_driver *driver,
                             const kt_case *test_case);

// What a result becomes under its expectation (NULL: none) on a day, as kt_date writes it: Waived,
// Flake, XPass or itself. An entry past its last day forgives nothing.
kt_status kt_expect_apply(const kt_expectation *expectation, kt_status status, const char *today);
bool kt_expectation_expired(const kt_expectation *expectation, const char *today);

// Whether a string is numbers joined by dots.
bool kt_is_version(const char *string);
// Compares dotted versions number by number: negative, 0 or positive; missing parts are 0.
int kt_compare_versions(const char *a, const char *b);

// The version that people know a driver by: the first dotted number in driver_info ("22.3.6" of
// "Mesa 22.3.6 (LLVM 15.0.6)"), else driver_version.
void kt_driver_version(const char *driver_info, const char *driver_version, kt_text *out);

#endif
