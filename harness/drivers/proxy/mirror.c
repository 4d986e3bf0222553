#include "mirror.h"

#include <sched.h>
#include <string.h>
#include <sys/mman.h>

#include "device_memory.h"
#include "driver.h"
#include "report.h"

VkResult kro__mirror_map(kro__memory *memory, VkDeviceSize offset, VkDeviceSize size, void **data)
{
    kro__mirror *mirror = &memory->mirror;
    if (memory->device->spec.noncoherent && !mirror->copy) {
        // Pages that nobody touches cost nothing, and the alignment is enough for any limit.
        void *pages = mmap(NULL, memory->size_bytes, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (pages == MAP_FAILED)
            return VK_ERROR_MEMORY_MAP_FAILED;
        mirror->copy = pages;
    }
    mirror->begin = offset;
    mirror->end = size == VK_WHOLE_SIZE ? memory->size_bytes : offset + size;
    mirror->real = mirror->copy ? *data : NULL;
    if (mirror->copy)
        *data = mirror->copy + offset;
    return VK_SUCCESS;
}

void kro__mirror_unmap(kro__memory *memory)
{
    memory->mirror.begin = memory->mirror.end = 0;
    memory->mirror.real = NULL;
}

void kro__mirror_finish(kro__memory *memory)
{
    if (memory->mirror.copy)
        munmap(memory->mirror.copy, memory->size_bytes);
}

static VkDeviceSize range_end(const kro__memory *memory, const VkMappedMemoryRange *range)
{
    return range->size == VK_WHOLE_SIZE ? memory->mirror.end : range->offset + range->size;
}

// VUID-VkMappedMemoryRange-memory-00684, -offset-00687, -size-00685, -size-00686, -size-01389 and
// -size-01390.
static bool is_legal(const char *call, const kro__memory *memory, const VkMappedMemoryRange *range)
{
    const kro__mirror *mirror = &memory->mirror;
    const unsigned long long offset = range->offset, end = range_end(memory, range);
    const unsigned long long atom = memory->device->atom_bytes;
    const char *problem = NULL;
    if (mirror->begin == mirror->end)
        problem = "the memory is not mapped";
    else if (offset < mirror->begin || end > mirror->end || end < offset)
        problem = "that is not what is mapped";
    else if (offset % atom != 0)
        problem = "the range does not begin with an atom";
    else if (end % atom != 0 && end != memory->size_bytes)
        problem = "the range does not end with an atom or with the memory";
    if (problem)
        kro__report_violation("%s of bytes %llu to %llu of memory with %llu, atoms of %llu: %s",
                              call, offset, end, (unsigned long long)memory->size_bytes, atom,
                              problem);
    return !problem;
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkFlushMappedMemoryRanges(
    VkDevice device, uint32_t memoryRangeCount, const VkMappedMemoryRange *pMemoryRanges)
{
    for (uint32_t i = 0; i < memoryRangeCount; i++) {
        const VkMappedMemoryRange *range = &pMemoryRanges[i];
        kro__memory *memory = kro__memory_find(range->memory);
        if (!memory || !is_legal("flush", memory, range) || !memory->mirror.real)
            continue;
        // A turn for other threads between a write and its flush: what they invalidate meanwhile is
        // lost, on a machine of few cores, too.
        sched_yield();
        memcpy(memory->mirror.real + (range->offset - memory->mirror.begin),
               memory->mirror.copy + range->offset, range_end(memory, range) - range->offset);
    }
    return kro__driver.vkFlushMappedMemoryRanges(device, memoryRangeCount, pMemoryRanges);
}

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkInvalidateMappedMemoryRanges(
    VkDevice device, uint32_t memoryRangeCount, const VkMappedMemoryRange *pMemoryRanges)
{
    VkResult result =
        kro__driver.vkInvalidateMappedMemoryRanges(device, memoryRangeCount, pMemoryRanges);
    for (uint32_t i = 0; i < memoryRangeCount && result >= 0; i++) {
        const VkMappedMemoryRange *range = &pMemoryRanges[i];
        kro__memory *memory = kro__memory_find(range->memory);
        if (!memory || !is_legal("invalidation", memory, range) || !memory->mirror.real)
            continue;
        memcpy(memory->mirror.copy + range->offset,
               memory->mirror.real + (range->offset - memory->mirror.begin),
               range_end(memory, range) - range->offset);
    }
    return result;
}
