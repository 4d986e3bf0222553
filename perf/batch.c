#include "batch.h"

#include <stdlib.h>

#include "text.h"

enum {
    SAXPY_GROUP_WORDS = 128 * 4 * 4, // invocations, vectors of each, words of those
    MIX_WORDS = 1024,
    MIX_ROWS = 32,
    TILE = 32, // rows and columns of a product that a workgroup computes
    MIN_CHUNK_WORDS = 4096,
    MAX_CHUNKS = 2048,
    SLOT_WORDS = 64, // 256 bytes: ranges of sums may begin at each multiple, on any device
};

// Data sets of one batch take no more together, or there is only one.
static const uint64_t MAX_DATA_BYTES = UINT64_C(256) << 20;

static uint64_t at_least(uint64_t value, uint64_t least)
{
    return value < least ? least : value;
}

static uint64_t at_most(uint64_t value, uint64_t most)
{
    return value > most ? most : value;
}

static uint64_t divide_up(uint64_t value, uint64_t by)
{
    return (value + by - 1) / by;
}

static const kp_pattern_info *pattern_of(const kp_batch *batch)
{
    return &kp_patterns[batch->work.pattern];
}

// Words of the sums of a part. Those that no chunk has stay zero, which changes no sum.
static uint64_t slot_words(const kp_batch *batch)
{
    return divide_up(batch->part_words / batch->chunk_words, SLOT_WORDS) * SLOT_WORDS;
}

static uint64_t role_words(const kp_batch *batch, kp_role role)
{
    switch (role) {
    case KP_ROLE_SUMS:
    case KP_ROLE_OFFSETS:
        return batch->parts * slot_words(batch);
    case KP_ROLE_TOTAL:
        return 1;
    case KP_ROLE_A:
    case KP_ROLE_C:
        return (uint64_t)batch->rows * batch->rows;
    case KP_ROLE_Y:
        return pattern_of(batch)->is_ring ? batch->words * batch->data_sets : batch->words;
    default:
        return batch->words;
    }
}

// Bits: the roles that a pattern's kernels bind.
static uint32_t roles_of(const kp_pattern_info *pattern)
{
    uint32_t roles = 0;
    for (uint32_t i = 0; i < pattern->cycle_length; i++) {
        const kp_algorithm_info *algorithm = &kp_algorithms[pattern->cycle[i]];
        for (uint32_t p = 0; p < algorithm->pass_count; p++) {
            const kp_pass *pass = &kp_passes[algorithm->passes[p]];
            for (uint32_t b = 0; b < kp_kernels[pass->kernel].bindings; b++)
                roles |= 1u << pass->roles[b];
        }
    }
    return roles;
}

static void find_sizes(kp_batch *batch, const kro_limits *limits)
{
    const kp_work *work = &batch->work;
    batch->words = work->size;
    if (work->pattern == KP_PATTERN_GEMM) {
        batch->rows = (uint32_t)work->size;
        batch->words = work->size * work->size;
    } else if (work->pattern == KP_PATTERN_MIX) {
        batch->rows = MIX_ROWS;
        batch->words = MIX_WORDS;
    } else if (!pattern_of(batch)->has_size) {
        batch->words = KP_GROUP_WORDS;
    }
    batch->chunk_words =
        at_most(at_least(batch->words / MAX_CHUNKS, MIN_CHUNK_WORDS), batch->words);
    const uint64_t bound_words =
        at_most(limits->max_binding_bytes / sizeof(uint32_t),
                (uint64_t)limits->max_groups[0] * at_most(batch->chunk_words, SAXPY_GROUP_WORDS));
    batch->part_words =
        at_most(batch->words, at_least(bound_words / batch->chunk_words, 1) * batch->chunk_words);
    batch->parts = (uint32_t)divide_up(batch->words, batch->part_words);
}

static void make_buffers(kp_batch *batch)
{
    const kp_pattern_info *pattern = pattern_of(batch);
    const uint32_t roles = roles_of(pattern);
    uint64_t set_bytes = 0;
    for (int role = 0; role < KP_ROLE_COUNT; role++)
        if (roles >> role & 1)
            set_bytes += role_words(batch, (kp_role)role) * sizeof(uint32_t);
    batch->data_sets = pattern->data_sets;
    if (pattern->has_size)
        batch->data_sets =
            (uint32_t)at_least(at_most(MAX_DATA_BYTES / set_bytes, pattern->data_sets), 1);
    batch->data_sets = (uint32_t)at_most(batch->data_sets, batch->work.times);
    batch->buffer_count = (pattern->is_ring ? 1 : batch->data_sets) * KP_ROLE_COUNT;
    batch->buffers = kt_memory(batch->buffer_count, sizeof *batch->buffers);
    for (uint32_t i = 0; i < batch->buffer_count; i++) {
        const kp_role role = (kp_role)(i % KP_ROLE_COUNT);
        batch->buffers[i] = (kp_buffer){.data_set = i / KP_ROLE_COUNT,
                                        .role = role,
                                        .words = roles >> role & 1 ? role_words(batch, role) : 0};
    }
}

uint32_t kp_buffer_of(const kp_batch *batch, uint32_t data_set, kp_role role)
{
    return (pattern_of(batch)->is_ring ? 0 : data_set) * KP_ROLE_COUNT + (uint32_t)role;
}

static uint64_t words_of_part(const kp_batch *batch, uint32_t part)
{
    return at_most(batch->words - part * batch->part_words, batch->part_words);
}

// The range of a data set's buffer that a part of a pass binds.
static kp_range find_range(const kp_batch *batch, const kp_pass *pass, uint32_t binding,
                           uint32_t data_set, uint32_t part)
{
    const kp_role role = pass->roles[binding];
    const uint32_t buffer = kp_buffer_of(batch, data_set, role);
    uint64_t first = 0, words = batch->buffers[buffer].words;
    if (pattern_of(batch)->is_ring) {
        words = KP_GROUP_WORDS;
    } else if (pass->is_split && (role == KP_ROLE_SUMS || role == KP_ROLE_OFFSETS)) {
        words = slot_words(batch);
        first = part * words;
    } else if (pass->is_split) {
        words = words_of_part(batch, part);
        first = part * batch->part_words;
    }
    return (kp_range){first * sizeof(uint32_t), words * sizeof(uint32_t), buffer};
}

static bool same_ranges(const kp_ranges *one, const kp_ranges *other)
{
    bool same = one->count == other->count;
    for (uint32_t i = 0; same && i < one->count; i++)
        same = one->at[i].buffer == other->at[i].buffer &&
               one->at[i].offset_bytes == other->at[i].offset_bytes &&
               one->at[i].size_bytes == other->at[i].size_bytes;
    return same;
}

// Finds or adds what a dispatch binds.
static uint32_t find_ranges(kp_batch *batch, const kp_pass *pass, uint32_t data_set, uint32_t part)
{
    kp_ranges wanted = {.count = kp_kernels[pass->kernel].bindings, .are_whole = true};
    for (uint32_t i = 0; i < wanted.count; i++) {
        wanted.at[i] = find_range(batch, pass, i, data_set, part);
        wanted.are_whole =
            wanted.are_whole &&
            wanted.at[i].size_bytes == batch->buffers[wanted.at[i].buffer].words * sizeof(uint32_t);
    }
    for (uint32_t i = 0; i < batch->range_count; i++)
        if (same_ranges(&batch->ranges[i], &wanted))
            return i;
    batch->ranges = kt_memory_append(batch->ranges, batch->range_count, sizeof *batch->ranges);
    batch->ranges[batch->range_count] = wanted;
    return batch->range_count++;
}

// How large a dispatch of that pass is, and what is pushed.
static void shape_op(kp_batch *batch, kp_pass_kind kind, uint32_t part, kp_op *op)
{
    const uint64_t words = words_of_part(batch, part);
    const uint32_t sums_vectors = (uint32_t)(role_words(batch, KP_ROLE_SUMS) / 4);
    const bool independent = pattern_of(batch)->is_independent;
    switch (kind) {
    case KP_PASS_AFFINE:
        op->push[0] = KP_GROUP_WORDS;
        op->push[1] = independent ? 1 : 3;
        op->push[2] = independent ? 0 : 1;
        batch->moved_bytes += 2 * sizeof(uint32_t) * words;
        break;
    case KP_PASS_SAXPY:
        op->groups = (uint32_t)divide_up(words, SAXPY_GROUP_WORDS);
        op->push[0] = kp_float_word(2);
        op->push[1] = (uint32_t)(words / 4);
        batch->moved_bytes += 3 * sizeof(uint32_t) * words;
        break;
    case KP_PASS_SUM_CHUNKS:
        op->groups = (uint32_t)(words / batch->chunk_words);
        op->push[0] = (uint32_t)(batch->chunk_words / 4);
        batch->moved_bytes += sizeof(uint32_t) * words;
        break;
    case KP_PASS_SUM_SUMS:
    case KP_PASS_SCAN_SUMS: // and nothing is carried
        op->push[0] = sums_vectors;
        break;
    case KP_PASS_SCAN_CHUNKS:
        op->groups = (uint32_t)(words / batch->chunk_words);
        op->push[0] = (uint32_t)(batch->chunk_words / 4);
        op->push[1] = 1;
        batch->moved_bytes += 2 * sizeof(uint32_t) * words;
        break;
    default: // KP_PASS_MULTIPLY
        op->groups = batch->rows / TILE * (batch->rows / TILE);
        op->push[0] = batch->rows;
        batch->float_operations += UINT64_C(2) * batch->rows * batch->rows * batch->rows;
    }
}

static void append_op(kp_batch *batch, kp_pass_kind kind, uint32_t data_set, uint32_t part,
                      bool barrier)
{
    enum { FIRST_COUNT = 256 };
    const kp_pass *pass = &kp_passes[kind];
    kp_op op = {.kernel = pass->kernel, .groups = 1, .barrier = barrier};
    op.ranges = find_ranges(batch, pass, data_set, part);
    if (pattern_of(batch)->is_ring)
        op.offset_bytes = data_set * KP_GROUP_WORDS * (uint32_t)sizeof(uint32_t);
    shape_op(batch, kind, part, &op);
    const uint32_t count = batch->count;
    if (count == 0)
        batch->ops = kt_memory(FIRST_COUNT, sizeof *batch->ops);
    else if (count >= FIRST_COUNT && (count & (count - 1)) == 0) // twice as many each time
        batch->ops = kt_memory_grow(batch->ops, 2 * (size_t)count, sizeof *batch->ops);
    batch->ops[batch->count++] = op;
}

// Roles that have been used since the last barrier: as each data set takes part in each pass, what
// conflicts in one set conflicts in all.
typedef struct usage {
    uint32_t read, written;
} usage;

// Whether a pass needs a barrier before it.
static bool use(usage *used, const kp_pass *pass)
{
    const kp_kernel_info *kernel = &kp_kernels[pass->kernel];
    usage now = {0};
    for (uint32_t i = 0; i < kernel->bindings; i++) {
        now.read |= (kernel->reads >> i & 1) << pass->roles[i];
        now.written |= (kernel->writes >> i & 1) << pass->roles[i];
    }
    const bool conflicts =
        (now.written & (used->read | used->written)) || (now.read & used->written);
    used->read = now.read | (conflicts ? 0 : used->read);
    used->written = now.written | (conflicts ? 0 : used->written);
    return conflicts;
}

static void append_pass(kp_batch *batch, kp_pass_kind kind, uint32_t data_sets, usage *used)
{
    const uint32_t parts = kp_passes[kind].is_split ? batch->parts : 1;
    bool barrier = use(used, &kp_passes[kind]) && !pattern_of(batch)->is_independent;
    for (uint32_t set = 0; set < data_sets; set++)
        for (uint32_t part = 0; part < parts; part++) {
            append_op(batch, kind, set, part, barrier);
            barrier = false;
        }
}

void kp_batch_init(kp_batch *batch, const kp_work *work, const kro_limits *limits)
{
    const kp_pattern_info *pattern = &kp_patterns[work->pattern];
    usage used = {0};
    *batch = (kp_batch){.work = *work};
    find_sizes(batch, limits);
    make_buffers(batch);
    for (uint32_t done = 0, round = 0; done < work->times; done += batch->data_sets, round++) {
        const kp_algorithm_info *algorithm =
            &kp_algorithms[pattern->cycle[round % pattern->cycle_length]];
        const uint32_t sets = (uint32_t)at_most(work->times - done, batch->data_sets);
        for (uint32_t i = 0; i < algorithm->pass_count; i++)
            append_pass(batch, algorithm->passes[i], sets, &used);
    }
}

void kp_batch_finish(kp_batch *batch)
{
    free(batch->buffers);
    free(batch->ranges);
    free(batch->ops);
}
