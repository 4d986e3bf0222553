// Whether something stands between a case and the driver that would answer in its place.
#ifndef CONFORMANCE_OBJECTS_WATCHED_H
#define CONFORMANCE_OBJECTS_WATCHED_H

#include "test.h"

// Validation layers and our proxy remember what passes by, so that a process grows with them, and
// the proxy may hold work back that it reorders. The case is skipped where there is one.
bool is_driver_watched(kt_test *t);

#endif
