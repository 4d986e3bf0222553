#include "copiers.h"

#include <stdlib.h>

#include "arguments.h"
#include "kernels.h"
#include "senders.h"

enum { VECTOR_BYTES = 16, GROUP_INVOCATIONS = 128 };

struct kp_copier {
    kp_hand hand;
    kp_sender sender;
    kp_sent all;
    uint32_t vectors, groups; // of the kernel; groups 0: there is none
    kp_hand_kernel kernel;
    VkDescriptorPool pool;
    VkDescriptorSet set;
};

// The set with both buffers, written once.
static VkResult make_set(kp_copier *copier)
{
    const kp_hand *hand = &copier->hand;
    const VkDescriptorPoolSize size = {.type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                       .descriptorCount = 2};
    const VkDescriptorPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = 1,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    VkResult result = hand->call.CreateDescriptorPool(hand->device, &pool, NULL, &copier->pool);
    if (result < 0)
        return result;
    const VkDescriptorSetAllocateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = copier->pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &copier->kernel.set_layout,
    };
    result = hand->call.AllocateDescriptorSets(hand->device, &set, &copier->set);
    if (result < 0)
        return result;
    const VkBufferCopy *region = &copier->all.region;
    const VkDescriptorBufferInfo buffers[] = {
        {copier->all.src, region->srcOffset, region->size},
        {copier->all.dst, region->dstOffset, region->size},
    };
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = copier->set,
        .descriptorCount = 2, // goes on with the next binding
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
        .pBufferInfo = buffers,
    };
    hand->call.UpdateDescriptorSets(hand->device, 1, &write, 0, NULL);
    return VK_SUCCESS;
}

static VkResult make_kernel(kp_copier *copier, const kro_limits *limits)
{
    const kp_hand_kernel_config config = {
        .shader = "copy_vectors", .bindings = 2, .push_bytes = sizeof copier->vectors};
    const uint64_t vectors = copier->all.region.size / VECTOR_BYTES;
    const uint64_t groups = (vectors + GROUP_INVOCATIONS - 1) / GROUP_INVOCATIONS;
    if (copier->all.region.size > limits->max_binding_bytes || vectors > INT32_MAX)
        return VK_SUCCESS;
    copier->vectors = (uint32_t)vectors;
    copier->groups = groups < limits->max_groups[0] ? (uint32_t)groups : limits->max_groups[0];
    VkResult result = kp_hand_make_kernel(&copier->hand, &config, &copier->kernel);
    return result < 0 ? result : make_set(copier);
}

kp_copier *kp_copier_create(const kp_scene *scene, const kro_buffer *dst, const kro_buffer *src,
                            uint64_t size_bytes, kt_text *problem)
{
    kp_copier *copier = kt_memory(1, sizeof *copier);
    if (!kp_hand_init(&copier->hand, scene, problem)) {
        free(copier);
        return NULL;
    }
    copier->all = (kp_sent){.region.size = size_bytes, .to_host = true};
    copier->all.src = kro_vk_buffer(src, &copier->all.region.srcOffset);
    copier->all.dst = kro_vk_buffer(dst, &copier->all.region.dstOffset);
    VkResult result = kp_sender_init(&copier->sender, &copier->hand);
    if (result >= 0)
        result = make_kernel(copier, &kro_context_info(scene->ctx)->limits);
    if (result >= 0)
        return copier;
    kt_refuse(problem, "the twin: Vulkan returned %d", result);
    kp_copier_destroy(copier);
    return NULL;
}

void kp_copier_destroy(kp_copier *copier)
{
    if (!copier)
        return;
    const kp_hand *hand = &copier->hand;
    if (copier->pool)
        hand->call.DestroyDescriptorPool(hand->device, copier->pool, NULL);
    kp_hand_destroy_kernel(hand, &copier->kernel);
    kp_sender_finish(&copier->sender, hand);
    free(copier);
}

bool kp_copier_has_kernel(const kp_copier *copier)
{
    return copier->groups > 0;
}

kro_status kp_copier_command(kp_copier *copier)
{
    VkResult result = kp_sender_copy(&copier->sender, &copier->hand, &copier->all);
    if (result >= 0)
        result = kp_sender_await(&copier->sender, &copier->hand);
    return result < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}

static void record_kernel(const kp_copier *copier)
{
    const kp_functions *call = &copier->hand.call;
    const VkCommandBuffer commands = copier->sender.commands;
    call->CmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, copier->kernel.pipeline);
    call->CmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, copier->kernel.layout, 0,
                                1, &copier->set, 0, NULL);
    call->CmdPushConstants(commands, copier->kernel.layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                           sizeof copier->vectors, &copier->vectors);
    call->CmdDispatch(commands, copier->groups, 1, 1);
}

kro_status kp_copier_kernel(kp_copier *copier)
{
    VkResult result = kp_sender_begin(&copier->sender, &copier->hand);
    if (result >= 0) {
        record_kernel(copier);
        result = kp_sender_send(&copier->sender, &copier->hand, true);
    }
    if (result >= 0)
        result = kp_sender_await(&copier->sender, &copier->hand);
    return result < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}
