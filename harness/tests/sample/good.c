// Cases that are right.
#include "test.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

TEST(passes)
{
    CHECK(true);
    LOGF(t, "a line in the log");
}

TEST(certifies)
{
    CHECK(true);
    kt_certify_number(t, "worst", 2);
    kt_certify_u64(t, "count", UINT64_C(999999999999999));
    kt_certify_u64s(t, "histogram", (uint64_t[]){1, 0, 4294967296}, 3);
    kt_certify_numbers(t, "limits", (double[]){-0.5, INFINITY}, 2);
    kt_certify_text(t, "at", "%s \"\xff\"", "-0x1.8p-5");
    kt_certify_number(t, "nothing", NAN);
    kt_certify_number(t, "worst", 2.5); // replaces
}

TEST(warns)
{
    CHECK(true);
    WARN(t, "the number is %d", 7);
}

TEST(skips)
{
    SKIP(t, "float%d", 64);
}

// More than a pipe holds, on both streams.
TEST(prints_much)
{
    enum { LINES = 20000 };
    for (int i = 0; i < LINES; i++) {
        printf("line %d\n", i);
        fprintf(stderr, "error line %d\n", i);
    }
    CHECK(true);
}

TEST(prints_half_a_line)
{
    printf("half a line");
    CHECK(true);
}

TEST(prints_between_events)
{
    enum { TURNS = 2000 };
    for (int i = 0; i < TURNS; i++) {
        printf("printed %d\n", i);
        LOGF(t, "said %d", i);
    }
    CHECK(true);
}

// Nothing that may stand in XML or JSON as it is.
TEST(prints_odd_bytes)
{
    static const char BYTES[] = "<&>\"'\x01\x1b[31m\xff\xfe]]>\xc3\xa4\xed\xa0\x80\n";
    fwrite(BYTES, 1, sizeof BYTES, stdout);
    CHECK(true);
    WARN(t, "%s", BYTES);
}

TEST(takes_standard)
{
    CHECK(true);
}

TEST_PARAMS(enumerate_counts)
{
    for (int i = 0; i < 5; i++)
        kt_param(params, "n-%d", i * i);
}

TEST_FAMILY_CASE(counts)
{
    const uint64_t index = kt_param_index(t);
    CHECK_EQ_U64(strtoull(param + 2, NULL, 10), index * index);
}
