// Finds a Vulkan entry point: the system's loader, a driver opened directly, or the caller's own.
#ifndef KRO_SRC_VK_LOADER_H
#define KRO_SRC_VK_LOADER_H

#include <stdbool.h>

#include "backend.h"
#include "vk/api.h"

typedef struct kro__vk_loader {
    PFN_vkGetInstanceProcAddr get_instance_proc_addr;
    bool is_driver; // a driver itself: no loader between, so no layers
} kro__vk_loader;

// Nothing needs to be given back: libraries stay mapped (see os/library.h).
//
// Errors: NO_DRIVER         no Vulkan loader on this machine
//         INVALID_ARGUMENT  config->driver is not trusted, not a driver or a broken manifest
//         UNSUPPORTED       the driver needs another interface; driver together with validation
//         IO                config->driver cannot be read
kro_status kro__vk_loader_open(const kro__open_config *config, kro__vk_loader *out);

#endif
