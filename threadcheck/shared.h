// What the threads of many scenes share: a context and a kernel, and a place to meet.
#ifndef THREADCHECK_SHARED_H
#define THREADCHECK_SHARED_H

#include "explore.h"
#include "os/thread.h"

typedef struct shared_things {
    kro_context *ctx;
    kro_pipeline *adder;
    // How far the scene is, for scenes whose threads wait for each other.
    kro__mutex lock;
    kro__condition moved;
    uint32_t act;
    kro_fence fence; // what one thread hands to another, with `act`
    kro_buffer *buffer;
    void *object;
} shared_things;

// Plays `work` on a context that all threads share, and destroys what stands in shared_things.
void play_shared(const stage *on, uint32_t count, void *(*work)(void *player));

// Waits until the scene is at an act at least, and lets it go on to one.
void shared_await(shared_things *things, uint32_t act);
void shared_go_on(shared_things *things, uint32_t act);

#endif
