// Devices and their queues.
#include "device.h"

#include <stdlib.h>
#include <string.h>

#include "capture.h"
#include "device_memory.h"
#include "driver.h"
#include "engine.h"
#include "refuse.h"
#include "state.h"

kro__device *kro__device_find(VkDevice handle)
{
    return (kro__device *)kro__table_find(kro__objects, VK_OBJECT_TYPE_DEVICE, KRO__HANDLE(handle));
}

kro__queue *kro__queue_find(VkQueue handle)
{
    return (kro__queue *)kro__table_find(kro__objects, VK_OBJECT_TYPE_QUEUE, KRO__HANDLE(handle));
}

kro__device *kro__device_of(VkObjectType type, uint64_t handle)
{
    kro__entry *entry = NULL;
    if (type == VK_OBJECT_TYPE_DEVICE || type == VK_OBJECT_TYPE_QUEUE)
        entry = kro__table_find(kro__objects, type, handle);
    if (entry && type == VK_OBJECT_TYPE_QUEUE)
        return ((kro__queue *)entry)->device;
    return (kro__device *)entry;
}

void kro__device_lose(kro__device *device)
{
    atomic_store(&device->lost, true);
    kro__refuse_lost();
}

// What the application may not ask for.
static VkResult check_request(const kro__spec *spec, const VkDeviceCreateInfo *info)
{
    for (uint32_t i = 0; i < info->enabledExtensionCount; i++)
        if (kro__hidden_has(&spec->hidden, info->ppEnabledExtensionNames[i]))
            return VK_ERROR_EXTENSION_NOT_PRESENT;
    VkPhysicalDeviceFeatures2 features = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
        .pNext = (void *)info->pNext,
    };
    if (info->pEnabledFeatures)
        features.features = *info->pEnabledFeatures;
    return kro__hidden_used(&spec->hidden, &features) ? VK_ERROR_FEATURE_NOT_PRESENT : VK_SUCCESS;
}

VkQueue kro__queue_real(VkQueue handle)
{
    const kro__queue *queue = kro__queue_find(handle);
    return queue ? queue->real : handle;
}

static void free_queue(kro__queue *queue)
{
    if (!queue)
        return;
    kro__table_remove(kro__objects, VK_OBJECT_TYPE_QUEUE, queue->entry.handle);
    free(queue->label);
    free(queue->face);
    free(queue);
}

static kro__queue *create_queue(kro__device *device, uint32_t family, uint32_t index, VkQueue real)
{
    kro__queue *queue = calloc(1, sizeof *queue);
    if (!queue)
        return NULL;
    queue->device = device;
    queue->family = family;
    queue->index = index;
    queue->real = real;
    queue->entry.type = VK_OBJECT_TYPE_QUEUE;
    queue->entry.handle = KRO__HANDLE(real);
    if (index > 0 && (device->split_families >> family & 1)) {
        queue->face = calloc(1, sizeof *queue->face);
        if (!queue->face)
            goto fail;
        queue->face->loaderMagic = ICD_LOADER_MAGIC;
        queue->entry.handle = KRO__HANDLE(queue->face);
    }
    kro__table_add(kro__objects, &queue->entry);
    return queue;
fail:
    free_queue(queue);
    return NULL;
}

// What applications know a queue by: the driver's handle, noted when it is first asked for.
static VkQueue hand_out(VkDevice handle, uint32_t family, uint32_t index, VkQueue real)
{
    kro__device *device = kro__device_find(handle);
    if (!device || !real)
        return real;
    pthread_mutex_lock(&device->mutex);
    kro__queue *queue = device->queues;
    while (queue && (queue->family != family || queue->index != index))
        queue = queue->next;
    if (!queue && (queue = create_queue(device, family, index, real))) {
        queue->next = device->queues;
        device->queues = queue;
    }
    pthread_mutex_unlock(&device->mutex);
    return queue ? (VkQueue)(uintptr_t)queue->entry.handle : VK_NULL_HANDLE;
}

// A split family has one real queue.
static uint32_t real_index(VkDevice handle, uint32_t family, uint32_t index)
{
    const kro__device *device = kro__device_find(handle);
    return device && (device->split_families >> family & 1) ? 0 : index;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetDeviceQueue(VkDevice device, uint32_t queueFamilyIndex,
                                                      uint32_t queueIndex, VkQueue *pQueue)
{
    VkQueue real;
    kro__driver.vkGetDeviceQueue(device, queueFamilyIndex,
                                 real_index(device, queueFamilyIndex, queueIndex), &real);
    *pQueue = hand_out(device, queueFamilyIndex, queueIndex, real);
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkGetDeviceQueue2(VkDevice device,
                                                       const VkDeviceQueueInfo2 *pQueueInfo,
                                                       VkQueue *pQueue)
{
    VkDeviceQueueInfo2 info = *pQueueInfo;
    info.queueIndex = real_index(device, info.queueFamilyIndex, info.queueIndex);
    VkQueue real;
    kro__driver.vkGetDeviceQueue2(device, &info, &real);
    *pQueue = hand_out(device, info.queueFamilyIndex, pQueueInfo->queueIndex, real);
}

static void destroy_device(kro__device *device)
{
    if (!device)
        return;
    while (device->queues) {
        kro__queue *queue = device->queues;
        device->queues = queue->next;
        free_queue(queue);
    }
    pthread_mutex_destroy(&device->mutex);
    free(device);
}

// Which families `split_queues` acts on: those with compute.
static uint64_t find_split_families(const kro__spec *spec, VkPhysicalDevice physical)
{
    enum { MAX = 64 };
    uint32_t count = MAX;
    VkQueueFamilyProperties families[MAX];
    kro__driver.vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families);
    uint64_t bits = 0;
    for (uint32_t i = 0; spec->split_queues && i < count; i++)
        if (families[i].queueFlags & VK_QUEUE_COMPUTE_BIT)
            bits |= UINT64_C(1) << i;
    return bits;
}

// Leaves out an extension that the proxy offers by itself. `names` has room for all.
static uint32_t without_budget(const VkDeviceCreateInfo *info, const char **names)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < info->enabledExtensionCount; i++)
        if (strcmp(info->ppEnabledExtensionNames[i], VK_EXT_MEMORY_BUDGET_EXTENSION_NAME) != 0)
            names[count++] = info->ppEnabledExtensionNames[i];
    return count;
}

// Asks the driver for a device in the application's words, but for one queue of each split family.
static VkResult create_real(const kro__device *device, VkPhysicalDevice physical,
                            const VkDeviceCreateInfo *info, const VkAllocationCallbacks *allocator,
                            VkDevice *out)
{
    VkDeviceQueueCreateInfo *queues = calloc(info->queueCreateInfoCount + 1, sizeof *queues);
    const char **names = calloc(info->enabledExtensionCount + 1, sizeof *names);
    VkResult result = VK_ERROR_OUT_OF_HOST_MEMORY;
    if (!queues || !names)
        goto fail;
    for (uint32_t i = 0; i < info->queueCreateInfoCount; i++) {
        queues[i] = info->pQueueCreateInfos[i];
        if (device->split_families >> queues[i].queueFamilyIndex & 1)
            queues[i].queueCount = 1;
    }
    VkDeviceCreateInfo changed = *info;
    changed.pQueueCreateInfos = queues;
    if (device->spec.budget_bytes) {
        changed.enabledExtensionCount = without_budget(info, names);
        changed.ppEnabledExtensionNames = names;
    }
    result = kro__driver.vkCreateDevice(physical, &changed, allocator, out);
fail:
    free(names);
    free(queues);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateDevice(VkPhysicalDevice physicalDevice,
                                                        const VkDeviceCreateInfo *pCreateInfo,
                                                        const VkAllocationCallbacks *pAllocator,
                                                        VkDevice *pDevice)
{
    *pDevice = VK_NULL_HANDLE;
    const kro__physical *physical = kro__physical_of(physicalDevice);
    if (!physical)
        return VK_ERROR_INITIALIZATION_FAILED;
    kro__device *device = calloc(1, sizeof *device);
    if (!device)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    pthread_mutex_init(&device->mutex, NULL);
    device->instance = physical->instance;
    kro__state_spec(&device->spec);
    device->split_families = find_split_families(&device->spec, physicalDevice);
    kro__driver.vkGetPhysicalDeviceMemoryProperties(physicalDevice, &device->memory);
    VkPhysicalDeviceProperties properties;
    kro__hook_vkGetPhysicalDeviceProperties(physicalDevice, &properties);
    device->atom_bytes = properties.limits.nonCoherentAtomSize;

    VkResult result = check_request(&device->spec, pCreateInfo);
    if (result >= 0)
        result = create_real(device, physicalDevice, pCreateInfo, pAllocator, &device->handle);
    if (result < 0)
        goto fail;
    kro__driver_fill((VkInstance)(uintptr_t)physical->instance->entry.handle, device->handle);
    result = kro__engine_create(device, pCreateInfo);
    if (result < 0)
        goto fail;
    if (*device->spec.capture)
        kro__capture_made(pCreateInfo);
    device->entry.type = VK_OBJECT_TYPE_DEVICE;
    device->entry.handle = KRO__HANDLE(device->handle);
    kro__table_add(kro__objects, &device->entry);
    *pDevice = device->handle;
    return result;
fail:
    if (device->handle)
        kro__driver.vkDestroyDevice(device->handle, pAllocator);
    destroy_device(device);
    return result;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyDevice(VkDevice device,
                                                     const VkAllocationCallbacks *pAllocator)
{
    kro__device *dead =
        (kro__device *)kro__table_remove(kro__objects, VK_OBJECT_TYPE_DEVICE, KRO__HANDLE(device));
    if (dead)
        kro__engine_destroy(dead);
    if (dead && atomic_load(&dead->lost)) // for the application; the driver may still be at work
        kro__driver.vkDeviceWaitIdle(device);
    if (dead)
        kro__memory_forget(dead);
    destroy_device(dead); // its queues' handles may be given to another device from now on
    kro__driver.vkDestroyDevice(device, pAllocator);
}
