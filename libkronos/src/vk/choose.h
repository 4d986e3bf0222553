// The choices of the backend as pure functions over plain values: which queue family, which memory
// types, how large a slab, what a driver's version number means. No Vulkan header is needed to call
// or to test them; flags have Vulkan's bit values.
#ifndef KRO_SRC_VK_CHOOSE_H
#define KRO_SRC_VK_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kronos/buffer.h>

enum { KRO__MAX_MEMORY_TYPES = 32, KRO__NO_FAMILY = -1 };

enum {
    KRO__QUEUE_GRAPHICS = 1,
    KRO__QUEUE_COMPUTE = 2,
};

enum {
    KRO__MEMORY_DEVICE_LOCAL = 1,
    KRO__MEMORY_HOST_VISIBLE = 2,
    KRO__MEMORY_HOST_COHERENT = 4,
    KRO__MEMORY_HOST_CACHED = 8,
    KRO__MEMORY_ALL =
        15, // types with any other property (protected, lazily allocated …) are avoided
};

typedef struct kro__memory_types {
    uint32_t count, heap_count;
    uint32_t flags[KRO__MAX_MEMORY_TYPES];
    uint32_t heaps[KRO__MAX_MEMORY_TYPES];         // each type's heap
    uint64_t heap_bytes[KRO__MAX_MEMORY_TYPES];    // by heap
    bool heap_device_local[KRO__MAX_MEMORY_TYPES]; // by heap
} kro__memory_types;

// The memory types that serve a class of buffers, best first. `allowed` is the bit mask that the
// driver gives for a buffer.
//
// DEVICE:   device-local; types the host cannot map come first, because mapped ones may be a small
//           window. On a device with no device-local type every type serves.
// UPLOAD:   mappable; device-local first where all of the device's memory is, then uncached (host
//           writes stream), the small window last.
// READBACK: mappable; cached first, because the host reads uncached memory a hundred times slower.
//
// HOST:     mappable and coherent, for memory that the caller has and nobody flushes; cached first.
//
// Returns:  the number of types in `out`; 0 where none serves.
uint32_t kro__choose_memory_types(const kro__memory_types *types, uint32_t allowed,
                                  kro_memory memory, uint32_t out[KRO__MAX_MEMORY_TYPES]);

// The size of one slab in a heap: `wanted_bytes`, or a default where that is 0; at most an eighth
// of the heap, and a multiple of 64 KiB where the heap leaves room for that.
uint64_t kro__choose_slab_bytes(uint64_t wanted_bytes, uint64_t heap_bytes);

// The queue family to use, of `count` families with `flags` and `queues` each: one for graphics and
// compute where `universal`, else one for compute alone; where there is none of these, any that
// computes.
//
// Returns: KRO__NO_FAMILY where none computes.
int kro__choose_queue_family(const uint32_t *flags, const uint32_t *queues, uint32_t count,
                             bool universal);

// Writes a driver version as its vendor writes it. `driver_id` is a VkDriverId, 0 where unknown.
//
// Source: vulkan.gpuinfo.org and the drivers themselves; VkPhysicalDeviceProperties leaves the
//         encoding to the vendor.
void kro__driver_version_text(uint32_t driver_id, uint32_t vendor_id, uint32_t version, char *out,
                              size_t out_bytes);

// The vendor's name, or NULL where the id is not known.
const char *kro__vendor_name(uint32_t vendor_id);

#endif
