// Copies between two buffers of the library in Vulkan written by hand.
#ifndef KP_COPIERS_H
#define KP_COPIERS_H

#include "scene.h"

typedef struct kp_copier kp_copier;

// Returns: NULL with a sentence in `problem`.
kp_copier *kp_copier_create(const kp_scene *scene, const kro_buffer *dst, const kro_buffer *src,
                            uint64_t size_bytes, kt_text *problem);
void kp_copier_destroy(kp_copier *copier); // accepts NULL

// Each records the copy, submits it and waits; KRO_ERROR_DRIVER after any Vulkan call that failed.
kro_status kp_copier_command(kp_copier *copier); // vkCmdCopyBuffer
// A kernel that moves 16 bytes at a time; only where kp_copier_has_kernel.
kro_status kp_copier_kernel(kp_copier *copier);
// Whether one binding reaches the whole of each buffer.
bool kp_copier_has_kernel(const kp_copier *copier);

#endif
