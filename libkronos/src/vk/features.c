#include "vk/features.h"

#include <string.h>

#define NEVER_CORE UINT32_MAX

// Which features a struct is for.
enum { KERNEL, EXTRA };

// Extensions without a feature struct that shaders, the device itself or Kronos needs.
static const struct {
    const char *name;
    uint32_t core_since;
} other_extensions[] = {
    {VK_KHR_SHADER_FLOAT_CONTROLS_EXTENSION_NAME, VK_API_VERSION_1_2},
    {VK_KHR_SPIRV_1_4_EXTENSION_NAME, VK_API_VERSION_1_2},
    {VK_KHR_SHADER_NON_SEMANTIC_INFO_EXTENSION_NAME, VK_API_VERSION_1_3},
    {VK_EXT_SHADER_SUBGROUP_BALLOT_EXTENSION_NAME, NEVER_CORE},
    {VK_EXT_SHADER_SUBGROUP_VOTE_EXTENSION_NAME, NEVER_CORE},
    {VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME, NEVER_CORE},
    {VK_NV_SHADER_SUBGROUP_PARTITIONED_EXTENSION_NAME, NEVER_CORE},
    {KRO__PORTABILITY_SUBSET_EXTENSION, NEVER_CORE},
};
_Static_assert(sizeof other_extensions / sizeof other_extensions[0] <= KRO__OTHER_EXTENSIONS,
               "room for every extension");

bool kro__vk_offers_extension(const kro__vk_offer *offer, const char *name)
{
    for (uint32_t i = 0; i < offer->extension_count; i++)
        if (strcmp(offer->extensions[i].extensionName, name) == 0)
            return true;
    return false;
}

bool kro__vk_offers(const kro__vk_offer *offer, uint32_t core_since, const char *extension)
{
    return offer->api_version >= core_since || kro__vk_offers_extension(offer, extension);
}

bool kro__vk_knows_extension(const char *name)
{
#define KRO__FEATURES(use, member, type, structure_type, since, extension) \
    if (strcmp(extension, name) == 0)                                      \
        return true;
#include "vk/features.def"
    for (size_t i = 0; i < sizeof other_extensions / sizeof other_extensions[0]; i++)
        if (strcmp(other_extensions[i].name, name) == 0)
            return true;
    return false;
}

// Source: Vulkan 1.3, "Vulkan Environment for SPIR-V", "Versions and Formats".
uint32_t kro__vk_max_spirv(const kro__vk_offer *offer)
{
    if (offer->api_version >= VK_API_VERSION_1_3)
        return 0x00010600;
    if (offer->api_version >= VK_API_VERSION_1_2)
        return 0x00010500;
    return kro__vk_offers_extension(offer, VK_KHR_SPIRV_1_4_EXTENSION_NAME) ? 0x00010400
                                                                            : 0x00010300;
}

// Every feature struct begins like this.
static void link_struct(VkBaseOutStructure **end, void *next, VkStructureType type)
{
    VkBaseOutStructure *structure = next;
    structure->sType = type;
    structure->pNext = NULL;
    (*end)->pNext = structure;
    *end = structure;
}

// Chains the structs that the offer knows, of kernels or of both uses.
static void chain(kro__vk_features *features, const kro__vk_offer *offer, bool all)
{
    VkBaseOutStructure *end = (VkBaseOutStructure *)&features->core;
    features->core.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2;
    features->core.pNext = NULL;
#define KRO__FEATURES(use, member, type, structure_type, since, extension) \
    if ((all || use == KERNEL) && kro__vk_offers(offer, since, extension)) \
        link_struct(&end, &features->member, structure_type);
#include "vk/features.def"
}

void kro__vk_features_chain(kro__vk_features *features, const kro__vk_offer *offer)
{
    *features = (kro__vk_features){0};
    chain(features, offer, true);
}

// An extension is enabled only below the version that made it core: above, its features are core
// too, and the driver need not list it.
static void select_extensions(kro__vk_selection *out, const kro__vk_offer *offer, bool all)
{
    out->extension_count = 0;
#define KRO__FEATURES(use, member, type, structure_type, since, extension) \
    if ((all || use == KERNEL) && offer->api_version < since &&            \
        kro__vk_offers_extension(offer, extension))                        \
        out->extensions[out->extension_count++] = extension;
#include "vk/features.def"
    for (size_t i = 0; i < sizeof other_extensions / sizeof other_extensions[0]; i++)
        if (offer->api_version < other_extensions[i].core_since &&
            kro__vk_offers_extension(offer, other_extensions[i].name))
            out->extensions[out->extension_count++] = other_extensions[i].name;
}

// Leaves only what kernels may need: some of the rest costs time or memory.
static void keep_kernel_features(kro__vk_features *features)
{
#define KRO__FEATURES(use, member, type, structure_type, since, extension) \
    if (use == EXTRA)                                                      \
        features->member = (type){0};
#include "vk/features.def"
    // The graphics features all go. Dynamic indexing of buffer arrays is what kernels with arrays
    // use.
    const VkPhysicalDeviceFeatures *has = &features->core.features;
    features->core.features = (VkPhysicalDeviceFeatures){
        .shaderFloat64 = has->shaderFloat64,
        .shaderInt64 = has->shaderInt64,
        .shaderInt16 = has->shaderInt16,
        .shaderUniformBufferArrayDynamicIndexing = has->shaderUniformBufferArrayDynamicIndexing,
        .shaderStorageBufferArrayDynamicIndexing = has->shaderStorageBufferArrayDynamicIndexing,
    };
    features->storage16.storageInputOutput16 = VK_FALSE;
    // Replay reserves address space; several devices are not used together.
    features->device_address.bufferDeviceAddressCaptureReplay = VK_FALSE;
    features->device_address.bufferDeviceAddressMultiDevice = VK_FALSE;
    features->atomic_float.shaderImageFloat32Atomics = VK_FALSE;
    features->atomic_float.shaderImageFloat32AtomicAdd = VK_FALSE;
    features->atomic_float.sparseImageFloat32Atomics = VK_FALSE;
    features->atomic_float.sparseImageFloat32AtomicAdd = VK_FALSE;
}

void kro__vk_select(kro__vk_selection *out, const kro__vk_features *has, const kro__vk_offer *offer,
                    bool all, bool robust)
{
    VkBool32 has_robust = has->core.features.robustBufferAccess;
    out->features = *has;
    chain(&out->features, offer, all);
    select_extensions(out, offer, all);
    if (!all)
        keep_kernel_features(&out->features);
    out->features.core.features.robustBufferAccess = robust ? has_robust : VK_FALSE;
    if (!robust)
        out->features.cooperative_matrix.cooperativeMatrixRobustBufferAccess = VK_FALSE;
}

void kro__vk_select_enabled(kro__vk_selection *out, const kro__vk_features *enabled)
{
    *out = (kro__vk_selection){.features = *enabled};
    out->features.core.pNext = NULL; // no device is made with it
}

void kro__vk_features_info(const kro__vk_features *has, const kro__vk_offer *offer,
                           kro_features *out)
{
    // A name of ours may need several of Vulkan's: the one is taken without which the others are no
    // use.
    *out = (kro_features){
        .float64 = has->core.features.shaderFloat64,
        .int64 = has->core.features.shaderInt64,
        .float16 = has->float16_int8.shaderFloat16,
        .int8 = has->float16_int8.shaderInt8,
        .int16 = has->core.features.shaderInt16,
        .storage8 = has->storage8.storageBuffer8BitAccess,
        .storage16 = has->storage16.storageBuffer16BitAccess,
        .push8 = has->storage8.storagePushConstant8,
        .push16 = has->storage16.storagePushConstant16,
        .int64_atomics = has->atomic_int64.shaderBufferInt64Atomics,
        .shared_int64_atomics = has->atomic_int64.shaderSharedInt64Atomics,
        .float_atomic_add = has->atomic_float.shaderBufferFloat32AtomicAdd,
        .shared_float_atomic_add = has->atomic_float.shaderSharedFloat32AtomicAdd,
        .device_address = has->device_address.bufferDeviceAddress,
        .subgroup_size_control = has->subgroup_size.subgroupSizeControl,
        .vulkan_memory_model = has->memory_model.vulkanMemoryModel,
        .timeline_semaphores = has->timeline.timelineSemaphore,
        .cooperative_matrix = has->cooperative_matrix.cooperativeMatrix,
        .scalar_layout = has->scalar_layout.scalarBlockLayout,
        .variable_pointers = has->variable_pointers.variablePointers,
        .integer_dot_product = has->integer_dot_product.shaderIntegerDotProduct,
        .zero_init_workgroup = has->zero_workgroup.shaderZeroInitializeWorkgroupMemory,
        .maintenance4 = has->maintenance4.maintenance4,
        .shader_float_controls =
            kro__vk_offers(offer, VK_API_VERSION_1_2, VK_KHR_SHADER_FLOAT_CONTROLS_EXTENSION_NAME),
        .uniform8 = has->storage8.uniformAndStorageBuffer8BitAccess,
        .uniform16 = has->storage16.uniformAndStorageBuffer16BitAccess,
        .storage_array_indexing = has->core.features.shaderStorageBufferArrayDynamicIndexing,
        .uniform_array_indexing = has->core.features.shaderUniformBufferArrayDynamicIndexing,
    };
}
