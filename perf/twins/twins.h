// The batch that is staged, in Vulkan written by hand, on the device and the buffers of its scene.
#ifndef KP_TWINS_H
#define KP_TWINS_H

#include "scene.h"

typedef enum kp_twin_kind {
    KP_TWIN_STANDARD, // a set allocated and written, a full barrier, a submit and a wait a dispatch
    KP_TWIN_RECORD,   // an expert's: recorded anew each time, with as little as the batch needs
    KP_TWIN_REPLAY,   // the same, recorded once
    KP_TWIN_COUNT,
} kp_twin_kind;

extern const char *const kp_twin_names[KP_TWIN_COUNT];

typedef struct kp_twin kp_twin;

// Returns: NULL with a sentence in `problem`.
kp_twin *kp_twin_create(const kp_scene *scene, kp_twin_kind kind, kt_text *problem);
void kp_twin_destroy(kp_twin *twin); // accepts NULL

// Does the batch once and waits; each round but a replay differs from the one before as
// kp_scene_round says. KRO_ERROR_DRIVER after any Vulkan call that failed.
kro_status kp_twin_round(kp_twin *twin);

// Only records it. With `all` state is set again and a barrier stands before each
// dispatch: how fast the driver lets anybody be.
kro_status kp_twin_record(kp_twin *twin, bool all);

#endif
