// Memory and buffers of a memory type that the case chooses.
#ifndef CONFORMANCE_MEMORY_TYPED_H
#define CONFORMANCE_MEMORY_TYPED_H

#include "raw.h"

// Whether buffers can have it without a feature of its own.
bool typed_is_usual(const kt_raw *raw, uint32_t type);

// The first usual type with those properties; UINT32_MAX where there is none.
uint32_t typed_find(const kt_raw *raw, VkMemoryPropertyFlags wanted);

// The memory is the case's: nothing frees it at its end.
VkResult typed_allocate(kt_raw *raw, uint32_t type, uint64_t size_bytes, VkDeviceMemory *out);

// What a buffer would need.
//
// Returns: whether it could be made.
bool typed_needs(kt_raw *raw, uint64_t size_bytes, VkBufferUsageFlags usage,
                 VkMemoryRequirements *out);

// A buffer in memory of one type, which is not mapped; without a handle where buffers cannot have
// that type, or after a failure.
kt_raw_buffer typed_create(kt_raw *raw, uint32_t type, uint64_t size_bytes);
void typed_destroy(kt_raw *raw, const kt_raw_buffer *buffer);

// Maps all of a buffer's memory, where its type allows that.
bool typed_map(kt_raw *raw, uint32_t type, kt_raw_buffer *buffer);

#endif
