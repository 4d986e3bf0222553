#include "devices.h"

#include <stdlib.h>

#include "config.h"
#include "selection.h"
#include "staging.h"

struct kro_devices {
    const kro__backend *backend;
    kro__adapters *adapters;
    uint32_t count;
    uint32_t *order;         // positions in `adapters`, best first
    kro_device_info infos[]; // in that order
};

kro_status kro__devices_list(const kro__backend *backend, const kro_context_config *full,
                             kro_devices **out)
{
    kro__open_config config = kro__open_config_of(full);
    kro__adapters *adapters = NULL;
    kro_status status = backend->enumerate(&config, &adapters);
    return status < 0 ? status : kro__devices_rank(backend, adapters, out);
}

kro_status kro__devices_rank(const kro__backend *backend, kro__adapters *adapters,
                             kro_devices **out)
{
    kro_devices *devices = calloc(1, sizeof *devices + adapters->count * sizeof devices->infos[0]);
    if (devices)
        devices->order = calloc(adapters->count + 1, sizeof *devices->order);
    if (!devices || !devices->order) {
        kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory listing %u devices",
                  adapters->count);
        free(devices);
        backend->adapters_destroy(adapters);
        return KRO_ERROR_OUT_OF_HOST_MEMORY;
    }
    devices->backend = backend;
    devices->adapters = adapters;
    devices->count = adapters->count;
    kro__rank_devices(adapters->infos, adapters->count, devices->order);
    for (uint32_t i = 0; i < adapters->count; i++) {
        devices->infos[i] = adapters->infos[devices->order[i]];
        devices->infos[i].index = i;
        devices->infos[i].limits.staging_bytes = KRO__STAGING_CHUNK_BYTES;
    }
    *out = devices;
    return KRO_OK;
}

kro_status kro_devices_create(const kro_context_config *config, kro_devices **out)
{
    if (!out)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_devices_create: out is NULL");
    *out = NULL;
    kro_context_config full = kro__complete_config(config);
    return kro__devices_list(&kro__backend_vk, &full, out);
}

uint32_t kro_devices_count(const kro_devices *devices)
{
    return devices ? devices->count : 0;
}

const kro_device_info *kro_devices_info(const kro_devices *devices, uint32_t index)
{
    return devices && index < devices->count ? &devices->infos[index] : NULL;
}

void kro_devices_destroy(kro_devices *devices)
{
    if (!devices)
        return;
    if (devices->adapters)
        devices->backend->adapters_destroy(devices->adapters);
    free(devices->order);
    free(devices);
}

kro_status kro__devices_open(kro_devices *devices, const kro_context_config *full,
                             kro__device **out)
{
    const kro_device_info **ranked = calloc(devices->count + 1, sizeof *ranked);
    if (!ranked)
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory choosing a device");
    for (uint32_t i = 0; i < devices->count; i++)
        ranked[i] = &devices->infos[i];
    uint32_t chosen = 0;
    kro_status status = kro__select_device(ranked, devices->count, full->device, &chosen);
    free(ranked);
    if (status < 0)
        return status;
    kro__open_config config = kro__open_config_of(full);
    status = devices->backend->open(devices->adapters, devices->order[chosen], &config, out);
    if (status < 0)
        return status;
    devices->adapters = NULL;
    (*out)->info.index = chosen;
    (*out)->info.limits.staging_bytes = KRO__STAGING_CHUNK_BYTES;
    return KRO_OK;
}
