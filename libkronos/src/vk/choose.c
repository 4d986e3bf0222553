#include "vk/choose.h"

#include <stdio.h>

#include "vk/api.h"

_Static_assert((int)KRO__QUEUE_GRAPHICS == (int)VK_QUEUE_GRAPHICS_BIT &&
                   (int)KRO__QUEUE_COMPUTE == (int)VK_QUEUE_COMPUTE_BIT,
               "queue flags have Vulkan's values");
_Static_assert((int)KRO__MEMORY_DEVICE_LOCAL == (int)VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT &&
                   (int)KRO__MEMORY_HOST_VISIBLE == (int)VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT &&
                   (int)KRO__MEMORY_HOST_COHERENT == (int)VK_MEMORY_PROPERTY_HOST_COHERENT_BIT &&
                   (int)KRO__MEMORY_HOST_CACHED == (int)VK_MEMORY_PROPERTY_HOST_CACHED_BIT,
               "memory flags have Vulkan's values");
_Static_assert((int)KRO__MAX_MEMORY_TYPES == (int)VK_MAX_MEMORY_TYPES, "room for every type");

static bool has(uint32_t flags, uint32_t wanted)
{
    return (flags & wanted) == wanted;
}

// A device-local heap that is smaller than another one is the window of a discrete GPU through
// which the host sees a part of its memory (256 MiB, usually): scarce, so others come first.
static bool is_window(const kro__memory_types *types, uint32_t heap)
{
    for (uint32_t i = 0; i < types->heap_count; i++)
        if (types->heap_device_local[i] && types->heap_bytes[i] > types->heap_bytes[heap])
            return true;
    return false;
}

// Whether a buffer can be in device-local memory at all.
static bool any_device_local(const kro__memory_types *types, uint32_t allowed)
{
    for (uint32_t i = 0; i < types->count; i++)
        if ((allowed >> i & 1) && has(types->flags[i], KRO__MEMORY_DEVICE_LOCAL) &&
            !(types->flags[i] & ~(uint32_t)KRO__MEMORY_ALL))
            return true;
    return false;
}

// How well a type serves, above 0; 0: it does not. Each wish outweighs all that follow it.
static uint32_t rank(const kro__memory_types *types, uint32_t type, kro_memory memory,
                     bool needs_device_local)
{
    uint32_t flags = types->flags[type];
    bool local = has(flags, KRO__MEMORY_DEVICE_LOCAL);
    bool visible = has(flags, KRO__MEMORY_HOST_VISIBLE);
    bool coherent = has(flags, KRO__MEMORY_HOST_COHERENT);
    bool cached = has(flags, KRO__MEMORY_HOST_CACHED);
    bool window = local && is_window(types, types->heaps[type]);
    if (flags & ~(uint32_t)KRO__MEMORY_ALL)
        return 0;
    switch (memory) {
    // Not visible first: visible memory may be the window, or cost a kernel-side mapping.
    case KRO_MEMORY_DEVICE:
        if (needs_device_local && !local)
            return 0;
        return 1u + 8u * !window + 4u * !visible + 2u * coherent + 1u * cached;
    // Local beats uncached: kernels read it where it lies, at full speed.
    case KRO_MEMORY_UPLOAD:
        if (!visible)
            return 0;
        return 1u + 8u * !window + 4u * local + 2u * coherent + 1u * !cached;
    // Cached outweighs all: measured 10.1 GB/s against 0.029 GB/s for the host's reads.
    case KRO_MEMORY_READBACK:
        if (!visible)
            return 0;
        return 1u + 8u * cached + 4u * !window + 2u * coherent + 1u * !local;
    case KRO_MEMORY_HOST:
        break;
    }
    return visible && coherent ? 1u + 1u * cached : 0;
}

uint32_t kro__choose_memory_types(const kro__memory_types *types, uint32_t allowed,
                                  kro_memory memory, uint32_t out[KRO__MAX_MEMORY_TYPES])
{
    bool needs_device_local = any_device_local(types, allowed);
    uint32_t ranks[KRO__MAX_MEMORY_TYPES];
    uint32_t count = 0;
    for (uint32_t type = 0; type < types->count; type++) {
        uint32_t r = allowed >> type & 1 ? rank(types, type, memory, needs_device_local) : 0;
        if (r == 0)
            continue;
        // Insertion keeps the driver's own order among equals: it lists faster types first.
        uint32_t at = count++;
        for (; at > 0 && ranks[at - 1] < r; at--) {
            ranks[at] = ranks[at - 1];
            out[at] = out[at - 1];
        }
        ranks[at] = r;
        out[at] = type;
    }
    return count;
}

uint64_t kro__choose_slab_bytes(uint64_t wanted_bytes, uint64_t heap_bytes)
{
    const uint64_t granule = UINT64_C(64) << 10;
    const uint64_t small_heap = UINT64_C(1) << 30;
    // A small heap is a small device; a default slab would take much of it.
    uint64_t bytes = wanted_bytes              ? wanted_bytes
                     : heap_bytes < small_heap ? UINT64_C(1) << 20
                                               : UINT64_C(64) << 20;
    if (bytes > heap_bytes / 8)
        bytes = heap_bytes / 8;
    return bytes < granule ? bytes : bytes / granule * granule;
}

int kro__choose_queue_family(const uint32_t *flags, const uint32_t *queues, uint32_t count,
                             bool universal)
{
    int fallback = KRO__NO_FAMILY;
    for (uint32_t i = 0; i < count; i++) {
        if (!has(flags[i], KRO__QUEUE_COMPUTE) || queues[i] == 0)
            continue;
        // The first that fits is the driver's own preference.
        if (has(flags[i], KRO__QUEUE_GRAPHICS) == universal)
            return (int)i;
        if (fallback == KRO__NO_FAMILY)
            fallback = (int)i;
    }
    return fallback;
}

void kro__driver_version_text(uint32_t driver_id, uint32_t vendor_id, uint32_t version, char *out,
                              size_t out_bytes)
{
    // Before VK_KHR_driver_properties the vendor is all there is to go by.
    const uint32_t nvidia = 0x10de;
    bool unnamed_nvidia = driver_id == 0 && vendor_id == nvidia;
    if (driver_id == VK_DRIVER_ID_NVIDIA_PROPRIETARY || unnamed_nvidia)
        snprintf(out, out_bytes, "%u.%u.%u.%u", version >> 22, version >> 14 & 0xff,
                 version >> 6 & 0xff, version & 0x3f);
    else if (driver_id == VK_DRIVER_ID_INTEL_PROPRIETARY_WINDOWS)
        snprintf(out, out_bytes, "%u.%u", version >> 14, version & 0x3fff);
    else if (driver_id == VK_DRIVER_ID_MOLTENVK)
        snprintf(out, out_bytes, "%u.%u.%u", version / 10000, version / 100 % 100, version % 100);
    else
        snprintf(out, out_bytes, "%u.%u.%u", VK_API_VERSION_MAJOR(version),
                 VK_API_VERSION_MINOR(version), VK_API_VERSION_PATCH(version));
}

const char *kro__vendor_name(uint32_t vendor_id)
{
    // PCI ids, then those that Khronos gives to vendors without one.
    static const struct {
        uint32_t id;
        const char *name;
    } vendors[] = {
        {0x1002, "AMD"},       {0x1010, "Imagination"},  {0x106b, "Apple"},
        {0x10de, "NVIDIA"},    {0x13b5, "ARM"},          {0x14e4, "Broadcom"},
        {0x1ae0, "Google"},    {0x1414, "Microsoft"},    {0x5143, "Qualcomm"},
        {0x8086, "Intel"},     {0x144d, "Samsung"},      {0x10000, "Khronos"},
        {0x10001, "Vivante"},  {0x10002, "VeriSilicon"}, {0x10003, "Kazan"},
        {0x10004, "Codeplay"}, {0x10005, "Mesa"},        {0x10006, "PoCL"},
        {0x10007, "Mobileye"},
    };
    for (size_t i = 0; i < sizeof vendors / sizeof vendors[0]; i++)
        if (vendors[i].id == vendor_id)
            return vendors[i].name;
    return NULL;
}
