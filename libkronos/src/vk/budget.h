// How much of a device's memory there is, is granted to this process, and is in use.
#ifndef KRO_SRC_VK_BUDGET_H
#define KRO_SRC_VK_BUDGET_H

#include "backend.h"
#include "vk/device_info.h"

// Asks the driver; what a context holds is left zero.
void kro__vk_read_heaps(const kro__vk_adapter *adapter, const kro__vk_instance *instance,
                        kro_memory_info *out);

// Whether an allocation would go over what the driver grants. `held_bytes` is what the context has
// of the heap: drivers may tell it late, or not at all.
bool kro__vk_is_over_budget(const kro_heap_info *heap, uint64_t held_bytes, uint64_t size_bytes);

// Backend call; see backend.h.
void kro__vk_memory_info(kro__device *device, kro_memory_info *out);

#endif
