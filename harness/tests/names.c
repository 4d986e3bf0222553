// Names of cases: patterns, shards, tables.
#include "cases.h"

#include <string.h>

#include "os/process.h"
#include "program.h"

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

// A suite whose cases had other names.
static const kt_entry RENAMED_ENTRIES[] = {
    {.group = "g"},
    {.name = "single", .run = nothing},
    {.name = "family", .run_param = nothing_param, .enumerate = enumerate_hundred},
};

static kt_cases renamed_cases(const char *aliases)
{
    const kt_embedded lists[] = {{.path = "s/lists/aliases.txt", .text = aliases}, {0}};
    const kt_suite suite = {
        .name = "s", .entries = RENAMED_ENTRIES, .entry_count = 3, .lists = lists};
    const kt_suite *suites[] = {&suite};
    kt_cases cases;
    kt_cases_init(&cases, suites, 1);
    return cases;
}

static bool is_selected(const kt_case *test_case, const char *filter)
{
    return kt_case_selected(test_case, &(kt_selection){.filters = &filter, .filter_count = 1});
}

TEST(cases_keep_the_names_that_they_had)
{
    kt_cases cases = renamed_cases("# comment\n\n"
                                   "s/first/one s/second/one\n"
                                   "s/odd/x s/old/family/007\n"
                                   "s/old/family s/g/family\n"
                                   "s/second/one\ts/g/single\r\n"
                                   "s/g/lost gone nobody misses it\n");
    CHECK_EQ_STRING(kt_text_string(&cases.problem), "");
    const kt_case *single = &cases.items[0], *seventh = &cases.items[8], *other = &cases.items[9];
    CHECK(kt_cases_find(&cases, "s/g/single") == single);
    CHECK(kt_cases_find(&cases, "s/second/one") == single);
    CHECK(kt_cases_find(&cases, "s/first/one") == single);
    CHECK(kt_cases_find(&cases, "s/old/family/007") == seventh);
    CHECK(kt_cases_find(&cases, "s/odd/x") == seventh);
    CHECK(!kt_cases_find(&cases, "s/old/family"));
    CHECK(!kt_cases_find(&cases, "s/g/lost"));

    CHECK(is_selected(single, "s/first/*"));
    CHECK(is_selected(seventh, "s/old/*"));
    CHECK(!is_selected(single, "s/old/*"));
    CHECK_EQ_STRING(kt_case_first_name(single), "s/first/one");
    CHECK_EQ_STRING(kt_case_first_name(other), "s/old/family/008");

    // The first name decides what is drawn by name, so that no rename moves a case.
    kt_cases before = renamed_cases("");
    kt_case then = {.name = "s/first/one", .entry = &RENAMED_ENTRIES[1]};
    for (uint64_t shard = 0; shard < 7; shard++) {
        const kt_selection part = {.shard_index = shard, .shard_count = 7};
        CHECK(kt_case_selected(single, &part) == kt_case_selected(&then, &part));
    }
    CHECK_EQ_STRING(kt_case_first_name(&before.items[0]), "s/g/single");
    kt_cases_finish(&before);
    kt_cases_finish(&cases);
}

TEST(names_that_cannot_be_right_are_refused)
{
    static const struct {
        const char *aliases, *problem;
    } ROWS[] = {
        {"s/a/b\n", "s/lists/aliases.txt:1: a line is 'OLD NEW'"},
        {"\ns/a/b gone\n", "s/lists/aliases.txt:2: a line is 'OLD NEW'"},
        {"s/a/b s/g/single more\n", "s/lists/aliases.txt:1: a line is 'OLD NEW'"},
        {"s/a/b s/g/nothing\n", "s/lists/aliases.txt:1: there is no case s/g/nothing"},
        {"s/a/b s/a/c\ns/a/c s/a/b\n", "s/lists/aliases.txt:1: there is no case s/a/c"},
        {"s/a/b s/g/single\ns/a/b s/g/single\n", "s/lists/aliases.txt:2: s/a/b stands there twice"},
        {"s/g/single s/g/family/001\n", "two cases are named s/g/single"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        kt_cases cases = renamed_cases(ROWS[i].aliases);
        CHECK_CONTAINS(kt_text_string(&cases.problem), ROWS[i].problem);
        kt_cases_finish(&cases);
    }
}

TEST(a_run_is_held_to_the_newest_list_of_its_version)
{
    static const kt_embedded LISTS[] = {
        {.path = "s/lists/0.10.txt"},
        {.path = "s/lists/0.9.txt"},
        {.path = "s/lists/1.0.txt"},
        {.path = "s/lists/aliases.txt"},
        {0},
    };
    const kt_suite suite = {.name = "s", .lists = LISTS};
    CHECK(!kt_suite_list(&suite, "0.8.3"));
    CHECK(kt_suite_list(&suite, "0.9.0") == &LISTS[1]);
    CHECK(kt_suite_list(&suite, "0.9.7") == &LISTS[1]);
    CHECK(kt_suite_list(&suite, "0.11.0") == &LISTS[0]);
    CHECK(kt_suite_list(&suite, "1.0.0") == &LISTS[2]);
    CHECK(!kt_suite_list(&(kt_suite){.name = "s"}, "1.0.0"));
}

// A run that told of its cases by older names is gone on with, and known faults may have them.
TEST(results_under_old_names_are_those_of_the_case)
{
    const char *folder = program_folder(t);
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/warns", "sample/good/passes", "--out", folder).code, 0);
    const cJSON *first = program_results(t, folder)->child;
    CHECK(kt_json_number(kt_json_item(first, "case_list"), "unlisted") == 1); // warns
    CHECK_EQ_I64(RUN_SAMPLE("sample/good/passes", "sample/bad/fails", "--out", folder).code, 1);
    program_end end = program_shell(t,
                                    "sed -i s,sample/good/passes,sample/good/is_right,\\;"
                                    "s,sample/bad/fails,sample/old/is_wrong, %s/results.jsonl\n",
                                    folder);
    CHECK_EQ_I64(end.code, 0);
    CHECK_CONTAINS(program_read(t, folder, "results.jsonl"), "sample/old/is_wrong");
    const char *expect = program_path(t, folder, "expect.txt");
    program_write(t, expect,
                  "[sample/old/*]\nstatus = Fail\ndriver = *\nversions = ..\nreason = r\n"
                  "link = l\nexpires = 9999-12-31\n");
    end =
        RUN_SAMPLE("sample/fine/is_right", "sample/old/*", "--resume", folder, "--expect", expect);
    CHECK_EQ_I64(end.code, 0);
    const cJSON *results = program_results(t, folder);
    // Both are in the sample's list.
    const cJSON *list = kt_json_item(results->child, "case_list");
    CHECK_CONTAINS(kt_json_string(list, "file"), "sample/lists/0.1.txt");
    CHECK(cJSON_IsNumber(kt_json_item(list, "unlisted")) && !kt_json_number(list, "unlisted"));
    CHECK(kt_json_number(results->child, "resumed") == 2);
    CHECK_EQ_STRING(kt_json_string(program_result(t, results, "sample/bad/fails"), "status"),
                    "Waived");
    CHECK_EQ_STRING(kt_json_string(program_result(t, results, "sample/good/passes"), "status"),
                    "Pass");
}
