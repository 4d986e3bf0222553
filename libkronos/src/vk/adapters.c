#include "vk/adapters.h"

#include <stdlib.h>

#include "vk/list.h"
#include "vk/status.h"

static VkResult list_devices(const void *source, uint32_t *count, void *items)
{
    const kro__vk_instance *instance = source;
    return instance->vk.vkEnumeratePhysicalDevices(instance->handle, count, items);
}

// Unusable devices are skipped, so positions here are not the driver's: `index` of open counts
// these.
static kro_status read_adapters(kro__vk_adapters *adapters, const VkPhysicalDevice *handles,
                                uint32_t count)
{
    adapters->items = calloc(count + 1u, sizeof *adapters->items);
    // One more than needed: an empty list is not a failed allocation.
    adapters->infos = calloc(count + 1u, sizeof *adapters->infos);
    if (!adapters->items || !adapters->infos)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory to list %u devices", count);
    adapters->base.infos = adapters->infos;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = adapters->base.count;
        bool usable;
        // A failure leaves the count as it is: destroy then finishes exactly the adapters before
        // this one.
        kro_status status = kro__vk_adapter_init(&adapters->items[at], &adapters->instance,
                                                 handles[i], &adapters->infos[at], &usable);
        if (status < 0)
            return status;
        adapters->base.count += usable;
        if (!usable)
            kro__log_line(&adapters->instance.log, KRO_LOG_INFO,
                          "device %u of %u is left out: it is older than Vulkan 1.1 or has no "
                          "compute queue",
                          i, count);
    }
    return KRO_OK;
}

kro_status kro__vk_list_devices(const kro__vk_instance *instance, VkPhysicalDevice **out,
                                uint32_t *count)
{
    void *list;
    kro_status status = kro__vk_list(list_devices, instance, sizeof **out,
                                     "vkEnumeratePhysicalDevices", &list, count);
    if (status >= 0)
        *out = list;
    return status;
}

kro_status kro__vk_enumerate(const kro__open_config *config, kro__adapters **out)
{
    VkPhysicalDevice *handles = NULL;
    uint32_t count;
    *out = NULL;
    kro__vk_adapters *adapters = calloc(1, sizeof *adapters);
    if (!adapters)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no memory to list devices");
    kro_status status = kro__vk_instance_init(&adapters->instance, config);
    if (status < 0)
        goto fail;
    status = kro__vk_list_devices(&adapters->instance, &handles, &count);
    if (status < 0)
        goto fail;
    status = read_adapters(adapters, handles, count);
    if (status < 0)
        goto fail;
    free(handles);
    *out = &adapters->base;
    return KRO_OK;
fail:
    free(handles);
    kro__vk_adapters_destroy(&adapters->base);
    return status;
}

void kro__vk_adapters_destroy(kro__adapters *base)
{
    kro__vk_adapters *adapters = (kro__vk_adapters *)base;
    if (!adapters)
        return;
    // The instance goes last: physical devices are its children.
    for (uint32_t i = 0; i < adapters->base.count; i++)
        kro__vk_adapter_finish(&adapters->items[i]);
    free(adapters->items);
    free(adapters->infos);
    kro__vk_instance_finish(&adapters->instance);
    free(adapters);
}
