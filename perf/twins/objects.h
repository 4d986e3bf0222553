// What a twin has made.
#ifndef KP_OBJECTS_H
#define KP_OBJECTS_H

#include "functions.h"
#include "twins.h"

// What stands before a dispatch; decided beforehand, as somebody who writes it by hand does.
enum {
    KP_STEP_BARRIER = 1 << 0,
    KP_STEP_PIPELINE = 1 << 1,
    KP_STEP_SET = 1 << 2,
    KP_STEP_PUSH = 1 << 3,
    KP_STEP_EVERYTHING = 15,
};

struct kp_twin {
    const kp_scene *scene;
    const kp_batch *batch;
    kp_twin_kind kind;
    bool polls; // before it blocks: on a GPU a wait that blocks costs more than the work
    kp_functions call;
    VkDevice device;
    VkQueue queue;
    VkDescriptorType type; // dynamic for a ring, whose offsets then cost no set
    VkDescriptorSetLayout set_layouts[KP_MAX_BINDINGS + 1]; // by number of bindings
    VkPipelineLayout layouts[KP_KERNEL_COUNT];
    VkPipeline pipelines[KP_KERNEL_COUNT];
    VkDescriptorPool descriptor_pool;
    VkDescriptorSet *sets; // one for each of the batch's ranges
    uint32_t *steps;       // bits for each dispatch
    uint32_t round;        // that comes next
    VkCommandPool command_pool;
    VkCommandBuffer commands;
    VkFence fence;
};

VkResult kp_twin_create_objects(kp_twin *twin, uint32_t queue_family);
// Makes the set of ranges by their index.
VkResult kp_twin_make_set(const kp_twin *twin, uint32_t index);
void kp_twin_destroy_objects(kp_twin *twin);

#endif
