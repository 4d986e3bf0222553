#include "own_device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shaders.h"

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
            own->physical = all[i];
    }
    return own->physical != VK_NULL_HANDLE;
}

static VkResult create_device(own_device *own)
{
    const float priorities[OWN_QUEUES] = {1, 1};
    const kro_vk_import *import = &own->import;
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
    return own->vkCreateDevice(own->physical, &info, NULL, &own->device);
}

static bool load(own_device *own, bool of_device)
{
    bool all = true;
#define X(name)                                                                                  \
    all &= (own->name = (PFN_##name)own->import.get_instance_proc_addr(own->instance, #name)) != \
           NULL;
    if (!of_device) {
        OWN_INSTANCE_CALLS(X)
    }
#undef X
#define X(name) \
    all &= (own->name = (PFN_##name)own->vkGetDeviceProcAddr(own->device, #name)) != NULL;
    if (of_device) {
        OWN_DEVICE_CALLS(X)
    }
#undef X
    return all;
}

static VkResult create_kernel(own_device *own)
{
    const kronos_shader *shader = kronos_shader_find("affine_words");
    const VkDescriptorSetLayoutBinding binding = {.descriptorType =
                                                      VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                                  .descriptorCount = 1,
                                                  .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 1,
        .pBindings = &binding};
    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT, .size = 12};
    const VkShaderModuleCreateInfo module_info = {.sType =
                                                      VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                                  .codeSize = (size_t)shader->size_bytes,
                                                  .pCode = shader->words};
    VkShaderModule module = VK_NULL_HANDLE;
    VkResult result =
        own->vkCreateDescriptorSetLayout(own->device, &set_info, NULL, &own->set_layout);
    const VkPipelineLayoutCreateInfo layout_info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &own->set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push};
    if (result == VK_SUCCESS)
        result = own->vkCreatePipelineLayout(own->device, &layout_info, NULL, &own->layout);
    if (result == VK_SUCCESS)
        result = own->vkCreateShaderModule(own->device, &module_info, NULL, &module);
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = own->layout};
    if (result == VK_SUCCESS)
        result = own->vkCreateComputePipelines(own->device, VK_NULL_HANDLE, 1, &info, NULL,
                                               &own->affine);
    own->vkDestroyShaderModule(own->device, module, NULL);
    return result;
}

static VkResult create_pools(own_device *own)
{
    enum { MOST = 256 };
    const VkDescriptorPoolSize size = {.type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                       .descriptorCount = MOST};
    const VkDescriptorPoolCreateInfo sets = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = MOST,
                                             .poolSizeCount = 1,
                                             .pPoolSizes = &size};
    const VkCommandPoolCreateInfo commands = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                              .queueFamilyIndex = own->import.queue_family};
    VkResult result = own->vkCreateDescriptorPool(own->device, &sets, NULL, &own->sets);
    return result < 0 ? result
                      : own->vkCreateCommandPool(own->device, &commands, NULL, &own->commands);
}

static void destroy(void *object)
{
    own_device *own = object;
    if (own->device) {
        own->vkDeviceWaitIdle(own->device); // also of a lost device
        own->vkDestroyCommandPool(own->device, own->commands, NULL);
        own->vkDestroyDescriptorPool(own->device, own->sets, NULL);
        own->vkDestroyPipeline(own->device, own->affine, NULL);
        own->vkDestroyPipelineLayout(own->device, own->layout, NULL);
        own->vkDestroyDescriptorSetLayout(own->device, own->set_layout, NULL);
        own->vkDestroyDevice(own->device, NULL);
    }
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
    if (!CHECK(create_instance(own, own->import.api_version) == VK_SUCCESS) ||
        !CHECK(load(own, false)) || !CHECK(find_physical(own, kro_context_info(on)->uuid)) ||
        !CHECK(create_device(own) == VK_SUCCESS) || !CHECK(load(own, true)) ||
        !CHECK(create_kernel(own) == VK_SUCCESS) || !CHECK(create_pools(own) == VK_SUCCESS))
        return NULL;
    for (uint32_t i = 0; i < own->import.queue_count; i++)
        own->vkGetDeviceQueue(own->device, own->import.queue_family, i, &own->queues[i]);
    own->import.instance = own->instance;
    own->import.physical_device = own->physical;
    own->import.device = own->device;
    own->import.queues = own->queues;
    return own;
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

typedef struct owned_semaphore {
    own_device *own;
    VkSemaphore handle;
} owned_semaphore;

static void destroy_semaphore(void *object)
{
    const owned_semaphore *semaphore = object;
    own_device *own = semaphore->own;
    own->vkDeviceWaitIdle(own->device);
    own->vkDestroySemaphore(own->device, semaphore->handle, NULL);
}

VkSemaphore own_semaphore(own_device *own, VkSemaphoreType type)
{
    kt_test *t = own->t;
    const VkSemaphoreTypeCreateInfo kind = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                            .semaphoreType = type};
    const VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                        .pNext = type == VK_SEMAPHORE_TYPE_TIMELINE ? &kind : NULL};
    owned_semaphore *semaphore = kt_alloc(t, sizeof *semaphore);
    *semaphore = (owned_semaphore){.own = own};
    if (CHECK(own->vkCreateSemaphore(own->device, &info, NULL, &semaphore->handle) == VK_SUCCESS))
        kt_defer(t, destroy_semaphore, semaphore);
    return semaphore->handle;
}

void own_signal(own_device *own, VkSemaphore timeline, uint64_t value)
{
    kt_test *t = own->t;
    const VkSemaphoreSignalInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_SIGNAL_INFO, .semaphore = timeline, .value = value};
    PFN_vkSignalSemaphoreKHR signal =
        (PFN_vkSignalSemaphoreKHR)own->vkGetDeviceProcAddr(own->device, "vkSignalSemaphoreKHR");
    CHECK(signal && signal(own->device, &info) == VK_SUCCESS);
}

// No barrier but the one towards the host: the semaphores of the submit order everything else.
static bool record(own_device *own, const own_work *work, VkCommandBuffer *out)
{
    const VkDescriptorSetAllocateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = own->sets,
        .descriptorSetCount = 1,
        .pSetLayouts = &own->set_layout};
    const VkCommandBufferAllocateInfo info = {.sType =
                                                  VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                              .commandPool = own->commands,
                                              .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                              .commandBufferCount = 1};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    VkDescriptorSet set;
    if (own->vkAllocateDescriptorSets(own->device, &set_info, &set) < 0 ||
        own->vkAllocateCommandBuffers(own->device, &info, out) < 0 ||
        own->vkBeginCommandBuffer(*out, &begin) < 0)
        return false;
    uint64_t offset_bytes;
    VkDescriptorBufferInfo range = {.buffer = kro_vk_buffer(work->buffer, &offset_bytes),
                                    .range = OWN_BYTES};
    range.offset = offset_bytes;
    const VkWriteDescriptorSet write = {.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
                                        .dstSet = set,
                                        .descriptorCount = 1,
                                        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                        .pBufferInfo = &range};
    const uint32_t push[] = {OWN_WORDS, work->factor, work->addend};
    own->vkUpdateDescriptorSets(own->device, 1, &write, 0, NULL);
    own->vkCmdBindPipeline(*out, VK_PIPELINE_BIND_POINT_COMPUTE, own->affine);
    own->vkCmdBindDescriptorSets(*out, VK_PIPELINE_BIND_POINT_COMPUTE, own->layout, 0, 1, &set, 0,
                                 NULL);
    own->vkCmdPushConstants(*out, own->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, push);
    own->vkCmdDispatch(*out, 1, 1, 1);
    const VkMemoryBarrier barrier = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    own->vkCmdPipelineBarrier(*out, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                              VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &barrier, 0, NULL, 0, NULL);
    return own->vkEndCommandBuffer(*out) == VK_SUCCESS;
}

bool own_device_run(own_device *own, const own_work *work)
{
    kt_test *t = own->t;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    VkCommandBuffer commands;
    if (!CHECK(record(own, work, &commands)))
        return false;
    const bool timelines = work->wait_value > 0 || work->signal_value > 0;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = work->wait != VK_NULL_HANDLE,
        .pWaitSemaphoreValues = &work->wait_value,
        .signalSemaphoreValueCount = work->signal != VK_NULL_HANDLE,
        .pSignalSemaphoreValues = &work->signal_value};
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .pNext = timelines ? &values : NULL,
                                 .waitSemaphoreCount = work->wait != VK_NULL_HANDLE,
                                 .pWaitSemaphores = &work->wait,
                                 .pWaitDstStageMask = &stage,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &commands,
                                 .signalSemaphoreCount = work->signal != VK_NULL_HANDLE,
                                 .pSignalSemaphores = &work->signal};
    pthread_mutex_lock(&own->lock);
    VkResult result = own->vkQueueSubmit(own->queues[work->queue], 1, &submit, VK_NULL_HANDLE);
    pthread_mutex_unlock(&own->lock);
    return CHECK(result == VK_SUCCESS);
}
