#include "extensions.h"

#include <string.h>

#include "calls.h"
#include "list.h"
#include "object.h"

static const struct {
    VkExtensionProperties properties;
    bool instance;
} extensions[] = {
#define INSTANCE_EXTENSION(name, revision) {{#name, revision}, true},
#define DEVICE_EXTENSION(name, revision)   {{#name, revision}, false},
#include "extensions.def"
#undef INSTANCE_EXTENSION
#undef DEVICE_EXTENSION
};

enum { COUNT = sizeof extensions / sizeof extensions[0] };
_Static_assert(COUNT <= 64, "extension sets are 64 bits wide");

uint64_t kro__null_extensions_offered(const kro__hidden *hidden)
{
    uint64_t bits = 0;
    for (int i = 0; i < COUNT; i++)
        if (!kro__hidden_has(hidden, extensions[i].properties.extensionName))
            bits |= UINT64_C(1) << i;
    return bits;
}

uint64_t kro__null_extensions_in(const char *list)
{
    uint64_t bits = 0;
    for (int i = 0; i < COUNT; i++)
        if (kro__vk_has_word(list, extensions[i].properties.extensionName))
            bits |= UINT64_C(1) << i;
    return bits;
}

VkResult kro__null_extensions_enable(const char *const *names, uint32_t count, uint64_t offered,
                                     uint64_t *out)
{
    *out = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bit = kro__null_extensions_in(names[i]) & offered;
        if (!bit)
            return VK_ERROR_EXTENSION_NOT_PRESENT;
        *out |= bit;
    }
    return VK_SUCCESS;
}

VkResult kro__null_extensions_list(bool instance, uint64_t offered, uint32_t *count,
                                   VkExtensionProperties *out)
{
    VkExtensionProperties list[COUNT];
    uint32_t found = 0;
    for (int i = 0; i < COUNT; i++)
        if (extensions[i].instance == instance && (offered & UINT64_C(1) << i))
            list[found++] = extensions[i].properties;
    return kro__vk_list(list, found, sizeof list[0], count, out);
}
