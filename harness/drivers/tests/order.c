// Which orders of commands are allowed, against Vulkan's definition followed to the letter.
#include "order.h"

#include <string.h>

#include "stages.h"
#include "test.h"

TEST(stages_reach_as_far_as_vulkan_says)
{
    const uint32_t compute = KRO__STAGE_COMPUTE, indirect = KRO__STAGE_INDIRECT;
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_TOP_OF_PIPE_BIT), 0);
    CHECK_EQ_U64(kro__stages_dst(VK_PIPELINE_STAGE_2_TOP_OF_PIPE_BIT), KRO__STAGE_ALL);
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_BOTTOM_OF_PIPE_BIT), KRO__STAGE_ALL);
    CHECK_EQ_U64(kro__stages_dst(VK_PIPELINE_STAGE_2_BOTTOM_OF_PIPE_BIT), 0);
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT), compute | indirect);
    CHECK_EQ_U64(kro__stages_dst(VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT), compute);
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT), indirect);
    CHECK_EQ_U64(kro__stages_dst(VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT), compute | indirect);
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_TRANSFER_BIT), KRO__STAGE_TRANSFER);
    CHECK_EQ_U64(kro__stages_dst(VK_PIPELINE_STAGE_2_COPY_BIT), KRO__STAGE_TRANSFER);
    CHECK_EQ_U64(kro__stages_dst(VK_PIPELINE_STAGE_2_CLEAR_BIT), KRO__STAGE_TRANSFER);
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_HOST_BIT), 0);
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT), KRO__STAGE_ALL);
    CHECK_EQ_U64(kro__stages_src(VK_PIPELINE_STAGE_2_NONE), 0);
    CHECK_EQ_U64(kro__stages_dst(VK_PIPELINE_STAGE_2_VERTEX_SHADER_BIT), KRO__STAGE_OTHER);
}

enum { STEPS = 14, QUEUES = 2 };

typedef enum step_kind { ITEM, BARRIER, SIGNAL, WAIT } step_kind;

// A random piece of work, as a list of steps on two queues.
typedef struct step {
    step_kind kind;
    uint32_t queue, stages, dst; // a barrier's two scopes, what a signal follows, what waits
    uint32_t signal;             // of a wait: the step that signals
} step;

static uint32_t random_stages(kt_test *t)
{
    return (uint32_t)kt_random_below(t, KRO__STAGE_ALL + 1);
}

static void random_steps(kt_test *t, step steps[STEPS])
{
    uint32_t last_signal = STEPS;
    for (uint32_t i = 0; i < STEPS; i++) {
        step *s = &steps[i];
        *s = (step){.kind = (step_kind)kt_random_below(t, 4)};
        s->queue = (uint32_t)kt_random_below(t, QUEUES);
        s->stages = random_stages(t);
        s->dst = random_stages(t);
        s->signal = last_signal;
        if (s->kind == ITEM && !s->stages)
            s->stages = KRO__STAGE_COMPUTE;
        if (s->kind == WAIT && last_signal == STEPS)
            s->kind = BARRIER;
        if (s->kind == SIGNAL)
            last_signal = i;
    }
}

// Whether item `a` comes before item `b`, by following where a's completion reaches: its own
// stages, then the second scope of each dependency whose first scope it has reached.
static bool is_before(const step steps[STEPS], uint32_t a, uint32_t b)
{
    uint32_t reached[QUEUES] = {0};
    bool signalled[STEPS] = {0};
    uint32_t own = steps[a].stages;
    for (uint32_t i = a + 1; i < b; i++) {
        const step *s = &steps[i];
        bool same = s->queue == steps[a].queue;
        uint32_t here = reached[s->queue] | (same ? own : 0);
        if (s->kind == BARRIER && (here & s->stages))
            reached[s->queue] |= s->dst;
        if (s->kind == SIGNAL)
            signalled[i] = here & s->stages;
        if (s->kind == WAIT && signalled[s->signal])
            reached[s->queue] |= s->dst;
    }
    return reached[steps[b].queue] & steps[b].stages;
}

// Builds the order; `items` receives the step of each item.
static uint32_t build(kro__order *order, const step steps[STEPS], uint32_t items[STEPS])
{
    uint32_t signals[STEPS], count = 0;
    kro__order_init(order, QUEUES);
    for (uint32_t i = 0; i < STEPS; i++) {
        const step *s = &steps[i];
        switch (s->kind) {
        case ITEM:
            items[count++] = i;
            kro__order_item(order, s->queue, s->stages, i);
            break;
        case BARRIER:
            kro__order_barrier(order, s->queue, s->stages, s->dst);
            break;
        case SIGNAL:
            signals[i] = kro__order_signal(order, s->queue, s->stages);
            break;
        case WAIT:
            kro__order_wait(order, s->queue, signals[s->signal], s->dst);
            break;
        }
    }
    return count;
}

// Two of three orders are kept; without `some`, all are.
static bool keeps(void *some, uint32_t before, uint32_t after)
{
    return !some || (before + after) % 3 != 0;
}

TEST(every_order_keeps_what_barriers_promise)
{
    uint64_t random = kt_seed(t);
    for (int round = 0; round < 5000; round++) {
        step steps[STEPS];
        uint32_t items[STEPS], out[STEPS], place[STEPS];
        random_steps(t, steps);
        kro__order order;
        uint32_t count = build(&order, steps, items);
        bool some = round % 3 == 0;
        if (round % 3 < 2) // each two of them by themselves
            CHECK(kro__order_thin(&order, keeps, some ? &some : NULL));
        CHECK(kro__order_run(&order, (kro__order_mode)(round % 4), &random, out));
        for (uint32_t i = 0; i < count; i++)
            place[out[i]] = i;
        for (uint32_t b = 0; b < count; b++)
            for (uint32_t a = 0; a < b; a++) {
                bool kept = place[a] < place[b] || !keeps(some ? &some : NULL, a, b);
                if (!kept && (round % 4 == 0 || is_before(steps, items[a], items[b])))
                    FAILF(t, "round %d: item %u ran before item %u", round, b, a);
            }
        kro__order_finish(&order);
    }
}

// Two items may swap unless something orders them, and uniform orders find every swap.
TEST(every_legal_order_occurs)
{
    uint64_t random = kt_seed(t);
    for (int round = 0; round < 200; round++) {
        step steps[STEPS];
        uint32_t items[STEPS], out[STEPS], place[STEPS];
        bool swapped[STEPS][STEPS] = {{false}};
        random_steps(t, steps);
        kro__order order;
        uint32_t count = build(&order, steps, items);
        if (round % 2)
            CHECK(kro__order_thin(&order, keeps, NULL));
        for (int draw = 0; draw < 400; draw++) {
            CHECK(kro__order_run(&order, draw % 4 ? KRO__ORDER_UNIFORM : KRO__ORDER_NEWEST, &random,
                                 out));
            for (uint32_t i = 0; i < count; i++)
                place[out[i]] = i;
            for (uint32_t b = 0; b < count; b++)
                for (uint32_t a = 0; a < b; a++)
                    swapped[a][b] = swapped[a][b] || place[b] < place[a];
        }
        // Also through items in between, which are ordered one by one.
        bool before[STEPS][STEPS] = {{false}};
        for (uint32_t b = 0; b < count; b++)
            for (uint32_t a = b; a-- > 0;) {
                before[a][b] = is_before(steps, items[a], items[b]);
                for (uint32_t m = a + 1; m < b; m++)
                    before[a][b] = before[a][b] || (before[a][m] && before[m][b]);
            }
        for (uint32_t b = 0; b < count; b++)
            for (uint32_t a = 0; a < b; a++)
                if (swapped[a][b] == before[a][b])
                    FAILF(t, "round %d: items %u and %u %s", round, a, b,
                          before[a][b] ? "swapped" : "never swapped");
        kro__order_finish(&order);
    }
}

TEST(orders_repeat_with_their_seed)
{
    uint32_t first[50], second[50], other[50];
    for (int mode = KRO__ORDER_UNIFORM; mode <= KRO__ORDER_NEWEST; mode++) {
        uint64_t seed = 5, again = 5, another = 6;
        kro__order order;
        kro__order_init(&order, 1);
        for (uint32_t i = 0; i < 50; i++)
            kro__order_item(&order, 0, KRO__STAGE_COMPUTE, i / 5);
        CHECK(kro__order_run(&order, (kro__order_mode)mode, &seed, first));
        CHECK(kro__order_run(&order, (kro__order_mode)mode, &again, second));
        CHECK(kro__order_run(&order, (kro__order_mode)mode, &another, other));
        CHECK_U32S(first, second, 50);
        CHECK((memcmp(first, other, sizeof first) != 0) == (mode != KRO__ORDER_NEWEST));
        kro__order_finish(&order);
    }
}
