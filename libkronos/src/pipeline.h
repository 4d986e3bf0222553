// A pipeline, as the core sees it.
#ifndef KRO_SRC_PIPELINE_H
#define KRO_SRC_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/pipeline.h>
#include <kronos/stream.h>

#include "backend.h"
#include "reflect.h"
#include "retire.h"

// One buffer that a dispatch has to bring: an element of a declared binding.
typedef struct kro__slot {
    uint32_t binding_index; // in info.bindings
    uint32_t set, binding, element;
    kro_binding_kind kind;
    bool reads, writes, dynamic;
    uint64_t min_bytes;
} kro__slot;

struct kro_pipeline {
    kro__object object;
    uint32_t id;
    kro__kernel *kernel;
    kro__reflection reflection;
    kro_pipeline_info info;
    uint32_t slot_count, dynamic_count;
    uint32_t set_count;             // descriptor sets that hold a binding
    kro__slot *slots;               // by set, binding, element: the order of dynamic offsets
    int32_t set0[KRO_ARGS_BUFFERS]; // slot of binding n of set 0, or -1
    char *label;
};

#endif
