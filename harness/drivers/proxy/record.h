// Command buffers while they are recorded: the hooks note each command, then let the driver record
// it too, for command buffers that must run as they are.
#ifndef KRO_PROXY_RECORD_H
#define KRO_PROXY_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include <vulkan/vulkan.h>

#include "recording.h"
#include "table.h"

typedef struct kro__command_buffer {
    kro__entry entry;
    struct kro__device *device;
    VkCommandPool pool;
    kro__recording *recording; // NULL before the first begin
} kro__command_buffer;

extern atomic_uint kro__recording_devices; // devices whose command buffers are noted

// The recording that a command goes to, or NULL where nothing is noted.
kro__recording *kro__record_to(VkCommandBuffer handle);

// Notes a command that is repeated from its arguments.
void kro__record_other(VkCommandBuffer handle, kro__repeat repeat, const void *arguments,
                       size_t bytes);

// Notes that a command buffer cannot be taken apart.
void kro__record_opaque(VkCommandBuffer handle);

#endif
