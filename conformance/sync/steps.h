// Steps on the same words of which no two may change places, and what they must leave.
#ifndef CONFORMANCE_SYNC_STEPS_H
#define CONFORMANCE_SYNC_STEPS_H

#include "raw.h"

enum { SYNC_STEP_WORDS = 1024 };

typedef struct sync_steps {
    kt_raw *raw;
    kt_raw_buffer *words;
    kt_raw_kernel *affine;
    VkDescriptorSet set;
    uint32_t expected[SYNC_STEP_WORDS];
} sync_steps;

// Random words, which no step has touched. NULL after a failure.
sync_steps *sync_steps_create(kt_raw *raw);
// Other words, once all steps have been waited for.
void sync_steps_reset(sync_steps *steps);

// Records step number `i`: every word times 2 * i + 3, plus a number made of `i`.
void sync_step(const sync_steps *steps, VkCommandBuffer commands, uint32_t i);
// Makes later steps wait for earlier ones and see what they wrote.
void sync_step_barrier(const sync_steps *steps, VkCommandBuffer commands);
// A command buffer for a queue with one step, ended. With `barrier` it begins with one.
VkCommandBuffer sync_step_alone(const sync_steps *steps, uint32_t queue, uint32_t i, bool barrier);

// Notes that step `i` comes next.
void sync_expect_step(sync_steps *steps, uint32_t i);
// Whether the words are what the noted steps leave; all work must have been waited for.
bool sync_steps_hold(const sync_steps *steps);
// The same, and the case fails where not.
bool sync_steps_check(const sync_steps *steps);

#endif
