#include "repro_capture.h"

#include <stdlib.h>
#include <string.h>

// Bytes that are being read, from the front.
typedef struct rest {
    const char *at;
    uint64_t size_bytes;
} rest;

// The next bytes, or NULL where there are fewer.
static const void *take(rest *from, uint64_t size_bytes)
{
    if (size_bytes > from->size_bytes)
        return NULL;
    const void *taken = from->at;
    from->at += size_bytes;
    from->size_bytes -= size_bytes;
    return taken;
}

static bool take_struct(rest *from, void *out, size_t size_bytes)
{
    const void *bytes = take(from, size_bytes);
    if (bytes)
        memcpy(out, bytes, size_bytes);
    return bytes != NULL;
}

static bool read_pipeline(cli_dispatch *out, rest from)
{
    kro__capture_pipeline *head = &out->pipeline;
    if (!take_struct(&from, head, sizeof *head))
        return out->head.pipeline_bytes == 0; // a dispatch that lacks it
    out->code = take(&from, head->code_bytes);
    out->entry_point = take(&from, head->entry_bytes);
    out->constants = take(&from, head->constant_count * (uint64_t)sizeof(kro__capture_constant));
    out->constant_data = take(&from, head->constant_bytes);
    return out->code && out->entry_point && out->constants && out->constant_data &&
           head->entry_bytes && !out->entry_point[head->entry_bytes - 1];
}

static uint64_t all_region_bytes(const cli_dispatch *dispatch)
{
    return cli_dispatch_region_start(dispatch, dispatch->head.region_count);
}

// Sizes that come to more than numbers hold would be taken for small ones.
static bool do_regions_add_up(const cli_dispatch *of)
{
    uint64_t rest_bytes = UINT64_MAX;
    for (uint32_t i = 0; i < of->head.region_count; i++) {
        const uint64_t size_bytes = cli_dispatch_region_bytes(of, i);
        if (size_bytes > rest_bytes)
            return false;
        rest_bytes -= size_bytes;
    }
    return true;
}

// A binding outside of its region would be read past its end.
static bool are_bindings_inside(const cli_dispatch *of)
{
    for (uint32_t i = 0; i < of->head.binding_count; i++) {
        const kro__capture_binding binding = cli_dispatch_binding(of, i);
        if (binding.region >= of->head.region_count)
            return false;
        const uint64_t whole = cli_dispatch_region_bytes(of, binding.region);
        if (binding.offset_bytes > whole || binding.size_bytes > whole - binding.offset_bytes)
            return false;
    }
    return true;
}

static bool add_dispatch(cli_capture *capture, rest from)
{
    cli_dispatch made = {0};
    if (!take_struct(&from, &made.head, sizeof made.head))
        return false;
    const char *pipeline = take(&from, made.head.pipeline_bytes);
    made.regions = take(&from, made.head.region_count * (uint64_t)sizeof(kro__capture_region));
    made.bindings = take(&from, made.head.binding_count * (uint64_t)sizeof(kro__capture_binding));
    made.push = take(&from, made.head.push_bytes);
    if (!pipeline || !made.regions || !made.bindings || !made.push ||
        !read_pipeline(&made, (rest){pipeline, made.head.pipeline_bytes}) ||
        !do_regions_add_up(&made) || !are_bindings_inside(&made))
        return false;
    if (!made.head.lack && !(made.before = take(&from, all_region_bytes(&made))))
        return false;
    capture->dispatches =
        kt_memory_append(capture->dispatches, capture->dispatch_count, sizeof *capture->dispatches);
    capture->dispatches[capture->dispatch_count++] = made;
    return true;
}

static bool add_after(cli_capture *capture, rest from)
{
    cli_dispatch *last =
        capture->dispatch_count ? &capture->dispatches[capture->dispatch_count - 1] : NULL;
    if (!last || last->head.lack || from.size_bytes != all_region_bytes(last))
        return false;
    last->after = (const unsigned char *)from.at;
    return true;
}

static bool add_arrays(cli_capture *capture, rest from)
{
    cli_arrays made = {.dispatch_count = capture->dispatch_count};
    if (!take_struct(&from, &made.head, sizeof made.head) ||
        made.head.element > KRO__CAPTURE_FLOAT64)
        return false;
    made.actual = take(&from, made.head.size_bytes);
    made.low = take(&from, made.head.size_bytes);
    made.high = take(&from, made.head.size_bytes);
    if (!made.actual || !made.low || !made.high)
        return false;
    capture->arrays =
        kt_memory_append(capture->arrays, capture->arrays_count, sizeof *capture->arrays);
    capture->arrays[capture->arrays_count++] = made;
    return true;
}

static bool add_failure(cli_capture *capture, rest from)
{
    if (!from.size_bytes || from.at[from.size_bytes - 1])
        return false;
    if (!capture->failure) {
        capture->failure = from.at;
        capture->failed_dispatch = capture->dispatch_count;
    }
    return true;
}

static bool add_device(cli_capture *capture, rest from)
{
    kro__capture_device head;
    if (!take_struct(&from, &head, sizeof head) ||
        (from.size_bytes && from.at[from.size_bytes - 1]))
        return false;
    capture->robust = head.robust;
    capture->extensions = from.at;
    capture->extensions_bytes = (size_t)from.size_bytes;
    return true;
}

// Reads one record; false where nothing that follows belongs to the case.
static bool read_record(cli_capture *capture, const kro__capture_record *record, rest from)
{
    switch ((kro__capture_kind)record->kind) {
    case KRO__CAPTURE_OPEN: // a second attempt, or a known answer
        return !capture->dispatch_count;
    case KRO__CAPTURE_DEVICE:
        return add_device(capture, from);
    case KRO__CAPTURE_DISPATCH:
        return add_dispatch(capture, from);
    case KRO__CAPTURE_AFTER:
        return add_after(capture, from);
    case KRO__CAPTURE_ARRAYS:
        return add_arrays(capture, from);
    case KRO__CAPTURE_FAILURE:
        return add_failure(capture, from);
    case KRO__CAPTURE_END:
        return false;
    }
    return true;
}

void cli_capture_init(cli_capture *capture, char *bytes, size_t size_bytes)
{
    *capture = (cli_capture){.bytes = bytes, .extensions = ""};
    rest all = {bytes, bytes ? size_bytes : 0};
    kro__capture_record record;
    while (take_struct(&all, &record, sizeof record)) {
        const char *inside = take(&all, record.size_bytes);
        if (!inside || !read_record(capture, &record, (rest){inside, record.size_bytes}))
            break;
    }
}

void cli_capture_finish(cli_capture *capture)
{
    free(capture->bytes);
    free(capture->dispatches);
    free(capture->arrays);
    *capture = (cli_capture){0};
}

kro__capture_constant cli_dispatch_constant(const cli_dispatch *dispatch, uint32_t index)
{
    kro__capture_constant constant;
    memcpy(&constant, (const char *)dispatch->constants + index * sizeof constant, sizeof constant);
    return constant;
}

kro__capture_binding cli_dispatch_binding(const cli_dispatch *dispatch, uint32_t index)
{
    kro__capture_binding binding;
    memcpy(&binding, (const char *)dispatch->bindings + index * sizeof binding, sizeof binding);
    return binding;
}

uint64_t cli_dispatch_region_bytes(const cli_dispatch *dispatch, uint32_t index)
{
    kro__capture_region region;
    memcpy(&region, (const char *)dispatch->regions + index * sizeof region, sizeof region);
    return region.size_bytes;
}

uint64_t cli_dispatch_region_start(const cli_dispatch *dispatch, uint32_t index)
{
    uint64_t start = 0;
    for (uint32_t i = 0; i < index; i++)
        start += cli_dispatch_region_bytes(dispatch, i);
    return start;
}
