// The devices that an instance offers.
#ifndef KRO_SRC_VK_ADAPTERS_H
#define KRO_SRC_VK_ADAPTERS_H

#include "backend.h"
#include "vk/device_info.h"
#include "vk/instance.h"

typedef struct kro__vk_adapters {
    kro__adapters base;
    kro__vk_instance instance;
    kro_device_info *infos; // what base.infos shows; parallel to `items`
    kro__vk_adapter *items;
} kro__vk_adapters;

// Backend calls; see backend.h.
kro_status kro__vk_enumerate(const kro__open_config *config, kro__adapters **out);
void kro__vk_adapters_destroy(kro__adapters *adapters);

#endif
