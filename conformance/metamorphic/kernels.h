// The kernels that are rewritten: those of the corpus that compute integers exactly.
#ifndef CONFORMANCE_METAMORPHIC_KERNELS_H
#define CONFORMANCE_METAMORPHIC_KERNELS_H

#include "test.h"

enum { SUBJECT_BUFFERS = 4, SUBJECT_CONSTANTS = 2, SUBJECT_PUSH_WORDS = 3 };

// What a buffer holds before: random words, of which `mask` may be set.
typedef struct subject_words {
    uint32_t count; // 0: no buffer
    uint32_t mask;  // 0: they are zero
} subject_words;

typedef struct subject {
    const char *shader;
    subject_words buffers[SUBJECT_BUFFERS]; // bindings 0, 1, … of set 0
    uint32_t groups[3];
    uint32_t push[SUBJECT_PUSH_WORDS], push_words;
    kro_constant constants[SUBJECT_CONSTANTS];
    uint32_t constant_count;
    uint64_t needs; // of the device, NEEDS_…
    // Does to the buffers what the kernel should; NULL: the kernel as it is tells what is right.
    void (*expect)(const struct subject *subject, uint32_t *const buffers[SUBJECT_BUFFERS]);
} subject;

extern const subject subjects[];
extern const size_t subject_count;

#endif
