// Device memory: how much there is, what is mapped.
#ifndef KRO_PROXY_DEVICE_MEMORY_H
#define KRO_PROXY_DEVICE_MEMORY_H

#include <stdatomic.h>
#include <stdint.h>

#include "device.h"
#include "mirror.h"

typedef struct kro__memory {
    kro__entry entry;
    kro__device *device;
    VkDeviceSize size_bytes;
    VkMemoryPropertyFlags flags;
    uint32_t heap;
    VkBuffer dedicated; // the buffer that it was made for, or VK_NULL_HANDLE
    bool imported;
    atomic_bool mapped, was_mapped; // now; now or earlier
    kro__mirror mirror;
} kro__memory;

// NULL for a handle that the proxy does not know.
kro__memory *kro__memory_find(VkDeviceMemory handle);

// Appends " (4096 bytes of heap 0, mapped)".
void kro__memory_describe(kro__text *text, uint64_t handle);

// Forgets what dies with a device.
void kro__memory_forget(kro__device *device);

// Size and state of an allocation, which may be that of a device that is gone; untouched for a
// handle that the proxy does not know.
void kro__memory_measure(uint64_t handle, uint64_t *size_bytes, bool *mapped);

// Of all devices.
uint64_t kro__memory_bytes(void);
uint64_t kro__memory_mappings(void);

#endif
