// Whether a device may run a kernel: what the kernel's capabilities and code need against what is
// enabled. Pure but for the sentence and the log.
#ifndef KRO_SRC_VK_CAPABILITIES_H
#define KRO_SRC_VK_CAPABILITIES_H

#include "backend.h"
#include "vk/device_info.h"
#include "vk/features.h"

// The device as it was opened.
typedef struct kro__vk_opened {
    const kro_device_info *info;
    const kro__vk_adapter *adapter;     // what it has
    const kro__vk_selection *selection; // what of it is enabled
    const kro__log *log;
    bool imported; // the adapter has what the program says it enabled, and no more
} kro__vk_opened;

// Capabilities that Vulkan's table does not have are the driver's to judge; the log says so.
//
// Errors: UNSUPPORTED  something is not enabled; the sentence names it
kro_status kro__vk_check_kernel(const kro__vk_opened *device, const kro__kernel_config *config);

#endif
