// A context: the open device, its queues, and everything that was made from it.
#ifndef KRO_SRC_CONTEXT_H
#define KRO_SRC_CONTEXT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <kronos/context.h>
#include <kronos/stream.h>

#include "backend.h"
#include "copier.h"
#include "hazards.h"
#include "os/thread.h"
#include "forecast.h"
#include "pace.h"
#include "registered.h"
#include "retire.h"

typedef struct kro__staging_chunk kro__staging_chunk;
typedef struct kro__stream_check kro__stream_check;

// A kro_read whose bytes are in staging memory, or will be once `value` has finished.
typedef struct kro__pending_read {
    kro_stream *stream;
    uint64_t value;
    kro__staging_chunk *chunk;
    uint64_t offset_bytes, size_bytes; // in the chunk
    void *dst;
} kro__pending_read;

// check_hazards: a submit that is ordered after work of other queues.
typedef struct kro__order {
    uint64_t value;
    uint64_t known[KRO__MAX_QUEUES]; // by queue: the value that it is behind
} kro__order;

// One device queue and what is known of the work submitted to it.
typedef struct kro__queue {
    uint32_t index;
    kro__mutex lock;                  // held around a submit, and by kro_vk_queue_lock
    kro__accesses accesses;           // under lock: since the last entry barrier, by submit value
    _Atomic uint64_t last;            // highest value submitted
    _Atomic uint64_t last_everything; // highest of a batch that uses every buffer with an address
    _Atomic uint64_t retired;         // highest value that the application has seen complete
    kro__mutex delivery_lock;         // held while reads are filled, and taken off the list
    kro__mutex reads_lock;            // taken inside of that, and of `lock`
    kro__pending_read *reads;         // under reads_lock, by value
    uint32_t read_count, read_capacity;
    _Atomic uint32_t undelivered; // read_count, to look without the lock
    kro__order *orders;           // under the context's check_lock; the first sums up retired ones
    uint32_t order_count, order_capacity;
    kro__forecast forecast; // of waits
    kro__mutex pace_lock;
    kro__pace pace; // under pace_lock
} kro__queue;

struct kro_context {
    const kro__backend *backend;
    kro__device *device;
    kro__log log;
    bool plain, check_hazards;
    uint32_t batch_nodes;
    uint64_t spin_ns;
    uint32_t queue_count;
    kro__queue queues[KRO__MAX_QUEUES];
    kro_stream *default_stream; // shared between threads by its lock
    kro_stream *transfers;      // blocking copies through staging; never the application's
    _Atomic bool lost;
    _Atomic uint64_t buffer_ids, stream_ids;
    _Atomic uint32_t pipeline_ids;
    _Atomic uint64_t maps; // how often a buffer was mapped: while it stands still, none was
    bool has_graveyard, has_check_lock; // the two below were initialised
    kro__graveyard graveyard;
    kro__mutex check_lock; // check_hazards: every stream's `check`
    kro__registered registered;
    kro_memory_info memory; // as the application saw it last
    kro__copier copier;     // for the bytes that pass between the application and mapped memory
};

// For vk/handles.c.
kro__device *kro__context_device(const kro_context *ctx);

// Opens a device of a given backend; kro_context_create with the Vulkan one.
kro_status kro__context_open(const kro__backend *backend, const kro_context_config *config,
                             kro_context **out);

// Opens the device of `adapters`, which holds one and which it takes in any case. `full` is a
// completed config.
kro_status kro__context_adopt(const kro__backend *backend, kro__adapters *adapters,
                              const kro_context_config *full, kro_context **out);

// Passes a status on; a DEVICE_LOST marks the context, so that every waiter wakes.
kro_status kro__context_note(kro_context *ctx, kro_status status);

// KRO_OK, or DEVICE_LOST with its sentence.
kro_status kro__context_check(const kro_context *ctx);

#endif
