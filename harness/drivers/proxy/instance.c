// Instances, and which physical devices belong to them.
#include "device.h"

#include <stdlib.h>

#include "driver.h"
#include "hide.h"
#include "state.h"

kro__instance *kro__instance_of(VkInstance handle)
{
    return (kro__instance *)kro__table_find(kro__objects, VK_OBJECT_TYPE_INSTANCE,
                                            KRO__HANDLE(handle));
}

kro__physical *kro__physical_of(VkPhysicalDevice handle)
{
    return (kro__physical *)kro__table_find(kro__objects, VK_OBJECT_TYPE_PHYSICAL_DEVICE,
                                            KRO__HANDLE(handle));
}

uint64_t kro__instance_handle(VkPhysicalDevice handle)
{
    const kro__physical *physical = kro__physical_of(handle);
    return physical ? physical->instance->entry.handle : 0;
}

// Hidden extensions do not exist, whatever the driver behind says.
static VkResult check_extensions(const kro__spec *spec, const VkInstanceCreateInfo *info)
{
    for (uint32_t i = 0; i < info->enabledExtensionCount; i++)
        if (kro__hidden_has(&spec->hidden, info->ppEnabledExtensionNames[i]))
            return VK_ERROR_EXTENSION_NOT_PRESENT;
    return VK_SUCCESS;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkCreateInstance(const VkInstanceCreateInfo *pCreateInfo,
                                                          const VkAllocationCallbacks *pAllocator,
                                                          VkInstance *pInstance)
{
    *pInstance = VK_NULL_HANDLE;
    kro__instance *instance = calloc(1, sizeof *instance);
    if (!instance)
        return VK_ERROR_OUT_OF_HOST_MEMORY;
    kro__state_spec(&instance->spec);
    kro__driver_fill_global();
    VkResult result = check_extensions(&instance->spec, pCreateInfo);
    if (result >= 0)
        result = kro__driver.vkCreateInstance(pCreateInfo, pAllocator, pInstance);
    if (result < 0) {
        free(instance);
        return result;
    }
    kro__driver_fill(*pInstance, NULL);
    instance->entry.type = VK_OBJECT_TYPE_INSTANCE;
    instance->entry.handle = KRO__HANDLE(*pInstance);
    kro__table_add(kro__objects, &instance->entry);
    return result;
}

static bool remove_physical(kro__entry *entry, void *instance)
{
    if (entry->type != VK_OBJECT_TYPE_PHYSICAL_DEVICE ||
        ((kro__physical *)entry)->instance != instance)
        return false;
    free(entry);
    return true;
}

VKAPI_ATTR void VKAPI_CALL kro__hook_vkDestroyInstance(VkInstance instance,
                                                       const VkAllocationCallbacks *pAllocator)
{
    kro__entry *dead =
        kro__table_remove(kro__objects, VK_OBJECT_TYPE_INSTANCE, KRO__HANDLE(instance));
    // First: the handles may be given to another instance as soon as the driver has freed them.
    if (dead)
        kro__table_visit(kro__objects, remove_physical, dead);
    free(dead);
    kro__driver.vkDestroyInstance(instance, pAllocator);
}

typedef struct physical_visit {
    uint64_t instance;
    void (*visit)(uint64_t handle, void *user);
    void *user;
} physical_visit;

static bool visit_physical(kro__entry *entry, void *user)
{
    const physical_visit *wanted = user;
    if (entry->type == VK_OBJECT_TYPE_PHYSICAL_DEVICE &&
        ((const kro__physical *)entry)->instance->entry.handle == wanted->instance)
        wanted->visit(entry->handle, wanted->user);
    return false;
}

void kro__physical_visit(VkInstance instance, void (*visit)(uint64_t handle, void *user),
                         void *user)
{
    physical_visit wanted = {KRO__HANDLE(instance), visit, user};
    kro__table_visit(kro__objects, visit_physical, &wanted);
}

// Physical devices are found more than once and noted the first time. Two threads that both find
// one first note it twice, which does no harm.
static void note_physical(VkInstance instance, VkPhysicalDevice handle)
{
    kro__instance *of = kro__instance_of(instance);
    if (!of || kro__physical_of(handle))
        return;
    kro__physical *physical = calloc(1, sizeof *physical);
    if (!physical)
        return; // its features are not hidden then; nothing else depends on it
    physical->entry.type = VK_OBJECT_TYPE_PHYSICAL_DEVICE;
    physical->entry.handle = KRO__HANDLE(handle);
    physical->instance = of;
    kro__table_add(kro__objects, &physical->entry);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkEnumeratePhysicalDevices(
    VkInstance instance, uint32_t *pPhysicalDeviceCount, VkPhysicalDevice *pPhysicalDevices)
{
    VkResult result =
        kro__driver.vkEnumeratePhysicalDevices(instance, pPhysicalDeviceCount, pPhysicalDevices);
    for (uint32_t i = 0; result >= 0 && pPhysicalDevices && i < *pPhysicalDeviceCount; i++)
        note_physical(instance, pPhysicalDevices[i]);
    return result;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkEnumeratePhysicalDeviceGroups(
    VkInstance instance, uint32_t *pPhysicalDeviceGroupCount,
    VkPhysicalDeviceGroupProperties *pPhysicalDeviceGroupProperties)
{
    VkResult result = kro__driver.vkEnumeratePhysicalDeviceGroups(
        instance, pPhysicalDeviceGroupCount, pPhysicalDeviceGroupProperties);
    if (result < 0 || !pPhysicalDeviceGroupProperties)
        return result;
    for (uint32_t g = 0; g < *pPhysicalDeviceGroupCount; g++)
        for (uint32_t i = 0; i < pPhysicalDeviceGroupProperties[g].physicalDeviceCount; i++)
            note_physical(instance, pPhysicalDeviceGroupProperties[g].physicalDevices[i]);
    return result;
}
