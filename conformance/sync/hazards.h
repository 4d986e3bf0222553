// Two accesses to the same words, and what they must have done if the first comes before the
// second: what cases about barriers, semaphores and queues share.
//
// The first and the second access each write words of their own, or read the words for a buffer of
// their own. Old, first and second words differ everywhere, so whichever order the accesses took is
// seen in what is left.
#ifndef CONFORMANCE_SYNC_HAZARDS_H
#define CONFORMANCE_SYNC_HAZARDS_H

#include "raw.h"

typedef enum sync_access {
    SYNC_COMPUTE_WRITE,
    SYNC_COPY_WRITE,
    SYNC_FILL,
    SYNC_UPDATE,
    SYNC_COMPUTE_READ,
    SYNC_COPY_READ,
    SYNC_INDIRECT_READ, // the arguments of an indirect dispatch
    SYNC_HOST_WRITE,    // the host's are no commands; in barriers they stand for its stage
    SYNC_HOST_READ,
    SYNC_ACCESSES,
} sync_access;

typedef struct sync_access_info {
    const char *name;
    bool writes;
    VkPipelineStageFlags stage;
    VkAccessFlags access;
    VkPipelineStageFlags2 stage2; // as exact as synchronization2 has words
    VkAccessFlags2 access2;
} sync_access_info;

extern const sync_access_info SYNC_ACCESS[SYNC_ACCESSES];

typedef struct sync_hazard {
    sync_access first, second; // one of them writes
} sync_hazard;

// All pairs of commands of which one writes: read after write, write after read, write after write.
enum { SYNC_HAZARDS = 40 };
sync_hazard sync_hazard_at(uint32_t index); // index < SYNC_HAZARDS

// Buffers, kernels and sets for any pair.
typedef struct sync_scene {
    kt_raw *raw;
    kt_raw_buffer *words;      // with guard words on either side
    kt_raw_buffer *initial;    // what `words` holds before
    kt_raw_buffer *sources[2]; // what the first and the second access write
    kt_raw_buffer *outs[2];    // what they read
    kt_raw_buffer *result;     // words and outs, for the host
    kt_raw_kernel *copy, *reverse, *count;
    VkDescriptorSet writes[2], reads[2], counts[2];
} sync_scene;

typedef struct sync_scene_config {
    bool concurrent; // queues of all families may use the buffers
    bool host;       // the words are in memory that the host has mapped
} sync_scene_config;

// NULL after a failure. `config` may be NULL.
sync_scene *sync_scene_create(kt_raw *raw, const sync_scene_config *config);

// Puts everything into the state before, and waits. On the first queue.
bool sync_reset(sync_scene *scene);

// Records the first (position 0) or second (1) access, or does what the host does of it.
void sync_record(const sync_scene *scene, VkCommandBuffer commands, sync_access access,
                 uint32_t position);

// The words that the accesses share.
kt_raw_range sync_words(const sync_scene *scene);

// Whether everything is as if the pair had run in order. All work must have been waited for.
bool sync_holds(sync_scene *scene, sync_hazard hazard);

// Whether the host finds in its words what the first access leaves, without any further work.
bool sync_host_sees(sync_scene *scene, sync_access first);

// As sync_holds, and the case fails where not; `what` says in what.
bool sync_check(sync_scene *scene, sync_hazard hazard, const char *what);

#endif
