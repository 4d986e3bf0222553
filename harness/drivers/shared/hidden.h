// A set of features and extensions that a driver pretends not to have.
#ifndef KRO_DRIVERS_HIDDEN_H
#define KRO_DRIVERS_HIDDEN_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

enum { KRO__HIDDEN_MAX = 128 };

typedef struct kro__hidden {
    const char *names[KRO__HIDDEN_MAX]; // feature members and extensions; static strings
    uint32_t count;
} kro__hidden;

// Adds what `word` stands for: a feature by its member's name (`timelineSemaphore`), an extension
// by its name (`VK_KHR_timeline_semaphore`), or a short name for both (`timeline`; see hidden.c).
//
// Returns: false where the word means nothing or the set is full.
bool kro__hidden_add(kro__hidden *hidden, const char *word);

bool kro__hidden_has(const kro__hidden *hidden, const char *name);

// Clears the hidden features in a chain that starts with VkPhysicalDeviceFeatures2.
void kro__hidden_clear(const kro__hidden *hidden, void *chain);

// The first hidden feature that a chain (of VkDeviceCreateInfo or VkPhysicalDeviceFeatures2) sets,
// or NULL.
const char *kro__hidden_used(const kro__hidden *hidden, const void *chain);

#endif
