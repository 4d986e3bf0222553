// Accesses outside the range that is bound. A buffer lies in the middle of an allocation, and the
// range in the middle of the buffer; kernels reach for places inside, across the end and far
// beyond. Source: Vulkan 1.3, "Robust Buffer Access"; VK_EXT_robustness2.
#include "raw.h"

#include <inttypes.h>
#include <string.h>

enum {
    ALL_BYTES = 3 * 65536,   // of the allocation
    BUFFER_OFFSET = 65536,   // of the buffer in it
    BUFFER_BYTES = 8192,     // of the buffer
    RANGE_OFFSET = 1024,     // of the range in the buffer: a multiple of every alignment
    MOST_PLACES = 128,       // that one dispatch reaches for
    WORD = sizeof(uint32_t), // bytes
};

// What is everywhere where atomics compare, so that each would exchange.
static const uint32_t COMPARED = 0x5eedf00d;
enum { ADD = 6, COMPARE = 8, UNIFORM = 9 }; // modes

// How far kernels reach: 4 GiB, or to the end of a uniform buffer's array.
static const uint64_t FOUR_GIB = UINT64_C(1) << 32, UNIFORM_BYTES = 16384;

// Sizes of the range. Some end within a word, where a driver may round up.
static const uint32_t RANGES[] = {1024, 1028, 1000, 1021, 1022, 1023, 4};

// How elements are accessed, by the modes of shaders/reach_outside.comp and, with a mode that it
// does not have, by shaders/reach_outside_uniform.comp.
typedef struct access {
    const char *name;
    uint32_t mode, element_bytes;
    uint32_t word_count;
    uint32_t words[5]; // of an element that are accessed
} access;

static const access READS[] = {{"words", 0, 4, 1, {0}},
                               {"vectors", 1, 16, 4, {0, 1, 2, 3}},
                               {"structs", 2, 24, 4, {0, 2, 3, 5}},
                               {"uniform_vectors", UNIFORM, 16, 4, {0, 1, 2, 3}}};
static const access WRITES[] = {{"words", 3, 4, 1, {0}},
                                {"vectors", 4, 16, 4, {0, 1, 2, 3}},
                                {"structs", 5, 24, 5, {0, 2, 3, 4, 5}},
                                {"atomic_additions", ADD, 4, 1, {0}},
                                {"atomic_exchanges", 7, 4, 1, {0}},
                                {"atomic_comparisons", COMPARE, 4, 1, {0}}};

TEST_PARAMS(outside_reads)
{
    for (size_t i = 0; i < sizeof READS / sizeof READS[0]; i++)
        kt_param(params, "%s", READS[i].name);
}

TEST_PARAMS(outside_writes)
{
    for (size_t i = 0; i < sizeof WRITES / sizeof WRITES[0]; i++)
        kt_param(params, "%s", WRITES[i].name);
}

// One device with its buffers, and what a dispatch reached for and found.
typedef struct outside {
    kt_raw *raw;
    const access *access;
    kt_raw_kernel *kernel;
    kt_raw_buffer *all, *buffer, *places_in, *seen_out;
    uint32_t before[ALL_BYTES / WORD], after[ALL_BYTES / WORD];
    uint32_t places[MOST_PLACES], place_count;
    uint32_t seen[MOST_PLACES][4];
} outside;

// NULL where the device is not robust: skipped then.
static outside *create(kt_test *t, kt_raw_robustness robustness, const access *how)
{
    const bool uniform = how->mode == UNIFORM;
    outside *o = kt_alloc(t, sizeof *o);
    o->access = how;
    o->raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.robustness = robustness});
    if (!kt_raw_needs_robustness(o->raw, robustness))
        return NULL;
    o->kernel = kt_raw_kernel_create_with(
        o->raw, uniform ? "reach_outside_uniform" : "reach_outside",
        &(kt_raw_kernel_config){.binding_count = 3, .uniform = {uniform}});
    o->all = kt_raw_buffer_create(o->raw,
                                  &(kt_raw_buffer_config){.size_bytes = ALL_BYTES, .host = true});
    o->buffer = o->all ? kt_raw_buffer_create(
                             o->raw, &(kt_raw_buffer_config){.size_bytes = BUFFER_BYTES,
                                                             .inside = o->all,
                                                             .inside_offset_bytes = BUFFER_OFFSET})
                       : NULL;
    o->places_in = kt_raw_buffer_create(
        o->raw, &(kt_raw_buffer_config){.size_bytes = sizeof o->places, .host = true});
    o->seen_out = kt_raw_buffer_create(
        o->raw, &(kt_raw_buffer_config){.size_bytes = sizeof o->seen, .host = true});
    return o->kernel && o->buffer && o->places_in && o->seen_out ? o : NULL;
}

// Adds the element at a byte of the range, once.
static void add_place(outside *o, uint64_t byte)
{
    const uint64_t place = byte / o->access->element_bytes;
    bool is_new = o->place_count < MOST_PLACES && place <= UINT32_MAX;
    for (uint32_t i = 0; i < o->place_count; i++)
        is_new = is_new && o->places[i] != place;
    if (is_new)
        o->places[o->place_count++] = (uint32_t)place;
}

// The ends of the range, of the buffer and of the allocation, and far beyond.
static void choose_places(kt_test *t, outside *o, uint32_t range_bytes)
{
    const uint32_t step = o->access->element_bytes;
    const uint64_t reach_bytes = o->access->mode == UNIFORM ? UNIFORM_BYTES : FOUR_GIB;
    const uint64_t edges[] = {0,
                              range_bytes,
                              BUFFER_BYTES - RANGE_OFFSET,
                              65536 - RANGE_OFFSET,
                              ALL_BYTES - BUFFER_OFFSET - RANGE_OFFSET,
                              UINT64_C(1) << 24,
                              UINT64_C(1) << 31,
                              reach_bytes - 2 * step};
    o->place_count = 0;
    for (size_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
        for (uint32_t k = 0; k < 8; k++)
            if (edges[i] + k * step >= 4 * step && edges[i] + (k - 3ull) * step <= reach_bytes)
                add_place(o, edges[i] + k * step - 4 * step);
    while (o->place_count < MOST_PLACES)
        add_place(o, kt_random_below(t, reach_bytes - step));
}

// Reaches for all places, as often as there are, with random words everywhere.
static bool reach(kt_test *t, outside *o, uint32_t range_bytes, bool null)
{
    const uint32_t push[KT_RAW_PUSH_BYTES / WORD] = {o->access->mode, o->place_count, COMPARED};
    const kt_raw_range bound = {o->buffer, RANGE_OFFSET, range_bytes};
    const kt_raw_range ranges[] = {
        null ? (kt_raw_range){0} : bound, {.buffer = o->places_in}, {.buffer = o->seen_out}};
    kt_fill_u32s(t, o->before, ALL_BYTES / WORD);
    for (uint32_t i = 0; o->access->mode == COMPARE && i < ALL_BYTES / WORD; i++)
        o->before[i] = COMPARED;
    kt_poison(o->seen, sizeof o->seen);
    kt_raw_write(o->raw, o->all, o->before);
    kt_raw_write(o->raw, o->places_in, o->places);
    kt_raw_write(o->raw, o->seen_out, o->seen);
    VkCommandBuffer commands = kt_raw_begin(o->raw, 0);
    VkDescriptorSet set = kt_raw_set(o->raw, o->kernel, ranges);
    if (!commands || !set)
        return false;
    kt_raw_full_barrier(o->raw, commands);
    kt_raw_bind(o->raw, commands, o->kernel, set, push);
    o->raw->vkCmdDispatch(commands, (o->place_count + 63) / 64, 1, 1);
    kt_raw_full_barrier(o->raw, commands);
    kt_raw_end(o->raw, commands);
    if (!kt_raw_run(o->raw, 0, commands))
        return false;
    kt_raw_read(o->raw, o->all, o->after);
    kt_raw_read(o->raw, o->seen_out, o->seen);
    return true;
}

// Where word k of the element at place i is, in bytes from the start of the range.
static uint64_t byte_of(const outside *o, uint32_t i, uint32_t k)
{
    return (uint64_t)o->places[i] * o->access->element_bytes + (uint64_t)WORD * o->access->words[k];
}

static bool is_whole(const outside *o, uint32_t i, uint32_t range_bytes)
{
    return ((uint64_t)o->places[i] + 1) * o->access->element_bytes <= range_bytes;
}

// What is in the buffer's memory before the dispatch.
static bool is_in_buffer(const outside *o, uint32_t word)
{
    const uint64_t first = BUFFER_OFFSET / WORD, end = first + o->buffer->memory_bytes / WORD;
    for (uint64_t i = first; i < end; i++)
        if (o->before[i] == word)
            return true;
    return false;
}

// Whether robustBufferAccess lets a load of component k outside return that word: anything of the
// buffer's memory, 0, and for the last component of a vector also 1 or the largest number.
static bool is_allowed_outside(const outside *o, uint32_t k, uint32_t word)
{
    const bool last = o->access->element_bytes == 16 && k == 3;
    return word == 0 || (last && (word == 1 || word == INT32_MAX || word == UINT32_MAX)) ||
           is_in_buffer(o, word);
}

static uint64_t round_up(uint64_t value, uint64_t alignment)
{
    return alignment ? (value + alignment - 1) / alignment * alignment : value;
}

// One component of what a read saw. An element that straddles the end may count as outside as a
// whole.
static bool saw_right(const outside *o, uint32_t i, uint32_t k, uint32_t range_bytes, bool exactly)
{
    const uint64_t byte = byte_of(o, i, k),
                   rounded = round_up(range_bytes, o->access->mode == UNIFORM
                                                       ? o->raw->robust_uniform_alignment
                                                       : o->raw->robust_alignment);
    const uint32_t word = o->seen[i][k];
    const bool can_be_inside = byte + WORD <= round_up(rounded, WORD) && byte < rounded;
    const uint32_t inside =
        can_be_inside ? o->before[(BUFFER_OFFSET + RANGE_OFFSET + byte) / WORD] : 0;
    if (is_whole(o, i, range_bytes))
        return word == inside;
    if (exactly)
        return word == 0 || (can_be_inside && word == inside);
    return is_allowed_outside(o, k, word);
}

static void check_reads(kt_test *t, kt_raw_robustness robustness)
{
    outside *o = create(t, robustness, &READS[kt_param_index(t)]);
    for (size_t r = 0; o && r < sizeof RANGES / sizeof RANGES[0]; r++) {
        const uint32_t range_bytes = RANGES[r];
        choose_places(t, o, range_bytes);
        if (!reach(t, o, range_bytes, false))
            return;
        for (uint32_t i = 0; i < o->place_count; i++) {
            for (uint32_t k = 0; k < o->access->word_count; k++)
                if (!saw_right(o, i, k, range_bytes, robustness == KT_RAW_ROBUST2)) {
                    FAILF(t, "range of %u bytes: word %u of element %" PRIu32 " was read as %#x",
                          range_bytes, k, o->places[i], o->seen[i][k]);
                    return;
                }
            if (o->access->mode == 0)
                CHECK_EQ_U64(o->seen[i][1], range_bytes / WORD);
        }
        CHECK_BYTES(o->after, o->before, sizeof o->before);
    }
}

// What a write leaves in a word that it hit.
static uint32_t written(const outside *o, uint32_t i, uint32_t k, uint32_t before)
{
    const uint32_t value = 0xc0de0000 + 4 * i;
    return o->access->mode == ADD ? before + value : value + (k < 3 ? k : 3);
}

// Everything but what is inside the range is as it was. What is between the last whole element and
// the end, rounded up, may be either.
static void check_exact_writes(kt_test *t, const outside *o, uint32_t range_bytes)
{
    uint32_t *expected = kt_alloc(t, sizeof o->before), *other = kt_alloc(t, sizeof o->before);
    memcpy(expected, o->before, sizeof o->before);
    memcpy(other, o->before, sizeof o->before);
    for (uint32_t i = 0; i < o->place_count; i++)
        for (uint32_t k = 0; k < o->access->word_count; k++) {
            const uint64_t byte = byte_of(o, i, k);
            if (byte >= round_up(range_bytes, o->raw->robust_alignment))
                continue;
            const uint64_t word = (BUFFER_OFFSET + RANGE_OFFSET + byte) / WORD;
            other[word] = written(o, i, k, o->before[word]);
            if (is_whole(o, i, range_bytes))
                expected[word] = other[word];
        }
    for (uint64_t word = 0; word < ALL_BYTES / WORD; word++)
        if (o->after[word] != expected[word] && o->after[word] != other[word]) {
            FAILF(t, "range of %u bytes: the word at its byte %" PRId64 " is %#x, not %#x",
                  range_bytes, (int64_t)(WORD * word) - BUFFER_OFFSET - RANGE_OFFSET,
                  o->after[word], expected[word]);
            return;
        }
}

static void check_writes(kt_test *t, kt_raw_robustness robustness)
{
    outside *o = create(t, robustness, &WRITES[kt_param_index(t)]);
    for (size_t r = 0; o && r < sizeof RANGES / sizeof RANGES[0] && !kt_has_failed(t); r++) {
        choose_places(t, o, RANGES[r]);
        if (!reach(t, o, RANGES[r], false))
            return;
        if (robustness == KT_RAW_ROBUST2)
            check_exact_writes(t, o, RANGES[r]);
        const uint64_t behind = (BUFFER_OFFSET + o->buffer->memory_bytes) / WORD;
        CHECK_U32S(o->after, o->before, BUFFER_OFFSET / WORD);
        CHECK_U32S(o->after + behind, o->before + behind, ALL_BYTES / WORD - behind);
    }
}

// robustBufferAccess: a read outside the range sees zeros, or what is in the buffer's memory.
TEST_FAMILY_CASE(reads_outside_see_nothing_but_the_buffer)
{
    (void)param;
    check_reads(t, KT_RAW_ROBUST);
}

// A write outside the range changes the buffer or nothing: what lies beside it in the same
// allocation stays.
TEST_FAMILY_CASE(writes_outside_stay_in_the_buffer)
{
    (void)param;
    check_writes(t, KT_RAW_ROBUST);
}

// robustBufferAccess2: a read outside the range, not the buffer, is zero.
TEST_FAMILY_CASE(reads_outside_a_range_are_zero)
{
    (void)param;
    check_reads(t, KT_RAW_ROBUST2);
}

TEST_FAMILY_CASE(writes_outside_a_range_are_discarded)
{
    (void)param;
    check_writes(t, KT_RAW_ROBUST2);
}

// A null descriptor has no elements: whatever is read is zero.
TEST_FAMILY_CASE(null_descriptors_read_as_zero)
{
    (void)param;
    outside *o = create(t, KT_RAW_ROBUST2, &READS[kt_param_index(t)]);
    if (!o || !kt_raw_needs_null_descriptors(o->raw))
        return;
    choose_places(t, o, WORD);
    if (!reach(t, o, 0, true))
        return;
    for (uint32_t i = 0; i < o->place_count; i++) {
        static const uint32_t zeros[4];
        CHECK_U32S(o->seen[i], zeros, o->access->mode == 0 ? 2 : o->access->word_count);
    }
}

TEST_FAMILY_CASE(null_descriptors_swallow_writes)
{
    (void)param;
    outside *o = create(t, KT_RAW_ROBUST2, &WRITES[kt_param_index(t)]);
    if (!o || !kt_raw_needs_null_descriptors(o->raw))
        return;
    choose_places(t, o, WORD);
    if (reach(t, o, 0, true))
        CHECK_BYTES(o->after, o->before, sizeof o->before);
}
