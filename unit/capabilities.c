// What a kernel may use is what is enabled on the device, by Vulkan's table.
#include "vk/capabilities.h"

#include <stdio.h>
#include <string.h>

#include <spirv/unified1/spirv.h>

#include "reflect_demands.h"
#include "test.h"

enum { UNKNOWN_CAPABILITY = 9999 };

// A device of Vulkan 1.1 that has nothing, to be given what a case wants.
typedef struct made_device {
    kro_device_info info;
    kro__vk_adapter adapter;
    kro__vk_selection selection;
    kro__log log;
    bool all; // config.enable_all_features
    bool imported;
    char logged[256];
} made_device;

static void keep_line(void *user, kro_log_level level, const char *line)
{
    made_device *device = user;
    (void)level;
    snprintf(device->logged, sizeof device->logged, "%s", line);
}

static made_device *make_device(kt_test *t)
{
    static const VkExtensionProperties extensions[] = {{"VK_EXT_shader_atomic_float", 1},
                                                       {"VK_EXT_shader_atomic_float2", 1},
                                                       {"VK_KHR_shader_atomic_int64", 1}};
    made_device *device = kt_alloc(t, sizeof *device);
    *device = (made_device){
        .info.name = "the device",
        .adapter.offer = {.api_version = VK_API_VERSION_1_1,
                          .extension_count = 3,
                          .extensions = extensions},
        .log = {.function = keep_line, .user = device},
    };
    return device;
}

static kro_status check(made_device *device, uint32_t capability, uint32_t demands)
{
    const kro__reflection reflection = {
        .capability_count = capability != SpvCapabilityMax,
        .capabilities = &capability,
        .demands = demands,
    };
    const kro__kernel_config config = {.reflection = &reflection, .label = "the kernel"};
    const kro__vk_opened opened = {
        .info = &device->info,
        .adapter = &device->adapter,
        .selection = &device->selection,
        .log = &device->log,
        .imported = device->imported,
    };
    kro__vk_select(&device->selection, &device->adapter.features, &device->adapter.offer,
                   device->all, false);
    return kro__vk_check_kernel(&opened, &config);
}

static kro_status check_capability(made_device *device, uint32_t capability)
{
    return check(device, capability, 0);
}

static kro_status check_demand(made_device *device, uint32_t demand)
{
    return check(device, SpvCapabilityMax, UINT32_C(1) << demand);
}

#define CHECK_WANTS(status, ...)                                   \
    do {                                                           \
        const char *const words[] = {"'the kernel'", __VA_ARGS__}; \
        CHECK_STATUS(status, KRO_ERROR_UNSUPPORTED);               \
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)  \
            CHECK_CONTAINS(kro_error_detail(), words[i]);          \
    } while (0)

TEST(a_capability_needs_its_feature)
{
    made_device *device = make_device(t);
    CHECK_OK(check_capability(device, SpvCapabilityShader));
    CHECK_WANTS(check_capability(device, SpvCapabilityFloat64), "capability Float64",
                "shaderFloat64", "'the device'", "does not have");
    device->adapter.features.core.features.shaderFloat64 = VK_TRUE;
    CHECK_OK(check_capability(device, SpvCapabilityFloat64));
    CHECK_WANTS(check_capability(device, SpvCapabilityInt64), "capability Int64", "shaderInt64");
}

TEST(any_one_of_several_features_will_do)
{
    made_device *device = make_device(t);
    CHECK_WANTS(check_capability(device, SpvCapabilityInt64Atomics), "Int64Atomics",
                "shaderBufferInt64Atomics");
    device->adapter.features.atomic_int64.shaderSharedInt64Atomics = VK_TRUE;
    CHECK_OK(check_capability(device, SpvCapabilityInt64Atomics));
    device->adapter.features.atomic_int64.shaderSharedInt64Atomics = VK_FALSE;
    device->adapter.features.atomic_int64.shaderBufferInt64Atomics = VK_TRUE;
    CHECK_OK(check_capability(device, SpvCapabilityInt64Atomics));
}

TEST(a_feature_that_is_not_enabled_does_not_count)
{
    made_device *device = make_device(t);
    device->adapter.features.atomic_float2.shaderSharedFloat16AtomicAdd = VK_TRUE;
    CHECK_WANTS(check_capability(device, SpvCapabilityAtomicFloat16AddEXT), "AtomicFloat16AddEXT",
                "shaderSharedFloat16AtomicAdd", "enable_all_features");
    device->all = true;
    CHECK_OK(check_capability(device, SpvCapabilityAtomicFloat16AddEXT));
    CHECK_WANTS(check_capability(device, SpvCapabilityRayQueryKHR), "RayQueryKHR", "rayQuery",
                "on no device");
}

// What a program made its device with is what the offer of an imported one holds; that Kronos never
// enables an extension does not matter there.
TEST(extensions_of_an_imported_device_are_those_that_it_offers)
{
    static const VkExtensionProperties enabled = {"VK_EXT_shader_stencil_export", 1};
    made_device *device = make_device(t);
    device->imported = true;
    CHECK_WANTS(check_capability(device, SpvCapabilityStencilExportEXT), "StencilExportEXT",
                "VK_EXT_shader_stencil_export");
    device->adapter.offer.extension_count = 1;
    device->adapter.offer.extensions = &enabled;
    CHECK_OK(check_capability(device, SpvCapabilityStencilExportEXT));
    device->imported = false;
    CHECK_WANTS(check_capability(device, SpvCapabilityStencilExportEXT), "on no device");
}

TEST(extensions_versions_and_properties_count_too)
{
    static const VkExtensionProperties ballot[] = {{"VK_EXT_shader_subgroup_ballot", 1}};
    made_device *device = make_device(t);
    CHECK_WANTS(check_capability(device, SpvCapabilitySubgroupBallotKHR),
                "VK_EXT_shader_subgroup_ballot", "does not have");
    device->adapter.offer.extensions = ballot;
    device->adapter.offer.extension_count = 1;
    CHECK_OK(check_capability(device, SpvCapabilitySubgroupBallotKHR));
    CHECK_WANTS(check_capability(device, SpvCapabilityStencilExportEXT), "on no device");

    CHECK_WANTS(check_capability(device, SpvCapabilityShaderNonUniform), "ShaderNonUniform");
    device->adapter.offer.api_version = VK_API_VERSION_1_2;
    CHECK_OK(check_capability(device, SpvCapabilityShaderNonUniform));

    CHECK_WANTS(check_capability(device, SpvCapabilityRoundingModeRTE),
                "shaderRoundingModeRTEFloat16");
    device->adapter.float_controls.shaderRoundingModeRTEFloat64 = VK_TRUE;
    CHECK_OK(check_capability(device, SpvCapabilityRoundingModeRTE));

    CHECK_WANTS(check_capability(device, SpvCapabilityGroupNonUniformVote), "VOTE");
    device->info.subgroup_operations = KRO_SUBGROUP_VOTE;
    CHECK_OK(check_capability(device, SpvCapabilityGroupNonUniformVote));
}

// Vulkan may have learnt it after us.
TEST(capabilities_that_no_table_has_pass_with_a_note)
{
    made_device *device = make_device(t);
    CHECK_OK(check_capability(device, UNKNOWN_CAPABILITY));
    CHECK_CONTAINS(device->logged, "capability 9999");
    CHECK_CONTAINS(device->logged, "'the kernel'");
}

// The memory decides, whatever the capability's feature is.
TEST(atomics_need_the_feature_of_their_memory)
{
    made_device *device = make_device(t);
    device->adapter.features.atomic_int64.shaderBufferInt64Atomics = VK_TRUE;
    device->adapter.features.atomic_float.shaderSharedFloat32AtomicAdd = VK_TRUE;
    CHECK_OK(check_demand(device, KRO__DEMAND_INT64_ATOMICS));
    CHECK_WANTS(check_demand(device, KRO__DEMAND_SHARED + KRO__DEMAND_INT64_ATOMICS),
                "atomics of 64-bit integers on workgroup memory", "shaderSharedInt64Atomics",
                "'the device'");
    CHECK_OK(check_demand(device, KRO__DEMAND_SHARED + KRO__DEMAND_FLOAT32_ADD));
    CHECK_WANTS(check_demand(device, KRO__DEMAND_FLOAT32_ADD),
                "atomic addition of 32-bit floats on buffers", "shaderBufferFloat32AtomicAdd");
    CHECK_WANTS(check_demand(device, KRO__DEMAND_SHARED + KRO__DEMAND_FLOAT32_ATOMICS),
                "shaderSharedFloat32Atomics");
}

TEST(computed_indices_of_buffers_need_their_feature)
{
    made_device *device = make_device(t);
    VkPhysicalDeviceFeatures *features = &device->adapter.features.core.features;
    features->shaderUniformBufferArrayDynamicIndexing = VK_TRUE;
    CHECK_OK(check_demand(device, KRO__DEMAND_UNIFORM_ARRAY_INDEXING));
    CHECK_WANTS(check_demand(device, KRO__DEMAND_STORAGE_ARRAY_INDEXING), "computed index",
                "shaderStorageBufferArrayDynamicIndexing");
    *features = (VkPhysicalDeviceFeatures){.shaderStorageBufferArrayDynamicIndexing = VK_TRUE};
    CHECK_OK(check_demand(device, KRO__DEMAND_STORAGE_ARRAY_INDEXING));
    CHECK_WANTS(check_demand(device, KRO__DEMAND_UNIFORM_ARRAY_INDEXING),
                "shaderUniformBufferArrayDynamicIndexing");
}

// Each demand has a name and a feature.
TEST(a_device_without_features_meets_no_demand)
{
    made_device *device = make_device(t);
    for (uint32_t demand = 0; demand < KRO__DEMAND_COUNT; demand++)
        CHECK_WANTS(check_demand(device, demand), "shader");
}
