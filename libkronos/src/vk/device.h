// An open Vulkan device.
#ifndef KRO_SRC_VK_DEVICE_H
#define KRO_SRC_VK_DEVICE_H

#include <stdatomic.h>
#include <stdbool.h>

#include <kronos/vulkan.h>

#include "backend.h"
#include "vk/adapters.h"
#include "vk/layout.h"
#include "vk/queue.h"
#include "vk/slabs.h"
#include "vk/table.h"

typedef struct kro__vk_device {
    kro__device base;
    kro__vk_adapters *adapters; // owned
    const kro__vk_adapter *adapter;
    const kro__vk_instance *instance;
    const kro__vk_imported *imported; // the program's device; NULL: Kronos' own
    kro__vk_selection selection;      // what is enabled
    VkDevice handle;
    kro__vk_calls vk;
    kro__vk_slabs slabs;
    kro__vk_layouts layouts;
    VkPipelineCache pipeline_cache;
    char *cache_path;          // where it is kept between runs; NULL: nowhere
    size_t cache_loaded_bytes; // how much of it came from there
    _Atomic uint64_t kernels_destroyed;
    struct kro__vk_kernel *copy_kernel; // NULL: vkCmdCopyBuffer copies everything
    uint32_t queue_count;
    kro__vk_queue queues[KRO__MAX_QUEUES];
    kro_vk_handles handles; // for kronos/vulkan.h
} kro__vk_device;

// Backend calls; see backend.h.
kro_status kro__vk_open(kro__adapters *adapters, uint32_t index, const kro__open_config *config,
                        kro__device **out);
void kro__vk_close(kro__device *device);
void kro__vk_wait_idle(kro__device *device);

#endif
