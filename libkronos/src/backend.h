// The seam between the core and a device: plain values down, statuses and numbers up. The core
// checks arguments, finds hazards, schedules and writes error text about the caller's objects; a
// backend enumerates, allocates, compiles, records and submits what it is told, and adds error text
// about the driver. Vulkan stands behind it in vk/; unit tests stand behind it with host memory.
#ifndef KRO_SRC_BACKEND_H
#define KRO_SRC_BACKEND_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/buffer.h>
#include <kronos/context.h>
#include <kronos/pipeline.h>
#include <kronos/status.h>

#include "fail.h"
#include "reflect.h"

enum { KRO__MAX_QUEUES = 8 };

typedef struct kro__backend kro__backend;
typedef struct kro__recorder kro__recorder; // backend's part of a stream
typedef struct kro__recorded kro__recorded; // a batch ready to submit: once, or `again` and again

// What to open: the context's config after the environment was read and defaults were filled in.
typedef struct kro__open_config {
    const char *driver; // NULL: the loader
    bool validation, robust, enable_all_features;
    bool no_memory_budget;
    uint32_t queues;     // 1 .. KRO__MAX_QUEUES
    uint64_t slab_bytes; // 0: the backend's choice
    const char *cache_dir;
    kro_get_instance_proc_addr get_instance_proc_addr;
    kro__log log;
} kro__open_config;

// The devices a backend found. Backends put this first in their own struct.
typedef struct kro__adapters {
    uint32_t count;
    const kro_device_info *infos; // in the driver's order; info.index is meaningless here
} kro__adapters;

// An open device. Backends put this first in their own struct.
typedef struct kro__device {
    const kro__backend *backend;
    kro_device_info info;     // queue_count is the true count
    uint32_t max_dynamic;     // dynamic storage bindings that one kernel may have
    uint32_t max_spirv;       // newest SPIR-V version word that it takes
    uint64_t default_spin_ns; // by device type and quirk
    uint64_t watchdog_ns; // a submission that runs longer loses the device; 0: none, or not known
} kro__device;

// Memory behind one buffer. Backends put this first in their own struct.
typedef struct kro__memory {
    uint64_t size_bytes;
    void *host;         // host pointer for its whole life, or NULL where the host cannot reach it;
                        // otherwise a batch that writes it needs an exit barrier
    bool host_readable; // the host may read it directly and fast. Always true of READBACK.
    bool host_atoms;    // the host's bytes pass by flush and invalidation, whole atoms at a time
    uint64_t device_address; // 0 unless asked for
} kro__memory;

typedef struct kro__memory_config {
    uint64_t size_bytes;
    kro_memory memory;
    bool device_address; // only where features.device_address
    void *host;        // HOST: the caller's memory; both it and the size suit limits.host_alignment
    const char *label; // "" where none was given
} kro__memory_config;

// A compiled kernel. Backends put this first in their own struct.
typedef struct kro__kernel {
    uint32_t layout_id; // kernels with equal ids can use each other's descriptor sets
    uint32_t id;        // the config's
} kro__kernel;

// One specialization value, as wide as the shader declares it.
typedef struct kro__constant {
    uint32_t id, size_bytes;
    uint64_t bits;
} kro__constant;

typedef struct kro__kernel_config {
    uint32_t id; // of its pipeline, never reused; 0: the backend's own
    const kro__reflection *reflection;
    const uint32_t *words;
    uint64_t word_count;
    const bool *dynamic; // one per reflected binding: takes a dynamic offset (single storage only)
    const kro__constant *constants;
    uint32_t constant_count;
    uint32_t subgroup_size; // 0: the driver's choice; else features.subgroup_size_control is there
    const char *label;
} kro__kernel_config;

typedef enum kro__op {
    KRO__OP_DISPATCH,
    KRO__OP_DISPATCH_INDIRECT,
    KRO__OP_COPY,
    KRO__OP_FILL,
} kro__op;

// One recorded operation.
typedef struct kro__node {
    kro__op op;
    uint32_t binding_id; // dispatches: the descriptor sets to bind; 0: the kernel has no bindings
    union {
        struct {
            kro__kernel *kernel;
            uint32_t groups[3];
            uint32_t push_first, push_bytes;       // in batch.push
            uint32_t dynamic_first, dynamic_count; // in batch.dynamic_offsets, in binding order
            kro__memory *indirect;                 // DISPATCH_INDIRECT: where the groups are
            uint64_t indirect_offset_bytes;
        } dispatch;
        struct {
            kro__memory *dst, *src;
            uint64_t dst_offset_bytes, src_offset_bytes, size_bytes;
        } copy;
        struct {
            kro__memory *dst;
            uint64_t offset_bytes, size_bytes; // multiples of 4
            uint32_t word;
        } fill;
    };
} kro__node;

// One buffer range in a descriptor set.
typedef struct kro__set_entry {
    kro__memory *memory;               // NULL: declared and unused; left unwritten
    uint64_t offset_bytes, size_bytes; // where dynamic, a multiple of 2^32: the rest is dynamic
    uint32_t set, binding, element;
    kro_binding_kind kind;
    bool dynamic;
} kro__set_entry;

// Descriptor sets to write before recording, known from now on as `binding_id` to this recorder.
typedef struct kro__set_config {
    uint32_t binding_id;       // from 1; the core keeps them small and reuses them after eviction
    const kro__kernel *kernel; // any kernel of that layout; used during the call only
    uint32_t entry_first, entry_count; // in batch.entries
} kro__set_config;

// A scheduled batch.
typedef struct kro__batch {
    const kro__node *nodes;
    const uint32_t *order; // node indices, in the order to record
    uint32_t node_count;
    const uint32_t
        *barriers; // ascending positions in `order`: a full memory barrier goes before each
    uint32_t barrier_count;
    bool any_indirect; // there are KRO__OP_DISPATCH_INDIRECT
    bool exit_barrier; // end with a barrier that makes device writes visible to the host
    bool again;        // it may be submitted any number of times, also while it is in flight
    const uint8_t *push;
    uint32_t push_bytes;
    const uint32_t *dynamic_offsets;
    uint32_t dynamic_count;
    const uint32_t *evicted; // binding ids whose sets may be freed now; done before `sets`
    uint32_t evicted_count;
    const kro__set_config *sets;
    uint32_t set_count;
    const kro__set_entry *entries;
} kro__batch;

// Work of another queue that a submit waits for.
typedef struct kro__wait {
    uint32_t queue;
    uint64_t value;
} kro__wait;

// The calls of a backend. Statuses follow the public ones; sentences are written by kro__fail.
// "Locked" calls are made with the queue's lock held by the core; the others may run at any time on
// any thread, but one recorder and one memory are used by one thread at a time.
struct kro__backend {
    const char *name;

    kro_status (*enumerate)(const kro__open_config *config, kro__adapters **out);
    void (*adapters_destroy)(kro__adapters *adapters);

    // Opens infos[index]. On success the device owns `adapters`; on failure the caller still does.
    kro_status (*open)(kro__adapters *adapters, uint32_t index, const kro__open_config *config,
                       kro__device **out);
    // Everything else is destroyed first and all work has finished, or the device is lost.
    void (*close)(kro__device *device);

    kro_status (*memory_create)(kro__device *device, const kro__memory_config *config,
                                kro__memory **out);
    void (*memory_destroy)(kro__device *device, kro__memory *memory);
    // Makes host writes to a range of memory->host visible to work submitted later.
    kro_status (*memory_flush)(kro__device *device, kro__memory *memory, uint64_t offset_bytes,
                               uint64_t size_bytes);
    // Makes finished device writes to a range visible through memory->host.
    kro_status (*memory_invalidate)(kro__device *device, kro__memory *memory, uint64_t offset_bytes,
                                    uint64_t size_bytes);

    // What there is of the device's memory now, and what is in use.
    void (*memory_info)(kro__device *device, kro_memory_info *out);

    kro_status (*kernel_create)(kro__device *device, const kro__kernel_config *config,
                                kro__kernel **out);
    void (*kernel_destroy)(kro__device *device, kro__kernel *kernel);

    kro_status (*recorder_create)(kro__device *device, uint32_t queue, const char *label,
                                  kro__recorder **out);
    // Its submitted work has finished, or the device is lost.
    void (*recorder_destroy)(kro__device *device, kro__recorder *recorder);
    // Records a batch; writes nothing that submitted work still uses. After an error nothing was
    // recorded, `evicted` was carried out, and none of `sets` exists.
    kro_status (*record)(kro__recorder *recorder, const kro__batch *batch, kro__recorded **out);
    // Gives up a recorded batch that is not submitted, or, where it may be `again`, not in flight.
    void (*discard)(kro__recorder *recorder, kro__recorded *recorded);

    // Locked. Submits a batch to the recorder's queue, behind a full memory barrier if
    // `entry_barrier`, after the waits. `*value` receives the queue's next value (they count 1, 2,
    // 3 …). After an error no value was used and a batch for once is discarded. A batch for again
    // may be another recorder's, and is as it was.
    kro_status (*submit)(kro__recorder *recorder, kro__recorded *recorded, bool entry_barrier,
                         const kro__wait *waits, uint32_t wait_count, uint64_t *value);

    // The highest finished value of a queue. Never blocks.
    kro_status (*completed)(kro__device *device, uint32_t queue, uint64_t *value);
    // Blocks until a value has finished: KRO_OK, KRO_TIMEOUT or an error. Does not spin.
    kro_status (*wait)(kro__device *device, uint32_t queue, uint64_t value, uint64_t timeout_ns);
    // Blocks until the device has finished everything; the way out when a wait failed.
    void (*wait_idle)(kro__device *device);
};

// The Vulkan backend.
extern const kro__backend kro__backend_vk;

#endif
