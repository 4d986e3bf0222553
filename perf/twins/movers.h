// Bytes between host and device in Vulkan written by hand, as an expert does it: straight into
// memory that the host reaches, otherwise through pieces of staging memory that is mapped for good;
// while the device moves one, the host copies the next.
#ifndef KP_MOVERS_H
#define KP_MOVERS_H

#include "hand.h"

typedef struct kp_mover kp_mover;

// Makes a device buffer of `size_bytes` and what moving its bytes takes. With `staged` they pass
// through staging memory even where the host reaches the buffer.
//
// Returns: NULL with a sentence in `problem`.
kp_mover *kp_mover_create(const kp_scene *scene, uint64_t size_bytes, bool staged,
                          kt_text *problem);
void kp_mover_destroy(kp_mover *mover); // accepts NULL

// Each moves all bytes and waits; KRO_ERROR_DRIVER after any Vulkan call that failed.
kro_status kp_mover_upload(kp_mover *mover, const void *src);
kro_status kp_mover_download(kp_mover *mover, void *dst);

// The same as text-books have it: staging memory for all of it, made and freed each time.
kro_status kp_mover_upload_plainly(kp_mover *mover, const void *src);
kro_status kp_mover_download_plainly(kp_mover *mover, void *dst);

#endif
