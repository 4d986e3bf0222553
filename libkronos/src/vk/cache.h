// The device's pipeline cache, and the file in config.cache_dir that keeps it between runs.
#ifndef KRO_SRC_VK_CACHE_H
#define KRO_SRC_VK_CACHE_H

#include "vk/device.h"

// Creates device->pipeline_cache: from the file in `folder` if there is a good one, otherwise
// empty. `folder` may be NULL: nothing is kept.
kro_status kro__vk_cache_init(kro__vk_device *device, const char *folder);

// Writes the file if the cache has changed. A file that cannot be written is logged: it costs time
// in the next run and nothing else.
void kro__vk_cache_keep(kro__vk_device *device);

// Accepts a device without a cache.
void kro__vk_cache_finish(kro__vk_device *device);

#endif
