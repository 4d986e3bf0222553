#include "device_json.h"

#include <stddef.h>
#include <string.h>

#include "json.h"
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

static void add_u32_array(cJSON *object, const char *name, const uint32_t *values, int count)
{
    cJSON *array = cJSON_AddArrayToObject(object, name);
    for (int i = 0; i < count; i++)
        cJSON_AddItemToArray(array, cJSON_CreateNumber(values[i]));
}

static void add_limits(cJSON *json, const kro_limits *limits)
{
    cJSON *object = cJSON_AddObjectToObject(json, "limits");
    kt_json_add_u64(object, "max_buffer_bytes", limits->max_buffer_bytes);
    kt_json_add_u64(object, "max_binding_bytes", limits->max_binding_bytes);
    add_u32_array(object, "max_groups", limits->max_groups, 3);
    add_u32_array(object, "max_group_size", limits->max_group_size, 3);
    kt_json_add_u64(object, "max_group_invocations", limits->max_group_invocations);
    kt_json_add_u64(object, "max_shared_bytes", limits->max_shared_bytes);
    kt_json_add_u64(object, "max_push_bytes", limits->max_push_bytes);
    kt_json_add_u64(object, "max_bindings", limits->max_bindings);
    kt_json_add_u64(object, "offset_alignment", limits->offset_alignment);
    kt_json_add_u64(object, "uniform_alignment", limits->uniform_alignment);
    kt_json_add_u64(object, "max_uniform_bytes", limits->max_uniform_bytes);
    kt_json_add_u64(object, "staging_bytes", limits->staging_bytes);
    kt_json_add_u64(object, "max_uniform_bindings", limits->max_uniform_bindings);
    kt_json_add_u64(object, "host_alignment", limits->host_alignment);
}

// A need that a device of no ability lacks is an ability; the same table names them everywhere.
static void add_features(cJSON *json, const kro_device_info *info)
{
    cJSON *object = cJSON_AddObjectToObject(json, "features");
    cJSON *operations = cJSON_CreateArray();
    const kro_device_info nothing = {0};
    for (uint64_t need = 1; need & KT_NEEDS_FEATURES; need <<= 1) {
        const char *name = kt_needs_missing(need, &nothing);
        if (!name)
            continue; // a bit that is free
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
    kt_json_add_u64(json, "index", info->index);
    kt_json_add_text(json, "name", info->name);
    kt_json_add_text(json, "vendor", info->vendor);
    kt_json_add_text(json, "driver_name", info->driver_name);
    kt_json_add_text(json, "driver_info", info->driver_info);
    kt_json_add_text(json, "driver_version", info->driver_version);
    kt_json_add_text(json, "api_version", info->api_version);
    kt_json_add_text(json, "uuid", info->uuid);
    kt_json_add_u64(json, "vendor_id", info->vendor_id);
    kt_json_add_u64(json, "device_id", info->device_id);
    kt_json_add_u64(json, "driver_id", info->driver_id);
    kt_json_add_u64(json, "api_version_number", info->api_version_number);
    kt_json_add_u64(json, "driver_version_number", info->driver_version_number);
    cJSON_AddStringToObject(json, "type", kt_device_type_text(info->type));
    kt_json_add_u64(json, "device_memory_bytes", info->device_memory_bytes);
    kt_json_add_u64(json, "host_memory_bytes", info->host_memory_bytes);
    kt_json_add_u64(json, "subgroup_size", info->subgroup_size);
    kt_json_add_u64(json, "min_subgroup_size", info->min_subgroup_size);
    kt_json_add_u64(json, "max_subgroup_size", info->max_subgroup_size);
    kt_json_add_u64(json, "queue_count", info->queue_count);
    kt_json_add_u64(json, "queue_family", info->queue_family);
    add_limits(json, &info->limits);
    add_features(json, info);
    return json;
}

cJSON *kt_heaps_json(const kro_memory_info *memory)
{
    cJSON *heaps = cJSON_CreateArray();
    for (uint32_t i = 0; i < memory->heap_count; i++) {
        const kro_heap_info *heap = &memory->heaps[i];
        cJSON *json = cJSON_CreateObject();
        kt_json_add_u64(json, "size_bytes", heap->size_bytes);
        cJSON_AddBoolToObject(json, "device_local", heap->device_local);
        if (memory->budget_known) {
            kt_json_add_u64(json, "budget_bytes", heap->budget_bytes);
            kt_json_add_u64(json, "used_bytes", heap->used_bytes);
        }
        cJSON_AddItemToArray(heaps, json);
    }
    return heaps;
}
