// Where features and limits stand in Vulkan's structs, so that they can be set, cleared and shrunk
// by name, in every struct that has them. The tables are generated; see registry/.
#ifndef KRO_DRIVERS_STRUCTS_H
#define KRO_DRIVERS_STRUCTS_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

typedef enum kro__vk_kind {
    KRO__VK_KIND_BOOL, // VkBool32
    KRO__VK_KIND_U32,
    KRO__VK_KIND_I32,
    KRO__VK_KIND_U64,
    KRO__VK_KIND_SIZE, // size_t
} kro__vk_kind;

typedef struct kro__vk_member {
    const char *name;
    uint32_t offset;
    uint16_t count; // array length
    uint16_t kind;  // kro__vk_kind
} kro__vk_member;

typedef struct kro__vk_struct {
    const char *name;
    VkStructureType type;
    uint32_t size_bytes;
    uint32_t core;          // the Vulkan version that has it; 0: only extensions do
    const char *extensions; // those that bring it, joined by spaces
    const kro__vk_member *members;
    uint32_t member_count;
} kro__vk_struct;

// The first entry of each is VkPhysicalDeviceFeatures2 or VkPhysicalDeviceProperties2, with the
// members of VkPhysicalDeviceFeatures or VkPhysicalDeviceLimits.
extern const kro__vk_struct kro__vk_features[], kro__vk_properties[];
extern const uint32_t kro__vk_features_count, kro__vk_properties_count;

// The table's entry for a structure type, or NULL.
const kro__vk_struct *kro__vk_struct_find(const kro__vk_struct *structs, uint32_t count,
                                          VkStructureType type);

// The member `name` of any struct in the table, or NULL.
const kro__vk_member *kro__vk_member_any(const kro__vk_struct *structs, uint32_t count,
                                         const char *name);

// A struct's member of that name, or NULL.
const kro__vk_member *kro__vk_member_find(const kro__vk_struct *in, const char *name);

// Element `index` of a member, as a number.
uint64_t kro__vk_member_get(const void *object, const kro__vk_member *member, uint32_t index);
void kro__vk_member_set(void *object, const kro__vk_member *member, uint32_t index, uint64_t value);

#endif
