// Long random batches, held against levels that are computed by comparing every operation with
// every earlier one.
#include "bench.h"

enum { MAX_USES = 3, BUFFERS = 4, ALIGNMENT = 16, BYTES = 1024 };

// What an operation reads or writes of which buffer.
typedef struct random_use {
    uint32_t buffer;
    uint64_t begin, end;
    bool reads; // otherwise it writes
} random_use;

typedef struct random_node {
    bool barrier;     // right before it
    bool independent; // of all behind that barrier, by the caller's word
    uint32_t use_count;
    random_use uses[MAX_USES];
} random_node;

static random_use random_range(kt_test *t, uint64_t alignment, bool is_read)
{
    uint64_t units = BYTES / alignment, begin = kt_random_below(t, units);
    uint64_t end = begin + 1 + kt_random_below(t, kt_random_below(t, 8) ? 3 : units);
    if (kt_random_below(t, 20) == 0) {
        begin = 0;
        end = units;
    }
    return (random_use){
        .buffer = (uint32_t)kt_random_below(t, BUFFERS),
        .begin = begin * alignment,
        .end = (end < units ? end : units) * alignment,
        .reads = is_read,
    };
}

static bool uses_conflict(const random_use *a, const random_use *b)
{
    return a->buffer == b->buffer && !(a->reads && b->reads) && a->begin < b->end &&
           b->begin < a->end;
}

static bool nodes_conflict(const random_node *a, const random_node *b)
{
    for (uint32_t i = 0; i < a->use_count; i++)
        for (uint32_t k = 0; k < b->use_count; k++)
            if (uses_conflict(&a->uses[i], &b->uses[k]))
                return true;
    return false;
}

// Records a dispatch of add_scaled_words on three ranges, or a copy from one range to another.
static kro_status record_node(const bench *it, kro_pipeline *kernel, kro_buffer *const *buffers,
                              const random_node *node)
{
    const uint32_t push[3] = {0};
    kro_binding bindings[MAX_USES];
    if (node->use_count < MAX_USES)
        return kro_copy(it->stream, buffers[node->uses[1].buffer], node->uses[1].begin,
                        buffers[node->uses[0].buffer], node->uses[0].begin,
                        node->uses[0].end - node->uses[0].begin);
    for (uint32_t i = 0; i < MAX_USES; i++)
        bindings[i] = (kro_binding){
            .buffer = buffers[node->uses[i].buffer],
            .binding = i,
            .offset_bytes = node->uses[i].begin,
            .size_bytes = node->uses[i].end - node->uses[i].begin,
        };
    return kro_dispatch(it->stream, kernel,
                        &(kro_dispatch_args){.bindings = bindings,
                                             .binding_count = MAX_USES,
                                             .push = push,
                                             .push_bytes = sizeof push,
                                             .groups = {1},
                                             .independent = node->independent});
}

static random_node random_operation(kt_test *t)
{
    random_node node = {.barrier = kt_random_below(t, 100) == 0, .use_count = MAX_USES};
    if (kt_random_below(t, 2)) {
        node.independent = kt_random_below(t, 4) == 0;
        for (uint32_t i = 0; i < MAX_USES; i++)
            node.uses[i] = random_range(t, ALIGNMENT, i < MAX_USES - 1);
        return node;
    }
    node.use_count = 2;
    node.uses[0] = random_range(t, 1, true);
    node.uses[1] = random_range(t, 1, false);
    uint64_t from = node.uses[0].end - node.uses[0].begin;
    uint64_t to = node.uses[1].end - node.uses[1].begin;
    uint64_t bytes = from < to ? from : to;
    for (uint32_t i = 0; i < 2; i++)
        node.uses[i].end = node.uses[i].begin + bytes;
    if (node.uses[0].buffer == node.uses[1].buffer) // a copy must not overlap itself
        node.uses[1].buffer = (node.uses[1].buffer + 1) % BUFFERS;
    return node;
}

// The level of the last of `count` operations, by looking at all the others.
static uint32_t longest_chain(const random_node *nodes, const uint32_t *levels, uint32_t count)
{
    uint32_t level = 1, behind = 0;
    const random_node *last = &nodes[count - 1];
    for (uint32_t i = count - 1; i-- > 0;) {
        behind |= nodes[i + 1].barrier;
        bool conflicts = behind || (!last->independent && nodes_conflict(&nodes[i], last));
        if (levels[i] >= level && conflicts)
            level = levels[i] + 1;
    }
    return level;
}

TEST(random_deep_batches_have_the_levels_of_their_longest_chains)
{
    enum { ROUNDS = 12, COUNT = 1500 };
    bench it = bench_create(t, NULL);
    it.device->runs_nothing = true;
    kro_pipeline *kernel = kt_pipeline_in(t, it.ctx, "add_scaled_words", NULL);
    kro_buffer *buffers[BUFFERS];
    for (uint32_t i = 0; i < BUFFERS; i++)
        buffers[i] = kt_buffer_in(t, it.ctx, &(kro_buffer_config){.size_bytes = BYTES});
    random_node *nodes = kt_alloc(t, COUNT * sizeof *nodes);
    uint32_t *levels = kt_alloc(t, COUNT * sizeof *levels), deepest = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t i = 0; i < COUNT; i++) {
            nodes[i] = random_operation(t);
            nodes[i].barrier &= i > 0;
            levels[i] = longest_chain(nodes, levels, i + 1);
            deepest = levels[i] > deepest ? levels[i] : deepest;
            if (nodes[i].barrier)
                CHECK_OK(kro_barrier(it.stream));
            if (!CHECK_OK(record_node(&it, kernel, buffers, &nodes[i])))
                return;
        }
        CHECK_OK(kro_submit(it.stream, NULL));
        if (!bench_check_levels(t, &it, levels, COUNT))
            return;
    }
    CHECK(deepest > COUNT / 10 && deepest < COUNT); // neither one chain nor a heap
}
