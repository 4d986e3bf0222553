#include "structs.h"

#include <stddef.h>
#include <string.h>

const kro__vk_struct *kro__vk_struct_find(const kro__vk_struct *structs, uint32_t count,
                                          VkStructureType type)
{
    for (uint32_t i = 0; i < count; i++)
        if (structs[i].type == type)
            return &structs[i];
    return NULL;
}

const kro__vk_member *kro__vk_member_find(const kro__vk_struct *in, const char *name)
{
    for (uint32_t i = 0; i < in->member_count; i++)
        if (!strcmp(in->members[i].name, name))
            return &in->members[i];
    return NULL;
}

const kro__vk_member *kro__vk_member_any(const kro__vk_struct *structs, uint32_t count,
                                         const char *name)
{
    for (uint32_t i = 0; i < count; i++) {
        const kro__vk_member *member = kro__vk_member_find(&structs[i], name);
        if (member)
            return member;
    }
    return NULL;
}

static size_t element_bytes(const kro__vk_member *member)
{
    switch (member->kind) {
    case KRO__VK_KIND_U64:
        return sizeof(uint64_t);
    case KRO__VK_KIND_SIZE:
        return sizeof(size_t);
    default:
        return sizeof(uint32_t);
    }
}

uint64_t kro__vk_member_get(const void *object, const kro__vk_member *member, uint32_t index)
{
    size_t bytes = element_bytes(member);
    const char *at = (const char *)object + member->offset + index * bytes;
    uint32_t narrow = 0;
    uint64_t wide = 0;
    if (bytes == sizeof wide)
        memcpy(&wide, at, sizeof wide);
    else
        memcpy(&narrow, at, sizeof narrow);
    return wide | narrow;
}

void kro__vk_member_set(void *object, const kro__vk_member *member, uint32_t index, uint64_t value)
{
    size_t bytes = element_bytes(member);
    char *at = (char *)object + member->offset + index * bytes;
    uint32_t narrow = (uint32_t)value;
    if (bytes == sizeof value)
        memcpy(at, &value, sizeof value);
    else
        memcpy(at, &narrow, sizeof narrow);
}
