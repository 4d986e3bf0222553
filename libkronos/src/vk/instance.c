#include "vk/instance.h"

#include <stdlib.h>
#include <string.h>

#include <kronos/kronos.h>

#include "vk/list.h"
#include "vk/status.h"

static const char validation_layer[] = "VK_LAYER_KHRONOS_validation";

enum { MAX_EXTENSIONS = 2 };

// Called by the layer on the thread that made the faulty call, sometimes with its own locks held.
static VKAPI_ATTR VkBool32 VKAPI_CALL log_message(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                  VkDebugUtilsMessageTypeFlagsEXT types,
                                                  const VkDebugUtilsMessengerCallbackDataEXT *data,
                                                  void *user)
{
    (void)types;
    kro_log_level level = severity & VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT ? KRO_LOG_ERROR
                          : severity & VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT
                              ? KRO_LOG_WARNING
                              : KRO_LOG_INFO;
    kro__log_line(user, level, "validation: %s", data->pMessage ? data->pMessage : "(no text)");
    return VK_FALSE; // the call that caused it goes on
}

// Information and verbose messages are left out: they speak of the loader's and the layer's own
// work.
static VkDebugUtilsMessengerCreateInfoEXT messenger_info(kro__log *log)
{
    return (VkDebugUtilsMessengerCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                           VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_GENERAL_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
        .pfnUserCallback = log_message,
        .pUserData = log,
    };
}

// What the loader offers.
typedef struct offer {
    bool validation, debug_utils, portability;
} offer;

// Sources of kro__vk_list.
static VkResult list_layers(const void *source, uint32_t *count, void *items)
{
    const kro__vk_global_calls *vk = source;
    return vk->vkEnumerateInstanceLayerProperties(count, items);
}

static VkResult list_extensions(const void *source, uint32_t *count, void *items)
{
    const kro__vk_global_calls *vk = source;
    return vk->vkEnumerateInstanceExtensionProperties(NULL, count, items);
}

static VkResult list_layer_extensions(const void *source, uint32_t *count, void *items)
{
    const kro__vk_global_calls *vk = source;
    return vk->vkEnumerateInstanceExtensionProperties(validation_layer, count, items);
}

static kro_status scan_layers(const kro__vk_global_calls *vk, offer *out)
{
    uint32_t count;
    void *list;
    kro_status status = kro__vk_list(list_layers, vk, sizeof(VkLayerProperties),
                                     "vkEnumerateInstanceLayerProperties", &list, &count);
    if (status < 0)
        return status;
    const VkLayerProperties *layers = list;
    for (uint32_t i = 0; i < count; i++)
        out->validation |= strcmp(layers[i].layerName, validation_layer) == 0;
    free(list);
    return KRO_OK;
}

// Adds what one list of extensions holds to the offer.
static kro_status scan_extensions(const kro__vk_global_calls *vk, kro__vk_lister lister, offer *out)
{
    uint32_t count;
    void *list;
    kro_status status = kro__vk_list(lister, vk, sizeof(VkExtensionProperties),
                                     "vkEnumerateInstanceExtensionProperties", &list, &count);
    if (status < 0)
        return status;
    const VkExtensionProperties *extensions = list;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = extensions[i].extensionName;
        out->debug_utils |= strcmp(name, VK_EXT_DEBUG_UTILS_EXTENSION_NAME) == 0;
        out->portability |= strcmp(name, VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME) == 0;
    }
    free(list);
    return KRO_OK;
}

// Looks for the layer first, so that the sentence names what is missing, not what Vulkan says of
// it.
static kro_status find_offer(const kro__vk_global_calls *vk, bool validation, offer *out)
{
    kro_status status = KRO_OK;
    *out = (offer){0};
    if (validation && vk->vkEnumerateInstanceLayerProperties)
        status = scan_layers(vk, out);
    if (status < 0)
        return status;
    if (validation && !out->validation)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "validation was asked for, but %s is not installed: install Debian's "
                         "vulkan-validationlayers, or name the folder of its manifest in "
                         "VK_LAYER_PATH",
                         validation_layer);
    status = scan_extensions(vk, list_extensions, out);
    if (status == KRO_OK && validation)
        // Where no driver or loader has the messenger, the layer itself does.
        status = scan_extensions(vk, list_layer_extensions, out);
    return status;
}

static kro_status find_api_version(const kro__vk_global_calls *vk, uint32_t *out)
{
    *out = VK_API_VERSION_1_0;
    if (vk->vkEnumerateInstanceVersion) {
        VkResult result = vk->vkEnumerateInstanceVersion(out);
        if (result != VK_SUCCESS)
            return kro__vk_fail(result, "vkEnumerateInstanceVersion");
    }
    if (*out < VK_API_VERSION_1_1)
        return kro__fail(KRO_ERROR_UNSUPPORTED,
                         "the Vulkan loader or driver is version 1.0; Kronos needs 1.1");
    // Nothing newer is used, and a layer checks against the version that was asked for.
    if (*out > VK_API_VERSION_1_3)
        *out = VK_API_VERSION_1_3;
    return KRO_OK;
}

// The messenger is chained only with the layer: without it nobody would call it.
static kro_status create_instance(kro__vk_instance *instance, const kro__vk_global_calls *vk,
                                  const offer *offered, bool validation)
{
    const char *layers[] = {validation_layer};
    const char *extensions[MAX_EXTENSIONS];
    uint32_t extension_count = 0;
    if (offered->debug_utils)
        extensions[extension_count++] = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
    if (offered->portability)
        extensions[extension_count++] = VK_KHR_PORTABILITY_ENUMERATION_EXTENSION_NAME;
    // Chained, so that messages about the instance itself arrive too.
    VkDebugUtilsMessengerCreateInfoEXT messenger = messenger_info(&instance->log);
    // No application name: what drivers do by name, they do for games.
    VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pEngineName = "Kronos",
        .engineVersion =
            VK_MAKE_API_VERSION(0, KRO_VERSION_MAJOR, KRO_VERSION_MINOR, KRO_VERSION_PATCH),
        .apiVersion = instance->api_version,
    };
    VkInstanceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = validation && offered->debug_utils ? &messenger : NULL,
        .flags = offered->portability ? VK_INSTANCE_CREATE_ENUMERATE_PORTABILITY_BIT_KHR : 0,
        .pApplicationInfo = &application,
        .enabledLayerCount = validation ? 1 : 0,
        .ppEnabledLayerNames = layers,
        .enabledExtensionCount = extension_count,
        .ppEnabledExtensionNames = extensions,
    };
    VkResult result = vk->vkCreateInstance(&info, NULL, &instance->handle);
    if (result == VK_SUCCESS)
        return KRO_OK;
    instance->handle = VK_NULL_HANDLE;
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER && !instance->loader.is_driver)
        return kro__fail(KRO_ERROR_NO_DRIVER,
                         "the Vulkan loader finds no driver; install one (Debian: "
                         "mesa-vulkan-drivers) or name its manifest in VK_DRIVER_FILES; "
                         "run 'kronos doctor'");
    return kro__vk_fail(result, "vkCreateInstance");
}

kro_status kro__vk_instance_init(kro__vk_instance *instance, const kro__open_config *config)
{
    kro__vk_global_calls vk;
    offer offered = {0};
    *instance = (kro__vk_instance){.log = config->log};
    kro_status status = kro__vk_loader_open(config, &instance->loader);
    if (status == KRO_OK)
        status = kro__vk_load_global(instance->loader.get_instance_proc_addr, &vk);
    if (status == KRO_OK)
        status = find_api_version(&vk, &instance->api_version);
    if (status == KRO_OK)
        status = find_offer(&vk, config->validation, &offered);
    if (status == KRO_OK)
        status = create_instance(instance, &vk, &offered, config->validation);
    if (status == KRO_OK)
        status = kro__vk_load_instance(instance->loader.get_instance_proc_addr, instance->handle,
                                       &instance->vk);
    if (status < 0)
        goto fail;

    // Labels are given whenever somebody may read them: debuggers use the extension without the
    // layer.
    instance->debug_utils = offered.debug_utils && instance->vk.vkSetDebugUtilsObjectNameEXT;
    if (config->validation && offered.debug_utils && instance->vk.vkCreateDebugUtilsMessengerEXT) {
        VkDebugUtilsMessengerCreateInfoEXT info = messenger_info(&instance->log);
        VkResult result = instance->vk.vkCreateDebugUtilsMessengerEXT(instance->handle, &info, NULL,
                                                                      &instance->messenger);
        if (result != VK_SUCCESS) {
            instance->messenger = VK_NULL_HANDLE;
            status = kro__vk_fail(result, "vkCreateDebugUtilsMessengerEXT");
            goto fail;
        }
    }
    return KRO_OK;
fail:
    kro__vk_instance_finish(instance);
    return status;
}

kro_status kro__vk_instance_import(kro__vk_instance *instance, VkInstance handle,
                                   PFN_vkGetInstanceProcAddr get_instance_proc_addr,
                                   uint32_t api_version, const kro__log *log)
{
    *instance = (kro__vk_instance){
        .loader.get_instance_proc_addr = get_instance_proc_addr,
        .handle = handle,
        .imported = true,
        .api_version = api_version,
        .log = *log,
    };
    kro_status status =
        kro__vk_load_instance(get_instance_proc_addr, instance->handle, &instance->vk);
    // An instance without the extension does not give its functions.
    instance->debug_utils = instance->vk.vkSetDebugUtilsObjectNameEXT != NULL;
    return status;
}

void kro__vk_instance_finish(kro__vk_instance *instance)
{
    // Children first.
    if (instance->messenger && instance->vk.vkDestroyDebugUtilsMessengerEXT)
        instance->vk.vkDestroyDebugUtilsMessengerEXT(instance->handle, instance->messenger, NULL);
    if (instance->handle && !instance->imported && instance->vk.vkDestroyInstance)
        instance->vk.vkDestroyInstance(instance->handle, NULL);
    instance->messenger = VK_NULL_HANDLE;
    instance->handle = VK_NULL_HANDLE;
}

void kro__vk_name(const kro__vk_instance *instance, VkDevice device, VkObjectType type,
                  uint64_t handle, const char *name)
{
    if (!instance->debug_utils || !name || !*name)
        return;
    VkDebugUtilsObjectNameInfoEXT info = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
        .objectType = type,
        .objectHandle = handle,
        .pObjectName = name,
    };
    // A name is a convenience: running out of memory for it must not fail the object.
    VkResult result = instance->vk.vkSetDebugUtilsObjectNameEXT(device, &info);
    if (result != VK_SUCCESS)
        kro__log_line(&instance->log, KRO_LOG_WARNING, "cannot name '%s': %s", name,
                      kro__vk_result_name(result));
}
