// Batches of a hundred thousand operations, shaped to be hard on whatever finds their levels: each
// operation stands in the level that the longest chain of conflicts before it gives, and barriers
// are one fewer than levels. What the levels are is known from the shape, and computed for shorter
// batches by comparing every operation with every earlier one.
#include "bench.h"

enum { FEW = 601, MANY = 100000, SMALL_BYTES = 64 };

// The bytes of the one buffer that an operation reads or writes.
typedef struct touch {
    uint64_t begin, end;
    bool reads;
} touch;

// Operation `i` of `count`.
typedef touch (*shape_function)(uint32_t i, uint32_t count);
// Its level, from 1.
typedef uint32_t (*level_function)(uint32_t i, uint32_t count);

static touch writes(uint64_t begin, uint64_t end)
{
    return (touch){.begin = begin, .end = end};
}

static touch reads(uint64_t begin, uint64_t end)
{
    return (touch){.begin = begin, .end = end, .reads = true};
}

static uint32_t level_chain(uint32_t i, uint32_t count)
{
    (void)count;
    return i + 1;
}

static uint32_t level_one(uint32_t i, uint32_t count)
{
    (void)i;
    (void)count;
    return 1;
}

static uint32_t level_last_second(uint32_t i, uint32_t count)
{
    return i == count - 1 ? 2 : 1;
}

static uint32_t level_first_first(uint32_t i, uint32_t count)
{
    (void)count;
    return i == 0 ? 1 : 2;
}

// Each step lies half on the one before.
static touch stairs_up(uint32_t i, uint32_t count)
{
    (void)count;
    return writes(i, i + 2);
}

static touch stairs_down(uint32_t i, uint32_t count)
{
    return stairs_up(count - 1 - i, count);
}

static touch touching(uint32_t i, uint32_t count)
{
    (void)count;
    return writes(4ull * i, 4ull * i + 4);
}

static touch touching_backwards(uint32_t i, uint32_t count)
{
    return touching(count - 1 - i, count);
}

static touch touching_scattered(uint32_t i, uint32_t count)
{
    return touching((uint32_t)(i * 7919ull % count), count); // a prime that divides no count here
}

static touch one_byte_shared(uint32_t i, uint32_t count)
{
    (void)count;
    return writes(3ull * i, 3ull * i + 4);
}

static touch nested_inwards(uint32_t i, uint32_t count)
{
    return writes(i, 2ull * count - i);
}

static touch nested_outwards(uint32_t i, uint32_t count)
{
    return nested_inwards(count - 1 - i, count);
}

// All even bytes, then all odd ones.
static touch even_then_odd(uint32_t i, uint32_t count)
{
    uint32_t half = (count + 1) / 2;
    uint64_t byte = i < half ? 2ull * i : 2ull * (i - half) + 1;
    return writes(byte, byte + 1);
}

// Two chains on neighbouring bytes.
static touch even_beside_odd(uint32_t i, uint32_t count)
{
    (void)count;
    return writes(i % 2, i % 2 + 1);
}

static uint32_t level_half(uint32_t i, uint32_t count)
{
    (void)count;
    return i / 2 + 1;
}

static touch eight_chains(uint32_t i, uint32_t count)
{
    (void)count;
    return writes(i % 8 * 5, i % 8 * 5 + 5);
}

static uint32_t level_eighth(uint32_t i, uint32_t count)
{
    (void)count;
    return i / 8 + 1;
}

static touch whole_and_part(uint32_t i, uint32_t count)
{
    (void)count;
    return i % 2 ? writes(i % SMALL_BYTES, i % SMALL_BYTES + 1) : writes(0, SMALL_BYTES);
}

static touch whole_read_and_part(uint32_t i, uint32_t count)
{
    touch step = whole_and_part(i, count);
    step.reads = i % 2 == 0;
    return step;
}

// A hundred readers of parts, and a writer of it all.
static touch parts_read_and_whole(uint32_t i, uint32_t count)
{
    (void)count;
    return i % 101 < 100 ? reads(i % 101 % SMALL_BYTES, SMALL_BYTES) : writes(0, SMALL_BYTES);
}

static uint32_t level_of_parts_read(uint32_t i, uint32_t count)
{
    (void)count;
    return 2 * (i / 101) + 1 + (i % 101 == 100);
}

static touch readers_then_writer(uint32_t i, uint32_t count)
{
    return i == count - 1 ? writes(SMALL_BYTES / 2, SMALL_BYTES / 2 + 1) : reads(0, SMALL_BYTES);
}

static touch writer_then_readers(uint32_t i, uint32_t count)
{
    (void)count;
    return i == 0 ? writes(0, 1) : reads(0, SMALL_BYTES);
}

// Rows of bricks, each upon two of the row below.
enum { BRICKS = 100 };

static touch brick_wall(uint32_t i, uint32_t count)
{
    (void)count;
    uint64_t begin = 4ull * (i % BRICKS) + 2 * (i / BRICKS % 2);
    return writes(begin, begin + 4);
}

static uint32_t level_brick(uint32_t i, uint32_t count)
{
    (void)count;
    return i / BRICKS + 1;
}

// The largest power of two with a whole tree of pairs among `count` operations.
static uint32_t tree_leaves(uint32_t count)
{
    uint32_t leaves = 1;
    while (4 * leaves - 1 <= count)
        leaves *= 2;
    return leaves;
}

// Single bytes, then pairs, then pairs of pairs, … up to all of them; then bytes of their own.
static touch tree(uint32_t i, uint32_t count)
{
    uint64_t width = 1;
    uint32_t leaves = tree_leaves(count), in_row = leaves;
    if (i >= 2 * leaves - 1)
        return writes(i, i + 1ull);
    for (; i >= in_row; in_row /= 2, width *= 2)
        i -= in_row;
    return writes(i * width, (i + 1) * width);
}

static uint32_t level_tree(uint32_t i, uint32_t count)
{
    uint32_t leaves = tree_leaves(count), level = 1;
    if (i >= 2 * leaves - 1)
        return 1;
    for (uint32_t in_row = leaves; i >= in_row; in_row /= 2, level++)
        i -= in_row;
    return level;
}

static const struct shape {
    const char *name;
    shape_function at;
    level_function level;
} shapes[] = {
    {"stairs up", stairs_up, level_chain},
    {"stairs down", stairs_down, level_chain},
    {"touching", touching, level_one},
    {"touching, backwards", touching_backwards, level_one},
    {"touching, scattered", touching_scattered, level_one},
    {"one byte shared", one_byte_shared, level_chain},
    {"nested inwards", nested_inwards, level_chain},
    {"nested outwards", nested_outwards, level_chain},
    {"even bytes, then odd", even_then_odd, level_one},
    {"even beside odd bytes", even_beside_odd, level_half},
    {"eight chains", eight_chains, level_eighth},
    {"whole and part", whole_and_part, level_chain},
    {"whole read and part", whole_read_and_part, level_chain},
    {"parts read and whole", parts_read_and_whole, level_of_parts_read},
    {"readers, then a writer", readers_then_writer, level_last_second},
    {"a writer, then readers", writer_then_readers, level_first_first},
    {"brick wall", brick_wall, level_brick},
    {"tree", tree, level_tree},
};

enum { SHAPES = sizeof shapes / sizeof *shapes };

TEST_PARAMS(depth_shapes)
{
    for (uint32_t i = 0; i < SHAPES; i++) {
        char name[64];
        uint32_t length = 0;
        for (const char *from = shapes[i].name; *from; from++)
            if (*from != ',')
                name[length++] = *from == ' ' ? '_' : *from;
        kt_param(params, "%.*s", (int)length, name);
    }
}

// A stream that takes all of it as one batch, and buffers that are large enough for it. What is
// read goes to bytes that nothing else touches.
typedef struct depth {
    bench it;
    kro_stream *stream;
    kro_buffer *buffer, *source, *sink;
    uint64_t sink_bytes;
} depth;

// The least that holds a shape, so that its largest range is the whole buffer.
static uint64_t shape_bytes(const struct shape *shape, uint32_t count, uint64_t *read_bytes)
{
    uint64_t bytes = 0;
    *read_bytes = 1;
    for (uint32_t i = 0; i < count; i++) {
        touch step = shape->at(i, count);
        bytes = step.end > bytes ? step.end : bytes;
        *read_bytes += step.reads ? step.end - step.begin : 0;
    }
    return bytes;
}

static depth depth_create(kt_test *t, uint64_t bytes, uint64_t read_bytes)
{
    depth d = {.it = bench_create(t, &(kro_context_config){.batch_nodes = MANY + 1})};
    d.it.device->runs_nothing = true;
    d.stream = d.it.stream;
    d.buffer = kt_buffer_in(t, d.it.ctx, &(kro_buffer_config){.size_bytes = bytes});
    d.source = kt_buffer_in(t, d.it.ctx, &(kro_buffer_config){.size_bytes = bytes});
    d.sink = kt_buffer_in(t, d.it.ctx, &(kro_buffer_config){.size_bytes = read_bytes});
    return d;
}

static bool depth_record(kt_test *t, depth *d, const touch *step)
{
    const uint64_t bytes = step->end - step->begin;
    if (!step->reads)
        return CHECK_OK(kro_copy(d->stream, d->buffer, step->begin, d->source, 0, bytes));
    d->sink_bytes += bytes;
    return CHECK_OK(
        kro_copy(d->stream, d->sink, d->sink_bytes - bytes, d->buffer, step->begin, bytes));
}

// Records a shape and holds it against the levels it is known to have.
static uint32_t *run_shape(kt_test *t, const struct shape *shape, uint32_t count)
{
    uint64_t read_bytes, bytes = shape_bytes(shape, count, &read_bytes);
    depth d = depth_create(t, bytes, read_bytes);
    uint32_t *levels = kt_alloc(t, count * sizeof *levels);
    for (uint32_t i = 0; i < count; i++) {
        touch step = shape->at(i, count);
        levels[i] = shape->level(i, count);
        if (!depth_record(t, &d, &step))
            return levels;
    }
    CHECK_OK(kro_submit(d.stream, NULL));
    CHECK_EQ_U64(d.it.device->submit_count, 1);
    bench_check_levels(t, &d.it, levels, count);
    return levels;
}

static bool conflict(const touch *a, const touch *b)
{
    return !(a->reads && b->reads) && a->begin < b->end && b->begin < a->end;
}

TEST_FAMILY_CASE(hard_shapes_have_the_levels_of_their_longest_chains)
{
    (void)param;
    const struct shape *shape = &shapes[kt_param_index(t)];
    uint32_t *known = run_shape(t, shape, FEW), longest[FEW];
    for (uint32_t i = 0; i < FEW; i++) {
        touch step = shape->at(i, FEW);
        longest[i] = 1;
        for (uint32_t k = 0; k < i; k++) {
            touch earlier = shape->at(k, FEW);
            if (conflict(&step, &earlier) && longest[k] >= longest[i])
                longest[i] = longest[k] + 1;
        }
    }
    CHECK_U32S(known, longest, FEW);
}

TEST_FAMILY_CASE(hard_shapes_are_as_exact_when_they_are_long)
{
    (void)param;
    run_shape(t, &shapes[kt_param_index(t)], MANY);
}
