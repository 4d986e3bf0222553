#include "proxied.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "driver_library.h"

const kronos_proxy_api *proxied_api(kt_test *t)
{
    const char *path = kt_proxy_driver(t);
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) {
        FAILF(t, "the proxy driver cannot be opened: %s", path ? dlerror() : "not built");
        return NULL;
    }
    // Never closed: contexts of later cases use the same library.
    const kronos_proxy_api *(*get)(void);
    *(void **)&get = dlsym(library, "kronos_proxy_get");
    if (!get) {
        FAILF(t, "%s is not the proxy driver: %s", path, dlerror());
        return NULL;
    }
    return get();
}

// The run's device as a request and the library of its driver, once they are known.
static char device_request[48];
static char *driver_library;

// Finds the run's device. Once per process, because opening a device costs time.
static bool find_device(kt_test *t)
{
    if (driver_library)
        return true;
    kro_context *ctx = kt_context_with(t, NULL);
    driver_library = ctx ? kt_driver_library(ctx) : NULL;
    if (!CHECK(driver_library != NULL))
        return false;
    snprintf(device_request, sizeof device_request, "uuid:%s", kro_context_info(ctx)->uuid);
    kt_release(t, ctx);
    return true;
}

bool proxied_configure(kt_test *t, const char *spec)
{
    const kronos_proxy_api *api = proxied_api(t);
    char message[256] = "";
    if (!api)
        return false;
    const bool taken = api->configure(spec, message, sizeof message);
    if (!taken)
        FAILF(t, "the proxy refuses '%s': %s", spec, message);
    return taken;
}

bool proxied_prepare(kt_test *t, const char *spec, kro_context_config *config)
{
    const kronos_proxy_api *api = proxied_api(t);
    if (!api || !find_device(t))
        return false;
    if (!getenv("KRONOS_PROXY_DRIVER")) // a run through the proxy has named it already
        kt_set_environment(t, "KRONOS_PROXY_DRIVER", driver_library);
    if (!proxied_configure(t, spec))
        return false;
    config->driver = kt_proxy_driver(t);
    config->device = device_request;
    return true;
}

kro_context *proxied_context(kt_test *t, const char *spec, const kro_context_config *config)
{
    kro_context_config full = config ? *config : (kro_context_config){0};
    return proxied_prepare(t, spec, &full) ? kt_context_with(t, &full) : NULL;
}
