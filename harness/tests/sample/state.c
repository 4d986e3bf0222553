// What cases leave to each other: nothing.
#include "test.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TEST(breaks_the_process)
{
    CHECK(setenv("KRONOS_SAMPLE_BROKEN", "1", 1) == 0);
    FAILF(t, "and leaves it broken");
}

// Would pass where it ran before.
TEST(fails_in_a_new_process)
{
    CHECK(getenv("KRONOS_SAMPLE_AGAIN"));
    CHECK(setenv("KRONOS_SAMPLE_AGAIN", "1", 1) == 0);
}

TEST_PARAMS(enumerate_marks)
{
    kt_param(params, "slowly");
    kt_param(params, "fast");
}

TEST_FAMILY_CASE(marks_the_process)
{
    CHECK(setenv("KRONOS_SAMPLE_MARKED", "1", 1) == 0);
    if (!strcmp(param, "slowly"))
        usleep(300000);
}

TEST(fails_in_a_marked_process)
{
    CHECK(!getenv("KRONOS_SAMPLE_MARKED"));
}

TEST(asks_for_a_new_process)
{
    CHECK(!getenv("KRONOS_SAMPLE_MARKED"));
}

TEST(finds_a_whole_process)
{
    CHECK(!getenv("KRONOS_SAMPLE_BROKEN"));
}

// An owned thing notes its turn.
typedef struct turn {
    int *next, own;
} turn;

static void note_turn(void *object)
{
    turn *self = object;
    self->own = (*self->next)++;
}

TEST(releases_last_first)
{
    int next = 1;
    turn turns[3] = {{&next, 0}, {&next, 0}, {&next, 0}};
    for (int i = 0; i < 3; i++)
        kt_defer(t, note_turn, &turns[i]);
    kt_release(t, &turns[1]);
    CHECK_EQ_I64(turns[1].own, 1);
    kt_release(t, &turns[2]);
    kt_release(t, &turns[0]);
    CHECK_EQ_I64(turns[0].own, 3);

    const unsigned char zeros[100] = {0};
    CHECK_BYTES(kt_alloc(t, 100), zeros, 100);
}

TEST(sets_the_environment)
{
    kt_set_environment(t, "KRONOS_SAMPLE_SET", "first");
    kt_set_environment(t, "KRONOS_SAMPLE_SET", NULL);
    CHECK(!getenv("KRONOS_SAMPLE_SET"));
    kt_set_environment(t, "KRONOS_SAMPLE_SET", "second");
    CHECK_EQ_STRING(getenv("KRONOS_SAMPLE_SET"), "second");
}

TEST(finds_the_environment_as_it_was)
{
    CHECK(!getenv("KRONOS_SAMPLE_SET"));
}

TEST(random_values_repeat)
{
    LOGF(t, "seed %llu", (unsigned long long)kt_seed(t));
    LOGF(t, "first %08x", (unsigned)kt_random_u32(t));
    bool seen[7] = {false};
    for (int i = 0; i < 1000; i++) {
        uint64_t value = kt_random_below(t, 7);
        if (!CHECK(value < 7))
            return;
        seen[value] = true;
    }
    for (int i = 0; i < 7; i++)
        CHECK(seen[i]);
    // A plain remainder would give half of these, not a third, the upper bits 0.
    unsigned low = 0;
    for (int i = 0; i < 3000; i++)
        low += kt_random_below(t, UINT64_C(3) << 62) < UINT64_C(1) << 62;
    CHECK(low > 850 && low < 1150);
    float floats[100];
    kt_fill_floats(t, floats, 100);
    for (int i = 0; i < 100; i++)
        CHECK(floats[i] >= -1000 && floats[i] <= 1000);
}
