// Which drivers the Vulkan loader finds in a test.
#ifndef LOADER_H
#define LOADER_H

#include "test.h"

// The loader finds the null driver and nothing else, until the case ends. False after a failure.
bool loader_use_null(kt_test *t);
// Then lavapipe behind it. False, after a SKIP, where there is none.
bool loader_use_second_driver(kt_test *t);

#endif
