#include "openers.h"

#include <stdio.h>
#include <string.h>

#include "senders.h"

enum { MAX_DEVICES = 16 };

typedef struct instance_functions {
    PFN_vkDestroyInstance destroy;
    PFN_vkEnumeratePhysicalDevices enumerate;
    PFN_vkGetPhysicalDeviceProperties2 get_properties;
    PFN_vkGetPhysicalDeviceQueueFamilyProperties get_families;
    PFN_vkCreateDevice create_device;
    PFN_vkGetDeviceProcAddr get_function;
} instance_functions;

static bool load(PFN_vkGetInstanceProcAddr get, VkInstance instance, instance_functions *out)
{
    *out = (instance_functions){
        .destroy = (PFN_vkDestroyInstance)get(instance, "vkDestroyInstance"),
        .enumerate = (PFN_vkEnumeratePhysicalDevices)get(instance, "vkEnumeratePhysicalDevices"),
        .get_properties =
            (PFN_vkGetPhysicalDeviceProperties2)get(instance, "vkGetPhysicalDeviceProperties2"),
        .get_families = (PFN_vkGetPhysicalDeviceQueueFamilyProperties)get(
            instance, "vkGetPhysicalDeviceQueueFamilyProperties"),
        .create_device = (PFN_vkCreateDevice)get(instance, "vkCreateDevice"),
        .get_function = (PFN_vkGetDeviceProcAddr)get(instance, "vkGetDeviceProcAddr"),
    };
    return out->destroy && out->enumerate && out->get_properties && out->get_families &&
           out->create_device && out->get_function;
}

static VkResult make_instance(const kro_vk_handles *like, VkInstance *out)
{
    const PFN_vkCreateInstance create =
        (PFN_vkCreateInstance)like->get_instance_proc_addr(NULL, "vkCreateInstance");
    const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                           .apiVersion = like->api_version};
    const VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                       .pApplicationInfo = &application};
    return create ? create(&info, NULL, out) : VK_ERROR_INITIALIZATION_FAILED;
}

static bool is_device(const instance_functions *call, VkPhysicalDevice device, const char *uuid)
{
    VkPhysicalDeviceIDProperties id = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES};
    VkPhysicalDeviceProperties2 properties = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &id};
    char text[2 * VK_UUID_SIZE + 1];
    call->get_properties(device, &properties);
    for (size_t i = 0; i < VK_UUID_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02x", id.deviceUUID[i]);
    return strcmp(text, uuid) == 0;
}

// VK_NULL_HANDLE where the device is not there, or has no such queue family.
static VkPhysicalDevice find_device(const instance_functions *call, VkInstance instance,
                                    const char *uuid, uint32_t queue_family)
{
    VkPhysicalDevice devices[MAX_DEVICES];
    uint32_t count = MAX_DEVICES, families = 0;
    if (call->enumerate(instance, &count, devices) < 0)
        return VK_NULL_HANDLE;
    for (uint32_t i = 0; i < count; i++) {
        if (!is_device(call, devices[i], uuid))
            continue;
        call->get_families(devices[i], &families, NULL);
        return queue_family < families ? devices[i] : VK_NULL_HANDLE;
    }
    return VK_NULL_HANDLE;
}

static VkResult make_device(const instance_functions *call, VkPhysicalDevice physical,
                            uint32_t queue_family, VkDevice *out)
{
    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = queue_family,
        .queueCount = 1,
        .pQueuePriorities = &priority,
    };
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .queueCreateInfoCount = 1,
                                     .pQueueCreateInfos = &queue};
    return call->create_device(physical, &info, NULL, out);
}

// What stands between a device and its first submit.
static VkResult make_ready(const kro_vk_handles *made)
{
    kp_hand hand = {.device = made->device, .queue_family = made->queue_family};
    if (!kp_functions_init(&hand.call, made))
        return VK_ERROR_INITIALIZATION_FAILED;
    hand.call.GetDeviceQueue(made->device, made->queue_family, 0, &hand.queue);
    kp_sender sender;
    VkResult result = kp_sender_init(&sender, &hand);
    kp_sender_finish(&sender, &hand);
    hand.call.DestroyDevice(made->device, NULL);
    return result;
}

kro_status kp_open_by_hand(const kp_scene *scene)
{
    kro_vk_handles made = *kro_vk_context(scene->ctx);
    instance_functions call;
    made.instance = VK_NULL_HANDLE;
    if (make_instance(&made, &made.instance) < 0)
        return KRO_ERROR_DRIVER;
    VkResult result = VK_ERROR_INITIALIZATION_FAILED;
    if (!load(made.get_instance_proc_addr, made.instance, &call))
        return KRO_ERROR_DRIVER; // and no way to destroy it
    made.physical_device =
        find_device(&call, made.instance, kro_context_info(scene->ctx)->uuid, made.queue_family);
    if (made.physical_device)
        result = make_device(&call, made.physical_device, made.queue_family, &made.device);
    if (result >= 0)
        result = make_ready(&made);
    call.destroy(made.instance, NULL);
    return result < 0 ? KRO_ERROR_DRIVER : KRO_OK;
}
