#include "random_program.h"

#include <string.h>

// What a byte was last used for, by stream. Index 0 stands for never: operations count from 1.
typedef struct byte_use {
    uint16_t written[RANDOM_MAX_STREAMS], read[RANDOM_MAX_STREAMS];
} byte_use;

// Where random choices come from, and the buffers that they are made for.
typedef struct source {
    const random_program *program;
    uint64_t state;
} source;

typedef struct generator {
    random_program *program;
    source source;
    byte_use uses[RANDOM_MAX_BUFFERS][RANDOM_MAX_BYTES];
    // Up to which operation of the second stream the first is ordered after it.
    uint16_t known[RANDOM_MAX_STREAMS][RANDOM_MAX_STREAMS];
    // What was known when the stream recorded its last operation: its fence carries that on.
    uint16_t carried[RANDOM_MAX_STREAMS][RANDOM_MAX_STREAMS];
    uint16_t submitted[RANDOM_MAX_STREAMS];  // operations up to this one are
    uint16_t fenced_off[RANDOM_MAX_STREAMS]; // operations up to this one are behind a barrier
} generator;

enum { ALIGNMENT = 256, MIN_OPS = 8, MAX_DRAWN_OPS = 48, WORD = 4 };

// SplitMix64 (Steele, Lea, Flood 2014).
static uint64_t next_random(source *from)
{
    uint64_t z = (from->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t below(source *from, uint32_t bound)
{
    return (uint32_t)(next_random(from) % bound);
}

static bool one_in(source *from, uint32_t n)
{
    return below(from, n) == 0;
}

bool random_op_on_device(const random_op *op)
{
    return op->kind <= RANDOM_READ;
}

static bool is_dispatch(random_kind kind)
{
    return kind <= RANDOM_ADD_ATOMIC;
}

bool random_op_is_dispatch(const random_op *op)
{
    return is_dispatch(op->kind);
}

static bool on_host(random_kind kind)
{
    return kind == RANDOM_HOST_WRITE || kind == RANDOM_HOST_READ;
}

// A range that a kernel may bind: aligned, whole words.
static random_range words_range(source *from, bool reads, bool writes)
{
    const random_program *p = from->program;
    random_range range = {.buffer = below(from, p->buffer_count), .reads = reads, .writes = writes};
    uint32_t size = p->sizes[range.buffer];
    range.offset_bytes = below(from, size / ALIGNMENT) * ALIGNMENT;
    uint32_t room = (size - range.offset_bytes) / WORD;
    range.size_bytes = WORD * (one_in(from, 3) ? room : 1 + below(from, room));
    return range;
}

// Any bytes of any buffer.
static random_range bytes_range(source *from, bool reads, bool writes)
{
    const random_program *p = from->program;
    random_range range = {.buffer = below(from, p->buffer_count), .reads = reads, .writes = writes};
    uint32_t size = p->sizes[range.buffer];
    if (one_in(from, 4)) {
        range.size_bytes = size;
        return range;
    }
    range.offset_bytes = below(from, size);
    range.size_bytes = 1 + below(from, size - range.offset_bytes);
    return range;
}

static bool ranges_overlap(const random_range *a, const random_range *b)
{
    return a->buffer == b->buffer && a->offset_bytes < b->offset_bytes + b->size_bytes &&
           b->offset_bytes < a->offset_bytes + a->size_bytes;
}

// Whether a kernel or copy with these ranges is a race with itself.
static bool races_with_itself(const random_op *op)
{
    for (uint32_t i = 0; i < op->range_count; i++)
        for (uint32_t k = 0; k < i; k++)
            if ((op->ranges[i].writes || op->ranges[k].writes) &&
                ranges_overlap(&op->ranges[i], &op->ranges[k]))
                return true;
    return false;
}

static void equal_sizes(random_op *op)
{
    uint32_t smallest = op->ranges[0].size_bytes;
    for (uint32_t i = 1; i < op->range_count; i++)
        if (op->ranges[i].size_bytes < smallest)
            smallest = op->ranges[i].size_bytes;
    for (uint32_t i = 0; i < op->range_count; i++)
        op->ranges[i].size_bytes = smallest;
}

static void draw_ranges(source *from, random_op *op)
{
    switch (op->kind) {
    case RANDOM_AFFINE:
        op->ranges[op->range_count++] = words_range(from, true, true);
        break;
    case RANDOM_ADD_SCALED:
        op->ranges[op->range_count++] = words_range(from, true, false);
        // fall through
    case RANDOM_XOR_REVERSED:
        op->ranges[op->range_count++] = words_range(from, true, false);
        op->ranges[op->range_count++] = words_range(from, false, true);
        equal_sizes(op);
        break;
    case RANDOM_ADD_ATOMIC:
        op->ranges[op->range_count++] = words_range(from, true, false);
        op->ranges[op->range_count] = words_range(from, true, true);
        op->ranges[op->range_count++].size_bytes = WORD;
        break;
    case RANDOM_COPY:
        op->ranges[op->range_count++] = bytes_range(from, true, false);
        op->ranges[op->range_count++] = bytes_range(from, false, true);
        equal_sizes(op);
        break;
    case RANDOM_FILL:
        op->ranges[op->range_count++] = words_range(from, false, true);
        break;
    case RANDOM_WRITE:
    case RANDOM_HOST_WRITE:
        op->ranges[op->range_count++] = bytes_range(from, false, true);
        break;
    case RANDOM_READ:
    case RANDOM_HOST_READ:
        op->ranges[op->range_count++] = bytes_range(from, true, false);
        break;
    default:
        break;
    }
}

// What an operation works with and on.
static void draw_arguments(source *from, random_op *op)
{
    op->factor = (uint32_t)next_random(from) | 1; // odd, so that products keep every bit
    op->addend = (uint32_t)next_random(from);
    draw_ranges(from, op);
}

// The latest operation of stream `other` that the ranges conflict with.
static uint16_t latest_conflict(const generator *g, const random_op *op, uint32_t other)
{
    uint16_t latest = 0;
    for (uint32_t r = 0; r < op->range_count; r++) {
        const random_range *range = &op->ranges[r];
        for (uint32_t i = 0; i < range->size_bytes; i++) {
            const byte_use *use = &g->uses[range->buffer][range->offset_bytes + i];
            if (use->written[other] > latest)
                latest = use->written[other];
            if (range->writes && use->read[other] > latest)
                latest = use->read[other];
        }
    }
    return latest;
}

static void append(generator *g, const random_op *op)
{
    random_program *p = g->program;
    p->ops[p->op_count++] = *op;
    uint16_t number = (uint16_t)p->op_count;
    uint32_t s = op->stream;
    g->known[s][s] = number;
    if (op->kind == RANDOM_BARRIER)
        g->fenced_off[s] = number;
    if (op->kind == RANDOM_SUBMIT || op->kind == RANDOM_FINISH || op->kind == RANDOM_POST) {
        g->submitted[s] = number;
        g->fenced_off[s] = number;
    }
    if (random_op_on_device(op))
        memcpy(g->carried[s], g->known[s], sizeof g->carried[s]);
    for (uint32_t r = 0; r < op->range_count; r++)
        for (uint32_t i = 0; i < op->ranges[r].size_bytes; i++) {
            byte_use *use = &g->uses[op->ranges[r].buffer][op->ranges[r].offset_bytes + i];
            if (op->ranges[r].writes)
                use->written[s] = number;
            if (op->ranges[r].reads)
                use->read[s] = number;
        }
}

// Orders stream `s` after everything `other` has recorded so far.
static void synchronize(generator *g, uint32_t s, uint32_t other)
{
    uint32_t slot = g->program->slot_count++;
    append(g, &(random_op){.kind = RANDOM_POST, .stream = other, .slot = slot});
    append(g, &(random_op){.kind = RANDOM_AWAIT, .stream = s, .slot = slot});
    for (uint32_t i = 0; i < RANDOM_MAX_STREAMS; i++)
        if (i != other && g->carried[other][i] > g->known[s][i])
            g->known[s][i] = g->carried[other][i];
    g->known[s][other] = g->known[other][other];
}

// Puts whatever order the operation needs before it.
static void order(generator *g, const random_op *op)
{
    const random_program *p = g->program;
    for (uint32_t other = 0; other < p->stream_count; other++) {
        uint16_t conflict = latest_conflict(g, op, other);
        if (other != op->stream && conflict > g->known[op->stream][other])
            synchronize(g, op->stream, other);
        // The host waits for what was submitted, and sees nothing else.
        if (on_host(op->kind) && other == op->stream && conflict > g->submitted[other])
            append(g, &(random_op){.kind = RANDOM_SUBMIT, .stream = other});
    }
}

static uint8_t *bytes_of(random_program *p, const random_range *range)
{
    return p->expected[range->buffer] + range->offset_bytes;
}

static uint32_t get_word(const uint8_t *bytes, uint32_t index)
{
    uint32_t word;
    memcpy(&word, bytes + (size_t)index * WORD, WORD);
    return word;
}

static void put_word(uint8_t *bytes, uint32_t index, uint32_t word)
{
    memcpy(bytes + (size_t)index * WORD, &word, WORD);
}

void random_op_model(random_program *p, const random_op *op)
{
    uint8_t *first = op->range_count > 0 ? bytes_of(p, &op->ranges[0]) : NULL;
    uint8_t *second = op->range_count > 1 ? bytes_of(p, &op->ranges[1]) : NULL;
    uint8_t *third = op->range_count > 2 ? bytes_of(p, &op->ranges[2]) : NULL;
    uint32_t size = op->ranges[0].size_bytes, count = size / WORD;
    switch (op->kind) {
    case RANDOM_AFFINE:
        for (uint32_t i = 0; i < count; i++)
            put_word(first, i, get_word(first, i) * op->factor + op->addend);
        break;
    case RANDOM_XOR_REVERSED:
        for (uint32_t i = 0; i < count; i++)
            put_word(second, i, get_word(first, count - 1 - i) ^ op->factor);
        break;
    case RANDOM_ADD_SCALED:
        for (uint32_t i = 0; i < count; i++)
            put_word(third, i, get_word(first, i) + get_word(second, i) * op->factor);
        break;
    case RANDOM_ADD_ATOMIC:
        for (uint32_t i = 0; i < count; i++)
            put_word(second, 0, get_word(second, 0) + get_word(first, i));
        break;
    case RANDOM_COPY:
        memcpy(second, first, size);
        break;
    case RANDOM_FILL:
        for (uint32_t i = 0; i < count; i++)
            put_word(first, i, op->factor);
        break;
    case RANDOM_WRITE:
    case RANDOM_HOST_WRITE:
        memcpy(first, p->data + op->data, size);
        break;
    case RANDOM_READ:
    case RANDOM_HOST_READ:
        memcpy(p->expected_results + op->data, first, size);
        break;
    default:
        break;
    }
}

static bool draw_data(generator *g, random_op *op)
{
    random_program *p = g->program;
    bool writes = op->kind == RANDOM_WRITE || op->kind == RANDOM_HOST_WRITE;
    bool reads = op->kind == RANDOM_READ || op->kind == RANDOM_HOST_READ;
    uint32_t size = op->ranges[0].size_bytes;
    uint32_t *used = writes ? &p->data_bytes : &p->result_bytes;
    if (!writes && !reads)
        return true;
    if (*used + size > RANDOM_DATA_BYTES)
        return false;
    op->data = *used;
    *used += size;
    for (uint32_t i = 0; writes && i < size; i++)
        p->data[op->data + i] = (uint8_t)next_random(&g->source);
    return true;
}

// May the dispatch be marked: does it conflict with nothing since the last barrier or submit?
static bool may_be_independent(const generator *g, const random_op *op)
{
    return g->program->batch_nodes[op->stream] == 0 &&
           latest_conflict(g, op, op->stream) <= g->fenced_off[op->stream];
}

static random_kind draw_kind(generator *g)
{
    static const random_kind kinds[] = {
        RANDOM_AFFINE,       RANDOM_AFFINE,       RANDOM_AFFINE,     RANDOM_XOR_REVERSED,
        RANDOM_XOR_REVERSED, RANDOM_XOR_REVERSED, RANDOM_ADD_SCALED, RANDOM_ADD_SCALED,
        RANDOM_ADD_ATOMIC,   RANDOM_COPY,         RANDOM_COPY,       RANDOM_COPY,
        RANDOM_FILL,         RANDOM_FILL,         RANDOM_WRITE,      RANDOM_READ,
        RANDOM_HOST_WRITE,   RANDOM_HOST_READ,    RANDOM_BARRIER,    RANDOM_SUBMIT,
        RANDOM_SUBMIT,       RANDOM_FINISH,
    };
    return kinds[below(&g->source, sizeof kinds / sizeof *kinds)];
}

static void draw_op(generator *g)
{
    random_program *p = g->program;
    random_op op = {.kind = draw_kind(g), .stream = below(&g->source, p->stream_count)};
    draw_arguments(&g->source, &op);
    if (races_with_itself(&op) || !draw_data(g, &op))
        return;
    order(g, &op);
    op.indirect = is_dispatch(op.kind) && one_in(&g->source, 8);
    op.independent = is_dispatch(op.kind) && one_in(&g->source, 3) && may_be_independent(g, &op);
    append(g, &op);
    random_op_model(p, &op);
}

static void draw_buffers(generator *g)
{
    random_program *p = g->program;
    p->buffer_count = 2 + below(&g->source, RANDOM_MAX_BUFFERS - 1);
    for (uint32_t b = 0; b < p->buffer_count; b++) {
        p->sizes[b] = ALIGNMENT * (1 + below(&g->source, 8)) + below(&g->source, ALIGNMENT);
        p->memory[b] = one_in(&g->source, 3) ? below(&g->source, 3) : 0;
        for (uint32_t i = 0; i < p->sizes[b]; i++)
            p->initial[b][i] = (uint8_t)next_random(&g->source);
        memcpy(p->expected[b], p->initial[b], p->sizes[b]);
    }
}

// Room for one more operation and all that may have to come before it.
static bool has_room(const random_program *program)
{
    return program->op_count + 2 * RANDOM_MAX_STREAMS + 2 <= RANDOM_MAX_OPS &&
           program->slot_count + RANDOM_MAX_STREAMS <= RANDOM_MAX_SLOTS;
}

void random_program_make(random_program *program, uint64_t seed)
{
    static _Thread_local generator g;
    memset(&g, 0, sizeof g);
    memset(program, 0, sizeof *program);
    g.program = program;
    g.source = (source){.program = program, .state = seed};
    program->seed = seed;
    program->stream_count = 1 + below(&g.source, RANDOM_MAX_STREAMS);
    for (uint32_t s = 0; s < program->stream_count; s++)
        program->batch_nodes[s] = one_in(&g.source, 4) ? 1 + below(&g.source, 7) : 0;
    draw_buffers(&g);
    uint32_t drawn = MIN_OPS + below(&g.source, MAX_DRAWN_OPS - MIN_OPS);
    for (uint32_t i = 0; i < drawn && has_room(program); i++)
        draw_op(&g);
}

void random_op_redraw(const random_program *program, random_op *op, uint64_t seed)
{
    source from = {.program = program, .state = seed};
    do {
        op->range_count = 0;
        draw_arguments(&from, op);
    } while (races_with_itself(op));
}
