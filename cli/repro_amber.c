#include "repro_files.h"

#include <inttypes.h>
#include <string.h>

// The names that Amber gives to what a dispatch is made of.
static const char KERNEL[] = "kernel", PIPELINE[] = "dispatch";

// Buffers are made of words; a rest of fewer bytes is filled with zeros.
static void append_words(kt_text *out, const void *bytes, uint64_t size_bytes)
{
    enum { A_LINE = 8 };
    for (uint64_t i = 0; i < size_bytes; i += sizeof(uint32_t)) {
        uint32_t word = 0;
        const uint64_t rest = size_bytes - i;
        memcpy(&word, (const char *)bytes + i, rest < sizeof word ? (size_t)rest : sizeof word);
        kt_text_format(out, "0x%08" PRIx32 "%c", word,
                       i / sizeof word % A_LINE == A_LINE - 1 ? '\n' : ' ');
    }
    kt_text_format(out, "\n");
}

static void append_buffer(kt_text *out, const char *name, uint32_t number, const void *bytes,
                          uint64_t size_bytes)
{
    kt_text_format(out, "\nBUFFER %s%u DATA_TYPE uint32 DATA\n", name, number);
    append_words(out, bytes, size_bytes);
    kt_text_format(out, "END\n");
}

static uint32_t constant_word(const cli_dispatch *dispatch, const kro__capture_constant *constant)
{
    uint32_t word = 0;
    if (constant->offset <= dispatch->pipeline.constant_bytes &&
        constant->size_bytes <= sizeof word &&
        constant->size_bytes <= dispatch->pipeline.constant_bytes - constant->offset)
        memcpy(&word, (const char *)dispatch->constant_data + constant->offset,
               constant->size_bytes);
    return word;
}

static void append_pipeline(kt_text *out, const cli_dispatch *dispatch)
{
    kt_text_format(out, "\nPIPELINE compute %s\n  ATTACH %s ENTRY_POINT %s\n", PIPELINE, KERNEL,
                   dispatch->entry_point);
    for (uint32_t i = 0; i < dispatch->pipeline.constant_count; i++) {
        const kro__capture_constant of = cli_dispatch_constant(dispatch, i);
        kt_text_format(out, "  SPECIALIZE %s %u AS uint32 %" PRIu32 "\n", KERNEL, of.id,
                       constant_word(dispatch, &of));
    }
    for (uint32_t i = 0; i < dispatch->head.binding_count; i++) {
        const kro__capture_binding of = cli_dispatch_binding(dispatch, i);
        kt_text_format(out, "  BIND BUFFER buffer%u AS %s DESCRIPTOR_SET %u BINDING %u", of.region,
                       of.type == KRO__CAPTURE_UNIFORM ? "uniform" : "storage", of.set, of.binding);
        if (of.offset_bytes)
            kt_text_format(out, " DESCRIPTOR_OFFSET %" PRIu64, of.offset_bytes);
        if (of.size_bytes != cli_dispatch_region_bytes(dispatch, of.region))
            kt_text_format(out, " DESCRIPTOR_RANGE %" PRIu64, of.size_bytes);
        kt_text_format(out, "\n");
    }
    if (dispatch->head.push_bytes)
        kt_text_format(out, "  BIND BUFFER push0 AS push_constant\n");
    kt_text_format(out, "END\n");
}

// Words of the result that are asked for together.
typedef struct words {
    uint32_t low[8], high[8];
    uint32_t count;
    uint64_t offset_bytes; // of the first one in its buffer
} words;

static void append_comparison(kt_text *out, const cli_choice *choice, const words *of,
                              const char *comparator, const uint32_t *values)
{
    kt_text_format(out, "EXPECT buffer%u IDX %" PRIu64 " %s", choice->region, of->offset_bytes,
                   comparator);
    for (uint32_t i = 0; i < of->count; i++)
        kt_text_format(out, " 0x%08" PRIx32, values[i]);
    kt_text_format(out, "\n");
}

static void append_expected_words(kt_text *out, const cli_choice *choice, words *of)
{
    if (of->count && !memcmp(of->low, of->high, of->count * sizeof *of->low)) {
        append_comparison(out, choice, of, "EQ", of->low);
    } else if (of->count) {
        append_comparison(out, choice, of, "GE", of->low);
        append_comparison(out, choice, of, "LE", of->high);
    }
    of->count = 0;
}

// Bounds of single precision as bounds of its bits: numbers of one sign are in their order. False
// for others, which are left to repro.c.
static bool order_bits(uint32_t *low, uint32_t *high)
{
    const uint32_t sign = UINT32_C(1) << 31, infinity = UINT32_C(0xff) << 23;
    if ((*low ^ *high) & sign || (*low & ~sign) > infinity || (*high & ~sign) > infinity)
        return false;
    if (*low > *high) {
        const uint32_t swapped = *low;
        *low = *high;
        *high = swapped;
    }
    return true;
}

// Amber compares words, so bytes and single precision are asked for, in whole words of the buffer.
static void append_expectations(kt_text *out, const cli_choice *choice, const unsigned char *low,
                                const unsigned char *high)
{
    enum { AT_ONCE = 8 };
    const uint32_t element = choice->arrays ? choice->arrays->head.element : KRO__CAPTURE_BYTES;
    const uint64_t word = sizeof(uint32_t);
    words of = {.count = 0};
    if (element != KRO__CAPTURE_BYTES && element != KRO__CAPTURE_FLOAT32)
        return;
    for (uint64_t at = (word - choice->offset_bytes % word) % word; at + word <= choice->size_bytes;
         at += word) {
        uint32_t least, most;
        memcpy(&least, low + at, sizeof least);
        memcpy(&most, high + at, sizeof most);
        if (element == KRO__CAPTURE_FLOAT32 && !order_bits(&least, &most)) {
            append_expected_words(out, choice, &of);
            continue;
        }
        if (!of.count)
            of.offset_bytes = choice->offset_bytes + at;
        of.low[of.count] = least;
        of.high[of.count++] = most;
        if (of.count == AT_ONCE)
            append_expected_words(out, choice, &of);
    }
    append_expected_words(out, choice, &of);
}

void cli_repro_amber(const cli_choice *choice, const cli_repro_run *run, kt_text *out)
{
    const cli_dispatch *dispatch = choice->dispatch;
    const kro__capture_dispatch *head = &dispatch->head;
    kt_text_format(out, "#!amber\n# %s: %s\n\nSHADER compute %s SPIRV-HEX\n", run->case_name,
                   run->summary, KERNEL);
    append_words(out, dispatch->code, dispatch->pipeline.code_bytes);
    kt_text_format(out, "END\n");
    for (uint32_t i = 0; i < head->region_count; i++)
        append_buffer(out, "buffer", i, dispatch->before + cli_dispatch_region_start(dispatch, i),
                      cli_dispatch_region_bytes(dispatch, i));
    if (head->push_bytes)
        append_buffer(out, "push", 0, dispatch->push, head->push_bytes);
    append_pipeline(out, dispatch);
    kt_text_format(out, "\nRUN %s %u %u %u\n\n", PIPELINE, head->groups[0], head->groups[1],
                   head->groups[2]);
    const unsigned char *low, *high;
    if (cli_repro_expected(choice, run, &low, &high))
        append_expectations(out, choice, low, high);
}
