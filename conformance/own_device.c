#include "own_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static VKAPI_ATTR VkBool32 VKAPI_CALL fail_case(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                                VkDebugUtilsMessageTypeFlagsEXT types,
                                                const VkDebugUtilsMessengerCallbackDataEXT *data,
                                                void *user)
{
    (void)severity, (void)types;
    own_device *own = user;
    FAILF(own->t, "validation: %s", data->pMessage);
    return VK_FALSE;
}

// Like the contexts of the run, it has the validation layer where the run asks for it.
static VkResult create_instance(own_device *own, uint32_t api_version)
{
    const char *asked = getenv("KRONOS_VALIDATION");
    const bool validated = asked && strcmp(asked, "1") == 0;
    const char *const layers[] = {"VK_LAYER_KHRONOS_validation"};
    const char *const extensions[] = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME};
    const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                           .apiVersion = api_version};
    const VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                       .pApplicationInfo = &application,
                                       .enabledLayerCount = validated,
                                       .ppEnabledLayerNames = layers,
                                       .enabledExtensionCount = validated,
                                       .ppEnabledExtensionNames = extensions};
    const PFN_vkGetInstanceProcAddr get = own->import.get_instance_proc_addr;
    PFN_vkCreateInstance create = (PFN_vkCreateInstance)get(NULL, "vkCreateInstance");
    VkResult result = create ? create(&info, NULL, &own->instance) : VK_ERROR_UNKNOWN;
    if (result != VK_SUCCESS || !validated)
        return result;
    own->destroy_messenger =
        (PFN_vkDestroyDebugUtilsMessengerEXT)get(own->instance, "vkDestroyDebugUtilsMessengerEXT");
    PFN_vkCreateDebugUtilsMessengerEXT listen =
        (PFN_vkCreateDebugUtilsMessengerEXT)get(own->instance, "vkCreateDebugUtilsMessengerEXT");
    const VkDebugUtilsMessengerCreateInfoEXT messenger = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT,
        .pfnUserCallback = fail_case,
        .pUserData = own,
    };
    return listen(own->instance, &messenger, NULL, &own->messenger);
}

// The device of the context, in an instance of our own.
static bool find_physical(own_device *own, const char *uuid)
{
    enum { MOST = 16 };
    VkPhysicalDevice all[MOST];
    uint32_t count = MOST;
    if (own->vkEnumeratePhysicalDevices(own->instance, &count, all) < 0)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        VkPhysicalDeviceIDProperties id = {.sType =
                                               VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_ID_PROPERTIES};
        VkPhysicalDeviceProperties2 properties = {
            .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = &id};
        char text[2 * VK_UUID_SIZE + 1];
        own->vkGetPhysicalDeviceProperties2(all[i], &properties);
        for (size_t k = 0; k < VK_UUID_SIZE; k++)
            snprintf(text + 2 * k, 3, "%02x", id.deviceUUID[k]);
        if (strcmp(text, uuid) == 0)
            own->import.physical_device = all[i];
    }
    return own->import.physical_device != VK_NULL_HANDLE;
}

static bool load_instance(own_device *own)
{
    bool all = true;
#define X(name)                                                                                  \
    all &= (own->name = (PFN_##name)own->import.get_instance_proc_addr(own->instance, #name)) != \
           NULL;
    OWN_INSTANCE_CALLS(X)
#undef X
    return all;
}

static bool create_device(own_device *own)
{
    kt_test *t = own->t;
    const float priorities[OWN_QUEUES] = {1, 1};
    kro_vk_import *import = &own->import;
    const VkDeviceQueueCreateInfo queues = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                            .queueFamilyIndex = import->queue_family,
                                            .queueCount = import->queue_count,
                                            .pQueuePriorities = priorities};
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .pNext = import->features,
                                     .queueCreateInfoCount = 1,
                                     .pQueueCreateInfos = &queues,
                                     .enabledExtensionCount = import->extension_count,
                                     .ppEnabledExtensionNames = import->extensions};
    if (!CHECK_VK(own->vkCreateDevice(import->physical_device, &info, NULL, &import->device)))
        return false;
    PFN_vkGetDeviceQueue get_queue =
        (PFN_vkGetDeviceQueue)own->vkGetDeviceProcAddr(import->device, "vkGetDeviceQueue");
    for (uint32_t i = 0; get_queue && i < import->queue_count; i++)
        get_queue(import->device, import->queue_family, i, &own->queues[i]);
    import->queues = own->queues;
    return kt_raw_adopt(&own->raw, t, import);
}

static void destroy(void *object)
{
    own_device *own = object;
    kt_raw_abandon(&own->raw);
    if (own->raw.vkDestroyDevice)
        own->raw.vkDestroyDevice(own->raw.device, NULL);
    if (own->messenger)
        own->destroy_messenger(own->instance, own->messenger, NULL);
    if (own->instance && own->vkDestroyInstance)
        own->vkDestroyInstance(own->instance, NULL);
    pthread_mutex_destroy(&own->lock);
}

static void lock_queue(void *user, VkQueue queue)
{
    own_device *own = user;
    kt_test *t = own->t;
    CHECK(queue == own->queues[0] || queue == own->queues[1]);
    pthread_mutex_lock(&own->lock);
    atomic_fetch_add(&own->lock_count, 1);
}

static void unlock_queue(void *user, VkQueue queue)
{
    (void)queue;
    pthread_mutex_unlock(&((own_device *)user)->lock);
}

// Notes what the device is made with.
static void describe(own_device *own, const kro_context *on, const own_config *config)
{
    static const VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        .timelineSemaphore = VK_TRUE};
    static const VkPhysicalDeviceFeatures2 features = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2, .pNext = (void *)&timeline};
    static const char *const extensions[] = {VK_KHR_TIMELINE_SEMAPHORE_EXTENSION_NAME};
    const bool defaults = !config->features && kro_context_info(on)->features.timeline_semaphores;
    own->import.api_version = config->api_version ? config->api_version : VK_API_VERSION_1_1;
    own->import.queue_family = kro_context_info(on)->queue_family;
    own->import.queue_count = config->queue_count ? config->queue_count : 1;
    own->import.features = defaults ? &features : config->features;
    own->import.extensions = defaults ? extensions : config->extensions;
    own->import.extension_count = defaults ? 1 : config->extension_count;
    if (config->locks) {
        own->import.lock_queue = lock_queue;
        own->import.unlock_queue = unlock_queue;
        own->import.lock_user = own;
    }
}

own_device *own_device_create(kt_test *t, const kro_context *on, const own_config *config)
{
    static const own_config nothing = {0};
    if (!on)
        return NULL;
    own_device *own = kt_alloc(t, sizeof *own);
    *own = (own_device){.t = t};
    pthread_mutex_init(&own->lock, NULL);
    kt_defer(t, destroy, own);
    describe(own, on, config ? config : &nothing);
    own->import.get_instance_proc_addr = kro_vk_context(on)->get_instance_proc_addr;
    if (!CHECK_VK(create_instance(own, own->import.api_version)) || !CHECK(load_instance(own)) ||
        !CHECK(find_physical(own, kro_context_info(on)->uuid)))
        return NULL;
    own->import.instance = own->instance;
    return create_device(own) ? own : NULL;
}

static void destroy_context(void *ctx)
{
    kro_context_destroy(ctx);
}

static void fail_on_error(void *user, kro_log_level level, const char *message)
{
    kt_test *t = user;
    if (level == KRO_LOG_ERROR)
        FAILF(t, "log: %s", message);
    else
        LOGF(t, "log: %s", message);
}

kro_context *own_device_import(own_device *own, const kro_context_config *config)
{
    kt_test *t = own->t;
    kro_context_config full = config ? *config : (kro_context_config){0};
    kro_context *ctx = NULL;
    full.log = full.log ? full.log : fail_on_error;
    full.log_user = full.log_user ? full.log_user : t;
    if (!CHECK_OK(kro_context_import(&own->import, &full, &ctx)))
        return NULL;
    kt_defer(t, destroy_context, ctx);
    return ctx;
}

// No barrier but the one towards the host: the semaphores of the submit order everything else.
static VkCommandBuffer record(own_device *own, const own_work *work)
{
    kt_raw *raw = &own->raw;
    uint64_t offset_bytes;
    const kt_raw_buffer words = {.handle = kro_vk_buffer(work->buffer, &offset_bytes)};
    const kt_raw_range range = {&words, offset_bytes, OWN_BYTES};
    const uint32_t push[KT_RAW_PUSH_BYTES / 4] = {OWN_WORDS, work->factor, work->addend};
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    if (!own->affine)
        own->affine = kt_raw_kernel_create(raw, "affine_words", 1);
    VkDescriptorSet set = kt_raw_set(raw, own->affine, &range);
    VkCommandBuffer commands = set ? kt_raw_begin(raw, work->queue) : NULL;
    if (!commands)
        return NULL;
    kt_raw_bind(raw, commands, own->affine, set, push);
    raw->vkCmdDispatch(commands, 1, 1, 1);
    raw->vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                              VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, NULL, 0, NULL);
    kt_raw_end(raw, commands);
    return commands;
}

bool own_device_run(own_device *own, const own_work *work)
{
    const kt_raw_batch batch = {.commands = {record(own, work)},
                                .waits = {{.semaphore = work->wait, .value = work->wait_value}},
                                .signals = {{work->signal, work->signal_value, 0}}};
    if (!batch.commands[0])
        return false;
    pthread_mutex_lock(&own->lock);
    const bool done = kt_raw_submit(&own->raw, work->queue, &batch, VK_NULL_HANDLE);
    pthread_mutex_unlock(&own->lock);
    return done;
}
