#include "capabilities.h"

#include <stdbool.h>
#include <stddef.h>

#include <spirv/unified1/spirv.h>

enum { NO_FEATURE = -1 };

#define FEATURE(name) (int)offsetof(kro_features, name), 0
#define SUBGROUP(bit) NO_FEATURE, KRO_SUBGROUP_##bit

// Numbers that the headers of Debian 12 do not have yet.
enum { CAPABILITY_COOPERATIVE_MATRIX_KHR = 6022 };

static const struct {
    uint32_t capability;
    const char *name;
    int feature_offset;
    uint32_t subgroup_operations;
} table[] = {
    {SpvCapabilityFloat64, "Float64", FEATURE(float64)},
    {SpvCapabilityInt64, "Int64", FEATURE(int64)},
    {SpvCapabilityFloat16, "Float16", FEATURE(float16)},
    {SpvCapabilityInt16, "Int16", FEATURE(int16)},
    {SpvCapabilityInt8, "Int8", FEATURE(int8)},
    {SpvCapabilityStorageBuffer8BitAccess, "StorageBuffer8BitAccess", FEATURE(storage8)},
    {SpvCapabilityUniformAndStorageBuffer8BitAccess, "UniformAndStorageBuffer8BitAccess",
     FEATURE(uniform8)},
    {SpvCapabilityStoragePushConstant8, "StoragePushConstant8", FEATURE(push8)},
    {SpvCapabilityStorageBuffer16BitAccess, "StorageBuffer16BitAccess", FEATURE(storage16)},
    {SpvCapabilityUniformAndStorageBuffer16BitAccess, "UniformAndStorageBuffer16BitAccess",
     FEATURE(uniform16)},
    {SpvCapabilityStoragePushConstant16, "StoragePushConstant16", FEATURE(push16)},
    {SpvCapabilityInt64Atomics, "Int64Atomics", FEATURE(int64_atomics)},
    {SpvCapabilityAtomicFloat32AddEXT, "AtomicFloat32AddEXT", FEATURE(float_atomic_add)},
    {SpvCapabilityPhysicalStorageBufferAddresses, "PhysicalStorageBufferAddresses",
     FEATURE(device_address)},
    {SpvCapabilityVulkanMemoryModel, "VulkanMemoryModel", FEATURE(vulkan_memory_model)},
    {SpvCapabilityVariablePointers, "VariablePointers", FEATURE(variable_pointers)},
    {SpvCapabilityVariablePointersStorageBuffer, "VariablePointersStorageBuffer",
     FEATURE(variable_pointers)},
    {SpvCapabilityDotProductKHR, "DotProduct", FEATURE(integer_dot_product)},
    {CAPABILITY_COOPERATIVE_MATRIX_KHR, "CooperativeMatrixKHR", FEATURE(cooperative_matrix)},
    {SpvCapabilityGroupNonUniform, "GroupNonUniform", SUBGROUP(BASIC)},
    {SpvCapabilityGroupNonUniformVote, "GroupNonUniformVote", SUBGROUP(VOTE)},
    {SpvCapabilityGroupNonUniformArithmetic, "GroupNonUniformArithmetic", SUBGROUP(ARITHMETIC)},
    {SpvCapabilityGroupNonUniformBallot, "GroupNonUniformBallot", SUBGROUP(BALLOT)},
    {SpvCapabilityGroupNonUniformShuffle, "GroupNonUniformShuffle", SUBGROUP(SHUFFLE)},
    {SpvCapabilityGroupNonUniformShuffleRelative, "GroupNonUniformShuffleRelative",
     SUBGROUP(SHUFFLE_RELATIVE)},
    {SpvCapabilityGroupNonUniformClustered, "GroupNonUniformClustered", SUBGROUP(CLUSTERED)},
    {SpvCapabilityGroupNonUniformQuad, "GroupNonUniformQuad", SUBGROUP(QUAD)},
};

static bool device_has(const kro_device_info *info, size_t row)
{
    if (table[row].feature_offset == NO_FEATURE)
        return (info->subgroup_operations & table[row].subgroup_operations) != 0;
    return *(const bool *)((const char *)&info->features + table[row].feature_offset);
}

const char *kro__missing_capability(const kro_device_info *info, const uint32_t *capabilities,
                                    uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (size_t row = 0; row < sizeof table / sizeof *table; row++)
            if (table[row].capability == capabilities[i] && !device_has(info, row))
                return table[row].name;
    return NULL;
}
