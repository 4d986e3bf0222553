// What tells a batch that comes again from one that looks like it.
#include "vk/imprint.h"

#include "test.h"

enum { NODES = 5, BARRIERS = 2, OFFSETS = 3, PUSH_BYTES = 80 };

// A batch and all that it points to.
typedef struct model {
    kro__kernel kernels[2];
    kro__node nodes[NODES];
    uint32_t order[NODES], barriers[BARRIERS], offsets[OFFSETS];
    uint8_t push[PUSH_BYTES];
    kro__batch batch;
    kro__vk_gone gone;
} model;

static void make(model *m)
{
    *m = (model){.barriers = {1, 3}, .offsets = {256, 512, 768}, .gone = {5, 9}};
    for (uint32_t i = 0; i < NODES; i++) {
        m->order[i] = NODES - 1 - i;
        m->nodes[i] = (kro__node){
            .op = KRO__OP_DISPATCH,
            .binding_id = 1 + i,
            .dispatch = {.kernel = &m->kernels[i % 2],
                         .groups = {1 + i, 2, 3},
                         .push_first = 16 * i,
                         .push_bytes = 16,
                         .dynamic_first = i % OFFSETS,
                         .dynamic_count = 1},
        };
    }
    for (uint32_t i = 0; i < PUSH_BYTES; i++)
        m->push[i] = (uint8_t)i;
    m->batch = (kro__batch){.nodes = m->nodes,
                            .order = m->order,
                            .node_count = NODES,
                            .barriers = m->barriers,
                            .barrier_count = BARRIERS,
                            .exit_barrier = true,
                            .push = m->push,
                            .push_bytes = PUSH_BYTES,
                            .dynamic_offsets = m->offsets,
                            .dynamic_count = OFFSETS};
}

typedef void (*change_function)(model *m);

static void change_op(model *m)
{
    m->nodes[2].op = KRO__OP_DISPATCH_INDIRECT;
}
static void change_binding(model *m)
{
    m->nodes[2].binding_id++;
}
static void change_kernel(model *m)
{
    m->nodes[2].dispatch.kernel = &m->kernels[1];
}
static void change_groups_x(model *m)
{
    m->nodes[4].dispatch.groups[0]++;
}
static void change_groups_y(model *m)
{
    m->nodes[0].dispatch.groups[1]++;
}
static void change_groups_z(model *m)
{
    m->nodes[1].dispatch.groups[2]++;
}
static void change_push_first(model *m)
{
    m->nodes[3].dispatch.push_first = 0;
}
static void change_push_bytes(model *m)
{
    m->nodes[3].dispatch.push_bytes = 12;
}
static void change_dynamic_first(model *m)
{
    m->nodes[3].dispatch.dynamic_first = 2;
}
static void change_dynamic_count(model *m)
{
    m->nodes[3].dispatch.dynamic_count = 0;
}
static void change_order(model *m)
{
    m->order[1] = NODES - 3;
    m->order[2] = NODES - 2;
}
static void change_barrier(model *m)
{
    m->barriers[1]++;
}
static void change_offset(model *m)
{
    m->offsets[2] += 256;
}
static void change_push(model *m)
{
    m->push[PUSH_BYTES - 1]++;
}
static void drop_node(model *m)
{
    m->batch.node_count--;
}
static void drop_barrier(model *m)
{
    m->batch.barrier_count--;
}
static void drop_offset(model *m)
{
    m->batch.dynamic_count--;
}
static void drop_push(model *m)
{
    m->batch.push_bytes--;
}
static void drop_exit(model *m)
{
    m->batch.exit_barrier = false;
}
static void lose_kernel(model *m)
{
    m->gone.kernels++;
}
static void lose_set(model *m)
{
    m->gone.sets++;
}

static const struct change {
    const char *name;
    change_function make;
} CHANGES[] = {
    {"op", change_op},
    {"binding", change_binding},
    {"kernel", change_kernel},
    {"groups x", change_groups_x},
    {"groups y", change_groups_y},
    {"groups z", change_groups_z},
    {"push_first", change_push_first},
    {"push_bytes", change_push_bytes},
    {"dynamic_first", change_dynamic_first},
    {"dynamic_count", change_dynamic_count},
    {"order", change_order},
    {"a barrier", change_barrier},
    {"an offset", change_offset},
    {"push constants", change_push},
    {"a node fewer", drop_node},
    {"a barrier fewer", drop_barrier},
    {"an offset fewer", drop_offset},
    {"a byte fewer", drop_push},
    {"no exit barrier", drop_exit},
    {"a kernel destroyed", lose_kernel},
    {"a set evicted", lose_set},
};

// Nothing but the same batch passes for it, and of what is gone nothing passes at all.
TEST(an_imprint_equals_its_batch_alone)
{
    model kept, other;
    kro__vk_imprint imprint = {0};
    make(&kept);
    CHECK(!imprint.whole);
    kro__vk_imprint_take(&imprint, &kept.batch, 1, 2, kept.gone);
    CHECK(kro__vk_imprint_equals(&imprint, &kept.batch, kept.gone));
    for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
        make(&other);
        for (uint32_t n = 0; n < NODES; n++) // the same kernels, other memory
            other.nodes[n].dispatch.kernel = kept.nodes[n].dispatch.kernel;
        CHECK(kro__vk_imprint_equals(&imprint, &other.batch, other.gone));
        CHANGES[i].make(&other);
        if (!CHECK(!kro__vk_imprint_equals(&imprint, &other.batch, other.gone)))
            LOGF(t, "changed: %s", CHANGES[i].name);
    }
    kro__vk_imprint_finish(&imprint);
}

// What copies, fills or asks a buffer for groups is not kept; and nothing older stays.
TEST(an_imprint_holds_dispatches_alone)
{
    static const kro__op OTHERS[] = {KRO__OP_DISPATCH_INDIRECT, KRO__OP_COPY, KRO__OP_FILL};
    for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) {
        model m;
        kro__vk_imprint imprint = {0};
        make(&m);
        kro__vk_imprint_take(&imprint, &m.batch, 1, 2, m.gone);
        CHECK(imprint.whole);
        m.nodes[NODES / 2].op = OTHERS[i];
        kro__vk_imprint_take(&imprint, &m.batch, 1, 2, m.gone);
        CHECK(!imprint.whole);
        kro__vk_imprint_finish(&imprint);
    }
}

static uint64_t sketch_of(const model *m)
{
    return kro__vk_imprint_sketch(&m->batch, kro__vk_imprint_key(&m->batch));
}

// A step's number or a time among the push constants makes another sketch.
TEST(sketches_tell_most_batches_apart)
{
    model m;
    make(&m);
    const uint64_t sketch = sketch_of(&m);
    CHECK(sketch_of(&m) == sketch);
    static const uint32_t SEEN[] = {0, 7, PUSH_BYTES - 8, PUSH_BYTES - 1};
    for (size_t i = 0; i < sizeof SEEN / sizeof SEEN[0]; i++) {
        make(&m);
        m.push[SEEN[i]] ^= 1;
        CHECK(sketch_of(&m) != sketch);
    }
    static const change_function changes[] = {drop_node, drop_barrier};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        make(&m);
        changes[i](&m);
        CHECK(sketch_of(&m) != sketch);
    }
}

// What is kept depends on what the program does, and not on where its objects happen to lie.
TEST(sketches_are_of_ids_and_not_of_addresses)
{
    model here, there;
    make(&here);
    make(&there);
    CHECK(sketch_of(&here) == sketch_of(&there));
    there.kernels[0].id = there.kernels[1].id = 7;
    CHECK(sketch_of(&here) != sketch_of(&there));
    CHECK(kro__vk_imprint_may_keep(&here.batch));
    here.nodes[here.order[0]].op = KRO__OP_COPY;
    there.nodes[there.order[NODES - 1]].op = KRO__OP_FILL;
    CHECK(!kro__vk_imprint_may_keep(&here.batch));
    CHECK(!kro__vk_imprint_may_keep(&there.batch));
}
