// Layouts that have as many descriptors as the device's limits allow work. Buffers behind them,
// sets and push constants at their limits are in memory/descriptors.c and push_constants.c.
#include "shaders.h"
#include "sync/steps.h"

// Descriptors of a million are a limit that says "any": so many of them are asked for.
enum { MOST = 4096, MOST_DYNAMIC = 64 };

typedef struct limit_kind {
    const char *name;
    VkDescriptorType type;
} limit_kind;

static const limit_kind KINDS[] = {
    {"storage_buffers", VK_DESCRIPTOR_TYPE_STORAGE_BUFFER},
    {"uniform_buffers", VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER},
    {"dynamic_storage_buffers", VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC},
    {"dynamic_uniform_buffers", VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC},
};

TEST_PARAMS(limit_kinds)
{
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        kt_param(params, "%s", KINDS[i].name);
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

// How many descriptors of a type fit beside the kernel's own, a storage buffer.
static uint32_t count_of(const VkPhysicalDeviceLimits *limits, VkDescriptorType type)
{
    const uint32_t storage =
        least(limits->maxPerStageDescriptorStorageBuffers, limits->maxDescriptorSetStorageBuffers) -
        1;
    const uint32_t uniform =
        least(limits->maxPerStageDescriptorUniformBuffers, limits->maxDescriptorSetUniformBuffers);
    const uint32_t all = least(limits->maxPerStageResources - 1, MOST);
    switch (type) {
    case VK_DESCRIPTOR_TYPE_STORAGE_BUFFER:
        return least(storage, all);
    case VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER:
        return least(uniform, all);
    case VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC:
        return least(least(storage, limits->maxDescriptorSetStorageBuffersDynamic),
                     least(all, MOST_DYNAMIC));
    default:
        return least(least(uniform, limits->maxDescriptorSetUniformBuffersDynamic),
                     least(all, MOST_DYNAMIC));
    }
}

// affine_words with a layout that has descriptors behind its own.
typedef struct scene {
    kt_raw *raw;
    sync_steps *steps;
    VkDescriptorType type;
    uint32_t count;
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkShaderModule module;
    VkPipeline pipeline;
    VkDescriptorPool pool;
    VkDescriptorSet set;
} scene;

static void destroy(void *object)
{
    const scene *self = object;
    kt_raw *raw = self->raw;
    raw->vkDestroyDescriptorPool(raw->device, self->pool, NULL);
    raw->vkDestroyPipeline(raw->device, self->pipeline, NULL);
    raw->vkDestroyShaderModule(raw->device, self->module, NULL);
    raw->vkDestroyPipelineLayout(raw->device, self->layout, NULL);
    raw->vkDestroyDescriptorSetLayout(raw->device, self->set_layout, NULL);
}

static bool create_layouts(scene *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkDescriptorSetLayoutBinding bindings[] = {
        {0, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1, VK_SHADER_STAGE_COMPUTE_BIT, NULL},
        {1, self->type, self->count, VK_SHADER_STAGE_COMPUTE_BIT, NULL}};
    const VkDescriptorSetLayoutCreateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 2,
        .pBindings = bindings};
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                      .size = KT_RAW_PUSH_BYTES};
    const VkPipelineLayoutCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                             .setLayoutCount = 1,
                                             .pSetLayouts = &self->set_layout,
                                             .pushConstantRangeCount = 1,
                                             .pPushConstantRanges = &push};
    return CHECK_VK(
               raw->vkCreateDescriptorSetLayout(raw->device, &set_info, NULL, &self->set_layout)) &&
           CHECK_VK(raw->vkCreatePipelineLayout(raw->device, &info, NULL, &self->layout));
}

static bool create_pipeline(scene *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const kronos_shader *found = kronos_shader_find("affine_words");
    const VkShaderModuleCreateInfo module_info = {.sType =
                                                      VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                                  .codeSize = (size_t)found->size_bytes,
                                                  .pCode = found->words};
    if (!CHECK_VK(raw->vkCreateShaderModule(raw->device, &module_info, NULL, &self->module)))
        return false;
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = self->module,
                  .pName = "main"},
        .layout = self->layout};
    return CHECK_VK(raw->vkCreateComputePipelines(raw->device, VK_NULL_HANDLE, 1, &info, NULL,
                                                  &self->pipeline));
}

// All of its descriptors are written, one by one, with the same buffer.
static bool create_set(scene *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkDescriptorPoolSize sizes[] = {{VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1},
                                          {self->type, self->count}};
    const VkDescriptorPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = 1,
                                             .poolSizeCount = 2,
                                             .pPoolSizes = sizes};
    if (!CHECK_VK(raw->vkCreateDescriptorPool(raw->device, &info, NULL, &self->pool)))
        return false;
    const VkDescriptorSetAllocateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = self->pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &self->set_layout};
    if (!CHECK_VK(raw->vkAllocateDescriptorSets(raw->device, &set_info, &self->set)))
        return false;
    const VkDescriptorBufferInfo buffer = {self->steps->words->handle, 0, 4 * SYNC_STEP_WORDS};
    for (uint32_t i = 0; i <= self->count; i++) {
        const VkWriteDescriptorSet write = {
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = self->set,
            .dstBinding = i > 0,
            .dstArrayElement = i > 0 ? i - 1 : 0,
            .descriptorCount = 1,
            .descriptorType = i > 0 ? self->type : VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .pBufferInfo = &buffer};
        raw->vkUpdateDescriptorSets(raw->device, 1, &write, 0, NULL);
    }
    return true;
}

// The kernel uses the first descriptor alone: the others are there.
TEST_FAMILY_CASE(layout_with_as_many_descriptors_as_fit_works)
{
    (void)param;
    static const uint32_t OFFSETS[MOST_DYNAMIC] = {0};
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    sync_steps *steps = sync_steps_create(raw);
    VkCommandBuffer commands = steps ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return;
    scene *self = kt_alloc(t, sizeof *self);
    *self = (scene){.raw = raw, .steps = steps, .type = KINDS[kt_param_index(t)].type};
    self->count = count_of(&raw->properties.limits, self->type);
    LOGF(t, "%u of them", self->count);
    kt_defer(t, destroy, self);
    if (!create_layouts(self) || !create_pipeline(self) || !create_set(self))
        return;
    const bool dynamic = self->type == VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC ||
                         self->type == VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC;
    const uint32_t push[KT_RAW_PUSH_BYTES / 4] = {SYNC_STEP_WORDS, 3, 1};
    raw->vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, self->pipeline);
    raw->vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, self->layout, 0, 1,
                                 &self->set, dynamic ? self->count : 0, OFFSETS);
    raw->vkCmdPushConstants(commands, self->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push,
                            push);
    raw->vkCmdDispatch(commands, SYNC_STEP_WORDS / 64, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    sync_expect_step(steps, 0); // times 3, plus 1
    if (kt_raw_run(raw, 0, commands))
        (void)sync_steps_check(steps);
}
