// The cases of a program: its suites' tables with every family enumerated, in registration order.
#ifndef KT_CASES_H
#define KT_CASES_H

#include "renames.h"
#include "suite.h"
#include "text.h"

typedef struct kt_case {
    const char *name; // suite/group/name[/param]
    // What it was called before, the oldest first; ends with NULL. NULL: it had no other name.
    const char *const *old_names;
    const kt_suite *suite;
    const kt_entry *entry;
    const char *group;
    const char *param; // in `name`; NULL for a single case
    size_t param_index;
} kt_case;

typedef struct kt_case_name {
    const char *name;
    const kt_case *test_case;
} kt_case_name;

typedef struct kt_cases {
    kt_case *items;
    size_t count;
    kt_case_name *by_name; // every name of every one, sorted
    size_t name_count;
    kt_renames renames;
    kt_text problem; // a sentence about a table that cannot be right; empty if there is none
} kt_cases;

// Which of them a run takes.
typedef struct kt_selection {
    const char *const *filters; // globs; several in one string joined by ',' or '|'; none: all
    size_t filter_count;
    kt_tier tier;
    uint64_t shard_index, shard_count; // shard_count 0: all
} kt_selection;

void kt_cases_init(kt_cases *cases, const kt_suite *const *suites, size_t suite_count);
void kt_cases_finish(kt_cases *cases);
// The case that has that name or had it, or NULL.
const kt_case *kt_cases_find(const kt_cases *cases, const char *name);
// Whether a pattern (kt_match) matches a case's name or one that it had.
bool kt_case_matches(const kt_case *test_case, const char *pattern);
// The first name that it had: what seeds, shards and selections are made of, so that another name
// changes none of them.
const char *kt_case_first_name(const kt_case *test_case);
bool kt_case_selected(const kt_case *test_case, const kt_selection *selection);
// The shard as --shard takes it, "0/4".
void kt_shard_text(const kt_selection *selection, kt_text *out);
// Whether the case runs on the run's device, which must be open before it.
bool kt_case_uses_device(const kt_case *test_case);
// Whether the case uses a driver of this machine, the run's device or another way.
bool kt_case_uses_driver(const kt_case *test_case);

// Shell-like match of a whole string: '*' any characters ('/' too), '?' one, '[a-c]' a set. Several
// patterns joined by ',' or '|' match where one of them does.
bool kt_match(const char *pattern, const char *string);

#endif
