// Scheduling and hazards against models that try everything.
#include "schedule.h"

#include <stdlib.h>
#include <string.h>

#include "hazards.h"
#include "test.h"

enum { MAX_NODES = 9, MAX_ACCESSES = 3, BUFFERS = 3, BYTES = 8, BATCHES = 10000 };

typedef struct model_node {
    uint32_t access_count;
    kro__access accesses[MAX_ACCESSES];
    kro__schedule_node plan;
} model_node;

typedef struct model_batch {
    uint32_t count;
    model_node nodes[MAX_NODES];
    bool conflicts[MAX_NODES][MAX_NODES]; // [later][earlier]
} model_batch;

static kro__access random_access(kt_test *t)
{
    uint64_t begin = kt_random_below(t, BYTES);
    uint64_t end = begin + 1 + kt_random_below(t, BYTES - begin);
    if (kt_random_below(t, 3) == 0) {
        begin = 0;
        end = BYTES;
    }
    uint32_t how = (uint32_t)kt_random_below(t, 3);
    return (kro__access){
        .buffer_id = 1 + kt_random_below(t, BUFFERS),
        .begin_bytes = begin,
        .end_bytes = end == BYTES ? KRO__WHOLE : end,
        .reads = how != 1,
        .writes = how != 0,
    };
}

// Two accesses conflict where they share a byte and one of them writes.
static bool overlap(const kro__access *a, const kro__access *b)
{
    return a->buffer_id == b->buffer_id && (a->writes || b->writes) &&
           a->begin_bytes < b->end_bytes && b->begin_bytes < a->end_bytes;
}

static bool nodes_conflict(const model_node *a, const model_node *b)
{
    for (uint32_t i = 0; i < a->access_count; i++)
        for (uint32_t k = 0; k < b->access_count; k++)
            if (overlap(&a->accesses[i], &b->accesses[k]))
                return true;
    return false;
}

// Makes a batch and gives each node the level that the library's own rule does.
static void make_batch(kt_test *t, model_batch *batch, kro__accesses *accesses)
{
    kro__accesses_clear(accesses);
    batch->count = 1 + (uint32_t)kt_random_below(t, MAX_NODES);
    for (uint32_t n = 0; n < batch->count; n++) {
        model_node *node = &batch->nodes[n];
        node->access_count = 1 + (uint32_t)kt_random_below(t, MAX_ACCESSES);
        uint64_t conflict = 0;
        for (uint32_t i = 0; i < node->access_count; i++) {
            node->accesses[i] = random_access(t);
            uint64_t level = kro__accesses_conflict(accesses, &node->accesses[i]);
            conflict = level > conflict ? level : conflict;
        }
        CHECK(kro__accesses_reserve(accesses, node->access_count));
        for (uint32_t i = 0; i < node->access_count; i++)
            kro__accesses_add(accesses, &node->accesses[i], conflict + 1);
        node->plan = (kro__schedule_node){
            .level = (uint32_t)conflict + 1,
            .pipeline_id = (uint32_t)kt_random_below(t, 3),
            .binding_id = (uint32_t)kt_random_below(t, 3),
        };
        for (uint32_t earlier = 0; earlier < n; earlier++)
            batch->conflicts[n][earlier] = nodes_conflict(node, &batch->nodes[earlier]);
    }
}

// Whether `next` may run side by side after `done`: all that its nodes conflict with is done.
static bool may_follow(const model_batch *batch, uint32_t done, uint32_t next)
{
    for (uint32_t n = 0; n < batch->count; n++)
        for (uint32_t earlier = 0; (next >> n & 1) && earlier < n; earlier++)
            if (batch->conflicts[n][earlier] && !(done >> earlier & 1))
                return false;
    return true;
}

// The fewest groups without inner conflicts that any order respecting the conflicts falls into, by
// trying every group after every set of finished nodes.
static uint32_t fewest_groups(const model_batch *batch)
{
    uint32_t all = (1u << batch->count) - 1;
    uint32_t fewest[1u << MAX_NODES];
    for (uint32_t done = 1; done <= all; done++)
        fewest[done] = UINT32_MAX;
    fewest[0] = 0;
    for (uint32_t done = 0; done < all; done++) {
        if (fewest[done] == UINT32_MAX)
            continue;
        uint32_t left = all & ~done;
        for (uint32_t next = left; next; next = (next - 1) & left)
            if (fewest[done] + 1 < fewest[done | next] && may_follow(batch, done, next))
                fewest[done | next] = fewest[done] + 1;
    }
    return fewest[all];
}

// Which group of the schedule each node stands in.
static void find_groups(const kro__schedule *schedule, uint32_t count, uint32_t *group_of)
{
    uint32_t group = 0;
    for (uint32_t position = 0; position < count; position++) {
        if (group < schedule->barrier_count && schedule->barriers[group] == position)
            group++;
        group_of[schedule->order[position]] = group;
    }
}

static bool order_is_right(const model_batch *batch, const kro__schedule *schedule)
{
    uint32_t group_of[MAX_NODES];
    memset(group_of, 0xff, sizeof group_of);
    find_groups(schedule, batch->count, group_of);
    for (uint32_t n = 0; n < batch->count; n++) {
        if (group_of[n] > schedule->barrier_count)
            return false;
        for (uint32_t earlier = 0; earlier < n; earlier++)
            if (batch->conflicts[n][earlier] && group_of[earlier] >= group_of[n])
                return false;
    }
    return true;
}

TEST(no_order_of_a_batch_has_fewer_barriers)
{
    kro__accesses accesses;
    kro__schedule schedule;
    kro__accesses_init(&accesses);
    kro__schedule_init(&schedule);
    CHECK(kro__schedule_reserve(&schedule, MAX_NODES));
    for (uint32_t i = 0; i < BATCHES; i++) {
        model_batch batch;
        kro__schedule_node plan[MAX_NODES];
        make_batch(t, &batch, &accesses);
        for (uint32_t n = 0; n < batch.count; n++)
            plan[n] = batch.nodes[n].plan;
        kro__schedule_build(&schedule, plan, batch.count);
        if (!CHECK(order_is_right(&batch, &schedule)) ||
            !CHECK_EQ_U64(schedule.barrier_count, fewest_groups(&batch) - 1)) {
            LOGF(t, "in batch %u of %u nodes", i, batch.count);
            break;
        }
    }
    kro__accesses_finish(&accesses);
    kro__schedule_finish(&schedule);
}

TEST(nodes_of_a_level_are_ordered_by_pipeline_then_binding)
{
    enum { COUNT = 1000 };
    kro__schedule_node plan[COUNT];
    kro__schedule schedule;
    kro__schedule_init(&schedule);
    CHECK(kro__schedule_reserve(&schedule, COUNT));
    for (uint32_t i = 0; i < COUNT; i++)
        plan[i] = (kro__schedule_node){
            .level = 1 + i % 3,
            .pipeline_id = (uint32_t)kt_random_below(t, 5),
            .binding_id = (uint32_t)kt_random_below(t, 50),
        };
    kro__schedule_build(&schedule, plan, COUNT);
    CHECK_EQ_U64(schedule.barrier_count, 2);
    for (uint32_t i = 1; i < COUNT; i++) {
        uint32_t a = schedule.order[i - 1], b = schedule.order[i];
        if (plan[a].level != plan[b].level)
            continue;
        bool by_pipeline = plan[a].pipeline_id < plan[b].pipeline_id;
        bool same_pipeline = plan[a].pipeline_id == plan[b].pipeline_id;
        bool by_binding = same_pipeline && plan[a].binding_id < plan[b].binding_id;
        bool same = same_pipeline && plan[a].binding_id == plan[b].binding_id && a < b;
        if (!CHECK(by_pipeline || by_binding || same))
            break;
    }
    kro__schedule_finish(&schedule);
}

TEST(plain_order_is_program_order_with_a_barrier_between_any_two)
{
    enum { COUNT = 5 };
    const uint32_t order[] = {0, 1, 2, 3, 4}, barriers[] = {1, 2, 3, 4};
    kro__schedule schedule;
    kro__schedule_init(&schedule);
    CHECK(kro__schedule_reserve(&schedule, COUNT));
    kro__schedule_build_plain(&schedule, COUNT);
    CHECK_U32S(schedule.order, order, COUNT);
    CHECK_EQ_U64(schedule.barrier_count, COUNT - 1);
    CHECK_U32S(schedule.barriers, barriers, COUNT - 1);
    kro__schedule_finish(&schedule);
}
