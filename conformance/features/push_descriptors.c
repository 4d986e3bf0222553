// Descriptors that are pushed to a command buffer: each dispatch has those of its moment.
#include <stddef.h>

#include "features.h"

enum { ROUNDS = 6, WORDS = 256, KEYS = 0x1234567 };

typedef enum push_form {
    PUSH_WHOLE,    // all of a set each time
    PUSH_PART,     // what changes, after the first time
    PUSH_TEMPLATE, // by an update template
    PUSH_STRUCT,   // by maintenance6's struct
    PUSH_FORMS,
} push_form;

static const char *const FORMS[PUSH_FORMS] = {"whole", "in_part", "by_template", "by_struct"};

TEST_PARAMS(push_forms)
{
    for (int i = 0; i < PUSH_FORMS; i++)
        kt_param(params, "%s", FORMS[i]);
}

// Every round's output is its input, one of two, with a key of its own.
typedef struct scene {
    kt_raw *raw;
    kt_raw_kernel *kernel; // xor_words
    kt_raw_buffer *inputs[2], *outputs[ROUNDS];
    VkDescriptorUpdateTemplate template;
} scene;

static const kt_raw_buffer *input_of(const scene *self, uint32_t round)
{
    return self->inputs[round / 3 % 2];
}

static kt_raw_buffer *create_buffer(kt_raw *raw)
{
    return kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = 4 * WORDS});
}

static bool open_scene(kt_test *t, scene *out)
{
    kt_raw *raw = features_open(t, KT_RAW_PUSH_DESCRIPTORS);
    *out = (scene){.raw = raw};
    out->kernel = kt_raw_kernel_create_with(
        raw, "xor_words",
        &(kt_raw_kernel_config){.binding_count = 2,
                                .layout_flags =
                                    VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR});
    bool all = out->kernel;
    for (int i = 0; all && i < 2; i++)
        all = (out->inputs[i] = create_buffer(raw));
    for (int i = 0; all && i < ROUNDS; i++)
        all = (out->outputs[i] = create_buffer(raw));
    return all;
}

typedef struct pushed {
    VkDescriptorBufferInfo buffers[2];
} pushed;

static void push(const scene *self, VkCommandBuffer commands, push_form form, uint32_t round)
{
    kt_raw *raw = self->raw;
    const pushed data = {{{input_of(self, round)->handle, 0, VK_WHOLE_SIZE},
                          {self->outputs[round]->handle, 0, VK_WHOLE_SIZE}}};
    VkWriteDescriptorSet writes[2];
    for (uint32_t i = 0; i < 2; i++)
        writes[i] = (VkWriteDescriptorSet){.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                           .dstBinding = i,
                                           .descriptorCount = 1,
                                           .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                           .pBufferInfo = &data.buffers[i]};
    const uint32_t first = form == PUSH_PART && round % 3 > 0 ? 1 : 0;
    const VkPushDescriptorSetInfoKHR info = {.sType =
                                                 VK_STRUCTURE_TYPE_PUSH_DESCRIPTOR_SET_INFO_KHR,
                                             .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                             .layout = self->kernel->layout,
                                             .descriptorWriteCount = 2,
                                             .pDescriptorWrites = writes};
    if (form == PUSH_TEMPLATE)
        KT_RAW_CALL(raw, vkCmdPushDescriptorSetWithTemplateKHR)
    (commands, self->template, self->kernel->layout, 0, &data);
    else if (form == PUSH_STRUCT) KT_RAW_CALL(raw, vkCmdPushDescriptorSet2KHR)(commands, &info);
    else KT_RAW_CALL(raw, vkCmdPushDescriptorSetKHR)(commands, VK_PIPELINE_BIND_POINT_COMPUTE,
                                                     self->kernel->layout, 0, 2 - first,
                                                     writes + first);
}

static bool create_template(scene *self)
{
    kt_test *t = self->raw->t;
    VkDescriptorUpdateTemplateEntry entries[2];
    for (uint32_t i = 0; i < 2; i++)
        entries[i] = (VkDescriptorUpdateTemplateEntry){
            .dstBinding = i,
            .descriptorCount = 1,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .offset = offsetof(pushed, buffers) + i * sizeof(VkDescriptorBufferInfo),
            .stride = sizeof(VkDescriptorBufferInfo)};
    const VkDescriptorUpdateTemplateCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_UPDATE_TEMPLATE_CREATE_INFO,
        .descriptorUpdateEntryCount = 2,
        .pDescriptorUpdateEntries = entries,
        .templateType = VK_DESCRIPTOR_UPDATE_TEMPLATE_TYPE_PUSH_DESCRIPTORS_KHR,
        .pipelineBindPoint = VK_PIPELINE_BIND_POINT_COMPUTE,
        .pipelineLayout = self->kernel->layout};
    PFN_vkCreateDescriptorUpdateTemplate create =
        KT_RAW_CALL(self->raw, vkCreateDescriptorUpdateTemplate);
    return create && CHECK_VK(create(self->raw->device, &info, NULL, &self->template));
}

// Without a barrier between dispatches, which have nothing in common but their input.
static void record(const scene *self, VkCommandBuffer commands, push_form form)
{
    kt_raw *raw = self->raw;
    raw->vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, self->kernel->pipeline);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        const uint32_t key[KT_RAW_PUSH_BYTES / 4] = {round * KEYS};
        push(self, commands, form, round);
        raw->vkCmdPushConstants(commands, self->kernel->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0,
                                sizeof key, key);
        raw->vkCmdDispatch(commands, WORDS / 64, 1, 1);
    }
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
}

TEST_FAMILY_CASE(each_dispatch_has_the_buffers_that_were_pushed)
{
    (void)param;
    const push_form form = (push_form)kt_param_index(t);
    scene self;
    uint32_t words[2][WORDS], actual[WORDS];
    if (!open_scene(t, &self) ||
        (form == PUSH_STRUCT && !kt_raw_needs_feature(self.raw, KT_RAW_MAINTENANCE6)) ||
        (form == PUSH_TEMPLATE && !create_template(&self)))
        return;
    VkCommandBuffer commands = kt_raw_begin(self.raw, 0);
    for (int i = 0; i < 2; i++) {
        kt_fill_u32s(t, words[i], WORDS);
        kt_raw_write(self.raw, self.inputs[i], words[i]);
    }
    if (commands) {
        record(&self, commands, form);
        (void)kt_raw_run(self.raw, 0, commands);
    }
    for (uint32_t round = 0; round < ROUNDS; round++) {
        uint32_t expected[WORDS];
        for (uint32_t i = 0; i < WORDS; i++)
            expected[i] = words[round / 3 % 2][i] ^ (round * KEYS);
        kt_raw_read(self.raw, self.outputs[round], actual);
        CHECK_U32S(actual, expected, WORDS);
    }
    if (form == PUSH_TEMPLATE)
        KT_RAW_CALL(self.raw, vkDestroyDescriptorUpdateTemplate)
    (self.raw->device, self.template, NULL);
}

// A set that has as many descriptors as may be pushed, and as the kernel may see, is pushed one by
// one, the one that the kernel uses last.
TEST(as_many_descriptors_as_the_limit_are_pushed)
{
    kt_raw *raw = features_open(t, KT_RAW_PUSH_DESCRIPTORS);
    sync_steps *steps = sync_steps_create(raw);
    VkPhysicalDevicePushDescriptorPropertiesKHR limits = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PUSH_DESCRIPTOR_PROPERTIES_KHR};
    VkCommandBuffer commands = steps ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return;
    kt_raw_properties(raw, &limits);
    CHECK(limits.maxPushDescriptors >= 32);
    uint32_t count = limits.maxPushDescriptors;
    if (count > raw->properties.limits.maxPerStageDescriptorStorageBuffers)
        count = raw->properties.limits.maxPerStageDescriptorStorageBuffers;
    LOGF(t, "%u of %u", count, limits.maxPushDescriptors);
    kt_raw_kernel *kernel = kt_raw_kernel_create_with(
        raw, "affine_words",
        &(kt_raw_kernel_config){.binding_count = 1,
                                .array_count = count,
                                .layout_flags =
                                    VK_DESCRIPTOR_SET_LAYOUT_CREATE_PUSH_DESCRIPTOR_BIT_KHR});
    kt_raw_buffer *other = create_buffer(raw);
    if (!kernel || !other)
        return;
    const uint32_t words[KT_RAW_PUSH_BYTES / 4] = {SYNC_STEP_WORDS, 3, 1};
    raw->vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernel->pipeline);
    for (uint32_t i = count; i-- > 0;) {
        const VkDescriptorBufferInfo buffer = {i ? other->handle : steps->words->handle, 0,
                                               VK_WHOLE_SIZE};
        const VkWriteDescriptorSet write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                            .dstArrayElement = i,
                                            .descriptorCount = 1,
                                            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                            .pBufferInfo = &buffer};
        KT_RAW_CALL(raw, vkCmdPushDescriptorSetKHR)
        (commands, VK_PIPELINE_BIND_POINT_COMPUTE, kernel->layout, 0, 1, &write);
    }
    raw->vkCmdPushConstants(commands, kernel->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof words,
                            words);
    raw->vkCmdDispatch(commands, SYNC_STEP_WORDS / 64, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    sync_expect_step(steps, 0); // times 3, plus 1
    if (kt_raw_run(raw, 0, commands))
        (void)sync_steps_check(steps);
}
