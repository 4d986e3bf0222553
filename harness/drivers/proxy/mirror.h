// Memory that is not coherent in earnest: the host maps a copy, and bytes pass between the copy and
// the driver's memory only where the application flushes or invalidates. Whole ranges pass, as they
// do where a cache holds stale lines. The ranges are checked on the way.
#ifndef KRO_PROXY_MIRROR_H
#define KRO_PROXY_MIRROR_H

#include <vulkan/vulkan.h>

typedef struct kro__mirror {
    VkDeviceSize begin, end; // what is mapped; equal: nothing is
    char *real;              // where the driver mapped `begin`; NULL: memory is mapped as it is
    char *copy;              // of the whole memory, kept until it is freed; NULL until it is needed
} kro__mirror;

struct kro__memory;

// Notes what was mapped. Where memory is to be incoherent, `*data` becomes the copy.
//
// Returns: VK_ERROR_MEMORY_MAP_FAILED without memory; nothing is noted then.
VkResult kro__mirror_map(struct kro__memory *memory, VkDeviceSize offset, VkDeviceSize size,
                         void **data);
void kro__mirror_unmap(struct kro__memory *memory);
void kro__mirror_finish(struct kro__memory *memory);

#endif
