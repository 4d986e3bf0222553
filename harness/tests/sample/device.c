// Cases for which the runner opens the run's device and asks it for known answers. What they break
// is broken by breaking_driver.c.
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

TEST(needs_a_driver)
{
    CHECK(kt_device(t));
}

TEST_PARAMS(enumerate_uses)
{
    for (int i = 0; i < 40; i++)
        kt_param(params, "%d", i);
}

TEST_FAMILY_CASE(uses_the_driver)
{
    CHECK(*param);
}

// From now on nothing that is submitted arrives, in any process.
TEST(breaks_the_machine)
{
    const char *path = getenv("KRONOS_SAMPLE_BROKEN_FILE");
    FILE *file = path ? fopen(path, "we") : NULL;
    if (CHECK(file))
        fclose(file);
}

// The same, in this process.
TEST(spoils_the_process)
{
    CHECK(setenv("KRONOS_SAMPLE_SPOILED", "1", 1) == 0);
}

TEST(uses_the_driver_at_last)
{
    CHECK(true);
}
