// Indirect dispatches whose arguments kernels write, wherever these lie and whatever they are.
#include "proxied.h"
#include "raw.h"

enum { VISITS = 4096, ARGUMENTS = 256, DISPATCHES = 1000 };

// Arguments, and how often each workgroup of all dispatches ran.
typedef struct indirect {
    kt_raw *raw;
    kt_raw_buffer *arguments, *visits;
    kt_raw_kernel *make, *count;
    VkDescriptorSet make_set, count_set;
    uint32_t expected[VISITS];
} indirect;

static indirect *create(kt_raw *raw)
{
    static const uint32_t ZEROS[ARGUMENTS];
    if (!raw)
        return NULL;
    indirect *all = kt_alloc(raw->t, sizeof *all);
    all->raw = raw;
    all->arguments =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = 4 * ARGUMENTS});
    all->visits = kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = 4 * VISITS});
    all->make = kt_raw_kernel_create(raw, "make_group_counts", 1);
    all->count = kt_raw_kernel_create(raw, "count_groups", 1);
    all->make_set = kt_raw_set(raw, all->make, &(kt_raw_range){all->arguments, 0, 12});
    all->count_set = kt_raw_set(raw, all->count, &(kt_raw_range){.buffer = all->visits});
    if (!all->arguments || !all->visits || !all->make_set || !all->count_set)
        return NULL;
    // Where their order is missed, a dispatch takes the arguments that were there before. In fresh
    // memory these are anything, and 2^32 groups a side never end; so they are written first.
    kt_raw_write(raw, all->arguments, ZEROS);
    kt_raw_write(raw, all->visits, all->expected);
    return all;
}

static void expect_groups(indirect *all, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        all->expected[i]++;
}

// What ran before in `src` comes before, and is seen by, what runs then in `dst`.
static void barrier(const indirect *all, VkCommandBuffer commands, VkPipelineStageFlags src,
                    VkPipelineStageFlags dst, VkAccessFlags read)
{
    const VkMemoryBarrier memory = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                    .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                    .dstAccessMask = read};
    all->raw->vkCmdPipelineBarrier(commands, src, dst, 0, 1, &memory, 0, NULL, 0, NULL);
}

// Behind it a kernel may count once more.
static void count_again(const indirect *all, VkCommandBuffer commands)
{
    barrier(all, commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
            VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
            VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
}

static bool holds(indirect *all, bool check)
{
    kt_test *t = all->raw->t;
    uint32_t visits[VISITS] = {0};
    kt_raw_read(all->raw, all->visits, visits);
    bool same = true;
    for (uint32_t i = 0; i < VISITS; i++)
        same = same && visits[i] == all->expected[i];
    return check ? CHECK_U32S(visits, all->expected, VISITS) : same;
}

// Every word of a buffer of counts begins the arguments of a dispatch; a third of them have a zero
// somewhere, and run nothing.
TEST(arguments_lie_at_any_word_and_may_be_zero)
{
    uint32_t words[ARGUMENTS];
    indirect *all = create(kt_raw_create(t, kt_context(t), NULL));
    VkCommandBuffer commands = all ? kt_raw_begin(all->raw, 0) : NULL;
    if (!commands)
        return;
    for (uint32_t i = 0; i < ARGUMENTS; i++)
        words[i] = kt_random_below(t, 8) ? 1 + (uint32_t)kt_random_below(t, 12) : 0;
    kt_raw_write(all->raw, all->arguments, words);
    kt_raw_bind(all->raw, commands, all->count, all->count_set, NULL);
    for (uint32_t i = 0; i + 3 <= ARGUMENTS; i++) {
        all->raw->vkCmdDispatchIndirect(commands, all->arguments->handle, 4 * (uint64_t)i);
        count_again(all, commands);
        expect_groups(all, words[i] * words[i + 1] * words[i + 2]);
    }
    kt_raw_end(all->raw, commands);
    if (kt_raw_run(all->raw, 0, commands))
        holds(all, true);
}

// A kernel writes the arguments, an indirect dispatch reads them, and the next kernel overwrites
// them, a thousand times.
static bool run_thousand(indirect *all, bool see, bool keep)
{
    const VkPipelineStageFlags compute = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT;
    const VkPipelineStageFlags argument = VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT;
    VkCommandBuffer commands = kt_raw_begin(all->raw, 0);
    if (!commands)
        return false;
    for (uint32_t i = 0; i < DISPATCHES; i++) {
        const uint32_t push[KT_RAW_PUSH_BYTES / 4] = {i % 9}; // the first count may be zero
        kt_raw_bind(all->raw, commands, all->make, all->make_set, push);
        all->raw->vkCmdDispatch(commands, 1, 1, 1);
        if (see)
            barrier(all, commands, compute, argument, VK_ACCESS_INDIRECT_COMMAND_READ_BIT);
        kt_raw_bind(all->raw, commands, all->count, all->count_set, NULL);
        all->raw->vkCmdDispatchIndirect(commands, all->arguments->handle, 0);
        if (keep)
            barrier(all, commands, argument | compute, compute,
                    VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT);
        expect_groups(all, push[0] * (push[0] + 1) * (push[0] + 2));
    }
    kt_raw_end(all->raw, commands);
    return kt_raw_run(all->raw, 0, commands);
}

TEST(arguments_are_written_and_read_in_turn)
{
    indirect *all = create(kt_raw_create(t, kt_context(t), NULL));
    if (all && run_thousand(all, true, true))
        holds(all, true);
}

// Either barrier is missed.
TEST(arguments_without_a_barrier_are_others)
{
    static const bool KEPT[][2] = {{true, true}, {false, true}, {true, false}};
    kro_context *ctx = proxied_context(t, "delay=4000000000;reorder=13", NULL);
    for (int i = 0; i < 3; i++) {
        indirect *all = create(kt_raw_create(t, ctx, NULL));
        if (!all || !run_thousand(all, KEPT[i][0], KEPT[i][1]))
            return;
        CHECK(holds(all, false) == (i == 0));
    }
}
