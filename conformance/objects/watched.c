#include "objects/watched.h"

#include <stdlib.h>
#include <string.h>

#include "driver_library.h"
#include "ledger.h"

bool is_driver_watched(kt_test *t)
{
    const char *validation = getenv("KRONOS_VALIDATION");
    kro_context *ctx = kt_context(t);
    char *library = ctx ? kt_driver_library(ctx) : NULL;
    const bool watched =
        (validation && strcmp(validation, "1") == 0) || (library && kt_ledger_proxy(library));
    free(library);
    if (watched)
        SKIP(t, "a driver with nothing before it");
    return watched;
}
