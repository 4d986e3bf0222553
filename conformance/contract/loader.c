// What a Vulkan loader may lack or refuse, and what the validation layer says: a loader made up
// here, in front of the null driver.
#include "contract.h"

#include <string.h>

#include <kronos/vulkan.h>

static const char layer_name[] = "VK_LAYER_KHRONOS_validation";

static struct {
    PFN_vkGetInstanceProcAddr null; // the driver behind
    uint32_t version;               // 0: it has no vkEnumerateInstanceVersion, as that of 1.0
    bool no_debug_utils, no_messenger;
    VkResult version_result, layer_result, layer_extension_result, messenger_result, name_result;
    VkDebugUtilsMessengerCreateInfoEXT messenger; // given last; zero: none
    uint32_t messengers;                          // alive
} made;

static VKAPI_ATTR VkResult VKAPI_CALL enumerate_version(uint32_t *out)
{
    *out = made.version;
    return made.version_result;
}

static VKAPI_ATTR VkResult VKAPI_CALL enumerate_layers(uint32_t *count, VkLayerProperties *items)
{
    *count = 1;
    if (items) {
        *items = (VkLayerProperties){.specVersion = VK_API_VERSION_1_3};
        memcpy(items->layerName, layer_name, sizeof layer_name);
    }
    return made.layer_result;
}

static VKAPI_ATTR VkResult VKAPI_CALL enumerate_extensions(const char *layer, uint32_t *count,
                                                           VkExtensionProperties *items)
{
    if (layer && made.layer_extension_result != VK_SUCCESS)
        return made.layer_extension_result;
    *count = !made.no_debug_utils;
    if (items && !made.no_debug_utils)
        *items = (VkExtensionProperties){VK_EXT_DEBUG_UTILS_EXTENSION_NAME, 2};
    return VK_SUCCESS;
}

// The driver behind knows no layers.
static VKAPI_ATTR VkResult VKAPI_CALL create_instance(const VkInstanceCreateInfo *info,
                                                      const VkAllocationCallbacks *allocator,
                                                      VkInstance *out)
{
    VkInstanceCreateInfo below = *info;
    below.enabledLayerCount = 0;
    below.pNext = NULL;
    return ((PFN_vkCreateInstance)made.null(NULL, "vkCreateInstance"))(&below, allocator, out);
}

static VKAPI_ATTR VkResult VKAPI_CALL
create_messenger(VkInstance instance, const VkDebugUtilsMessengerCreateInfoEXT *info,
                 const VkAllocationCallbacks *allocator, VkDebugUtilsMessengerEXT *out)
{
    (void)instance;
    (void)allocator;
    *out = (VkDebugUtilsMessengerEXT)(uintptr_t)1; // after a failure it means nothing
    made.messenger = *info;
    made.messengers += made.messenger_result == VK_SUCCESS;
    return made.messenger_result;
}

static VKAPI_ATTR void VKAPI_CALL destroy_messenger(VkInstance instance,
                                                    VkDebugUtilsMessengerEXT messenger,
                                                    const VkAllocationCallbacks *allocator)
{
    (void)instance;
    (void)messenger;
    (void)allocator;
    made.messengers--;
}

static VKAPI_ATTR VkResult VKAPI_CALL set_name(VkDevice device,
                                               const VkDebugUtilsObjectNameInfoEXT *info)
{
    (void)device;
    (void)info;
    return made.name_result;
}

static kro_void_function find(void *instance, const char *name)
{
    static const struct {
        const char *name;
        kro_void_function function;
    } own[] = {
        {"vkEnumerateInstanceLayerProperties", (kro_void_function)enumerate_layers},
        {"vkEnumerateInstanceExtensionProperties", (kro_void_function)enumerate_extensions},
        {"vkCreateInstance", (kro_void_function)create_instance},
        {"vkDestroyDebugUtilsMessengerEXT", (kro_void_function)destroy_messenger},
        {"vkSetDebugUtilsObjectNameEXT", (kro_void_function)set_name},
    };
    if (strcmp(name, "vkEnumerateInstanceVersion") == 0)
        return made.version ? (kro_void_function)enumerate_version : NULL;
    if (strcmp(name, "vkCreateDebugUtilsMessengerEXT") == 0)
        return made.no_messenger ? NULL : (kro_void_function)create_messenger;
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(name, own[i].name) == 0)
            return own[i].function;
    return (kro_void_function)made.null(instance, name);
}

// A loader of Vulkan 1.3 with the layer; false where the case has failed.
static bool make_loader(kt_test *t)
{
    kro_context *ctx = kt_context_with(t, &(kro_context_config){.driver = kt_null_driver(t)});
    if (!ctx)
        return false;
    memset(&made, 0, sizeof made);
    made.null = kro_vk_context(ctx)->get_instance_proc_addr;
    made.version = VK_API_VERSION_1_3;
    kt_set_environment(t, "KRONOS_DRIVER", NULL);
    return true;
}

static VkBool32 say(VkDebugUtilsMessageSeverityFlagBitsEXT severity, const char *text)
{
    const VkDebugUtilsMessengerCallbackDataEXT data = {.pMessage = text};
    return made.messenger.pfnUserCallback(severity, VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
                                          &data, made.messenger.pUserData);
}

TEST(what_the_validation_layer_says_is_logged)
{
    contract_log *log = contract_log_create(t);
    kro_context *ctx;
    if (!make_loader(t))
        return;
    const kro_context_config config = {.get_instance_proc_addr = find,
                                       .validation = true,
                                       .log = contract_log_line,
                                       .log_user = log};
    if (!CHECK_OK(kro_context_create(&config, &ctx)))
        return;
    CHECK_EQ_U64(made.messengers, 1);
    // Whatever it says, the call that caused it goes on.
    CHECK(!say(VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT, "wrong use"));
    CHECK(!say(VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT, "odd use"));
    CHECK(!say(VK_DEBUG_UTILS_MESSAGE_SEVERITY_INFO_BIT_EXT, "a use"));
    CHECK(!say(VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT, NULL));
    CHECK_EQ_U64(contract_log_count(log, KRO_LOG_ERROR), 2);
    CHECK(contract_log_contains(log, KRO_LOG_ERROR, "validation: wrong use"));
    CHECK(contract_log_contains(log, KRO_LOG_ERROR, "validation: (no text)"));
    CHECK(contract_log_contains(log, KRO_LOG_WARNING, "validation: odd use"));
    CHECK(contract_log_contains(log, KRO_LOG_INFO, "validation: a use"));
    kro_context_destroy(ctx);
    CHECK_EQ_U64(made.messengers, 0);
}

// Without the extension nobody would call the messenger.
TEST(validation_without_messages_is_no_error)
{
    kro_context *ctx;
    const kro_context_config config = {.get_instance_proc_addr = find, .validation = true};
    for (int lacking = 0; lacking < 2; lacking++) {
        if (!make_loader(t))
            return;
        made.no_debug_utils = lacking == 0;
        made.no_messenger = lacking == 1;
        CHECK_OK(kro_context_create(&config, &ctx));
        CHECK_EQ_U64(made.messengers, 0);
        kro_context_destroy(ctx);
    }
}

TEST(each_failure_to_validate_is_told)
{
    static const struct {
        VkResult *result;
        const char *call;
    } cases[] = {
        {&made.layer_result, "vkEnumerateInstanceLayerProperties"},
        {&made.layer_extension_result, "vkEnumerateInstanceExtensionProperties"},
        {&made.messenger_result, "vkCreateDebugUtilsMessengerEXT"},
    };
    const kro_context_config config = {.get_instance_proc_addr = find, .validation = true};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        kro_context *ctx;
        if (!make_loader(t))
            return;
        *cases[i].result = VK_ERROR_OUT_OF_HOST_MEMORY;
        CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_OUT_OF_HOST_MEMORY,
                      cases[i].call);
        CHECK(ctx == NULL);
        CHECK_EQ_U64(made.messengers, 0);
    }
}

TEST(loaders_of_vulkan_1_0_are_refused)
{
    kro_context *ctx;
    const kro_context_config config = {.get_instance_proc_addr = find};
    if (!make_loader(t))
        return;
    made.version = 0;
    CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_UNSUPPORTED, "is version 1.0",
                  "needs 1.1");
    made.version = VK_MAKE_API_VERSION(0, 1, 0, 300);
    CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_UNSUPPORTED, "is version 1.0");
    made.version = VK_API_VERSION_1_1;
    made.version_result = VK_ERROR_OUT_OF_HOST_MEMORY;
    CHECK_REFUSED(kro_context_create(&config, &ctx), KRO_ERROR_OUT_OF_HOST_MEMORY,
                  "vkEnumerateInstanceVersion");
    made.version_result = VK_SUCCESS;
    CHECK_OK(kro_context_create(&config, &ctx));
    kro_context_destroy(ctx);
}

// A name is for debuggers: what cannot have one works without.
TEST(names_that_cannot_be_given_are_logged)
{
    contract_log *log = contract_log_create(t);
    kro_context *ctx;
    kro_buffer *buffer = NULL;
    if (!make_loader(t))
        return;
    made.name_result = VK_ERROR_OUT_OF_HOST_MEMORY;
    const kro_context_config config = {
        .get_instance_proc_addr = find, .log = contract_log_line, .log_user = log};
    if (!CHECK_OK(kro_context_create(&config, &ctx)))
        return;
    CHECK_OK(
        kro_buffer_create(ctx, &(kro_buffer_config){.size_bytes = 4, .label = "weights"}, &buffer));
    CHECK(contract_log_contains(log, KRO_LOG_WARNING,
                                "cannot name 'weights': VK_ERROR_OUT_OF_HOST_MEMORY"));
    kro_buffer_destroy(buffer);
    kro_context_destroy(ctx);
}
