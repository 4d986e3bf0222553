// Calls that make things or move bytes, each beside the same in hand-written Vulkan.
#ifndef KP_CALLS_H
#define KP_CALLS_H

#include <cjson/cJSON.h>

#include "measure.h"
#include "scene.h"
#include "survey.h"

// What calls are measured with.
typedef struct kp_call_bench {
    const kp_scene *scene;
    const kp_survey_config *survey;
    bool computes; // the device does; the null driver moves no byte
} kp_call_bench;

// Where the library's contender stands; the others are twins.
enum { KP_CALL_OWN = 0 };

// A call that is ready to be measured.
typedef struct kp_call {
    kp_contender contenders[KP_MAX_CONTENDERS];
    size_t count;
    uint64_t bytes;    // that a round moves; 0: it moves none
    bool lacks_memory; // it could not be opened, and that is why
    void *self;
    // Whether a contender does what it says; NULL where there is nothing to see.
    bool (*check)(const struct kp_call *call, size_t index, kt_text *problem);
    void (*finish)(void *self); // of what has failed, too; NULL: there is nothing
} kp_call;

void kp_call_add(kp_call *call, const char *name, kro_status (*round)(void *), void *self);
// A sentence about a contender that failed; false.
bool kp_call_refuse(const kp_call *call, size_t index, kro_status status, kt_text *problem);

// What is measured.
typedef struct kp_call_kind {
    const char *name;
    // Returns: false with a sentence in `problem`; `out->finish` is to be called all the same.
    bool (*open)(const kp_call_bench *bench, const struct kp_call_kind *kind, kp_call *out,
                 kt_text *problem);
    uint64_t size_bytes; // of a transfer
    kt_tier cpu_tier;    // from which on it is measured on CPU drivers; on GPUs it always is
    bool threads;        // it shares its copying between threads
    double gpu_ns;       // what it takes about on a GPU, where that is not what its bytes take
} kp_call_kind;

// Runs each contender once and looks at what it did.
//
// Returns: false with a sentence in `problem`, which names the contender.
bool kp_call_check(const kp_call *call, kt_text *problem);

// What there is, the kinds one after the other; NULL behind the last.
const kp_call_kind *kp_call_kind_at(size_t index);

// Measures the calls that the survey chooses and adds them to `results`: to "workloads", or, where
// memory is short, to "skipped".
//
// Returns: false with a sentence in `problem`.
bool kp_calls_run(const kp_call_bench *bench, cJSON *results, kt_text *problem);

#endif
