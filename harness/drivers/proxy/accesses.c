#include "accesses.h"

#include "bound.h"
#include "device_memory.h"
#include "order.h"
#include "writes.h"

// Kinds of access as barriers name them.
static const VkAccessFlags2 TRANSFER_READ =
    VK_ACCESS_2_TRANSFER_READ_BIT | VK_ACCESS_2_MEMORY_READ_BIT;
static const VkAccessFlags2 TRANSFER_WRITE =
    VK_ACCESS_2_TRANSFER_WRITE_BIT | VK_ACCESS_2_MEMORY_WRITE_BIT;
static const VkAccessFlags2 INDIRECT_READ =
    VK_ACCESS_2_INDIRECT_COMMAND_READ_BIT | VK_ACCESS_2_MEMORY_READ_BIT;
static const VkAccessFlags2 SHADER_READ =
    VK_ACCESS_2_SHADER_READ_BIT | VK_ACCESS_2_SHADER_STORAGE_READ_BIT |
    VK_ACCESS_2_UNIFORM_READ_BIT | VK_ACCESS_2_MEMORY_READ_BIT;
static const VkAccessFlags2 SHADER_WRITE = VK_ACCESS_2_SHADER_WRITE_BIT |
                                           VK_ACCESS_2_SHADER_STORAGE_WRITE_BIT |
                                           VK_ACCESS_2_MEMORY_WRITE_BIT;

// The end of a range; VK_WHOLE_SIZE reaches as far as can be.
static uint64_t end_of(uint64_t begin, VkDeviceSize size)
{
    return size > UINT64_MAX - begin ? UINT64_MAX : begin + size;
}

// Adds a use of a range of a buffer. `access` says how. Imported memory may be there more than
// once.
static bool add(kro__accesses *out, VkBuffer buffer, VkDeviceSize offset, VkDeviceSize size,
                kro__access access)
{
    VkDeviceSize place;
    access.memory = kro__writes_place(buffer, &place);
    access.buffer = buffer;
    access.begin = place + offset;
    access.end = end_of(access.begin, size);
    const kro__memory *memory = kro__memory_find(access.memory);
    return memory && !memory->imported && kro__accesses_add(out, access);
}

static bool add_transfer(kro__accesses *out, VkBuffer buffer, VkDeviceSize offset,
                         VkDeviceSize size, bool writes)
{
    return add(out, buffer, offset, size,
               (kro__access){.stage = KRO__STAGE_TRANSFER,
                             .kinds = writes ? TRANSFER_WRITE : TRANSFER_READ,
                             .writes = writes});
}

static bool add_copy(kro__accesses *out, const kro__command *command)
{
    bool right = true;
    for (uint32_t i = 0; right && i < command->copy.count; i++) {
        const VkBufferCopy *region = &command->copy.regions[i];
        right = add_transfer(out, command->copy.src, region->srcOffset, region->size, false) &&
                add_transfer(out, command->copy.dst, region->dstOffset, region->size, true);
    }
    return right;
}

// A binding of a kernel, whose buffers are being looked for among what is bound.
typedef struct place {
    kro__accesses *out;
    const kro__bound *bound;
    uint32_t binding;
    bool reads, writes;
    bool found, right;
} place;

static void visit_slot(void *user, const kro__slot *slot)
{
    place *at = user;
    if (slot->binding != at->binding)
        return;
    at->found = true;
    if (at->reads)
        at->right =
            at->right && add(at->out, slot->buffer, slot->offset, slot->range,
                             (kro__access){.stage = KRO__STAGE_COMPUTE, .kinds = SHADER_READ});
    if (at->writes)
        at->right =
            at->right &&
            add(at->out, slot->buffer, slot->offset, slot->range,
                (kro__access){.stage = KRO__STAGE_COMPUTE, .kinds = SHADER_WRITE, .writes = true});
}

static void visit_place(void *user, uint32_t set, uint32_t binding, bool reads, bool writes)
{
    place *at = user;
    at->binding = binding;
    at->reads = reads;
    at->writes = writes;
    at->found = false;
    at->right = kro__bound_visit_set(at->bound, set, visit_slot, at) && at->right && at->found;
}

static bool add_dispatch(kro__accesses *out, const kro__bound *bound)
{
    place at = {.out = out, .bound = bound, .right = true};
    return kro__writes_visit_kernel(bound->pipeline, visit_place, &at) && at.right;
}

bool kro__accesses_of(const kro__command *command, kro__accesses *out)
{
    const uint32_t INDIRECT_BYTES = sizeof(VkDispatchIndirectCommand);
    switch (command->kind) {
    case KRO__COMMAND_DISPATCH:
        return command->bound && add_dispatch(out, command->bound);
    case KRO__COMMAND_DISPATCH_INDIRECT:
        return command->bound && add_dispatch(out, command->bound) &&
               add(out, command->indirect.buffer, command->indirect.offset, INDIRECT_BYTES,
                   (kro__access){.stage = KRO__STAGE_INDIRECT, .kinds = INDIRECT_READ});
    case KRO__COMMAND_COPY:
        return add_copy(out, command);
    case KRO__COMMAND_FILL:
    case KRO__COMMAND_UPDATE:
        return add_transfer(out, command->fill.dst, command->fill.offset, command->fill.size, true);
    case KRO__COMMAND_OTHER:
    case KRO__COMMAND_BARRIER:
    case KRO__COMMAND_SECONDARY:
        break;
    }
    return false;
}
