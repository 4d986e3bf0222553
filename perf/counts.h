// What a batch asks of the driver, counted by the proxy driver in front of it, and of the heap: the
// library's own statistics have no say.
#ifndef KP_COUNTS_H
#define KP_COUNTS_H

#include <cjson/cJSON.h>

#include "os/library.h"
#include "proxy/proxy.h"
#include "scene.h"

typedef struct kp_counts {
    uint64_t submits, dispatches;
    uint64_t level_barriers, entry_barriers, exit_barriers;
    uint64_t descriptor_writes, objects_created, memory_allocations;
    uint64_t heap_allocations; // of the library on the calling thread
} kp_counts;

// The counts by name, in the order of the struct.
typedef struct kp_count_field {
    const char *name;
    size_t offset; // in kp_counts
} kp_count_field;

enum { KP_COUNT_FIELDS = 9 };
extern const kp_count_field kp_count_fields[KP_COUNT_FIELDS];

// As an object, which the caller deletes.
cJSON *kp_counts_json(const kp_counts *counts);

typedef struct kp_counter {
    kp_scene scene;
    char *device, *driver; // how it was opened
    const kronos_proxy_api *proxy;
} kp_counter;

// Opens the device of another scene once more, behind the proxy. Sets variables of the environment.
// Both return false with a sentence in `problem`; kp_counter_finish accepts what has failed.
bool kp_counter_init(kp_counter *counter, const kp_scene *of, kt_text *problem);
void kp_counter_finish(kp_counter *counter);

// Work on the counter's device.
typedef struct kp_counted {
    kro_status (*round)(void *self);
    void *self;
    uint32_t dispatches; // of a round
    kt_function library; // a function of the library that does it
} kp_counted;

// Counts one round, after others like it: what it costs once everything has been made.
bool kp_counter_take(const kp_counter *counter, const kp_counted *work, kp_counts *out,
                     kt_text *problem);

// The same for a batch.
bool kp_counter_count(kp_counter *counter, const kp_batch *batch, kp_counts *out, kt_text *problem);

#endif
