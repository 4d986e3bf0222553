// What a twin has made.
#ifndef KP_OBJECTS_H
#define KP_OBJECTS_H

#include "functions.h"
#include "twins.h"

enum { KP_TWIN_SETS = KP_BUFFERS * 2 }; // different ones that a batch needs, at most

// What stands before a dispatch; decided beforehand, as somebody who writes it by hand does.
enum {
    KP_STEP_BARRIER = 1 << 0,
    KP_STEP_PIPELINE = 1 << 1,
    KP_STEP_SET = 1 << 2,
    KP_STEP_PUSH = 1 << 3,
    KP_STEP_EVERYTHING = 15,
};

typedef struct kp_step {
    uint32_t does; // bits
    uint32_t set;
} kp_step;

// Which buffers a set holds.
typedef struct kp_set_key {
    uint32_t bindings;
    uint32_t buffers[KP_MAX_BINDINGS];
} kp_set_key;

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
    VkDescriptorSet sets[KP_TWIN_SETS];
    kp_set_key keys[KP_TWIN_SETS];
    uint32_t set_count;
    kp_step *steps; // one for each dispatch
    VkCommandPool command_pool;
    VkCommandBuffer commands;
    VkFence fence;
};

VkResult kp_twin_create_objects(kp_twin *twin, uint32_t queue_family);
// Makes the set of a dispatch, by its key.
VkResult kp_twin_make_set(const kp_twin *twin, const kp_set_key *key, VkDescriptorSet *out);
kp_set_key kp_twin_key(const kp_op *op);
void kp_twin_destroy_objects(kp_twin *twin);

#endif
