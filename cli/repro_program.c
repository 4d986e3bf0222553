#include "repro_files.h"

#include <inttypes.h>
#include <string.h>

#include "embedded.h"
#include "json.h"

extern const kt_embedded cli_repro_templates[];

// Bytes as the inside of a C array, which is never empty.
static void append_bytes(kt_text *out, const char *name, const void *bytes, uint32_t size_bytes)
{
    enum { A_LINE = 16 };
    kt_text_format(out, "static const unsigned char %s[] = {", name);
    for (uint32_t i = 0; i < size_bytes; i++)
        kt_text_format(out, "%s0x%02x,", i % A_LINE ? " " : "\n    ",
                       ((const unsigned char *)bytes)[i]);
    kt_text_format(out, "%s0};\n", size_bytes ? "\n    " : "");
}

// A string as C writes it.
static void append_string(kt_text *out, const char *string)
{
    kt_text_format(out, "\"");
    for (; *string; string++) {
        if (*string == '"' || *string == '\\')
            kt_text_format(out, "\\%c", *string);
        else if ((unsigned char)*string >= ' ' && (unsigned char)*string < 127)
            kt_text_format(out, "%c", *string);
        else
            kt_text_format(out, "\\%03o", (unsigned char)*string);
    }
    kt_text_format(out, "\"");
}

static void append_dispatch(kt_text *out, const cli_dispatch *dispatch, const cJSON *device)
{
    const kro__capture_dispatch *head = &dispatch->head;
    kt_text_format(out, "static const char DEVICE[] = ");
    append_string(out, kt_json_string(device, "name"));
    kt_text_format(out, ";\nstatic const char ENTRY_POINT[] = ");
    append_string(out, dispatch->entry_point);
    kt_text_format(out,
                   ";\nstatic const uint32_t BASE[3] = {%u, %u, %u}, GROUPS[3] = {%u, %u, %u};\n"
                   "static const VkPipelineShaderStageCreateFlags STAGE_FLAGS = 0x%x;\n"
                   "static const uint32_t SUBGROUP_SIZE = %u; // that is required; 0: none is\n",
                   head->base[0], head->base[1], head->base[2], head->groups[0], head->groups[1],
                   head->groups[2], dispatch->pipeline.stage_flags,
                   dispatch->pipeline.subgroup_size);
}

static void append_extensions(kt_text *out, const cli_capture *capture)
{
    uint32_t count = 0;
    kt_text_format(out, "static const char *const EXTENSIONS[] = {\n");
    for (size_t at = 0; at < capture->extensions_bytes; count++) {
        kt_text_format(out, "    ");
        append_string(out, capture->extensions + at);
        kt_text_format(out, ",\n");
        at += strlen(capture->extensions + at) + 1;
    }
    kt_text_format(out, "    NULL,\n};\nenum { EXTENSION_COUNT = %u };\n", count);
}

static void append_buffers(kt_text *out, const cli_dispatch *dispatch)
{
    const kro__capture_dispatch *head = &dispatch->head;
    kt_text_format(out, "static const buffer BUFFERS[] = {\n");
    for (uint32_t i = 0; i < head->region_count; i++)
        kt_text_format(out, "    {\"buffer%u.bin\", %" PRIu64 "},\n", i,
                       cli_dispatch_region_bytes(dispatch, i));
    kt_text_format(out, "    {0},\n};\nenum { BUFFER_COUNT = %u };\n", head->region_count);
    kt_text_format(out, "// set, binding, element, type, buffer, offset, size\n"
                        "static const binding BINDINGS[] = {\n");
    for (uint32_t i = 0; i < head->binding_count; i++) {
        const kro__capture_binding of = cli_dispatch_binding(dispatch, i);
        const bool uniform = of.type == KRO__CAPTURE_UNIFORM;
        kt_text_format(
            out, "    {%u, %u, %u, VK_DESCRIPTOR_TYPE_%s_BUFFER, %u, %" PRIu64 ", %" PRIu64 "},\n",
            of.set, of.binding, of.element, uniform ? "UNIFORM" : "STORAGE", of.region,
            of.offset_bytes, of.size_bytes);
    }
    kt_text_format(out, "    {0},\n};\nenum { BINDING_COUNT = %u };\n", head->binding_count);
}

static void append_constants(kt_text *out, const cli_dispatch *dispatch)
{
    const kro__capture_pipeline *head = &dispatch->pipeline;
    kt_text_format(out, "// id, offset, size\n"
                        "static const VkSpecializationMapEntry CONSTANTS[] = {\n");
    for (uint32_t i = 0; i < head->constant_count; i++) {
        const kro__capture_constant of = cli_dispatch_constant(dispatch, i);
        kt_text_format(out, "    {%u, %u, %u},\n", of.id, of.offset, of.size_bytes);
    }
    kt_text_format(out, "    {0},\n};\nenum { CONSTANT_COUNT = %u, CONSTANT_BYTES = %u };\n",
                   head->constant_count, head->constant_bytes);
    append_bytes(out, "CONSTANT_DATA", dispatch->constant_data, head->constant_bytes);
    append_bytes(out, "PUSH", dispatch->push, dispatch->head.push_bytes);
    kt_text_format(out, "enum { PUSH_BYTES = %u };\n", dispatch->head.push_bytes);
}

static void append_result(kt_text *out, const cli_choice *choice, const cli_repro_run *run)
{
    static const char *const NUMBERS[] = {"BYTES", "FLOAT16", "FLOAT32", "FLOAT64"};
    const uint32_t element = choice->arrays ? choice->arrays->head.element : KRO__CAPTURE_BYTES;
    const unsigned char *lows, *highs;
    const char *low = "\"expected.bin\"", *high = "\"expected.bin\"";
    if (!cli_repro_expected(choice, run, &lows, &highs)) {
        low = high = "NULL";
    } else if (element != KRO__CAPTURE_BYTES) {
        low = "\"expected_low.bin\"";
        high = "\"expected_high.bin\"";
    }
    kt_text_format(out,
                   "// The result: bytes of a buffer. A number is right that lies between those of "
                   "both files.\n"
                   "static const uint32_t RESULT_BUFFER = %u;\n"
                   "static const VkDeviceSize RESULT_OFFSET = %" PRIu64 ", RESULT_BYTES = %" PRIu64
                   ";\nstatic const number RESULT_NUMBER = %s;\n"
                   "static const char *const EXPECTED_LOW = %s, *const EXPECTED_HIGH = %s;\n"
                   "static const char *const RECORDED = \"actual.bin\"; // by the device above\n",
                   choice->region, choice->offset_bytes, choice->size_bytes, NUMBERS[element], low,
                   high);
}

void cli_repro_program(const cli_capture *capture, const cli_choice *choice,
                       const cli_repro_run *run, kt_text *out)
{
    static const char TABLES[] = "// @tables\n", END[] = "// @end\n";
    const char *text = cli_repro_templates[0].text;
    const char *tables = strstr(text, TABLES), *end = strstr(text, END);
    kt_text_format(out, "// %s: %s\n//\n", run->case_name, run->summary);
    kt_text_append(out, text, (size_t)(tables - text));
    append_dispatch(out, choice->dispatch, run->device);
    kt_text_format(out, "static const int ROBUST = %d;\n", capture->robust);
    append_extensions(out, capture);
    append_buffers(out, choice->dispatch);
    append_constants(out, choice->dispatch);
    append_result(out, choice, run);
    kt_text_format(out, "%s", end + strlen(END));
}
