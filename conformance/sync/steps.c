#include "steps.h"

#include <string.h>

enum { BYTES = 4 * SYNC_STEP_WORDS };

static uint32_t factor_of(uint32_t i)
{
    return 2 * i + 3;
}

static uint32_t addend_of(uint32_t i)
{
    return i * 2654435761u + 1;
}

sync_steps *sync_steps_create(kt_raw *raw)
{
    if (!raw)
        return NULL;
    sync_steps *steps = kt_alloc(raw->t, sizeof *steps);
    steps->raw = raw;
    steps->words = kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = BYTES});
    steps->affine = kt_raw_kernel_create(raw, "affine_words", 1);
    const kt_raw_range range = {.buffer = steps->words};
    steps->set = kt_raw_set(raw, steps->affine, &range);
    if (!steps->words || !steps->set)
        return NULL;
    sync_steps_reset(steps);
    return steps;
}

void sync_steps_reset(sync_steps *steps)
{
    kt_fill_u32s(steps->raw->t, steps->expected, SYNC_STEP_WORDS);
    kt_raw_write(steps->raw, steps->words, steps->expected);
}

void sync_step(const sync_steps *steps, VkCommandBuffer commands, uint32_t i)
{
    const uint32_t push[KT_RAW_PUSH_BYTES / 4] = {SYNC_STEP_WORDS, factor_of(i), addend_of(i)};
    kt_raw_bind(steps->raw, commands, steps->affine, steps->set, push);
    steps->raw->vkCmdDispatch(commands, SYNC_STEP_WORDS / 64, 1, 1);
}

void sync_step_barrier(const sync_steps *steps, VkCommandBuffer commands)
{
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                     .dstAccessMask =
                                         VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT};
    steps->raw->vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                                     VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &barrier, 0, NULL,
                                     0, NULL);
}

VkCommandBuffer sync_step_alone(const sync_steps *steps, uint32_t queue, uint32_t i, bool barrier)
{
    VkCommandBuffer commands = kt_raw_begin(steps->raw, queue);
    if (!commands)
        return NULL;
    if (barrier)
        sync_step_barrier(steps, commands);
    sync_step(steps, commands, i);
    kt_raw_end(steps->raw, commands);
    return commands;
}

void sync_expect_step(sync_steps *steps, uint32_t i)
{
    for (uint32_t k = 0; k < SYNC_STEP_WORDS; k++)
        steps->expected[k] = steps->expected[k] * factor_of(i) + addend_of(i);
}

bool sync_steps_hold(const sync_steps *steps)
{
    uint32_t words[SYNC_STEP_WORDS] = {0};
    kt_raw_read(steps->raw, steps->words, words);
    return memcmp(words, steps->expected, sizeof words) == 0;
}

bool sync_steps_check(const sync_steps *steps)
{
    kt_test *t = steps->raw->t;
    uint32_t words[SYNC_STEP_WORDS] = {0};
    kt_raw_read(steps->raw, steps->words, words);
    return CHECK_U32S(words, steps->expected, SYNC_STEP_WORDS);
}
