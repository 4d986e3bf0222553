#include "counts.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "arguments.h"
#include "driver_library.h"
#include "drivers.h"
#include "heap.h"
#include "os/library.h"

enum { WARM_UP_ROUNDS = 4 };

// Puts the proxy in front of the driver. Where the driver is the proxy already, what stands behind
// it stays.
static bool set_environment(const kp_scene *of, const char *proxy, kt_text *problem)
{
    char *driver = kt_driver_library(of->ctx);
    char *resolved = realpath(proxy, NULL);
    bool set = driver && resolved;
    if (set && strcmp(driver, resolved) != 0)
        set = setenv("KRONOS_PROXY_DRIVER", driver, 1) == 0 &&
              setenv("KRONOS_PROXY", "exits", 1) == 0; // only then barriers are told apart
    free(resolved);
    free(driver);
    return set || kt_refuse(problem, "counting: the device's driver library cannot be told");
}

static bool open_scene(kp_counter *counter, const kp_scene *of, kt_text *problem)
{
    kt_text device = {0};
    kt_text_format(&device, "uuid:%s", kro_context_info(of->ctx)->uuid);
    counter->device = device.bytes;
    const kro_context_config config = {.device = counter->device, .driver = counter->driver};
    return kp_scene_init(&counter->scene, &config, problem);
}

bool kp_counter_init(kp_counter *counter, const kp_scene *of, kt_text *problem)
{
    char *proxy = kt_own_driver("libkronos_proxy.so");
    *counter = (kp_counter){.driver = proxy};
    if (!proxy)
        return kt_refuse(problem, "counting: the proxy driver is not beside this program");
    if (!set_environment(of, proxy, problem) || !open_scene(counter, of, problem))
        return false;
    const kronos_proxy_api *(*get)(void) =
        (const kronos_proxy_api *(*)(void))kt_loaded_function(proxy, "kronos_proxy_get");
    counter->proxy = get ? get() : NULL;
    return get || kt_refuse(problem, "counting: %s is no proxy driver", proxy);
}

void kp_counter_finish(kp_counter *counter)
{
    kp_scene_finish(&counter->scene);
    free(counter->device);
    free(counter->driver);
}

bool kp_counter_take(const kp_counter *counter, const kp_counted *work, kp_counts *out,
                     kt_text *problem)
{
    const kronos_proxy_api *proxy = counter->proxy;
    kp_heap heap;
    kro_status status = KRO_OK;
    for (int i = 0; status >= 0 && i < WARM_UP_ROUNDS; i++)
        status = work->round(work->self);
    if (!kp_heap_begin(&heap, work->library, problem))
        return false;
    proxy->reset_counts();
    if (status >= 0)
        status = work->round(work->self);
    const uint64_t heap_allocations = kp_heap_end(&heap);
    if (status < 0)
        return kp_refuse_status(problem, "counting", status);
    *out = (kp_counts){
        .submits = proxy->figure("submits"),
        .dispatches = proxy->figure("dispatches"),
        .level_barriers = proxy->barriers(KRONOS_PROXY_BARRIER_LEVEL),
        .entry_barriers = proxy->barriers(KRONOS_PROXY_BARRIER_ENTRY),
        .exit_barriers = proxy->barriers(KRONOS_PROXY_BARRIER_EXIT),
        .descriptor_writes = proxy->figure("descriptor_writes"),
        .objects_created = proxy->figure("objects_created"),
        .memory_allocations = proxy->figure("memory_allocations"),
        .heap_allocations = heap_allocations,
    };
    if (out->dispatches != work->dispatches)
        return kt_refuse(problem, "counting: the proxy saw %llu dispatches of %u",
                         (unsigned long long)out->dispatches, work->dispatches);
    return proxy->violations() == 0 ||
           kt_refuse(problem, "counting: the proxy saw %llu broken rules",
                     (unsigned long long)proxy->violations());
}

static kro_status batch_round(void *scene)
{
    return kp_scene_round(scene);
}

// A function of the library that this program uses. What a compiler takes for the address of one
// may be a place in the program.
static kt_function library_function(void)
{
    kt_function function = NULL;
    *(void **)&function = dlsym(RTLD_DEFAULT, "kro_version");
    return function;
}

bool kp_counter_count(kp_counter *counter, const kp_batch *batch, kp_counts *out, kt_text *problem)
{
    const kp_counted work = {batch_round, &counter->scene, batch->count, library_function()};
    const bool counted = kp_scene_stage(&counter->scene, batch, problem) &&
                         kp_counter_take(counter, &work, out, problem);
    kp_scene_clear(&counter->scene);
    return counted;
}
