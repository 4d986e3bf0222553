// Descriptor set and pipeline layouts, one of each kind per device: kernels that declare the same
// bindings and push constants share one, and so can use each other's descriptor sets.
#ifndef KRO_SRC_VK_LAYOUT_H
#define KRO_SRC_VK_LAYOUT_H

#include <stdbool.h>

#include "backend.h"
#include "os/thread.h"
#include "vk/api.h"

struct kro__vk_device;

// The descriptor types that Kronos uses.
typedef enum kro__vk_descriptor {
    KRO__DESCRIPTOR_STORAGE,
    KRO__DESCRIPTOR_STORAGE_DYNAMIC,
    KRO__DESCRIPTOR_UNIFORM,
    KRO__DESCRIPTOR_TYPES,
} kro__vk_descriptor;

VkDescriptorType kro__vk_descriptor_type(kro__vk_descriptor descriptor);
kro__vk_descriptor kro__vk_descriptor_of(kro_binding_kind kind, bool dynamic);

// One binding of a layout: with the push constants, all that its identity consists of.
typedef struct kro__vk_layout_binding {
    uint32_t set, binding, count;
    kro__vk_descriptor descriptor;
} kro__vk_layout_binding;

typedef struct kro__vk_layout {
    uint32_t id; // from 1, never reused
    VkPipelineLayout handle;
    uint32_t set_count; // highest set + 1; sets without bindings have empty layouts
    VkDescriptorSetLayout *sets;
    uint32_t descriptor_counts[KRO__DESCRIPTOR_TYPES]; // of all sets together
    uint32_t push_bytes;                               // a multiple of 4
    uint32_t binding_count;
    kro__vk_layout_binding *bindings; // by set, then binding
    struct kro__vk_layout *next;
} kro__vk_layout;

// Layouts live as long as the device. There are as many as a program has shader interfaces, and a
// kernel that is created again finds its old layout, and with it the descriptor sets that streams
// keep.
typedef struct kro__vk_layouts {
    kro__mutex lock; // guards all below
    bool has_lock;
    kro__vk_layout *first;
    uint32_t count;
} kro__vk_layouts;

// Errors: OUT_OF_HOST_MEMORY
kro_status kro__vk_layouts_init(kro__vk_layouts *layouts);
void kro__vk_layouts_finish(struct kro__vk_device *device);

// Finds or makes the layout of a kernel.
//
// Errors:  UNSUPPORTED  a set number beyond the device's limit
// Threads: safe.
kro_status kro__vk_layout_get(struct kro__vk_device *device, const kro__kernel_config *config,
                              const kro__vk_layout **out);

#endif
