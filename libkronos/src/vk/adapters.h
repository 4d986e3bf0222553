// The devices that an instance offers.
#ifndef KRO_SRC_VK_ADAPTERS_H
#define KRO_SRC_VK_ADAPTERS_H

#include "backend.h"
#include "vk/device_info.h"
#include "vk/instance.h"

// A device that the program has made already; see kro_vk_import.
typedef struct kro__vk_imported {
    VkDevice device; // VK_NULL_HANDLE: none, Kronos makes its own
    VkQueue queues[KRO__MAX_QUEUES];
    void (*lock_queue)(void *user, VkQueue queue); // NULL: the program has no lock of its own
    void (*unlock_queue)(void *user, VkQueue queue);
    void *lock_user;
} kro__vk_imported;

typedef struct kro__vk_adapters {
    kro__adapters base;
    kro__vk_instance instance;
    kro__vk_imported imported; // there is one adapter then, reduced to what is enabled
    kro_device_info *infos;    // what base.infos shows; parallel to `items`
    kro__vk_adapter *items;
} kro__vk_adapters;

// The instance's physical devices, `*count` of them; the caller frees the list.
kro_status kro__vk_list_devices(const kro__vk_instance *instance, VkPhysicalDevice **out,
                                uint32_t *count);

// Backend calls; see backend.h.
kro_status kro__vk_enumerate(const kro__open_config *config, kro__adapters **out);
void kro__vk_adapters_destroy(kro__adapters *adapters);

#endif
