// What the Vulkan registry says of each command, result and object type, by name. The tables are
// generated; see registry/.
#ifndef KRO_DRIVERS_CALLS_H
#define KRO_DRIVERS_CALLS_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "vk_call_ids.h"

// What a command's first parameter is.
typedef enum kro__vk_level {
    KRO__VK_LEVEL_GLOBAL,   // nothing dispatchable
    KRO__VK_LEVEL_INSTANCE, // VkInstance
    KRO__VK_LEVEL_PHYSICAL, // VkPhysicalDevice
    KRO__VK_LEVEL_DEVICE,   // VkDevice, VkQueue or VkCommandBuffer
} kro__vk_level;

typedef struct kro__vk_call {
    const char *name;
    kro__vk_level level;
    uint32_t core;          // the Vulkan version that has it; 0: only extensions do
    const char *extensions; // those that bring it, joined by spaces
    bool returns_result;    // VkResult
    bool may_lose_device;   // DEVICE_LOST is among its errors
    const char *successes;  // names of those that it may return, joined by spaces
    const char *errors;     // likewise
} kro__vk_call;

// A name and its value in an enum.
typedef struct kro__vk_name {
    const char *name;
    int32_t value;
} kro__vk_name;

extern const kro__vk_call kro__vk_calls[KRO__CALL_COUNT]; // by name; KRO__CALL_vkX is vkX's index
extern const kro__vk_name kro__vk_results[];              // these end with a NULL name
extern const kro__vk_name kro__vk_object_types[];         // by KRO__OBJECT_…
extern const kro__vk_name kro__vk_extensions[];           // values are 0

// The index of a command, or -1.
int kro__vk_call_find(const char *name);

// The entry of that name, or NULL.
const kro__vk_name *kro__vk_name_find(const kro__vk_name *names, const char *name);

// The name of a value, or "?".
const char *kro__vk_name_of(const kro__vk_name *names, int32_t value);

// True if `word` is one of the words in `list`, which are joined by spaces.
bool kro__vk_has_word(const char *list, const char *word);

#endif
