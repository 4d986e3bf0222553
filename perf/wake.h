// GPUs that were idle are slow.
#ifndef KP_WAKE_H
#define KP_WAKE_H

#include "scene.h"

// Keeps a GPU at work until it runs at full speed; whoever measures begins at once. Any other
// device is left alone.
//
// Returns: false with a sentence in `problem`.
bool kp_wake(const kp_scene *scene, kt_text *problem);

#endif
