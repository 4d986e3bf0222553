// What the proxy writes when the process ends.
#include <stdio.h>
#include <stdlib.h>

#include "call.h"
#include "device_memory.h"
#include "ledger.h"
#include "leftovers.h"
#include "report.h"
#include "state.h"

static void add_counts(kro__text *text)
{
    kro__counts *counts = atomic_load(&kro__counts_now);
    for (int i = 0; i < KRO__CALL_COUNT; i++) {
        uint64_t calls = atomic_load(&counts->calls[i].value);
        if (calls)
            kro__text_add(text, "%s %llu\n", kro__vk_calls[i].name, (unsigned long long)calls);
    }
}

static void compose(kro__text *text, bool counts)
{
    if (kro__report_violations()) {
        kro__text_add(text, "kronos proxy: violations\n");
        kro__report_list(text);
    }
    if (kro__ledger_count(NULL)) {
        kro__text_add(text,
                      "kronos proxy: still alive at exit, with %llu bytes of device memory, "
                      "%llu of its objects mapped\n",
                      (unsigned long long)kro__memory_bytes(),
                      (unsigned long long)kro__memory_mappings());
        kro__ledger_list(text);
    }
    if (counts) {
        kro__text_add(text, "kronos proxy: calls\n");
        add_counts(text);
    }
}

// What the spec's `report` and `count` ask for.
static void write_report(void)
{
    kro__spec spec;
    kro__state_spec(&spec);
    kro__text text = {0};
    compose(&text, spec.count); // how long it is
    text.room = text.length + 1;
    text.length = 0;
    text.at = malloc(text.room);
    FILE *file = spec.report[0] ? fopen(spec.report, "w") : stderr;
    if (text.at && file) {
        text.at[0] = 0;
        compose(&text, spec.count);
        fputs(text.at, file);
    } else {
        fprintf(stderr, "kronos proxy: the report could not be written to '%s'\n", spec.report);
    }
    if (file && file != stderr)
        fclose(file);
    free(text.at);
}

// The library is never unloaded, so this runs when the process ends. Nothing is freed: destructors
// that run later may still call Vulkan.
__attribute__((destructor)) static void finish(void)
{
    if (!kro__objects)
        return;
    write_report();
    kro__ledger_tell();
    kro__leftovers_tell(&(kro__leftover){.what = "end"});
}
