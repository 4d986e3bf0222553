// Calls that make things or move bytes, measured by themselves: there is no twin beside them.
#ifndef KP_CALLS_H
#define KP_CALLS_H

#include "measure.h"
#include "scene.h"

enum { KP_CALL_COUNT = 6 };

typedef struct kp_calls {
    const kp_scene *scene;
    kro_context_config config; // of the scene's context
    kro_buffer *from, *to;
    void *bytes;
    kp_contender list[KP_CALL_COUNT];
} kp_calls;

// Returns: false with a sentence in `problem`; kp_calls_finish accepts what has failed.
bool kp_calls_init(kp_calls *calls, const kp_scene *scene, const kro_context_config *config,
                   kt_text *problem);
void kp_calls_finish(kp_calls *calls);

#endif
