#include "stages.h"

#include "order.h"

static uint32_t translate(VkPipelineStageFlags2 stages)
{
    const VkPipelineStageFlags2 transfer = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT |
                                           VK_PIPELINE_STAGE_2_COPY_BIT |
                                           VK_PIPELINE_STAGE_2_CLEAR_BIT;
    // What compute work never executes in.
    const VkPipelineStageFlags2 elsewhere = VK_PIPELINE_STAGE_2_HOST_BIT |
                                            VK_PIPELINE_STAGE_2_TOP_OF_PIPE_BIT |
                                            VK_PIPELINE_STAGE_2_BOTTOM_OF_PIPE_BIT;
    if (stages & VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT)
        return KRO__STAGE_ALL;
    uint32_t found = 0;
    if (stages & VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT)
        found |= KRO__STAGE_COMPUTE;
    if (stages & transfer)
        found |= KRO__STAGE_TRANSFER;
    if (stages & VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT)
        found |= KRO__STAGE_INDIRECT;
    if (stages & ~(transfer | elsewhere | VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT |
                   VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT))
        found |= KRO__STAGE_OTHER;
    return found;
}

// Scopes reach further than their masks: the first takes in what comes logically earlier in the
// pipeline, the second what comes later. Of compute's stages, reading indirect arguments comes
// first.
uint32_t kro__stages_src(VkPipelineStageFlags2 stages)
{
    if (stages & VK_PIPELINE_STAGE_2_BOTTOM_OF_PIPE_BIT)
        return KRO__STAGE_ALL;
    uint32_t found = translate(stages);
    return found & KRO__STAGE_COMPUTE ? found | KRO__STAGE_INDIRECT : found;
}

uint32_t kro__stages_dst(VkPipelineStageFlags2 stages)
{
    if (stages & VK_PIPELINE_STAGE_2_TOP_OF_PIPE_BIT)
        return KRO__STAGE_ALL;
    uint32_t found = translate(stages);
    return found & KRO__STAGE_INDIRECT ? found | KRO__STAGE_COMPUTE : found;
}
