// What the proxy captured of a case: dispatches, and what the case compared.
#ifndef CLI_REPRO_CAPTURE_H
#define CLI_REPRO_CAPTURE_H

#include "capture_format.h"
#include "text.h"

typedef struct cli_dispatch {
    kro__capture_dispatch head;
    kro__capture_pipeline pipeline;
    const void *code;
    const char *entry_point;
    const void *constants; // kro__capture_constant, not aligned; as are the next two
    const void *constant_data;
    const void *regions;  // kro__capture_region
    const void *bindings; // kro__capture_binding
    const void *push;
    const unsigned char *before, *after; // regions, one after another; NULL: not known
} cli_dispatch;

typedef struct cli_arrays {
    kro__capture_arrays head;
    const unsigned char *actual, *low, *high;
    size_t dispatch_count; // that came before
} cli_arrays;

typedef struct cli_capture {
    char *bytes;
    cli_dispatch *dispatches;
    size_t dispatch_count;
    cli_arrays *arrays;
    size_t arrays_count;
    const char *failure;    // the first; NULL: the case did not fail
    size_t failed_dispatch; // how many dispatches came before it
    // Of the device that the newest dispatch ran on:
    bool robust;
    const char *extensions; // each with its zero
    size_t extensions_bytes;
} cli_capture;

// Takes over what such a file holds, `bytes` with it. What a process that ended in the middle left
// half-written ends it, too; NULL holds nothing.
void cli_capture_init(cli_capture *capture, char *bytes, size_t size_bytes);
void cli_capture_finish(cli_capture *capture);

kro__capture_constant cli_dispatch_constant(const cli_dispatch *dispatch, uint32_t index);
kro__capture_binding cli_dispatch_binding(const cli_dispatch *dispatch, uint32_t index);
uint64_t cli_dispatch_region_bytes(const cli_dispatch *dispatch, uint32_t index);
// Where a region starts in `before` and `after`.
uint64_t cli_dispatch_region_start(const cli_dispatch *dispatch, uint32_t index);

#endif
