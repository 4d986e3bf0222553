#include "counts.h"

#include <stddef.h>
#include <string.h>

const kp_count_field kp_count_fields[KP_COUNT_FIELDS] = {
    {"submits", offsetof(kp_counts, submits)},
    {"dispatches", offsetof(kp_counts, dispatches)},
    {"level_barriers", offsetof(kp_counts, level_barriers)},
    {"entry_barriers", offsetof(kp_counts, entry_barriers)},
    {"exit_barriers", offsetof(kp_counts, exit_barriers)},
    {"descriptor_writes", offsetof(kp_counts, descriptor_writes)},
    {"objects_created", offsetof(kp_counts, objects_created)},
    {"memory_allocations", offsetof(kp_counts, memory_allocations)},
    {"heap_allocations", offsetof(kp_counts, heap_allocations)},
};

cJSON *kp_counts_json(const kp_counts *counts)
{
    cJSON *object = cJSON_CreateObject();
    for (size_t i = 0; i < KP_COUNT_FIELDS; i++) {
        uint64_t value;
        memcpy(&value, (const char *)counts + kp_count_fields[i].offset, sizeof value);
        cJSON_AddNumberToObject(object, kp_count_fields[i].name, (double)value);
    }
    return object;
}
