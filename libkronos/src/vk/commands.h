// Writes a batch's nodes into a command buffer.
#ifndef KRO_SRC_VK_COMMANDS_H
#define KRO_SRC_VK_COMMANDS_H

#include "backend.h"
#include "vk/descriptors.h"
#include "vk/table.h"

// Records nodes and barriers in the batch's order, and binds only what the node before had
// otherwise. The command buffer is recording. Nothing here can fail: Vulkan reports at the end of
// the recording.
void kro__vk_record_commands(const kro__vk_calls *vk, VkCommandBuffer commands,
                             const kro__vk_descriptors *descriptors, const kro__batch *batch);

#endif
