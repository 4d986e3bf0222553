// kro_context_import refuses what cannot be, and believes the rest: kernels may use what the
// application says is enabled, and no more.
#include "contract.h"

#include <string.h>

#include "own_device.h"
#include "proxied.h"
#include "shaders.h"

#define CHECK_IMPORT_REFUSED(import, config, ...)                       \
    do {                                                                \
        kro_context *refused = (kro_context *)(uintptr_t)1;             \
        CHECK_REFUSED(kro_context_import((import), (config), &refused), \
                      KRO_ERROR_INVALID_ARGUMENT, __VA_ARGS__);         \
        CHECK(refused == NULL);                                         \
    } while (0)

TEST(imports_that_cannot_be_are_refused)
{
    own_device *own = own_device_create(t, kt_context(t), &(own_config){.locks = true});
    if (!own)
        return;
    kro_context *ctx;
    CHECK_REFUSED(kro_context_import(&own->import, NULL, NULL), KRO_ERROR_INVALID_ARGUMENT, "out");
    CHECK_IMPORT_REFUSED(NULL, NULL, "import is NULL");
#define REFUSED(change, ...)                              \
    do {                                                  \
        kro_vk_import import = own->import;               \
        import.change;                                    \
        CHECK_IMPORT_REFUSED(&import, NULL, __VA_ARGS__); \
    } while (0)
    REFUSED(instance = VK_NULL_HANDLE, "import.instance");
    REFUSED(physical_device = VK_NULL_HANDLE, "import.physical_device is NULL");
    REFUSED(device = VK_NULL_HANDLE, "import.device is NULL");
    REFUSED(get_instance_proc_addr = NULL, "import.get_instance_proc_addr");
    REFUSED(api_version = 0, "0.0", "1.1");
    REFUSED(api_version = VK_API_VERSION_1_0, "1.0", "1.1");
    REFUSED(queues = NULL, "import.queues");
    REFUSED(queue_count = 0, "queue_count is 0");
    REFUSED(queue_count = 9, "queue_count is 9");
    REFUSED(queue_family = 1000, "queue_family is 1000");
    REFUSED(lock_queue = NULL, "import.lock_queue");
    REFUSED(unlock_queue = NULL, "import.unlock_queue");
    REFUSED(extensions = NULL; import.extension_count = 2, "import.extensions");
    const VkQueue same[] = {own->queues[0], own->queues[0]}, missing[] = {VK_NULL_HANDLE};
    REFUSED(queues = same; import.queue_count = 2, "queues[0]", "[1]", "same");
    REFUSED(queues = missing, "queues[0] of 1");
    const char *const names[] = {VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME, "VK_KHR_nothing", NULL};
    REFUSED(extensions = names;
            import.extension_count = 2, "extensions[1]", "VK_KHR_nothing", kt_device(t)->name);
    REFUSED(extensions = names + 2; import.extension_count = 1, "extensions[0] of 1");
#undef REFUSED
    // It is as it was, and what was refused took nothing from it.
    if (CHECK_OK(kro_context_import(&own->import, NULL, &ctx)))
        kro_context_destroy(ctx);
    CHECK_EQ_U64(atomic_load(&own->lock_count), 0);
}

TEST(a_physical_device_of_another_instance_is_refused)
{
    own_device *own = own_device_create(t, kt_context(t), NULL);
    kro_context *null = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    if (!own || !null)
        return;
    kro_vk_import import = own->import;
    import.physical_device = kro_vk_context(null)->physical_device;
    CHECK_IMPORT_REFUSED(&import, NULL, "physical_device", "import.instance");
}

// A device with two families: the first has one queue and computes, the second only copies.
static PFN_vkGetInstanceProcAddr real_instance_proc_addr;

static VKAPI_ATTR void VKAPI_CALL list_two_families(VkPhysicalDevice device, uint32_t *count,
                                                    VkQueueFamilyProperties *families)
{
    (void)device;
    *count = 2;
    if (!families)
        return;
    families[0] = (VkQueueFamilyProperties){
        .queueFlags = VK_QUEUE_COMPUTE_BIT | VK_QUEUE_TRANSFER_BIT, .queueCount = 1};
    families[1] = (VkQueueFamilyProperties){.queueFlags = VK_QUEUE_TRANSFER_BIT, .queueCount = 2};
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL find_two_families(VkInstance instance,
                                                                  const char *name)
{
    return strcmp(name, "vkGetPhysicalDeviceQueueFamilyProperties") == 0
               ? (PFN_vkVoidFunction)list_two_families
               : real_instance_proc_addr(instance, name);
}

TEST(queues_that_a_family_cannot_have_are_refused)
{
    own_device *own = own_device_create(t, kt_context(t), NULL);
    if (!own)
        return;
    real_instance_proc_addr = own->import.get_instance_proc_addr;
    kro_vk_import import = own->import;
    import.get_instance_proc_addr = find_two_families;
    import.queue_family = 1;
    CHECK_IMPORT_REFUSED(&import, NULL, "queue_family is 1", "do not compute",
                         "VK_QUEUE_COMPUTE_BIT", kt_device(t)->name);
    import.queue_family = 2;
    CHECK_IMPORT_REFUSED(&import, NULL, "queue_family is 2", "2 families");
    // Of a queue that is none nothing but its number is looked at.
    const VkQueue two[] = {own->queues[0], (VkQueue)(uintptr_t)16};
    import.queue_family = 0;
    import.queues = two;
    import.queue_count = 2;
    CHECK_IMPORT_REFUSED(&import, NULL, "queue_count is 2", "family 0", "1 queues");
}

TEST(configs_that_say_how_to_open_a_device_are_refused)
{
    own_device *own = own_device_create(t, kt_context(t), NULL);
    if (!own)
        return;
#define REFUSED(field, value)                                                     \
    CHECK_IMPORT_REFUSED(&own->import, &((kro_context_config){.field = (value)}), \
                         "config." #field, "leave it zero")
    REFUSED(device, "type:cpu");
    REFUSED(driver, "/lib/libvulkan_lvp.so");
    REFUSED(validation, true);
    REFUSED(robust, true);
    REFUSED(enable_all_features, true);
    REFUSED(queues, 2);
    REFUSED(get_instance_proc_addr, (kro_get_instance_proc_addr)own->import.get_instance_proc_addr);
#undef REFUSED
    // The environment means other contexts.
    kt_set_environment(t, "KRONOS_DEVICE", "no such device");
    kt_set_environment(t, "KRONOS_DRIVER", "/no/such/driver");
    kro_context *ctx = own_device_import(own, &(kro_context_config){.batch_nodes = 3});
    contract_bench bench = contract_bench_create(t, ctx);
    CHECK(bench.ctx && contract_check_usable(t, &bench));
}

static VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
    .timelineSemaphore = VK_TRUE,
};
static const VkPhysicalDeviceFeatures2 with_timeline = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
    .pNext = &timeline,
};
static const VkPhysicalDeviceFeatures2 with_doubles = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
    .features.shaderFloat64 = VK_TRUE,
};
static const VkPhysicalDeviceFeatures2 without_features = {
    .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
};

TEST(features_that_the_device_lacks_are_refused)
{
    kro_context *small = proxied_context(t, "hide=float64", NULL);
    own_device *own = own_device_create(t, small, &(own_config){.features = &without_features});
    if (!own)
        return;
    kro_vk_import import = own->import;
    import.features = &with_doubles;
    CHECK_IMPORT_REFUSED(&import, NULL, "shaderFloat64", kro_context_info(small)->name);
    import.features = &with_timeline; // of Vulkan 1.1 it needs an extension
    if (kro_context_info(small)->features.timeline_semaphores)
        CHECK_IMPORT_REFUSED(&import, NULL, "timelineSemaphore", "VK_KHR_timeline_semaphore",
                             "1.1");
}

// Nothing is enabled because the device has it.
TEST(kernels_need_what_was_enabled)
{
    const kro_features *has = &kt_device(t)->features;
    own_device *own =
        own_device_create(t, kt_context(t), &(own_config){.features = &without_features});
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    const kro_features *enabled = &kro_context_info(ctx)->features;
    CHECK(!enabled->float64 && !enabled->int64 && !enabled->device_address && !enabled->storage8);
    const kronos_shader *shader = kronos_shader_find("constant_types_double");
    kro_pipeline *pipeline;
    CHECK_REFUSED(kro_pipeline_create(ctx,
                                      &(kro_pipeline_config){.spirv = shader->words,
                                                             .spirv_bytes = shader->size_bytes},
                                      &pipeline),
                  KRO_ERROR_UNSUPPORTED, "shaderFloat64", "imported without");
    if (!has->float64)
        return;
    own_device *other =
        own_device_create(t, kt_context(t), &(own_config){.features = &with_doubles});
    kro_context *doubles = other ? own_device_import(other, NULL) : NULL;
    if (doubles && CHECK(kro_context_info(doubles)->features.float64))
        CHECK(kt_pipeline_in(t, doubles, "constant_types_double", NULL) != NULL);
}

// All of a device, said in the structs that gather a version's features.
TEST(features_of_a_version_are_taken_in)
{
    kro_context *all = kt_context_with(t, &(kro_context_config){.enable_all_features = true});
    if (!all || kro_context_info(all)->api_version_number < VK_API_VERSION_1_3 ||
        kro_vk_context(all)->api_version < VK_API_VERSION_1_3) {
        SKIP(t, "Vulkan 1.3");
        return;
    }
    VkPhysicalDeviceVulkan13Features third = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    VkPhysicalDeviceVulkan12Features second = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &third};
    VkPhysicalDeviceVulkan11Features first = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES, .pNext = &second};
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                          .pNext = &first};
    const kro_vk_handles *handles = kro_vk_context(all);
    PFN_vkGetPhysicalDeviceFeatures2 get =
        (PFN_vkGetPhysicalDeviceFeatures2)handles->get_instance_proc_addr(
            handles->instance, "vkGetPhysicalDeviceFeatures2");
    get(handles->physical_device, &features);
    features.features.robustBufferAccess = VK_FALSE; // not with every other feature
    own_device *own = own_device_create(
        t, all, &(own_config){.api_version = VK_API_VERSION_1_3, .features = &features});
    kro_context *ctx = own ? own_device_import(own, NULL) : NULL;
    if (!ctx)
        return;
    kro_features expected = kro_context_info(all)->features;
    // These are of extensions, whatever the version.
    expected.float_atomic_add = expected.shared_float_atomic_add = false;
    expected.cooperative_matrix = false;
    CHECK(memcmp(&kro_context_info(ctx)->features, &expected, sizeof expected) == 0);
    contract_bench bench = contract_bench_create(t, ctx);
    CHECK(bench.ctx && contract_check_usable(t, &bench));
}

// Whatever call fails while a device is imported, it stays the application's, and nothing is left
// on it.
TEST(a_failed_import_leaves_the_device_as_it_was)
{
    static const char *const calls[] = {
        "vkEnumeratePhysicalDevices", "vkEnumerateDeviceExtensionProperties",
        "vkCreatePipelineCache",      "vkCreateSemaphore",
        "vkCreateCommandPool",        "vkAllocateCommandBuffers",
        "vkBeginCommandBuffer",       "vkEndCommandBuffer",
    };
    const kronos_proxy_api *proxy = proxied_api(t);
    own_device *own = own_device_create(t, proxied_context(t, "", NULL), NULL);
    kro_context *ctx;
    if (!own)
        return;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        const uint64_t objects = proxy->objects(NULL);
        proxied_configure(t, contract_text(t, "fail=%s:1:VK_ERROR_OUT_OF_HOST_MEMORY", calls[i]));
        const kro_status status = kro_context_import(&own->import, NULL, &ctx);
        CHECK(!proxy->fail_reached() || status == KRO_ERROR_OUT_OF_HOST_MEMORY);
        if (!proxy->fail_reached() && kro_context_info(ctx)->features.timeline_semaphores)
            FAILF(t, "%s is not called", calls[i]);
        if (status >= 0)
            kro_context_destroy(ctx);
        CHECK_EQ_U64(proxy->objects(NULL), objects);
    }
    proxied_configure(t, "");
    if (CHECK_OK(kro_context_import(&own->import, NULL, &ctx)))
        kro_context_destroy(ctx);
}
