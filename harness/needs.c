#include "needs.h"

#include <stdbool.h>
#include <stddef.h>

// A need that is a flag of kro_features.
typedef struct feature_need {
    uint64_t need;
    size_t offset; // of the flag in kro_features
    const char *name;
} feature_need;

static const feature_need FEATURES[] = {
    {NEEDS_FLOAT64, offsetof(kro_features, float64), "float64"},
    {NEEDS_INT64, offsetof(kro_features, int64), "int64"},
    {NEEDS_FLOAT16, offsetof(kro_features, float16), "float16"},
    {NEEDS_INT8, offsetof(kro_features, int8), "int8"},
    {NEEDS_INT16, offsetof(kro_features, int16), "int16"},
    {NEEDS_STORAGE8, offsetof(kro_features, storage8), "storage8"},
    {NEEDS_STORAGE16, offsetof(kro_features, storage16), "storage16"},
    {NEEDS_PUSH8, offsetof(kro_features, push8), "push8"},
    {NEEDS_PUSH16, offsetof(kro_features, push16), "push16"},
    {NEEDS_INT64_ATOMICS, offsetof(kro_features, int64_atomics), "int64_atomics"},
    {NEEDS_SHARED_INT64_ATOMICS, offsetof(kro_features, shared_int64_atomics),
     "shared_int64_atomics"},
    {NEEDS_FLOAT_ATOMIC_ADD, offsetof(kro_features, float_atomic_add), "float_atomic_add"},
    {NEEDS_SHARED_FLOAT_ATOMIC_ADD, offsetof(kro_features, shared_float_atomic_add),
     "shared_float_atomic_add"},
    {NEEDS_DEVICE_ADDRESS, offsetof(kro_features, device_address), "device_address"},
    {NEEDS_SUBGROUP_SIZE_CONTROL, offsetof(kro_features, subgroup_size_control),
     "subgroup_size_control"},
    {NEEDS_VULKAN_MEMORY_MODEL, offsetof(kro_features, vulkan_memory_model), "vulkan_memory_model"},
    {NEEDS_TIMELINE_SEMAPHORES, offsetof(kro_features, timeline_semaphores), "timeline_semaphores"},
    {NEEDS_COOPERATIVE_MATRIX, offsetof(kro_features, cooperative_matrix), "cooperative_matrix"},
    {NEEDS_SCALAR_LAYOUT, offsetof(kro_features, scalar_layout), "scalar_layout"},
    {NEEDS_VARIABLE_POINTERS, offsetof(kro_features, variable_pointers), "variable_pointers"},
    {NEEDS_INTEGER_DOT_PRODUCT, offsetof(kro_features, integer_dot_product), "integer_dot_product"},
    {NEEDS_ZERO_INIT_WORKGROUP, offsetof(kro_features, zero_init_workgroup), "zero_init_workgroup"},
    {NEEDS_MAINTENANCE4, offsetof(kro_features, maintenance4), "maintenance4"},
    {NEEDS_SHADER_FLOAT_CONTROLS, offsetof(kro_features, shader_float_controls),
     "shader_float_controls"},
    {NEEDS_UNIFORM8, offsetof(kro_features, uniform8), "uniform8"},
    {NEEDS_UNIFORM16, offsetof(kro_features, uniform16), "uniform16"},
    {NEEDS_STORAGE_ARRAY_INDEXING, offsetof(kro_features, storage_array_indexing),
     "storage_array_indexing"},
    {NEEDS_UNIFORM_ARRAY_INDEXING, offsetof(kro_features, uniform_array_indexing),
     "uniform_array_indexing"},
};

_Static_assert(sizeof FEATURES / sizeof FEATURES[0] == sizeof(kro_features) / sizeof(bool),
               "every feature of a device has its need");
_Static_assert(sizeof(kro_features) / sizeof(bool) <= 48, "room below the other needs");

// A need that is a subgroup operation class.
typedef struct subgroup_need {
    uint64_t need;
    uint32_t operation;
    const char *name;
} subgroup_need;

static const subgroup_need SUBGROUP[] = {
    {NEEDS_SUBGROUP_BASIC, KRO_SUBGROUP_BASIC, "subgroup_basic"},
    {NEEDS_SUBGROUP_VOTE, KRO_SUBGROUP_VOTE, "subgroup_vote"},
    {NEEDS_SUBGROUP_ARITHMETIC, KRO_SUBGROUP_ARITHMETIC, "subgroup_arithmetic"},
    {NEEDS_SUBGROUP_BALLOT, KRO_SUBGROUP_BALLOT, "subgroup_ballot"},
    {NEEDS_SUBGROUP_SHUFFLE, KRO_SUBGROUP_SHUFFLE, "subgroup_shuffle"},
    {NEEDS_SUBGROUP_SHUFFLE_RELATIVE, KRO_SUBGROUP_SHUFFLE_RELATIVE, "subgroup_shuffle_relative"},
    {NEEDS_SUBGROUP_CLUSTERED, KRO_SUBGROUP_CLUSTERED, "subgroup_clustered"},
    {NEEDS_SUBGROUP_QUAD, KRO_SUBGROUP_QUAD, "subgroup_quad"},
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

const char *kt_needs_missing(uint64_t needs, const kro_device_info *device)
{
    const char *features = (const char *)&device->features;
    for (size_t i = 0; i < LENGTH(FEATURES); i++) {
        bool present = *(const bool *)(features + FEATURES[i].offset);
        if ((needs & FEATURES[i].need) && !present)
            return FEATURES[i].name;
    }
    for (size_t i = 0; i < LENGTH(SUBGROUP); i++) {
        bool present = device->subgroup_operations & SUBGROUP[i].operation;
        if ((needs & SUBGROUP[i].need) && !present)
            return SUBGROUP[i].name;
    }
    return NULL;
}
