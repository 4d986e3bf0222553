// What the proxy records of a case: any bytes are dispatches and comparisons that lie within them,
// and one of those is chosen, or there is a sentence.
#include "fuzz.h"

#include "repro_choice.h"

// Reads both ends of something that the reader handed out.
static void touch(const void *bytes, uint64_t size_bytes)
{
    const volatile unsigned char *at = bytes;
    if (at && size_bytes) {
        (void)at[0];
        (void)at[size_bytes - 1];
    }
}

static void touch_dispatch(const cli_dispatch *dispatch)
{
    const uint64_t all = cli_dispatch_region_start(dispatch, dispatch->head.region_count);
    touch(dispatch->code, dispatch->pipeline.code_bytes);
    touch(dispatch->constant_data, dispatch->pipeline.constant_bytes);
    touch(dispatch->push, dispatch->head.push_bytes);
    touch(dispatch->before, all);
    touch(dispatch->after, all);
    for (uint32_t i = 0; i < dispatch->pipeline.constant_count; i++)
        (void)cli_dispatch_constant(dispatch, i);
    for (uint32_t i = 0; i < dispatch->head.binding_count; i++) {
        const kro__capture_binding binding = cli_dispatch_binding(dispatch, i);
        fuzz_require(binding.offset_bytes + binding.size_bytes <=
                     cli_dispatch_region_bytes(dispatch, binding.region));
    }
}

static void choose(const cli_capture *capture, size_t number)
{
    cli_choice choice;
    kt_text problem = {0};
    const bool right = cli_choose(capture, number, &choice, &problem);
    fuzz_require(right == !problem.size_bytes);
    if (right)
        fuzz_require(choice.region < choice.dispatch->head.region_count &&
                     choice.offset_bytes + choice.size_bytes <=
                         cli_dispatch_region_bytes(choice.dispatch, choice.region));
    kt_text_finish(&problem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    cli_capture capture;
    char *copy = kt_memory(size_bytes + 1, 1);
    memcpy(copy, bytes, size_bytes);
    cli_capture_init(&capture, copy, size_bytes);
    for (size_t i = 0; i < capture.dispatch_count; i++)
        touch_dispatch(&capture.dispatches[i]);
    for (size_t i = 0; i < capture.arrays_count; i++)
        touch(capture.arrays[i].high, capture.arrays[i].head.size_bytes);
    touch(capture.extensions, capture.extensions_bytes);
    for (size_t number = 0; capture.dispatch_count && number < 3; number++)
        choose(&capture, number);
    cli_capture_finish(&capture);
    return 0;
}
