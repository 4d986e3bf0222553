// One build of the library together with the workloads, as a module: `kronos perf --against` loads
// one of each commit and measures both in one process. What passes between a module and whoever
// loads it is made of plain values and of this source tree, never of the library's own structs,
// which differ between commits.
#ifndef KP_SIDE_H
#define KP_SIDE_H

#include "shaders.h"
#include "survey.h"

typedef struct kp_side kp_side;

typedef const kronos_shader *(*kp_find_shader)(const char *name);

typedef struct kp_side_api {
    const char *stamp; // first, always: which headers the module was made with, see stamp.cmake
    // A device, as kro_context_config takes them. NULL with a sentence in `problem`.
    kp_side *(*open)(const char *device, const char *driver, kp_find_shader find, kt_text *problem);
    void (*close)(kp_side *side); // accepts NULL
    // Chooses what rounds do. False with a sentence in `problem`.
    bool (*load)(kp_side *side, const kp_workload *workload, kt_text *problem);
    void (*unload)(kp_side *side); // gives its memory back
    // Of contenders: the workload as a stream, and as a graph.
    kro_status (*round)(void *side);
    kro_status (*launch)(void *side);
} kp_side_api;

// The only function of a module that can be found.
__attribute__((visibility("default"))) const kp_side_api *kp_side_get(void);

#endif
