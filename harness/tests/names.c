// Names of cases: patterns, shards, tables.
#include "cases.h"

#include <string.h>

#include "os/process.h"

TEST(patterns_match_whole_names)
{
    static const struct {
        const char *pattern, *name;
        bool matches;
    } ROWS[] = {
        {"", "", true},
        {"", "a", false},
        {"abc", "abc", true},
        {"ab", "abc", false},
        {"abcd", "abc", false},
        {"*", "", true},
        {"*", "a/b/c", true},
        {"a/*", "a/b/c", true},
        {"a/*/c", "a/b/b/c", true},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXbYbZ", false},
        {"?", "", false},
        {"a?c", "abc", true},
        {"[a-c]x", "bx", true},
        {"[a-c]x", "dx", false},
        {"[!a-c]x", "dx", true},
        {"[!a-c]x", "bx", false},
        {"[]]", "]", true},
        {"[x", "[x", true},
        {"[x", "x", false},
        {"one,two", "two", true},
        {"one|two", "one", true},
        {"one|two", "one|two", false},
        {"one,", "", true},
        {"*,x", "anything", true},
        {"a*,b*", "c", false},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++)
        if (!CHECK(kt_match(ROWS[i].pattern, ROWS[i].name) == ROWS[i].matches))
            LOGF(t, "pattern '%s', name '%s'", ROWS[i].pattern, ROWS[i].name);
}

// A matcher that tries every split of the stars would take longer than the universe has.
TEST(a_pattern_of_stars_is_fast)
{
    char name[2001];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const uint64_t start_ns = kt_now_ns();
    CHECK(!kt_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
    CHECK(kt_now_ns() - start_ns < UINT64_C(1000000000));
}

static void nothing(kt_test *t)
{
    (void)t;
}

static void nothing_param(kt_test *t, const char *param)
{
    (void)t;
    (void)param;
}

static void enumerate_hundred(kt_params *params)
{
    for (int i = 0; i < 100; i++)
        kt_param(params, "%03d", i);
}

static void enumerate_none(kt_params *params)
{
    (void)params;
}

static void enumerate_badly(kt_params *params)
{
    kt_param(params, "a b");
}

TEST(shards_split_all_cases)
{
    const kt_entry entries[] = {
        {.group = "g"},
        {.name = "single", .run = nothing, .tier = KT_TIER_FULL},
        {.name = "family", .run_param = nothing_param, .enumerate = enumerate_hundred},
    };
    const kt_suite suite = {.name = "s", .entries = entries, .entry_count = 3};
    const kt_suite *suites[] = {&suite};
    kt_cases cases;
    kt_cases_init(&cases, suites, 1);
    CHECK_EQ_STRING(kt_text_string(&cases.problem), "");
    CHECK_EQ_U64(cases.count, 101);
    CHECK_EQ_STRING(cases.items[1].name, "s/g/family/000");
    CHECK_EQ_STRING(cases.items[100].param, "099");
    CHECK_EQ_U64(cases.items[100].param_index, 99);
    CHECK(kt_cases_find(&cases, "s/g/family/042") == &cases.items[43]);
    CHECK(!kt_cases_find(&cases, "s/g/family"));

    size_t shard_counts[3] = {0};
    for (size_t i = 0; i < cases.count; i++) {
        size_t taken = 0;
        for (uint64_t shard = 0; shard < 3; shard++) {
            kt_selection selection = {.tier = KT_TIER_FULL, .shard_index = shard, .shard_count = 3};
            bool selected = kt_case_selected(&cases.items[i], &selection);
            taken += selected;
            shard_counts[shard] += selected;
        }
        CHECK_EQ_U64(taken, 1);
    }
    for (int i = 0; i < 3; i++)
        CHECK(shard_counts[i] > 15);
    CHECK(!kt_case_selected(&cases.items[0], &(kt_selection){.tier = KT_TIER_STANDARD}));
    CHECK(kt_case_selected(&cases.items[1], &(kt_selection){.tier = KT_TIER_QUICK}));
    kt_cases_finish(&cases);
}

TEST(tables_that_cannot_be_right_are_refused)
{
    static const struct {
        kt_entry entries[3];
        const char *problem;
    } ROWS[] = {
        {{{.group = "g"}, {.name = "n", .run = nothing}, {.name = "n", .run = nothing}},
         "two cases are named s/g/n"},
        {{{.group = "g"},
          {.name = "f", .run_param = nothing_param, .enumerate = enumerate_none},
          {.name = "n", .run = nothing}},
         "s/g/f: its family has no parameters"},
        {{{.group = "g"},
          {.name = "f", .run_param = nothing_param, .enumerate = enumerate_badly},
          {.name = "n", .run = nothing}},
         "'a b' is no parameter name"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        const kt_suite suite = {.name = "s", .entries = ROWS[i].entries, .entry_count = 3};
        const kt_suite *suites[] = {&suite};
        kt_cases cases;
        kt_cases_init(&cases, suites, 1);
        CHECK_CONTAINS(kt_text_string(&cases.problem), ROWS[i].problem);
        kt_cases_finish(&cases);
    }
}

// Shards and seeds of old runs must mean the same for ever.
TEST(hashes_never_change)
{
    CHECK_EQ_U64(kt_hash_string(""), UINT64_C(0xcbf29ce484222325));
    CHECK_EQ_U64(kt_hash_string("a"), UINT64_C(0xaf63dc4c8601ec8c));
    CHECK_EQ_U64(kt_hash_string("foobar"), UINT64_C(0x85944171f73967e8));
}
