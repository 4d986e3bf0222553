// Where calls are tortured: a driver behind the proxy, a folder, and memory.
#ifndef LEAKCHECK_TORTURE_PLACE_H
#define LEAKCHECK_TORTURE_PLACE_H

#include "drivers/proxy/proxy.h"
#include "test.h"

enum { TORTURE_PAGE = 1 << 16 };

typedef struct torture_place {
    kt_test *t;
    const kronos_proxy_api *proxy;
    const char
        *variant; // words of the proxy's spec that say what the device is like, each ended by ";"
    kro_context_config config; // opens a context there
    bool computes;             // the driver does what it is told, which the null driver does not
    const char *folder;        // gone when the case ends; see torture_place_empty
    uint32_t *page;            // TORTURE_PAGE bytes that a device can take over
    uint64_t first_allocation; // see torture_arm
} torture_place;

// The run's driver, or the null driver. `variant` lives on. False where the case has failed or was
// skipped.
bool torture_place_begin(torture_place *place, kt_test *t, const char *variant, bool null_driver);
// Removes what is in the folder.
void torture_place_empty(const torture_place *place);

#endif
