#include "plant_reports.h"

#include <string.h>

#include "plant.h"
#include "planted.h"

// One entry of planted_reports.def.
typedef struct claim {
    const char *name; // a member; NULL: another kind of entry
    const char *way;  // of a limit
    VkMemoryPropertyFlags flag;
} claim;

#define LIMIT(name, way) {#name, #way, 0},
#define FEATURE(name)    {#name, "", 0},
#define MEMORY(flag)     {NULL, "", VK_MEMORY_PROPERTY_##flag##_BIT},
static const claim CLAIMS[] = {
#include "planted_reports.def"
};
#undef LIMIT
#undef FEATURE
#undef MEMORY

enum { CLAIM_COUNT = sizeof CLAIMS / sizeof CLAIMS[0] };

static int fault_of(int index)
{
    return KRO__PLANTED_SPIRV_COUNT + KRO__PLANTED_CALL_COUNT + index;
}

void kro__plant_features(VkPhysicalDeviceFeatures2 *chain)
{
    for (VkBaseOutStructure *at = (void *)chain; at; at = at->pNext) {
        const kro__vk_struct *in =
            kro__vk_struct_find(kro__vk_features, kro__vk_features_count, at->sType);
        for (int i = 0; in && i < CLAIM_COUNT; i++) {
            const bool is_feature = CLAIMS[i].name && !*CLAIMS[i].way;
            const kro__vk_member *member =
                is_feature ? kro__vk_member_find(in, CLAIMS[i].name) : NULL;
            if (member && !kro__vk_member_get(at, member, 0) && kro__plant_acts(fault_of(i)))
                kro__vk_member_set(at, member, 0, VK_TRUE);
        }
    }
}

// Twice or half a number; itself where that is too large for it.
static uint64_t change(const claim *of, const kro__vk_member *member, uint64_t value)
{
    const bool is_small = member->kind == KRO__VK_KIND_U32 || member->kind == KRO__VK_KIND_I32;
    if (!strcmp(of->way, "halved"))
        return value / 2;
    return value > (is_small ? INT32_MAX : INT64_MAX) / 2 ? value : value * 2;
}

void kro__plant_limits(const kro__vk_struct *in, void *object)
{
    for (int i = 0; i < CLAIM_COUNT; i++) {
        const kro__vk_member *member =
            *CLAIMS[i].way ? kro__vk_member_find(in, CLAIMS[i].name) : NULL;
        for (uint32_t n = 0; member && n < member->count; n++) {
            const uint64_t value = kro__vk_member_get(object, member, n);
            const uint64_t changed = change(&CLAIMS[i], member, value);
            if (changed != value && kro__plant_acts(fault_of(i)))
                kro__vk_member_set(object, member, n, changed);
        }
    }
}

void kro__plant_memory(VkPhysicalDeviceMemoryProperties *memory)
{
    for (int i = 0; i < CLAIM_COUNT; i++)
        for (uint32_t n = 0; CLAIMS[i].flag && n < memory->memoryTypeCount; n++)
            if ((memory->memoryTypes[n].propertyFlags & CLAIMS[i].flag) &&
                kro__plant_acts(fault_of(i)))
                memory->memoryTypes[n].propertyFlags &= ~CLAIMS[i].flag;
}
