#include "device_json.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "needs.h"

const char *kt_device_type_text(kro_device_type type)
{
    switch (type) {
    case KRO_DEVICE_TYPE_INTEGRATED:
        return "integrated";
    case KRO_DEVICE_TYPE_DISCRETE:
        return "discrete";
    case KRO_DEVICE_TYPE_VIRTUAL:
        return "virtual";
    case KRO_DEVICE_TYPE_CPU:
        return "cpu";
    case KRO_DEVICE_TYPE_OTHER:
        break;
    }
    return "other";
}

// JSON's numbers are doubles to most readers; sizes above 2^53 (a limit of 2^64 - 1 means none)
// keep every digit as raw text.
static void add_u64(cJSON *object, const char *name, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    cJSON_AddRawToObject(object, name, text);
}

static void add_u32_array(cJSON *object, const char *name, const uint32_t *values, int count)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(array, cJSON_CreateNumber(values[i]));
}

static void add_limits(cJSON *json, const kro_limits *limits)
{
    cJSON *object = cJSON_AddObjectToObject(json, "limits");
    add_u64(object, "max_buffer_bytes", limits->max_buffer_bytes);
    add_u64(object, "max_binding_bytes", limits->max_binding_bytes);
    add_u32_array(object, "max_groups", limits->max_groups, 3);
    add_u32_array(object, "max_group_size", limits->max_group_size, 3);
    add_u64(object, "max_group_invocations", limits->max_group_invocations);
    add_u64(object, "max_shared_bytes", limits->max_shared_bytes);
    add_u64(object, "max_push_bytes", limits->max_push_bytes);
    add_u64(object, "max_bindings", limits->max_bindings);
    add_u64(object, "offset_alignment", limits->offset_alignment);
    add_u64(object, "uniform_alignment", limits->uniform_alignment);
    add_u64(object, "max_uniform_bytes", limits->max_uniform_bytes);
    add_u64(object, "staging_bytes", limits->staging_bytes);
}

// A need that a device of no ability lacks is an ability; the same table names them everywhere.
static void add_features(cJSON *json, const kro_device_info *info)
{
    cJSON *object = cJSON_AddObjectToObject(json, "features");
    cJSON *operations = cJSON_CreateArray();
    const kro_device_info nothing = {0};
    for (uint64_t need = 1; need & KT_NEEDS_FEATURES; need <<= 1) {
        const char *name = kt_needs_missing(need, &nothing);
        bool present = !kt_needs_missing(need, info);
        if (need & KT_NEEDS_SUBGROUP) {
            if (present)
                cJSON_AddItemToArray(operations, cJSON_CreateString(name + strlen("subgroup_")));
        } else {
            cJSON_AddBoolToObject(object, name, present);
        }
    }
    cJSON_AddItemToObject(json, "subgroup_operations", operations);
}

cJSON *kt_device_json(const kro_device_info *info)
{
    cJSON *json = cJSON_CreateObject();
    add_u64(json, "index", info->index);
    cJSON_AddStringToObject(json, "name", info->name);
    cJSON_AddStringToObject(json, "vendor", info->vendor);
    cJSON_AddStringToObject(json, "driver_name", info->driver_name);
    cJSON_AddStringToObject(json, "driver_info", info->driver_info);
    cJSON_AddStringToObject(json, "driver_version", info->driver_version);
    cJSON_AddStringToObject(json, "api_version", info->api_version);
    cJSON_AddStringToObject(json, "uuid", info->uuid);
    add_u64(json, "vendor_id", info->vendor_id);
    add_u64(json, "device_id", info->device_id);
    add_u64(json, "driver_id", info->driver_id);
    add_u64(json, "api_version_number", info->api_version_number);
    add_u64(json, "driver_version_number", info->driver_version_number);
    cJSON_AddStringToObject(json, "type", kt_device_type_text(info->type));
    add_u64(json, "device_memory_bytes", info->device_memory_bytes);
    add_u64(json, "host_memory_bytes", info->host_memory_bytes);
    add_u64(json, "subgroup_size", info->subgroup_size);
    add_u64(json, "min_subgroup_size", info->min_subgroup_size);
    add_u64(json, "max_subgroup_size", info->max_subgroup_size);
    add_u64(json, "queue_count", info->queue_count);
    add_u64(json, "queue_family", info->queue_family);
    add_limits(json, &info->limits);
    add_features(json, info);
    return json;
}
