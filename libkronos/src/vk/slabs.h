// Device memory in blocks: small blocks share allocations of the driver (slabs), large ones have
// one of their own. Drivers allow few allocations, and each is slow.
#ifndef KRO_SRC_VK_SLABS_H
#define KRO_SRC_VK_SLABS_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/status.h>

#include "os/thread.h"
#include "vk/api.h"
#include "vk/choose.h"
#include "vk/ranges.h"

struct kro__vk_device;
typedef struct kro__vk_slab kro__vk_slab;

// Slabs whose memory may be reached by address are kept apart from the others.
enum { KRO__SLAB_KINDS = 2 };

typedef struct kro__vk_slabs {
    kro__mutex lock; // guards all below
    bool has_lock;
    uint64_t wanted_bytes; // config.slab_bytes
    bool no_budget;        // config.no_memory_budget
    kro__vk_slab *lists[KRO__MAX_MEMORY_TYPES][KRO__SLAB_KINDS];
    uint32_t allocation_count;
    uint64_t heap_held_bytes[KRO__MAX_MEMORY_TYPES]; // without the host's memory
} kro__vk_slabs;

typedef struct kro__vk_block_config {
    uint32_t type; // memory type
    uint64_t size_bytes, alignment;
    uint64_t granule_bytes; // in a slab the size is rounded up to a multiple of this
    bool device_address;
    bool dedicated;  // the driver wants an allocation for this buffer alone
    VkBuffer buffer; // what the block is for
    void *import;    // memory of the host to use, of exactly that size; NULL: new memory
} kro__vk_block_config;

// A piece of device memory.
typedef struct kro__vk_block {
    VkDeviceMemory memory;
    uint64_t memory_bytes; // size of the whole allocation
    uint64_t offset_bytes; // of the block in it
    uint8_t *host;         // of the block; NULL where the type cannot be mapped
    uint32_t type;
    kro__vk_slab *slab; // NULL: the allocation is the block's own
    bool imported;      // the host's memory
    kro__range range;   // in the slab
} kro__vk_block;

// Errors: OUT_OF_HOST_MEMORY
kro_status kro__vk_slabs_init(kro__vk_slabs *slabs, uint64_t wanted_bytes, bool no_budget);

// Frees every slab; blocks with an allocation of their own were freed before.
void kro__vk_slabs_finish(struct kro__vk_device *device);

// Takes a block.
//
// Returns: VK_SUCCESS, or the driver's reason; no sentence is written, because the caller tries
//          other types.
// Threads: safe.
VkResult kro__vk_block_take(struct kro__vk_device *device, const kro__vk_block_config *config,
                            kro__vk_block *out);

// Gives a block back, and its slab to the driver where it was the last in it and one empty slab is
// kept already.
//
// Threads: safe.
void kro__vk_block_give(struct kro__vk_device *device, const kro__vk_block *block);

#endif
