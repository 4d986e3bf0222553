#include "torture_faults.h"

#include <inttypes.h>
#include <stdio.h>

#include "heap_watch.h"

const torture_fault torture_faults[TORTURE_FAULTS] = {
    {NULL, KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"VK_ERROR_OUT_OF_HOST_MEMORY", KRO_ERROR_OUT_OF_HOST_MEMORY},
    {"VK_ERROR_OUT_OF_DEVICE_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"VK_ERROR_DEVICE_LOST", KRO_ERROR_DEVICE_LOST},
    {"VK_ERROR_INITIALIZATION_FAILED", KRO_ERROR_DRIVER},
    {"VK_ERROR_MEMORY_MAP_FAILED", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"VK_ERROR_LAYER_NOT_PRESENT", KRO_ERROR_UNSUPPORTED},
    {"VK_ERROR_EXTENSION_NOT_PRESENT", KRO_ERROR_UNSUPPORTED},
    {"VK_ERROR_FEATURE_NOT_PRESENT", KRO_ERROR_UNSUPPORTED},
    {"VK_ERROR_INCOMPATIBLE_DRIVER", KRO_ERROR_NO_DRIVER},
    {"VK_ERROR_TOO_MANY_OBJECTS", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"VK_ERROR_OUT_OF_POOL_MEMORY", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"VK_ERROR_FRAGMENTED_POOL", KRO_ERROR_OUT_OF_DEVICE_MEMORY},
    {"VK_ERROR_INVALID_EXTERNAL_HANDLE", KRO_ERROR_DRIVER},
    {"VK_ERROR_INVALID_OPAQUE_CAPTURE_ADDRESS", KRO_ERROR_DRIVER},
    {"VK_ERROR_INVALID_SHADER_NV", KRO_ERROR_INVALID_SHADER},
};

// By the proxy itself: what the harness allocates would count as the library's.
static void configure(torture_place *place, const char *words)
{
    char spec[512], message[256];
    snprintf(spec, sizeof spec, "%s%s", place->variant, words);
    if (!place->proxy->configure(spec, message, sizeof message))
        FAILF(place->t, "%s", message);
}

void torture_arm(torture_place *place, const torture_fault *fault, uint64_t nth, bool later)
{
    place->proxy->reset_counts();
    if (nth && fault->result) {
        char words[128];
        snprintf(words, sizeof words, "fail=any:%" PRIu64 ":%s%s", nth, fault->result,
                 later ? ":from" : "");
        configure(place, words);
    }
    // Last, so that only the library's count.
    place->first_allocation = heap_watch_now().allocations;
    heap_watch_fail(fault->result ? 0 : nth, later);
}

uint64_t torture_count(const torture_place *place, const torture_fault *fault)
{
    return fault->result ? place->proxy->calls_that_may(fault->result)
                         : heap_watch_now().allocations - place->first_allocation;
}

bool torture_disarm(torture_place *place, const torture_fault *fault, uint64_t nth,
                    const char **function)
{
    const bool refused = nth && torture_count(place, fault) >= nth;
    heap_watch_fail(0, false);
    *function = refused ? "malloc" : NULL;
    if (!fault->result)
        return refused;
    const bool reached = place->proxy->fail_reached();
    *function = place->proxy->fail_function();
    configure(place, "");
    return reached;
}

torture_alive torture_look(const torture_place *place)
{
    return (torture_alive){
        .objects = place->proxy->objects(NULL),
        .memory_bytes = place->proxy->memory_bytes(),
        .mappings = place->proxy->mappings(),
        .violations = place->proxy->violations(),
        .heap_blocks = heap_watch_now().live_blocks,
    };
}
