// What is read of a physical device, on one made up here.
#include "vk/device_info.h"

#include <string.h>

#include "test.h"

// A VkPhysicalDevice here.
typedef struct fake_gpu {
    VkPhysicalDeviceProperties core;
    VkShaderStageFlags sized_stages; // where a subgroup size may be asked for
    VkShaderStageFlags subgroup_stages;
    uint32_t max_subgroup_size; // 0: no range
    VkQueueFlags queue_flags;
    VkResult list_result; // of listing extensions
    uint32_t calls;       // made after the first look at the version
} fake_gpu;

static fake_gpu *gpu_of(VkPhysicalDevice handle)
{
    return (fake_gpu *)(uintptr_t)handle;
}

static VKAPI_ATTR void VKAPI_CALL get_properties(VkPhysicalDevice handle,
                                                 VkPhysicalDeviceProperties *out)
{
    *out = gpu_of(handle)->core;
}

static VKAPI_ATTR VkResult VKAPI_CALL list_extensions(VkPhysicalDevice handle, const char *layer,
                                                      uint32_t *count, VkExtensionProperties *items)
{
    (void)layer;
    (void)items;
    gpu_of(handle)->calls++;
    *count = 0;
    return gpu_of(handle)->list_result;
}

static VKAPI_ATTR void VKAPI_CALL get_properties2(VkPhysicalDevice handle,
                                                  VkPhysicalDeviceProperties2 *out)
{
    const fake_gpu *gpu = gpu_of(handle);
    out->properties = gpu->core;
    for (VkBaseOutStructure *at = out->pNext; at; at = at->pNext) {
        if (at->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES) {
            VkPhysicalDeviceSubgroupProperties *subgroup = (void *)at;
            subgroup->subgroupSize = 32;
            subgroup->supportedStages = gpu->subgroup_stages;
            subgroup->supportedOperations = VK_SUBGROUP_FEATURE_BASIC_BIT;
        }
        if (at->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_PROPERTIES) {
            VkPhysicalDeviceSubgroupSizeControlProperties *control = (void *)at;
            control->minSubgroupSize = gpu->max_subgroup_size / 4;
            control->maxSubgroupSize = gpu->max_subgroup_size;
            control->requiredSubgroupSizeStages = gpu->sized_stages;
        }
    }
}

static VKAPI_ATTR void VKAPI_CALL get_features2(VkPhysicalDevice handle,
                                                VkPhysicalDeviceFeatures2 *out)
{
    (void)handle;
    for (VkBaseOutStructure *at = out->pNext; at; at = at->pNext)
        if (at->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_SIZE_CONTROL_FEATURES)
            ((VkPhysicalDeviceSubgroupSizeControlFeatures *)at)->subgroupSizeControl = VK_TRUE;
}

static VKAPI_ATTR void VKAPI_CALL get_memory2(VkPhysicalDevice handle,
                                              VkPhysicalDeviceMemoryProperties2 *out)
{
    (void)handle;
    out->memoryProperties = (VkPhysicalDeviceMemoryProperties){
        .memoryHeapCount = 2,
        .memoryHeaps = {{.size = 1000}, {.size = 200, .flags = VK_MEMORY_HEAP_DEVICE_LOCAL_BIT}},
    };
}

static VKAPI_ATTR void VKAPI_CALL get_families(VkPhysicalDevice handle, uint32_t *count,
                                               VkQueueFamilyProperties *items)
{
    *count = 1;
    if (items)
        *items =
            (VkQueueFamilyProperties){.queueFlags = gpu_of(handle)->queue_flags, .queueCount = 3};
}

static const kro__vk_instance instance = {
    .api_version = VK_API_VERSION_1_3,
    .vk = {
        .vkGetPhysicalDeviceProperties = get_properties,
        .vkEnumerateDeviceExtensionProperties = list_extensions,
        .vkGetPhysicalDeviceProperties2 = get_properties2,
        .vkGetPhysicalDeviceFeatures2 = get_features2,
        .vkGetPhysicalDeviceMemoryProperties2 = get_memory2,
        .vkGetPhysicalDeviceQueueFamilyProperties = get_families,
    }};

static fake_gpu gpu_init(void)
{
    return (fake_gpu){
        .core = {.apiVersion = VK_API_VERSION_1_3, .vendorID = 0x10de, .deviceName = "made up"},
        .sized_stages = VK_SHADER_STAGE_COMPUTE_BIT,
        .subgroup_stages = VK_SHADER_STAGE_ALL,
        .max_subgroup_size = 64,
        .queue_flags = VK_QUEUE_COMPUTE_BIT,
    };
}

// What the info holds is the adapter's, which the caller finishes.
static bool read_gpu(kt_test *t, fake_gpu *gpu, kro__vk_adapter *adapter, kro_device_info *info)
{
    bool usable = false;
    CHECK_OK(
        kro__vk_adapter_init(adapter, &instance, (VkPhysicalDevice)(uintptr_t)gpu, info, &usable));
    return usable;
}

// Such a device must not be asked by calls that came with 1.1.
TEST(a_device_of_vulkan_1_0_is_left_alone)
{
    fake_gpu gpu = gpu_init();
    kro__vk_adapter adapter;
    kro_device_info info;
    gpu.core.apiVersion = VK_MAKE_API_VERSION(0, 1, 0, 999);
    CHECK(!read_gpu(t, &gpu, &adapter, &info));
    CHECK_EQ_U64(gpu.calls, 0);
    kro__vk_adapter_finish(&adapter);
}

TEST(a_device_without_compute_is_left_alone)
{
    fake_gpu gpu = gpu_init();
    kro__vk_adapter adapter;
    kro_device_info info;
    gpu.queue_flags = VK_QUEUE_TRANSFER_BIT;
    CHECK(!read_gpu(t, &gpu, &adapter, &info));
    CHECK(adapter.offer.extensions == NULL);
}

TEST(a_device_that_cannot_list_its_extensions_says_so)
{
    fake_gpu gpu = gpu_init();
    kro__vk_adapter adapter;
    kro_device_info info;
    bool usable = true;
    gpu.list_result = VK_ERROR_OUT_OF_HOST_MEMORY;
    CHECK_STATUS(kro__vk_adapter_init(&adapter, &instance, (VkPhysicalDevice)(uintptr_t)&gpu, &info,
                                      &usable),
                 KRO_ERROR_OUT_OF_HOST_MEMORY);
    CHECK_CONTAINS(kro_error_detail(), "vkEnumerateDeviceExtensionProperties");
    CHECK(!usable);
    kro__vk_adapter_finish(&adapter);
}

TEST(each_type_of_device_has_its_name)
{
    static const struct {
        VkPhysicalDeviceType type;
        kro_device_type expected;
    } cases[] = {
        {VK_PHYSICAL_DEVICE_TYPE_OTHER, KRO_DEVICE_TYPE_OTHER},
        {VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU, KRO_DEVICE_TYPE_INTEGRATED},
        {VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU, KRO_DEVICE_TYPE_DISCRETE},
        {VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU, KRO_DEVICE_TYPE_VIRTUAL},
        {VK_PHYSICAL_DEVICE_TYPE_CPU, KRO_DEVICE_TYPE_CPU},
        {(VkPhysicalDeviceType)99, KRO_DEVICE_TYPE_OTHER},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fake_gpu gpu = gpu_init();
        kro__vk_adapter adapter;
        kro_device_info info;
        gpu.core.deviceType = cases[i].type;
        CHECK(read_gpu(t, &gpu, &adapter, &info));
        CHECK_EQ_I64(info.type, cases[i].expected);
        CHECK_EQ_STRING(info.vendor, "NVIDIA");
        CHECK_EQ_U64(info.queue_count, 3);
        CHECK_EQ_U64(info.device_memory_bytes, 200);
        CHECK_EQ_U64(info.host_memory_bytes, 1000);
        kro__vk_adapter_finish(&adapter);
    }
}

TEST(a_vendor_without_a_name_is_its_number)
{
    fake_gpu gpu = gpu_init();
    kro__vk_adapter adapter;
    kro_device_info info;
    gpu.core.vendorID = 0xbeef;
    CHECK(read_gpu(t, &gpu, &adapter, &info));
    CHECK_EQ_STRING(info.vendor, "0xbeef");
    kro__vk_adapter_finish(&adapter);
}

// Sizes that other stages alone may ask for are no use.
TEST(subgroup_sizes_are_those_of_compute_shaders)
{
    fake_gpu gpu = gpu_init();
    kro__vk_adapter adapter;
    kro_device_info info;
    CHECK(read_gpu(t, &gpu, &adapter, &info));
    CHECK(info.features.subgroup_size_control);
    CHECK_EQ_U64(info.min_subgroup_size, 16);
    CHECK_EQ_U64(info.max_subgroup_size, 64);
    CHECK_EQ_U64(info.subgroup_operations, VK_SUBGROUP_FEATURE_BASIC_BIT);
    kro__vk_adapter_finish(&adapter);

    gpu.sized_stages = VK_SHADER_STAGE_VERTEX_BIT;
    gpu.subgroup_stages = VK_SHADER_STAGE_FRAGMENT_BIT;
    gpu.max_subgroup_size = 0;
    CHECK(read_gpu(t, &gpu, &adapter, &info));
    CHECK(!info.features.subgroup_size_control);
    CHECK_EQ_U64(info.min_subgroup_size, 32);
    CHECK_EQ_U64(info.max_subgroup_size, 32);
    CHECK_EQ_U64(info.subgroup_operations, 0);
    kro__vk_adapter_finish(&adapter);
}

// Structs that came with a later version or an extension are not chained for a device without.
TEST(a_device_of_vulkan_1_1_is_asked_for_what_it_knows)
{
    fake_gpu gpu = gpu_init();
    kro__vk_adapter adapter;
    kro_device_info info;
    gpu.core.apiVersion = VK_API_VERSION_1_1;
    CHECK(read_gpu(t, &gpu, &adapter, &info));
    CHECK(!info.features.subgroup_size_control);
    CHECK_EQ_U64(info.max_subgroup_size, 32);
    CHECK_EQ_STRING(info.driver_name, "");
    CHECK_EQ_U64(adapter.offer.api_version, VK_API_VERSION_1_1);
    kro__vk_adapter_finish(&adapter);
}
