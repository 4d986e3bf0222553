// What the calls that went well come to, in the figures of counts.h.
#ifndef KRO_PROXY_TALLY_H
#define KRO_PROXY_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counts.h"

// The counts in force: this process' own, or those in a file that it shares with others.
extern _Atomic(kro__counts *) kro__counts_now;

// Counts into the file at `path` from now on.
//
// Returns: false, with a sentence in `message`.
bool kro__tally_share(const char *path, char *message, size_t message_bytes);

// Sets every count to zero.
void kro__tally_reset(void);

// What waits to be counted: the commands of a command buffer, until it is submitted, and the
// descriptors that a template writes, until it is used.
typedef struct kro__tally {
    uint64_t figures[KRO__FIGURE_COUNT];
} kro__tally;

void kro__tally_object(int object, uint64_t handle); // KRO__OBJECT_…; 0: none was created
void kro__tally_memory(VkDeviceSize size_bytes);

// Commands. The command buffer holds what it did, and what it executes did, until it begins anew.
void kro__tally_begin(VkCommandBuffer commands);
void kro__tally_command(VkCommandBuffer commands, kro__figure figure);
void kro__tally_barrier(VkCommandBuffer commands, VkPipelineStageFlags2 dst_stages,
                        uint32_t memory_count, uint32_t buffer_count, uint32_t image_count);
void kro__tally_barrier2(VkCommandBuffer commands, const VkDependencyInfo *info);
void kro__tally_execute(VkCommandBuffer commands, uint32_t count, const VkCommandBuffer *executed);

// Adds up what a submission brings, before the driver has it: afterwards another thread may see its
// end and record anew.
void kro__tally_submitted(kro__tally *sum, VkCommandBuffer commands);
// Counts a submission that was accepted.
void kro__tally_submit(const kro__tally *sum);

// Descriptors, each element of an array by itself; an inline uniform block is one.
void kro__tally_writes(uint32_t write_count, const VkWriteDescriptorSet *writes,
                       uint32_t copy_count, const VkCopyDescriptorSet *copies);
void kro__tally_template(VkDescriptorUpdateTemplate handle,
                         const VkDescriptorUpdateTemplateCreateInfo *info);
void kro__tally_template_used(VkDescriptorUpdateTemplate handle);
void kro__tally_descriptor(void);

#endif
