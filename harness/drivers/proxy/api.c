// What tests in the same process ask of the proxy.
#include "proxy.h"

#include <string.h>

#include "call.h"
#include "capture.h"
#include "engine.h"
#include "export.h"
#include "external.h"
#include "ledger.h"
#include "device_memory.h"
#include "report.h"
#include "state.h"

static void reset_counts(void)
{
    kro__tally_reset();
    kro__engine_reset_counts();
    kro__report_reset();
    kro__external_reset();
}

static uint64_t calls(const char *function)
{
    int call = kro__vk_call_find(function);
    return call < 0 ? 0 : atomic_load(&atomic_load(&kro__counts_now)->calls[call].value);
}

static uint64_t calls_total(void)
{
    kro__counts *counts = atomic_load(&kro__counts_now);
    uint64_t total = 0;
    for (int i = 0; i < KRO__CALL_COUNT; i++)
        total += atomic_load(&counts->calls[i].value);
    return total;
}

static uint64_t calls_that_may(const char *result)
{
    kro__counts *counts = atomic_load(&kro__counts_now);
    uint64_t total = 0;
    for (int i = 0; i < KRO__CALL_COUNT; i++)
        if (kro__vk_has_word(kro__vk_calls[i].errors, result))
            total += atomic_load(&counts->calls[i].value);
    return total;
}

static uint64_t figure(const char *name)
{
    kro__counts *counts = atomic_load(&kro__counts_now);
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        if (!strcmp(kro__figures[i].name, name))
            return atomic_load(&counts->figures[i].value);
    return 0;
}

static uint64_t submissions(void)
{
    return calls("vkQueueSubmit") + calls("vkQueueSubmit2") + calls("vkQueueSubmit2KHR");
}

static size_t objects_text(char *out, size_t bytes)
{
    kro__text text = {.at = out, .room = bytes};
    kro__text_add(&text, "%s", "");
    kro__ledger_list(&text);
    return text.length;
}

static size_t violations_text(char *out, size_t bytes)
{
    kro__text text = {.at = out, .room = bytes};
    kro__text_add(&text, "%s", "");
    kro__report_list(&text);
    return text.length;
}

KRO__EXPORT const kronos_proxy_api *kronos_proxy_get(void)
{
    static const kronos_proxy_api api = {
        .configure = kro__state_configure,
        .reset_counts = reset_counts,
        .calls = calls,
        .calls_total = calls_total,
        .calls_that_may = calls_that_may,
        .figure = figure,
        .fail_reached = kro__refuse_reached,
        .fail_function = kro__refuse_function,
        .objects = kro__ledger_count,
        .objects_text = objects_text,
        .memory_bytes = kro__memory_bytes,
        .mappings = kro__memory_mappings,
        .violations = kro__report_violations,
        .violations_text = violations_text,
        .barriers = kro__engine_barriers,
        .submissions = submissions,
        .replayed = kro__engine_replayed,
        .opaque = kro__engine_opaque,
        .external = kro__external_count,
        .look_inside = kro__external_look,
        .capture = kro__capture_add,
        .captures = kro__capture_is_on,
    };
    return &api;
}
