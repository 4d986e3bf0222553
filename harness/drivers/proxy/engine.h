// Holds submitted work of a device back and runs it later: when the host looks, in another order,
// on another queue. Devices whose spec asks for none of that have no engine.
#ifndef KRO_PROXY_ENGINE_H
#define KRO_PROXY_ENGINE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "capture.h"
#include "device.h"
#include "proxy.h"
#include "replay.h"

typedef struct kro__engine {
    kro__device *device;
    pthread_mutex_t mutex;   // of everything here, and of every use of a real queue
    pthread_cond_t progress; // something was submitted, signalled or run
    kro__batch *held;        // in order of submission
    kro__batch **end;
    uint64_t batch_count, held_count; // made; held
    uint64_t polls;                   // polls that saw nothing since work was last run
    uint64_t barrier_count[3];        // submitted, by kind
    uint64_t random;
    kro__replay replay;
    VkPipelineLayout *layouts; // destroyed by the application, still needed to replay
    uint32_t layout_count, layout_room;
    struct kro__exits *exits; // NULL where they are not checked
    kro__capture capture;
} kro__engine;

// Gives a device an engine if its spec needs one.
VkResult kro__engine_create(kro__device *device, const VkDeviceCreateInfo *info);
// Runs what is held and can run, and frees the engine; accepts a device without one.
void kro__engine_destroy(kro__device *device);

// Holds a list of batches back; they are the engine's then. Locked by the caller.
void kro__engine_hold(kro__engine *engine, kro__batch *batches);

// Runs everything held that can run, and waits for it. Locked by the caller.
//
// Returns: DEVICE_LOST, now and ever after, if the driver failed.
VkResult kro__engine_flush(kro__engine *engine);

// The host asks whether something is complete: runs what is held, unless the poll is one that must
// see it unfinished.
VkResult kro__engine_poll(kro__engine *engine);

// The application changes or destroys something that held work uses: a violation. Runs what it can.
void kro__engine_used_early(kro__device *device, const char *call, VkObjectType type,
                            uint64_t handle);

// Of all devices, since the last reset.
uint64_t kro__engine_barriers(kronos_proxy_barrier kind);
uint64_t kro__engine_replayed(void);
uint64_t kro__engine_opaque(void);
void kro__engine_reset_counts(void);

#endif
