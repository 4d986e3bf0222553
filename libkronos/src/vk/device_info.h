// The facts about one physical device.
#ifndef KRO_SRC_VK_DEVICE_INFO_H
#define KRO_SRC_VK_DEVICE_INFO_H

#include <stdbool.h>

#include <kronos/context.h>

#include "vk/choose.h"
#include "vk/features.h"
#include "vk/instance.h"
#include "vk/quirks.h"

// One set of usages for all buffers: any buffer may be bound, copied, filled or read as group
// counts.
enum {
    KRO__VK_BUFFER_USAGE = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT |
                           VK_BUFFER_USAGE_TRANSFER_SRC_BIT | VK_BUFFER_USAGE_TRANSFER_DST_BIT |
                           VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
};

enum { KRO__SHORT_TEXT_BYTES = 32, KRO__UUID_TEXT_BYTES = 2 * VK_UUID_SIZE + 1 };

// A physical device that Kronos can use. Its strings are what its kro_device_info points to, so it
// must not move.
typedef struct kro__vk_adapter {
    VkPhysicalDevice handle;
    kro__vk_offer offer; // its extensions belong to the adapter
    kro__vk_features features;
    kro__quirks quirks;
    VkPhysicalDeviceLimits limits;
    VkPhysicalDeviceFloatControlsProperties float_controls; // zero where not offered
    uint64_t max_allocation_bytes;
    bool tells_budget; // VK_EXT_memory_budget: of the physical device, so it needs no enabling
    kro__memory_types memory_types;
    char name[VK_MAX_PHYSICAL_DEVICE_NAME_SIZE];
    char driver_name[VK_MAX_DRIVER_NAME_SIZE], driver_info[VK_MAX_DRIVER_INFO_SIZE];
    char vendor[KRO__SHORT_TEXT_BYTES], uuid[KRO__UUID_TEXT_BYTES];
    char api_version[KRO__SHORT_TEXT_BYTES], driver_version[KRO__SHORT_TEXT_BYTES];
} kro__vk_adapter;

// Reads everything about a physical device. `*usable` receives false, and `adapter` stays empty,
// where it is older than Vulkan 1.1 or has no compute queue.
kro_status kro__vk_adapter_init(kro__vk_adapter *adapter, const kro__vk_instance *instance,
                                VkPhysicalDevice handle, kro_device_info *info, bool *usable);

// Accepts an empty adapter.
void kro__vk_adapter_finish(kro__vk_adapter *adapter);

#endif
