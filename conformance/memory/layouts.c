// Where members of blocks lie: each block of shaders/blocks.txt as a shader, compiled by glslc for
// std140, std430 or scalar layout, against the same block as a C struct. Three who lay out members
// must agree: the C compiler, which knows alignments alone; glslc, which writes offsets into the
// shader; and the driver, which follows them.
#include "exact.h"
#include "kernel.h"

#include <string.h>

// Kinds of scalars, as blocks.py names them.
typedef enum block_kind {
    BLOCK_FLOAT,
    BLOCK_DOUBLE,
    BLOCK_FLOAT16,
    BLOCK_INT,
    BLOCK_UINT,
    BLOCK_INT64,
    BLOCK_UINT64,
    BLOCK_INT16,
    BLOCK_UINT16,
    BLOCK_INT8,
    BLOCK_UINT8,
} block_kind;

static const uint32_t KIND_BYTES[] = {4, 8, 2, 4, 4, 8, 8, 2, 2, 1, 1};

// A scalar of a block, in the order in which the shader reads and writes them.
typedef struct block_component {
    uint32_t offset_bytes;
    block_kind kind;
} block_component;

typedef struct block {
    const char *param, *shader;
    const block_component *components;
    uint32_t count, size_bytes;
    uint64_t needs;
} block;

#include "blocks.inc"

enum { BLOCK_COUNT = sizeof BLOCKS / sizeof BLOCKS[0] };

TEST_PARAMS(block_names)
{
    for (int i = 0; i < BLOCK_COUNT; i++)
        kt_param(params, "%s", BLOCKS[i].param);
}

// What the shader does, by number.
typedef enum block_mode { READ, WRITE, READ_SUBSCRIPTED, WRITE_SUBSCRIPTED, COPY } block_mode;

// A block full of random values: as it lies in memory, with poison between the members, and as the
// words that the shader reads one after another.
typedef struct block_image {
    uint8_t *bytes;
    uint32_t *words;
    uint32_t word_count;
} block_image;

// Bits of a kind. Floats are normal numbers, since nothing else must survive a load and a store.
static uint64_t random_bits(kt_test *t, block_kind kind)
{
    const uint64_t bits = kt_random_u64(t);
    switch (kind) {
    case BLOCK_FLOAT:
        return (bits & 0xbfffffff) | 0x20000000;
    case BLOCK_DOUBLE:
        return (bits & 0xbfffffffffffffff) | 0x2000000000000000;
    case BLOCK_FLOAT16:
        return (bits & 0xbfff) | 0x2000;
    default:
        return bits >> (64 - 8 * KIND_BYTES[kind]);
    }
}

// A value as the shader hands it over: narrow ones widened to 32 bits.
static uint64_t widened(block_kind kind, uint64_t bits)
{
    uint32_t word;
    float value;
    switch (kind) {
    case BLOCK_FLOAT16:
        value = (float)exact_decode(&exact_half, bits);
        memcpy(&word, &value, sizeof word);
        return word;
    case BLOCK_INT16:
        return (uint32_t)(int16_t)bits;
    case BLOCK_INT8:
        return (uint32_t)(int8_t)bits;
    default:
        return bits;
    }
}

static block_image random_image(kt_test *t, const block *b)
{
    block_image image = {.bytes = kt_alloc(t, b->size_bytes),
                         .words = kt_alloc(t, 2 * sizeof(uint32_t) * b->count)};
    kt_poison(image.bytes, b->size_bytes);
    for (uint32_t i = 0; i < b->count; i++) {
        const block_component *component = &b->components[i];
        const uint64_t bits = random_bits(t, component->kind);
        const uint64_t wide = widened(component->kind, bits);
        for (uint32_t k = 0; k < KIND_BYTES[component->kind]; k++)
            image.bytes[component->offset_bytes + k] = (uint8_t)(bits >> 8 * k);
        image.words[image.word_count++] = (uint32_t)wide;
        if (KIND_BYTES[component->kind] == 8)
            image.words[image.word_count++] = (uint32_t)(wide >> 32);
    }
    return image;
}

// One run of a block's shader: a block to read, one to write, and their words.
typedef struct block_run {
    kro_buffer *from, *given;
    kt_output to, seen;
} block_run;

static void run_mode(kt_test *t, const block *b, const block_run *run, block_mode mode)
{
    const kro_constant constant = {0, .value.u32 = mode};
    kro_pipeline *pipeline =
        kt_pipeline_in(t, kt_context(t), b->shader,
                       &(kro_pipeline_config){.constants = &constant, .constant_count = 1});
    const uint32_t zero = 0;
    const kro_binding bindings[] = {{run->from, .binding = 0},
                                    kt_output_binding(&run->to, 1),
                                    kt_output_binding(&run->seen, 2),
                                    {run->given, .binding = 3}};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), pipeline,
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = 4,
                                               .push = &zero,
                                               .push_bytes = sizeof zero,
                                               .groups = {1}}));
}

// The case's block; NULL where the device lacks what it needs: skipped then.
static const block *the_block(kt_test *t)
{
    const block *b = &BLOCKS[kt_param_index(t)];
    const kro_device_info *device = kt_device(t);
    const char *missing = device ? kt_needs_missing(b->needs, device) : NULL;
    if (missing)
        SKIP(t, "%s is not supported", missing);
    return device && !missing ? b : NULL;
}

static void check_read(kt_test *t, block_mode mode)
{
    const block *b = the_block(t);
    if (!b)
        return;
    const block_image in = random_image(t, b);
    const uint32_t words_bytes = (uint32_t)sizeof(uint32_t) * in.word_count;
    uint32_t *actual = kt_alloc(t, words_bytes);
    const block_run run = {.from = kt_buffer(t, b->size_bytes, in.bytes),
                           .given = kt_buffer(t, words_bytes, NULL),
                           .to = kt_output_create(t, kt_context(t), b->size_bytes),
                           .seen = kt_output_create(t, kt_context(t), words_bytes)};
    run_mode(t, b, &run, mode);
    if (kt_output_read(t, &run.seen, actual))
        CHECK_U32S(actual, in.words, in.word_count);
}

// What lies between members stays as it was.
static void check_write(kt_test *t, block_mode mode)
{
    const block *b = the_block(t);
    if (!b)
        return;
    const block_image out = random_image(t, b);
    const uint32_t words_bytes = (uint32_t)sizeof(uint32_t) * out.word_count;
    uint8_t *actual = kt_alloc(t, b->size_bytes);
    const block_run run = {.from = kt_buffer(t, b->size_bytes, NULL),
                           .given = kt_buffer(t, words_bytes, out.words),
                           .to = kt_output_create(t, kt_context(t), b->size_bytes),
                           .seen = kt_output_create(t, kt_context(t), words_bytes)};
    run_mode(t, b, &run, mode);
    if (kt_output_read(t, &run.to, actual))
        CHECK_BYTES(actual, out.bytes, b->size_bytes);
}

// Assigning a struct or an array may write what lies between its members, so that is not looked at.
static void check_copy(kt_test *t)
{
    const block *b = the_block(t);
    if (!b)
        return;
    const block_image in = random_image(t, b);
    const uint32_t words_bytes = (uint32_t)sizeof(uint32_t) * in.word_count;
    uint8_t *copied = kt_alloc(t, b->size_bytes), *members = kt_alloc(t, b->size_bytes);
    const block_run run = {.from = kt_buffer(t, b->size_bytes, in.bytes),
                           .given = kt_buffer(t, words_bytes, NULL),
                           .to = kt_output_create(t, kt_context(t), b->size_bytes),
                           .seen = kt_output_create(t, kt_context(t), words_bytes)};
    run_mode(t, b, &run, COPY);
    if (!kt_output_read(t, &run.to, copied))
        return;
    kt_poison(members, b->size_bytes);
    for (uint32_t i = 0; i < b->count; i++) {
        const uint32_t offset = b->components[i].offset_bytes;
        memcpy(members + offset, copied + offset, KIND_BYTES[b->components[i].kind]);
    }
    CHECK_BYTES(members, in.bytes, b->size_bytes);
}

// Each scalar that the host writes where C puts it the shader reads where GLSL puts it.
TEST_FAMILY_CASE(members_are_read_where_c_puts_them)
{
    (void)param;
    check_read(t, READ);
}

// The other way round.
TEST_FAMILY_CASE(members_are_written_where_c_puts_them)
{
    (void)param;
    check_write(t, WRITE);
}

// With subscripts of arrays, matrices and vectors that are computed at run time.
TEST_FAMILY_CASE(subscripts_find_what_c_wrote)
{
    (void)param;
    check_read(t, READ_SUBSCRIPTED);
}

TEST_FAMILY_CASE(subscripts_find_where_c_reads)
{
    (void)param;
    check_write(t, WRITE_SUBSCRIPTED);
}

// Vectors, matrices, arrays and structs that are assigned whole arrive whole.
TEST_FAMILY_CASE(members_are_copied_whole)
{
    (void)param;
    check_copy(t);
}
