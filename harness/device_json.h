// Facts about devices as JSON, for `kronos info --json`, device.json and between processes.
#ifndef KT_DEVICE_JSON_H
#define KT_DEVICE_JSON_H

#include <cjson/cJSON.h>

#include <kronos/context.h>

// Everything in `info` that does not change, field by field under the names of kro_device_info. The
// caller deletes it.
cJSON *kt_device_json(const kro_device_info *info);

// A device's memories, under the names of kro_heap_info; with what is granted and in use where the
// driver tells. The caller deletes it.
cJSON *kt_heaps_json(const kro_memory_info *memory);

// Device types as in `type:…` of kro_context_config.device.
const char *kt_device_type_text(kro_device_type type);

#endif
