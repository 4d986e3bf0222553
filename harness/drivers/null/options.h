// What KRONOS_NULL says: the null driver's size and what it leaves out.
//
//     KRONOS_NULL=api=1.1,queues=1,no_timeline
//
// api=1.1|1.2|1.3   Vulkan version (1.3)        queues=1..16   queues of its one family (4)
// devices=0..8      physical devices (1)        heap_mib=N     size of each memory heap (16384)
// families=GCT16+CT8+T2   its queue families, up to 4, instead of that one: what each can do
//                   (Graphics, Compute, Transfer) and how many queues it has
// driver_id=N       the VkDriverId that it gives (0: none is registered for this driver)
// type=other|integrated|discrete|virtual|cpu    device type (other)
// no_NAME           hides a feature or extension; names as in shared/hidden.h
#ifndef KRO_NULL_OPTIONS_H
#define KRO_NULL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "hidden.h"

enum { KRO__NULL_MAX_QUEUES = 16, KRO__NULL_MAX_FAMILIES = 4, KRO__NULL_MAX_DEVICES = 8 };

typedef struct kro__null_family {
    VkQueueFlags flags;
    uint32_t queue_count;
} kro__null_family;

typedef struct kro__null_options {
    uint32_t api_version, device_count;
    kro__null_family families[KRO__NULL_MAX_FAMILIES];
    uint32_t family_count;
    uint32_t driver_id;
    VkPhysicalDeviceType type;
    VkDeviceSize heap_bytes;
    kro__hidden hidden;
} kro__null_options;

// Reads the words of `text` (NULL: none) over the defaults.
//
// Returns: false, with a sentence in `message`, for a word that means nothing.
bool kro__null_options_parse(const char *text, kro__null_options *out, char *message,
                             size_t message_bytes);

#endif
