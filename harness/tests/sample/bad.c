// Cases that are wrong.
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

TEST(fails)
{
    kt_certify_u64(t, "sum", 2);
    kt_same_everywhere(t, "sum", 3);
    CHECK_EQ_U64(1 + 1, 3);
    CHECK(false);
}

TEST(fails_then_skips)
{
    FAILF(t, "wrong before it knew better");
    SKIP(t, "anything");
}

TEST(fails_a_lot)
{
    for (int i = 0; i < 100000; i++)
        CHECK_EQ_I64(i, -1);
}

// Each check must be able to fail.
TEST(fails_every_check)
{
    const uint8_t bytes[3] = {1, 2, 3}, other_bytes[3] = {1, 9, 4};
    const uint32_t words[2] = {7, 8}, other_words[2] = {7, 0xffffffff};
    const float floats[2] = {1.0f, -0.0f}, other_floats[2] = {1.0000001f, 0.0f};
    const double doubles[1] = {1}, other_doubles[1] = {2};
    CHECK(bytes[0] == 2);
    CHECK_EQ_U64(bytes[0], 2);
    CHECK_EQ_I64(-1, 1);
    CHECK_EQ_STRING("left", "right");
    CHECK_EQ_STRING(NULL, "right");
    CHECK_CONTAINS("hay", "needle");
    CHECK_CONTAINS(NULL, "needle");
    CHECK_STATUS(KRO_TIMEOUT, KRO_OK);
    CHECK_OK(KRO_ERROR_IO);
    CHECK_BYTES(bytes, other_bytes, sizeof bytes);
    CHECK_U32S(words, other_words, 2);
    CHECK_U32S(words, NULL, 2);
    CHECK_FLOATS(floats, other_floats, 2);
    CHECK_DOUBLES(doubles, other_doubles, 1, .ulp = 5, .absolute = 0.5);
}

TEST(makes_no_check)
{
    LOGF(t, "looks at nothing");
}

TEST(certifies_under_no_key)
{
    CHECK(true);
    kt_certify_u64(t, "Sum of all", 2);
}

TEST(certifies_too_large_a_number)
{
    CHECK(true);
    kt_certify_u64(t, "sum", UINT64_C(1000000000000000));
}

TEST(certifies_without_end)
{
    CHECK(true);
    for (unsigned i = 0; i < 10000; i++)
        kt_certify_u64(t, "sum", i);
}

TEST(asks_for_a_shader_that_is_not_there)
{
    CHECK(!kt_pipeline_in(t, NULL, "no_such_shader", NULL));
}

TEST(loses_the_device)
{
    CHECK_OK(KRO_ERROR_DEVICE_LOST);
}

// Fails once: the second time its file is there.
TEST(passes_after_all)
{
    const char *path = getenv("KRONOS_SAMPLE_FILE");
    if (!CHECK(path))
        return;
    CHECK(access(path, F_OK) == 0);
    FILE *file = fopen(path, "w");
    if (CHECK(file))
        fclose(file);
}
