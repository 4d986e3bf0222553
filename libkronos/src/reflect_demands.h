// What code needs of a device beyond the capabilities that its module declares: Vulkan has features
// for atomics by the memory they work on, and for arrays of buffers without any capability.
#ifndef KRO_SRC_REFLECT_DEMANDS_H
#define KRO_SRC_REFLECT_DEMANDS_H

#include <stdint.h>

#include "reflect_module.h"

typedef enum kro__demand {
    // Atomics on buffers; those on workgroup memory are KRO__DEMAND_SHARED higher. Of floats, the
    // first three are loads, stores and exchanges.
    KRO__DEMAND_INT64_ATOMICS,
    KRO__DEMAND_FLOAT16_ATOMICS,
    KRO__DEMAND_FLOAT32_ATOMICS,
    KRO__DEMAND_FLOAT64_ATOMICS,
    KRO__DEMAND_FLOAT16_ADD,
    KRO__DEMAND_FLOAT32_ADD,
    KRO__DEMAND_FLOAT64_ADD,
    KRO__DEMAND_FLOAT16_MIN_MAX,
    KRO__DEMAND_FLOAT32_MIN_MAX,
    KRO__DEMAND_FLOAT64_MIN_MAX,
    KRO__DEMAND_SHARED,
    // An array of buffers with an index that is no constant.
    KRO__DEMAND_STORAGE_ARRAY_INDEXING = 2 * KRO__DEMAND_SHARED,
    KRO__DEMAND_UNIFORM_ARRAY_INDEXING,
    KRO__DEMAND_COUNT,
} kro__demand;

// The demands of one instruction: a bit per kro__demand.
uint32_t kro__demands_of(const kro__module *module, const uint32_t *instruction);

#endif
