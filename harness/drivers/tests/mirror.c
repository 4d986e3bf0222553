// Memory that is not coherent: what host and device see of each other, and which ranges may pass.
#include "vk.h"

enum { ATOM_BYTES = 64 };

static VkMappedMemoryRange range_of(const vk_buffer *buffer, VkDeviceSize offset, VkDeviceSize size)
{
    return (VkMappedMemoryRange){
        .sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
        .memory = buffer->memory,
        .offset = offset,
        .size = size,
    };
}

TEST(incoherent_memory_changes_where_it_is_told_to)
{
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "noncoherent;limit=nonCoherentAtomSize:64");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    const VkMappedMemoryRange whole = range_of(&buffer, 0, VK_WHOLE_SIZE);
    const VkMappedMemoryRange atom = range_of(&buffer, ATOM_BYTES, ATOM_BYTES);
    vk_set(&buffer, 5);
    CHECK_VK(v->FlushMappedMemoryRanges(v->device, 1, &whole));
    vk_run(v, vk_affine_alone(v, &buffer, 1, 1));
    vk_idle(v);
    vk_expect(v, &buffer, 5); // the device wrote 6, which nobody has asked for
    CHECK_VK(v->InvalidateMappedMemoryRanges(v->device, 1, &atom));
    for (uint32_t i = 0; i < VK_WORDS; i++)
        CHECK_EQ_U64(buffer.words[i], i / (ATOM_BYTES / 4) == 1 ? 6 : 5);

    vk_set(&buffer, 9); // of which one atom reaches the device
    CHECK_VK(v->FlushMappedMemoryRanges(v->device, 1, &atom));
    CHECK_VK(v->InvalidateMappedMemoryRanges(v->device, 1, &whole));
    for (uint32_t i = 0; i < VK_WORDS; i++)
        CHECK_EQ_U64(buffer.words[i], i / (ATOM_BYTES / 4) == 1 ? 9 : 6);
    CHECK_EQ_U64(proxy->violations(), 0);
    vk_buffer_destroy(v, &buffer);
}

TEST(ranges_of_mapped_memory_are_checked)
{
    static const struct {
        VkDeviceSize map_offset, map_size; // 0 bytes: nothing is mapped
        VkDeviceSize offset, size;
        const char *problem; // NULL: none
    } rows[] = {
        {0, VK_WHOLE_SIZE, 0, VK_WHOLE_SIZE, NULL},
        {0, VK_WHOLE_SIZE, ATOM_BYTES, VK_WHOLE_SIZE, NULL},
        {0, VK_WHOLE_SIZE, ATOM_BYTES, 2 * ATOM_BYTES, NULL},
        {0, VK_WHOLE_SIZE, 4, ATOM_BYTES - 4, "does not begin with an atom"},
        {0, VK_WHOLE_SIZE, 0, 4, "does not end with an atom"},
        {0, VK_WHOLE_SIZE, 0, UINT64_C(1) << 30, "not what is mapped"},
        {ATOM_BYTES, ATOM_BYTES, ATOM_BYTES, VK_WHOLE_SIZE, NULL},
        {ATOM_BYTES, ATOM_BYTES, 0, ATOM_BYTES, "not what is mapped"},
        {0, 0, 0, ATOM_BYTES, "not mapped"},
    };
    const kronos_proxy_api *proxy = vk_proxy(t);
    vk *v = vk_open_proxy(t, "limit=nonCoherentAtomSize:64");
    if (!v)
        return;
    vk_buffer buffer = vk_buffer_create(v);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        void *mapped;
        v->UnmapMemory(v->device, buffer.memory);
        if (rows[i].map_size)
            CHECK_VK(v->MapMemory(v->device, buffer.memory, rows[i].map_offset, rows[i].map_size, 0,
                                  &mapped));
        const VkMappedMemoryRange range = range_of(&buffer, rows[i].offset, rows[i].size);
        for (int flush = 0; flush < 2; flush++) {
            char text[512] = "";
            proxy->reset_counts();
            CHECK_VK(flush ? v->FlushMappedMemoryRanges(v->device, 1, &range)
                           : v->InvalidateMappedMemoryRanges(v->device, 1, &range));
            CHECK_EQ_U64(proxy->violations(), rows[i].problem ? 1 : 0);
            proxy->violations_text(text, sizeof text);
            if (rows[i].problem) {
                CHECK_CONTAINS(text, flush ? "flush of bytes" : "invalidation of bytes");
                CHECK_CONTAINS(text, rows[i].problem);
            }
        }
    }
    proxy->reset_counts();
    vk_buffer_destroy(v, &buffer);
}
