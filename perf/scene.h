// What all contenders work on: a device, its kernels, the buffers of a batch, and that batch in the
// library's words.
#ifndef KP_SCENE_H
#define KP_SCENE_H

#include <kronos/kronos.h>

#include "batch.h"
#include "text.h"

typedef struct kp_scene {
    kro_context *ctx;
    kro_stream *stream;
    kro_pipeline *kernels[KP_KERNEL_COUNT];
    const kp_batch *batch; // that is staged
    kro_buffer **buffers;  // the batch's, by its indices; NULL where it has none
    uint32_t round;        // since the buffers were filled
    struct kp_arguments *arguments;
} kp_scene;

// Both return false with a sentence in `problem`; kp_scene_finish accepts what has failed.
bool kp_scene_init(kp_scene *scene, const kro_context_config *config, kt_text *problem);
void kp_scene_finish(kp_scene *scene);

// Makes the buffers of a batch, which all below is about, in place of those of the batch before.
// The batch is the caller's, and outlives its turn. kp_scene_clear makes room without a new batch.
bool kp_scene_stage(kp_scene *scene, const kp_batch *batch, kt_text *problem);
void kp_scene_clear(kp_scene *scene);

// Dispatches the batch, submits it and waits. Each round differs from the one before in a push
// constant, and so has to be recorded; the first one after the buffers were filled is what the
// batch says, and so is what is done again.
kro_status kp_scene_round(kp_scene *scene);
kro_status kp_scene_again(const kp_scene *scene);

// The batch as a graph; and a launch of it that is waited for. The graph is destroyed by the
// caller.
kro_status kp_scene_make_graph(const kp_scene *scene, kro_graph **out);
kro_status kp_scene_launch(const kp_scene *scene, kro_graph *graph);

// Fills every buffer anew.
bool kp_scene_fill(kp_scene *scene, kt_text *problem);
// Whether the buffers hold what the batch makes of such contents.
bool kp_scene_check(const kp_scene *scene, kt_text *problem);

// Puts before a sentence what it is about.
void kp_name_problem(kt_text *problem, const char *what);

// Appends the calling thread's last error to `problem`; false.
bool kp_refuse_status(kt_text *problem, const char *what, kro_status status);

#endif
