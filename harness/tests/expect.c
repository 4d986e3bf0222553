// Expectation files.
#include "expect.h"

#include <string.h>

// An entry with everything right, to be spoiled.
#define ENTRY(versions)              \
    "[suite/group/*]\n"              \
    "status = Fail Crash\n"          \
    "driver = llvm*\n"               \
    "versions = " versions "\n"      \
    "reason = it stops\n"            \
    "link = https://example.org/1\n" \
    "expires = 2027-06-30\n"

static const kt_expectation *find(kt_test *t, kt_expectations *list, const char *text,
                                  const char *driver, const char *version, const char *name)
{
    kt_text problem = {0};
    CHECK(kt_expect_parse(list, "file", text, &problem));
    CHECK_EQ_STRING(kt_text_string(&problem), "");
    kt_text_finish(&problem);
    return kt_expect_find(list, &(kt_driver){.name = driver, .version = version},
                          &(kt_case){.name = name}, KT_FAIL);
}

TEST(entries_apply_to_their_driver_and_versions)
{
    static const struct {
        const char *text, *driver, *version, *name;
        bool applies;
    } ROWS[] = {
        {ENTRY("22.3 .. 23.1"), "llvmpipe", "22.3.6", "suite/group/a", true},
        {ENTRY("22.3 .. 23.1"), "llvmpipe", "22.3", "suite/group/a", true},
        {ENTRY("22.3 .. 23.1"), "llvmpipe", "22.2.99", "suite/group/a", false},
        {ENTRY("22.3 .. 23.1"), "llvmpipe", "23.0.9", "suite/group/a", true},
        {ENTRY("22.3 .. 23.1"), "llvmpipe", "23.1", "suite/group/a", false},
        {ENTRY(".."), "llvmpipe", "1", "suite/group/a/b", true},
        {ENTRY("22.3 .."), "llvmpipe", "99", "suite/group/a", true},
        {ENTRY(".. 23"), "llvmpipe", "23", "suite/group/a", false},
        {ENTRY(".."), "radv", "22", "suite/group/a", false},
        {ENTRY(".."), "llvmpipe", "22", "suite/other/a", false},
        {"", "llvmpipe", "22", "suite/group/a", false},
        {"[suite/group/*]\nstatus = Fail\ndriver = *\nversions = .. 3\nreason = r\nlink = l\n"
         "expires = never\n",
         "llvmpipe", "2", "suite/group/a", true},
        {"# comment\n\n  " ENTRY("..") "\r\n", "llvmpipe", "22", "suite/group/a", true},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        kt_expectations list = {0};
        const kt_expectation *found =
            find(t, &list, ROWS[i].text, ROWS[i].driver, ROWS[i].version, ROWS[i].name);
        if (!CHECK((found != NULL) == ROWS[i].applies))
            LOGF(t, "row %zu", i);
        kt_expect_finish(&list);
    }
}

TEST(outcomes_become_waived_flake_or_xpass)
{
    static const char TODAY[] = "2027-06-30";
    const kt_expectation fails = {.statuses = 1u << KT_FAIL};
    const kt_expectation flaky = {.statuses = 1u << KT_FLAKE};
    CHECK_EQ_U64(kt_expect_apply(NULL, KT_FAIL, TODAY), KT_FAIL);
    CHECK_EQ_U64(kt_expect_apply(&fails, KT_FAIL, TODAY), KT_WAIVED);
    CHECK_EQ_U64(kt_expect_apply(&fails, KT_CRASH, TODAY), KT_CRASH);
    CHECK_EQ_U64(kt_expect_apply(&fails, KT_PASS, TODAY), KT_XPASS);
    CHECK_EQ_U64(kt_expect_apply(&fails, KT_WARN, TODAY), KT_XPASS);
    CHECK_EQ_U64(kt_expect_apply(&fails, KT_NOT_SUPPORTED, TODAY), KT_NOT_SUPPORTED);
    CHECK_EQ_U64(kt_expect_apply(&fails, KT_NOT_RUN, TODAY), KT_NOT_RUN);
    CHECK_EQ_U64(kt_expect_apply(&flaky, KT_FAIL, TODAY), KT_FLAKE);
    CHECK_EQ_U64(kt_expect_apply(&flaky, KT_TIMEOUT, TODAY), KT_FLAKE);
    CHECK_EQ_U64(kt_expect_apply(&flaky, KT_PASS, TODAY), KT_PASS);
}

TEST(expired_entries_forgive_nothing)
{
    char day[] = "2027-06-30";
    const kt_expectation fails = {.statuses = 1u << KT_FAIL, .expires = day};
    const kt_expectation flaky = {.statuses = 1u << KT_FLAKE, .expires = day};
    static const struct {
        const char *today;
        kt_status fails, flakes;
    } ROWS[] = {
        {"2026-12-31", KT_WAIVED, KT_FLAKE},
        {"2027-06-30", KT_WAIVED, KT_FLAKE}, // its last day
        {"2027-07-01", KT_FAIL, KT_FAIL},
        {"2028-01-01", KT_FAIL, KT_FAIL},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        CHECK_EQ_U64(kt_expect_apply(&fails, KT_FAIL, ROWS[i].today), ROWS[i].fails);
        CHECK_EQ_U64(kt_expect_apply(&flaky, KT_FAIL, ROWS[i].today), ROWS[i].flakes);
        CHECK_EQ_U64(kt_expect_apply(&fails, KT_PASS, ROWS[i].today), KT_XPASS);
        CHECK_EQ_U64(kt_expect_apply(&flaky, KT_PASS, ROWS[i].today), KT_PASS);
    }
    const kt_expectation never = {.statuses = 1u << KT_FAIL};
    CHECK_EQ_U64(kt_expect_apply(&never, KT_FAIL, "9999-12-31"), KT_WAIVED);
}

TEST(mistakes_are_named_with_their_line)
{
    static const struct {
        const char *text, *problem;
    } ROWS[] = {
        {"[a]\nstatus = Fail\ncolour = red\n", "file:3: unknown key 'colour'"},
        {"\nstatus = Fail\n", "file:2: 'status' stands before the first [pattern]"},
        {"[a]\nstatus = Pass\n", "file:2: 'Pass' is no status that can be expected"},
        {"[a]\nstatus = InternalError\n", "file:2: 'InternalError' is no status"},
        {"[a]\nstatus = Fail\nstatus = Fail\n", "file:3: 'status' is given twice"},
        {"[a]\nreason =\n", "file:2: 'reason' has no value"},
        {"[a]\nreason\n", "file:2: a line is"},
        {"[a\n", "file:1: an entry starts with"},
        {"[]\n", "file:1: an entry starts with"},
        {"[a]\nversions = 22\n", "file:2: versions look like"},
        {"[a]\nversions = 22.. x\n", "file:2: a version is numbers"},
        {"[a]\nversions = 22. .. 23\n", "file:2: a version is numbers"},
        {"# c\n[a]\nstatus = Fail\n\n[b]\n", "file:2: [a] has no 'driver'"},
        {ENTRY("..") "[b]\nstatus = Fail\n", "file:8: [b] has no 'driver'"},
        {"[a]\nexpires = soon\n",
         "file:2: expires is a day such as 2027-06-30, or never, not 'soon'"},
        {"[a]\nexpires = 2027-6-30\n", "file:2: expires is a day"},
        {"[a]\nexpires = 2027-06-31\n", "file:2: expires is a day"},
        {"[a]\nexpires = 2027-02-29\n", "file:2: expires is a day"},
        {"[a]\nexpires = 2027-13-01\n", "file:2: expires is a day"},
        {"[a]\nexpires = 2027-06-300\n", "file:2: expires is a day"},
        {"[a]\nstatus = Fail\ndriver = *\nversions = 1 ..\nreason = r\nlink = l\nexpires = never\n",
         "file:1: [a] expires never, and its versions have no end"},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        kt_expectations list = {0};
        kt_text problem = {0};
        CHECK(!kt_expect_parse(&list, "file", ROWS[i].text, &problem));
        CHECK_CONTAINS(kt_text_string(&problem), ROWS[i].problem);
        kt_text_finish(&problem);
        kt_expect_finish(&list);
    }
}

TEST(versions_compare_number_by_number)
{
    CHECK(kt_compare_versions("22.3.6", "22.3.6") == 0);
    CHECK(kt_compare_versions("22.3", "22.3.0") == 0);
    CHECK(kt_compare_versions("22.10", "22.9") > 0);
    CHECK(kt_compare_versions("22", "22.0.1") < 0);
    CHECK(kt_compare_versions("535.104.05", "535.104.5") == 0);
    CHECK(kt_compare_versions("", "0") == 0);
    CHECK(kt_compare_versions("23.1-devel", "23.1") == 0);
}

TEST(the_version_people_know_is_found)
{
    static const char *const ROWS[][3] = {
        {"Mesa 22.3.6 (LLVM 15.0.6)", "0.0.1", "22.3.6"},
        {"535.104.05", "535.104.5.0", "535.104.05"},
        {"", "5.0.0", "5.0.0"},
        {"build 7", "1.2", "1.2"},
        {"v3 release 4.5.", "1.2", "4.5"},
    };
    kt_text version = {0};
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        kt_driver_version(ROWS[i][0], ROWS[i][1], &version);
        CHECK_EQ_STRING(kt_text_string(&version), ROWS[i][2]);
    }
    kt_text_finish(&version);
}
