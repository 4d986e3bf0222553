// Cases for which the runner opens the run's device.
#include "test.h"

TEST(needs_a_driver)
{
    CHECK(kt_device(t));
}
