#include "tally.h"

#include "ledger.h"

static kro__counts own;
_Atomic(kro__counts *) kro__counts_now = &own;

bool kro__tally_share(const char *path, char *message, size_t message_bytes)
{
    kro__counts *shared = kro__counts_map(path, false, message, message_bytes);
    if (shared)
        atomic_store(&kro__counts_now, shared); // never unmapped: other threads may count
    return shared != NULL;
}

static void reset(kro__count *counts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        atomic_store(&counts[i].value, 0);
}

void kro__tally_reset(void)
{
    kro__counts *counts = atomic_load(&kro__counts_now);
    reset(counts->figures, KRO__FIGURE_COUNT);
    reset(counts->objects, KRO__OBJECT_COUNT);
    reset(counts->calls, KRO__CALL_COUNT);
}

static void count(kro__figure figure, uint64_t number)
{
    kro__counts *counts = atomic_load_explicit(&kro__counts_now, memory_order_acquire);
    atomic_fetch_add_explicit(&counts->figures[figure].value, number, memory_order_relaxed);
}

void kro__tally_object(int object, uint64_t handle)
{
    if (!handle)
        return;
    kro__counts *counts = atomic_load_explicit(&kro__counts_now, memory_order_acquire);
    atomic_fetch_add_explicit(&counts->objects[object].value, 1, memory_order_relaxed);
    count(KRO__FIGURE_objects_created, 1);
}

void kro__tally_memory(VkDeviceSize size_bytes)
{
    count(KRO__FIGURE_memory_allocations, 1);
    count(KRO__FIGURE_memory_bytes, size_bytes);
}

// What a command buffer holds; NULL for one that the ledger does not know.
static kro__tally *held_by(VkCommandBuffer commands)
{
    return kro__ledger_tally(VK_OBJECT_TYPE_COMMAND_BUFFER, KRO__HANDLE(commands));
}

static void add(kro__tally *sum, const kro__tally *other)
{
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        sum->figures[i] += other->figures[i];
}

void kro__tally_begin(VkCommandBuffer commands)
{
    kro__tally *held = held_by(commands);
    if (held)
        *held = (kro__tally){0};
    count(KRO__FIGURE_command_buffers_recorded, 1);
}

void kro__tally_command(VkCommandBuffer commands, kro__figure figure)
{
    kro__tally *held = held_by(commands);
    if (held)
        held->figures[figure]++;
}

void kro__tally_barrier(VkCommandBuffer commands, VkPipelineStageFlags2 dst_stages,
                        uint32_t memory_count, uint32_t buffer_count, uint32_t image_count)
{
    kro__tally *held = held_by(commands);
    if (!held)
        return;
    held->figures[KRO__FIGURE_barriers]++;
    held->figures[KRO__FIGURE_memory_barriers] += memory_count;
    held->figures[KRO__FIGURE_buffer_barriers] += buffer_count;
    held->figures[KRO__FIGURE_image_barriers] += image_count;
    if (!memory_count && !buffer_count && !image_count)
        held->figures[KRO__FIGURE_execution_barriers]++;
    if (dst_stages & VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT)
        held->figures[KRO__FIGURE_indirect_barriers]++;
}

void kro__tally_barrier2(VkCommandBuffer commands, const VkDependencyInfo *info)
{
    VkPipelineStageFlags2 dst_stages = 0;
    for (uint32_t i = 0; i < info->memoryBarrierCount; i++)
        dst_stages |= info->pMemoryBarriers[i].dstStageMask;
    for (uint32_t i = 0; i < info->bufferMemoryBarrierCount; i++)
        dst_stages |= info->pBufferMemoryBarriers[i].dstStageMask;
    for (uint32_t i = 0; i < info->imageMemoryBarrierCount; i++)
        dst_stages |= info->pImageMemoryBarriers[i].dstStageMask;
    kro__tally_barrier(commands, dst_stages, info->memoryBarrierCount,
                       info->bufferMemoryBarrierCount, info->imageMemoryBarrierCount);
}

void kro__tally_execute(VkCommandBuffer commands, uint32_t count_executed,
                        const VkCommandBuffer *executed)
{
    kro__tally *held = held_by(commands);
    for (uint32_t i = 0; held && i < count_executed; i++) {
        const kro__tally *other = held_by(executed[i]);
        if (other)
            add(held, other);
    }
}

void kro__tally_submitted(kro__tally *sum, VkCommandBuffer commands)
{
    const kro__tally *held = held_by(commands);
    if (held)
        add(sum, held);
    sum->figures[KRO__FIGURE_command_buffers_submitted]++;
}

void kro__tally_submit(const kro__tally *sum)
{
    count(KRO__FIGURE_submits, 1);
    for (int i = 0; i < KRO__FIGURE_COUNT; i++)
        if (sum->figures[i])
            count((kro__figure)i, sum->figures[i]);
}

// Of an inline uniform block the count is one of bytes.
static uint64_t descriptors(VkDescriptorType type, uint32_t number)
{
    return type == VK_DESCRIPTOR_TYPE_INLINE_UNIFORM_BLOCK ? 1 : number;
}

void kro__tally_writes(uint32_t write_count, const VkWriteDescriptorSet *writes,
                       uint32_t copy_count, const VkCopyDescriptorSet *copies)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < write_count; i++)
        total += descriptors(writes[i].descriptorType, writes[i].descriptorCount);
    for (uint32_t i = 0; i < copy_count; i++)
        total += copies[i].descriptorCount;
    count(KRO__FIGURE_descriptor_writes, total);
}

void kro__tally_template(VkDescriptorUpdateTemplate handle,
                         const VkDescriptorUpdateTemplateCreateInfo *info)
{
    kro__tally *held =
        kro__ledger_tally(VK_OBJECT_TYPE_DESCRIPTOR_UPDATE_TEMPLATE, KRO__HANDLE(handle));
    for (uint32_t i = 0; held && i < info->descriptorUpdateEntryCount; i++) {
        const VkDescriptorUpdateTemplateEntry *entry = &info->pDescriptorUpdateEntries[i];
        held->figures[KRO__FIGURE_descriptor_writes] +=
            descriptors(entry->descriptorType, entry->descriptorCount);
    }
}

void kro__tally_template_used(VkDescriptorUpdateTemplate handle)
{
    const kro__tally *held =
        kro__ledger_tally(VK_OBJECT_TYPE_DESCRIPTOR_UPDATE_TEMPLATE, KRO__HANDLE(handle));
    if (held)
        count(KRO__FIGURE_descriptor_writes, held->figures[KRO__FIGURE_descriptor_writes]);
}

void kro__tally_descriptor(void)
{
    count(KRO__FIGURE_descriptor_writes, 1);
}
