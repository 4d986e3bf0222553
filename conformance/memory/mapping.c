// Mapped memory: where mappings begin, parts that are mapped one after the other, and memory that
// is flushed and invalidated in the smallest pieces there are. Each case goes through all memory
// types that the host can map. Source: Vulkan 1.3, "Host Access to Device Memory Objects".
#include <string.h>

#include "proxied.h"
#include "typed.h"

enum {
    WORDS = 4096 + 9, // so that an allocation may end within an atom
    BYTES = 4 * WORDS,
    ROUNDS = 48,
};

// A buffer of one memory type, one that the device copies it to, and what both should hold.
typedef struct memory_part {
    kt_raw *raw;
    uint32_t type;
    uint64_t atom_bytes;
    kt_raw_buffer buffer;
    kt_raw_buffer *copy;
    uint8_t expected[BYTES], actual[BYTES];
} memory_part;

// The device writes a word everywhere, and waits.
static bool fill(memory_part *part, uint64_t offset_bytes, uint64_t size_bytes, uint32_t word)
{
    VkCommandBuffer commands = kt_raw_begin(part->raw, 0);
    if (!commands)
        return false;
    part->raw->vkCmdFillBuffer(commands, part->buffer.handle, offset_bytes, size_bytes, word);
    kt_raw_full_barrier(part->raw, commands);
    kt_raw_end(part->raw, commands);
    for (uint64_t i = 0; i < size_bytes; i += sizeof word)
        memcpy(part->expected + offset_bytes + i, &word, sizeof word);
    return kt_raw_run(part->raw, 0, commands);
}

// What the device sees, in `actual`.
static bool look(memory_part *part)
{
    const VkBufferCopy region = {.size = BYTES};
    VkCommandBuffer commands = kt_raw_begin(part->raw, 0);
    if (!commands)
        return false;
    part->raw->vkCmdCopyBuffer(commands, part->buffer.handle, part->copy->handle, 1, &region);
    kt_raw_full_barrier(part->raw, commands);
    kt_raw_end(part->raw, commands);
    if (!kt_raw_run(part->raw, 0, commands))
        return false;
    kt_raw_read(part->raw, part->copy, part->actual);
    return true;
}

// Whether the device sees what it should.
static bool check(memory_part *part)
{
    kt_test *t = part->raw->t;
    return look(part) && CHECK_BYTES(part->actual, part->expected, BYTES);
}

// Runs a check on a buffer of each type that the host can map and that has what is wanted.
//
// Returns: whether there was one.
static bool each_type(kt_test *t, kro_context *ctx, VkMemoryPropertyFlags wanted,
                      bool (*run)(memory_part *part))
{
    kt_raw *raw = kt_raw_create(t, ctx, NULL);
    kt_raw_buffer *copy =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = BYTES, .host = true});
    bool any = false;
    wanted |= VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT;
    for (uint32_t type = 0; copy && type < raw->memory.memoryTypeCount; type++) {
        if ((raw->memory.memoryTypes[type].propertyFlags & wanted) != wanted ||
            !typed_is_usual(raw, type))
            continue;
        memory_part *part = kt_alloc(t, sizeof *part);
        *part = (memory_part){.raw = raw,
                              .type = type,
                              .atom_bytes = raw->properties.limits.nonCoherentAtomSize,
                              .buffer = typed_create(raw, type, BYTES),
                              .copy = copy};
        const bool has = part->buffer.handle != VK_NULL_HANDLE;
        any = any || has;
        const bool right = !has || (fill(part, 0, BYTES, 0x01020304) && run(part));
        typed_destroy(raw, &part->buffer);
        if (!right || kt_has_failed(t)) {
            LOGF(t, "memory type %u", type);
            return true;
        }
    }
    return any;
}

typedef VkResult (*cache_call)(VkDevice device, uint32_t count, const VkMappedMemoryRange *ranges);

// Flushes or invalidates a range of what is mapped. Calls it for coherent memory, too, which does
// nothing there.
static bool sync(memory_part *part, cache_call call, uint64_t offset_bytes, uint64_t size_bytes)
{
    kt_test *t = part->raw->t;
    const VkMappedMemoryRange range = {.sType = VK_STRUCTURE_TYPE_MAPPED_MEMORY_RANGE,
                                       .memory = part->buffer.memory,
                                       .offset = offset_bytes,
                                       .size = size_bytes};
    return CHECK_VK(call(part->raw->device, 1, &range));
}

static uint64_t round_up(uint64_t value, uint64_t to)
{
    return (value + to - 1) / to * to;
}

// Where a mapping begins, less its offset, is a multiple of minMemoryMapAlignment, and what it
// shows is what lies there.
static bool check_begins(memory_part *part)
{
    static const uint32_t OFFSETS[] = {0, 1, 3, 4, 63, 64, 100, 255, 256, 1000, 4095, 4096, 16383};
    kt_raw *raw = part->raw;
    kt_test *t = raw->t;
    kt_fill_bytes(t, part->expected, BYTES);
    kt_raw_write(raw, part->copy, part->expected);
    const VkBufferCopy region = {.size = BYTES};
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    if (!commands)
        return false;
    raw->vkCmdCopyBuffer(commands, part->copy->handle, part->buffer.handle, 1, &region);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return false;
    for (size_t i = 0; i < sizeof OFFSETS / sizeof OFFSETS[0]; i++) {
        const uint64_t offset = OFFSETS[i], from = round_up(offset, part->atom_bytes);
        const uint64_t size = i % 2 ? VK_WHOLE_SIZE : part->buffer.memory_bytes - offset;
        void *mapped;
        if (!CHECK_VK(raw->vkMapMemory(raw->device, part->buffer.memory, offset, size, 0, &mapped)))
            return false;
        CHECK_EQ_U64(((uintptr_t)mapped - offset) % raw->properties.limits.minMemoryMapAlignment,
                     0);
        if (from < BYTES && sync(part, raw->vkInvalidateMappedMemoryRanges, from, VK_WHOLE_SIZE))
            CHECK_BYTES((uint8_t *)mapped + (from - offset), part->expected + from, BYTES - from);
        raw->vkUnmapMemory(raw->device, part->buffer.memory);
    }
    return true;
}

TEST(mappings_begin_where_they_should)
{
    each_type(t, kt_context(t), 0, check_begins);
}

// A random part of the memory: whole atoms, or up to the end.
static void choose_part(const memory_part *part, uint64_t *offset_bytes, uint64_t *size_bytes)
{
    kt_test *t = part->raw->t;
    const uint64_t atom = part->atom_bytes, atoms = round_up(BYTES, atom) / atom;
    const uint64_t first = kt_random_below(t, atoms);
    *offset_bytes = first * atom;
    *size_bytes = atom * (1 + kt_random_below(t, atoms - first));
    if (*offset_bytes + *size_bytes > part->buffer.memory_bytes)
        *size_bytes = part->buffer.memory_bytes - *offset_bytes;
}

// One part after the other is mapped, written, flushed and unmapped: the device sees all, and the
// host finds it when it maps another part.
static bool check_parts(memory_part *part)
{
    kt_raw *raw = part->raw;
    kt_test *t = raw->t;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t offset, size;
        uint8_t *mapped;
        choose_part(part, &offset, &size);
        const uint64_t whole = round % 3 ? size : VK_WHOLE_SIZE;
        const uint64_t bytes = offset + size < BYTES ? size : BYTES - offset;
        if (!CHECK_VK(raw->vkMapMemory(raw->device, part->buffer.memory, offset, size, 0,
                                       (void **)&mapped)) ||
            !sync(part, raw->vkInvalidateMappedMemoryRanges, offset, whole))
            return false;
        bool same = CHECK_BYTES(mapped, part->expected + offset, bytes);
        kt_fill_bytes(t, part->expected + offset, bytes);
        memcpy(mapped, part->expected + offset, bytes);
        same = same && sync(part, raw->vkFlushMappedMemoryRanges, offset, whole);
        raw->vkUnmapMemory(raw->device, part->buffer.memory);
        if (!same || (round % 8 == 7 && !check(part)))
            return false;
        // What the device writes meanwhile is in the next part, too.
        if (round % 8 == 3 &&
            !fill(part, 4 * kt_random_below(t, WORDS / 2), WORDS / 4 * 4, 0x5a5a0000))
            return false;
    }
    return true;
}

TEST(parts_are_mapped_one_after_the_other)
{
    each_type(t, kt_context(t), 0, check_parts);
}

// Host and device each write every other atom, before either is told of the other's: nobody's
// writes are lost, because no flush and no invalidation reaches beyond its atoms.
static bool check_atoms(memory_part *part)
{
    kt_raw *raw = part->raw;
    kt_test *t = raw->t;
    const uint64_t atom = part->atom_bytes;
    if (!typed_map(raw, part->type, &part->buffer) ||
        !sync(part, raw->vkInvalidateMappedMemoryRanges, 0, VK_WHOLE_SIZE))
        return false;
    uint8_t *mapped = part->buffer.mapped;
    for (uint64_t at = 0; at < BYTES; at += 2 * atom) {
        const uint64_t bytes = at + atom < BYTES ? atom : BYTES - at;
        kt_fill_bytes(t, part->expected + at, bytes);
        memcpy(mapped + at, part->expected + at, bytes);
    }
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    if (!commands)
        return false;
    for (uint64_t at = atom; at < BYTES; at += 2 * atom) {
        const uint64_t bytes = at + atom < BYTES ? atom : BYTES - at;
        const uint32_t word = 0xc0000000 + (uint32_t)at;
        raw->vkCmdFillBuffer(commands, part->buffer.handle, at, bytes, word);
        for (uint64_t i = 0; i < bytes; i += sizeof word)
            memcpy(part->expected + at + i, &word, sizeof word);
    }
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return false;
    for (uint64_t at = 0; at < BYTES; at += atom) {
        const bool last = at + atom >= part->buffer.memory_bytes;
        if (!sync(part,
                  at / atom % 2 ? raw->vkInvalidateMappedMemoryRanges
                                : raw->vkFlushMappedMemoryRanges,
                  at, last ? VK_WHOLE_SIZE : atom))
            return false;
    }
    return CHECK_BYTES(mapped, part->expected, BYTES) && check(part);
}

TEST(host_and_device_write_atoms_side_by_side)
{
    each_type(t, kt_context(t), 0, check_atoms);
}

// The host writes everything, and then the device, without a flush and an invalidation.
static bool write_unsaid(memory_part *part, bool *device_sees, bool *host_sees)
{
    kt_raw *raw = part->raw;
    kt_test *t = raw->t;
    if (!typed_map(raw, part->type, &part->buffer) ||
        !sync(part, raw->vkInvalidateMappedMemoryRanges, 0, VK_WHOLE_SIZE))
        return false;
    kt_fill_bytes(t, part->expected, BYTES);
    memcpy(part->buffer.mapped, part->expected, BYTES);
    if (!look(part))
        return false;
    *device_sees = memcmp(part->actual, part->expected, BYTES) == 0;
    if (!fill(part, 0, BYTES, 0x77777777))
        return false;
    *host_sees = memcmp(part->buffer.mapped, part->expected, BYTES) == 0;
    return true;
}

static bool check_coherent(memory_part *part)
{
    kt_test *t = part->raw->t;
    bool device_sees, host_sees;
    return write_unsaid(part, &device_sees, &host_sees) && CHECK(device_sees) && CHECK(host_sees);
}

// Memory that says it is coherent needs neither flushes nor invalidations.
TEST(coherent_memory_needs_no_flush)
{
    if (!each_type(t, kt_context(t), VK_MEMORY_PROPERTY_HOST_COHERENT_BIT, check_coherent) &&
        !kt_has_failed(t))
        SKIP(t, "no memory type is HOST_COHERENT");
}

static bool check_incoherent(memory_part *part)
{
    kt_test *t = part->raw->t;
    bool device_sees, host_sees;
    return write_unsaid(part, &device_sees, &host_sees) && CHECK(!device_sees) && CHECK(!host_sees);
}

// Behind the proxy no memory is coherent, whatever the device has: what is not flushed is not seen,
// nor what is not invalidated, so that the cases above would notice a flush that does nothing.
TEST(writes_without_a_flush_are_missed)
{
    CHECK(each_type(t, proxied_context(t, "noncoherent", NULL), 0, check_incoherent));
}

TEST(parts_are_mapped_without_coherent_memory)
{
    CHECK(each_type(t, proxied_context(t, "noncoherent", NULL), 0, check_parts));
}

TEST(host_and_device_write_atoms_without_coherent_memory)
{
    CHECK(each_type(t, proxied_context(t, "noncoherent", NULL), 0, check_atoms));
}
