#include "repro_files.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "arguments.h"
#include "embedded.h"
#include "json.h"
#include "os/files.h"
#include "tool.h"

extern const kt_embedded cli_repro_templates[];

bool cli_repro_expected(const cli_choice *choice, const cli_repro_run *run,
                        const unsigned char **low, const unsigned char **high)
{
    const cli_dispatch *dispatch = choice->dispatch;
    *low = *high = NULL;
    if (choice->arrays) {
        *low = choice->arrays->low;
        *high = choice->arrays->high;
    } else if (!run->failed && dispatch->after) {
        *low = *high = dispatch->after + cli_dispatch_region_start(dispatch, choice->region) +
                       choice->offset_bytes;
    }
    return *low != NULL;
}

static bool write(const char *folder, const char *name, const void *bytes, uint64_t size_bytes,
                  kt_text *problem)
{
    kt_text path = {0};
    kt_text_format(&path, "%s/%s", folder, name);
    const bool written =
        kt_write_file(path.bytes, bytes, (size_t)size_bytes) ||
        kt_refuse(problem, "%s cannot be written: %s", path.bytes, strerror(errno));
    kt_text_finish(&path);
    return written;
}

static bool write_text(const char *folder, const char *name, kt_text *text, kt_text *problem)
{
    const bool written = write(folder, name, kt_text_string(text), text->size_bytes, problem);
    kt_text_finish(text);
    return written;
}

static bool write_buffers(const cli_dispatch *dispatch, const char *folder, kt_text *problem)
{
    bool right = true;
    for (uint32_t i = 0; right && i < dispatch->head.region_count; i++) {
        const uint64_t start = cli_dispatch_region_start(dispatch, i);
        const uint64_t size_bytes = cli_dispatch_region_bytes(dispatch, i);
        char name[48], after[48];
        snprintf(name, sizeof name, "buffer%u.bin", i);
        snprintf(after, sizeof after, "buffer%u.after.bin", i);
        right = write(folder, name, dispatch->before + start, size_bytes, problem) &&
                (!dispatch->after ||
                 write(folder, after, dispatch->after + start, size_bytes, problem));
    }
    return right;
}

// What the recorded device computed; what it had before, where it never came to the end.
static const unsigned char *actual_bytes(const cli_choice *choice)
{
    const cli_dispatch *dispatch = choice->dispatch;
    return (dispatch->after ? dispatch->after : dispatch->before) +
           cli_dispatch_region_start(dispatch, choice->region) + choice->offset_bytes;
}

static bool is_range(const cli_choice *choice)
{
    return choice->arrays && choice->arrays->head.element != KRO__CAPTURE_BYTES;
}

static bool write_result(const cli_choice *choice, const cli_repro_run *run, const char *folder,
                         kt_text *problem)
{
    const unsigned char *low, *high;
    const uint64_t size_bytes = choice->size_bytes;
    if (!write(folder, "actual.bin", actual_bytes(choice), size_bytes, problem))
        return false;
    if (!cli_repro_expected(choice, run, &low, &high))
        return true;
    if (!is_range(choice))
        return write(folder, "expected.bin", low, size_bytes, problem);
    return write(folder, "expected_low.bin", low, size_bytes, problem) &&
           write(folder, "expected_high.bin", high, size_bytes, problem);
}

// The text of the kernel is a help for readers: without the tool it is missing.
static bool write_kernel(const cli_dispatch *dispatch, const char *folder, kt_text *problem)
{
    if (!write(folder, "kernel.spv", dispatch->code, dispatch->pipeline.code_bytes, problem))
        return false;
    kt_text binary = {0}, text = {0}, unheard = {0};
    kt_text_format(&binary, "%s/kernel.spv", folder);
    kt_text_format(&text, "%s/kernel.spvasm", folder);
    const int code = cli_tool_run(
        &(cli_tool){.arguments = (const char *const[]){"spirv-dis", "--no-color", "-o", text.bytes,
                                                       binary.bytes, NULL}},
        &unheard);
    if (code != 0)
        fprintf(stderr, "kronos: kernel.spvasm is left out: there is no spirv-dis here that reads "
                        "kernel.spv (Debian: spirv-tools)\n");
    kt_text_finish(&binary);
    kt_text_finish(&text);
    kt_text_finish(&unheard);
    return true;
}

static void append_rows(kt_text *out, const cli_choice *choice, const cli_repro_run *run)
{
    const unsigned char *low, *high;
    if (!cli_repro_expected(choice, run, &low, &high))
        return;
    if (is_range(choice))
        kt_text_format(out, "| `expected_low.bin`, `expected_high.bin` | between which each number "
                            "of it may lie; any NaN where the first has one, anything where only "
                            "the second has |\n");
    else
        kt_text_format(out, "| `expected.bin` | what it should be |\n");
}

// Fills one place of the page, @NAME@.
static void append_place(kt_text *out, const char *name, size_t length, const cli_choice *choice,
                         size_t dispatch_count, const cli_repro_run *run)
{
    const cJSON *device = run->device;
#define IS(word) (length == strlen(word) && !memcmp(name, word, length))
    if (IS("CASE"))
        kt_text_format(out, "%s", run->case_name);
    else if (IS("SUMMARY"))
        kt_text_format(out, "%s", run->summary);
    else if (IS("VERSION"))
        kt_text_format(out, "%s", kro_version());
    else if (IS("SEED"))
        kt_text_format(out, "%" PRIu64, run->seed);
    else if (IS("DEVICE"))
        kt_text_format(out, "%s", kt_json_string(device, "name"));
    else if (IS("DRIVER"))
        kt_text_format(out, "%s, %s", kt_json_string(device, "driver_name"),
                       kt_json_string(device, "driver_info"));
    else if (IS("MESSAGE"))
        kt_text_format(out, "%s", *run->message ? run->message : "nothing: it passed");
    else if (IS("RESULT"))
        kt_text_format(out, "%" PRIu64 " bytes of buffer %u from byte %" PRIu64 " on",
                       choice->size_bytes, choice->region, choice->offset_bytes);
    else if (IS("EXPECTED_ROWS"))
        append_rows(out, choice, run);
    else if (IS("NUMBER"))
        kt_text_format(out, "%zu", choice->number);
    else if (IS("COUNT"))
        kt_text_format(out, "%zu", dispatch_count);
#undef IS
}

// The page whose places @NAME@ are to be filled.
static void append_page(kt_text *out, const cli_choice *choice, size_t dispatch_count,
                        const cli_repro_run *run)
{
    const char *text = cli_repro_templates[1].text;
    for (const char *at; (at = strchr(text, '@'));) {
        const char *end = strchr(at + 1, '@');
        kt_text_append(out, text, (size_t)(at - text));
        append_place(out, at + 1, (size_t)(end - at - 1), choice, dispatch_count, run);
        text = end + 1;
    }
    kt_text_format(out, "%s", text);
}

bool cli_repro_write(const cli_capture *capture, const cli_choice *choice, const cli_repro_run *run,
                     const char *folder, kt_text *problem)
{
    kt_text program = {0}, amber = {0}, page = {0}, device = {0};
    char *json = cJSON_Print(run->device);
    kt_text_format(&device, "%s\n", json ? json : "");
    cJSON_free(json);
    cli_repro_program(capture, choice, run, &program);
    cli_repro_amber(choice, run, &amber);
    append_page(&page, choice, capture->dispatch_count, run);
    bool right = write_text(folder, "repro.c", &program, problem);
    right = write_text(folder, "kernel.amber", &amber, problem) && right;
    right = write_text(folder, "README.md", &page, problem) && right;
    right = write_text(folder, "device.json", &device, problem) && right;
    return right && write_kernel(choice->dispatch, folder, problem) &&
           write_buffers(choice->dispatch, folder, problem) &&
           write_result(choice, run, folder, problem);
}
