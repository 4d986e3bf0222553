// Descriptor indexing: descriptors that are written after they were bound, while others are in use,
// or never, and subscripts that differ between neighbours. Source: Vulkan 1.2, "Descriptor
// Indexing"; VK_EXT_descriptor_indexing.
#include "kernel.h"
#include "raw.h"

#include <string.h>

enum {
    READS = 4096,  // one an invocation
    OF_OTHERS = 2, // storage buffers that a kernel has beside the array
    FEW = 64,
    MANY = 16384,
    OUT = 0, // bindings
    WHICH = 1,
    ARRAY = 2,
};

static const VkDescriptorBindingFlags AFTER_BIND = VK_DESCRIPTOR_BINDING_UPDATE_AFTER_BIND_BIT;

// The two kinds of buffers that descriptors lead to.
typedef enum array_kind { STORAGE, UNIFORM, KINDS } array_kind;
static const char *const KIND[KINDS] = {"storage_buffers", "uniform_buffers"};
static const char *const SHADER[KINDS] = {"pick_storage_descriptor", "pick_uniform_descriptor"};

TEST_PARAMS(indexed_buffers)
{
    for (int i = 0; i < KINDS; i++)
        kt_param(params, "%s", KIND[i]);
}

// A word and how often it was read, at the start of a step of its own.
typedef struct place {
    uint32_t word, count;
} place;

// A kernel that reads by descriptors of an array, each of which leads to one of as many places.
typedef struct indexed {
    kt_raw *raw;
    array_kind kind;
    uint32_t count; // of descriptors and places
    uint32_t step_bytes;
    kt_raw_kernel *kernel;
    VkDescriptorSet set;
    kt_raw_buffer *out, *which, *places;
    place *expected;        // what the places hold
    uint32_t *target;       // the place that a descriptor leads to
    uint32_t chosen[READS]; // the descriptor that an invocation reads by
} indexed;

// Whether the device can do what the flags ask for; skipped where not.
static bool needs(kt_raw *raw, array_kind kind, VkDescriptorBindingFlags flags)
{
    static const VkPhysicalDeviceDescriptorIndexingFeatures none;
    const VkPhysicalDeviceDescriptorIndexingFeatures *has = raw ? &raw->indexing : &none;
    const bool uniform = kind == UNIFORM;
    return kt_raw_needs(raw, has->runtimeDescriptorArray, "runtimeDescriptorArray") &&
           (uniform ? kt_raw_needs(raw, has->shaderUniformBufferArrayNonUniformIndexing,
                                   "shaderUniformBufferArrayNonUniformIndexing")
                    : kt_raw_needs(raw, has->shaderStorageBufferArrayNonUniformIndexing,
                                   "shaderStorageBufferArrayNonUniformIndexing")) &&
           (!(flags & AFTER_BIND) ||
            (uniform ? kt_raw_needs(raw, has->descriptorBindingUniformBufferUpdateAfterBind,
                                    "descriptorBindingUniformBufferUpdateAfterBind")
                     : kt_raw_needs(raw, has->descriptorBindingStorageBufferUpdateAfterBind,
                                    "descriptorBindingStorageBufferUpdateAfterBind"))) &&
           (!(flags & VK_DESCRIPTOR_BINDING_UPDATE_UNUSED_WHILE_PENDING_BIT) ||
            kt_raw_needs(raw, has->descriptorBindingUpdateUnusedWhilePending,
                         "descriptorBindingUpdateUnusedWhilePending")) &&
           (!(flags & VK_DESCRIPTOR_BINDING_PARTIALLY_BOUND_BIT) ||
            kt_raw_needs(raw, has->descriptorBindingPartiallyBound,
                         "descriptorBindingPartiallyBound")) &&
           (!(flags & VK_DESCRIPTOR_BINDING_VARIABLE_DESCRIPTOR_COUNT_BIT) ||
            kt_raw_needs(raw, has->descriptorBindingVariableDescriptorCount,
                         "descriptorBindingVariableDescriptorCount"));
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

// How many descriptors an array may have, up to `wanted`.
static uint32_t most(const kt_raw *raw, array_kind kind, VkDescriptorBindingFlags flags,
                     uint32_t wanted)
{
    const VkPhysicalDeviceDescriptorIndexingProperties *after = &raw->indexing_limits;
    const VkPhysicalDeviceLimits *before = &raw->properties.limits;
    const bool uniform = kind == UNIFORM;
    uint32_t limit = uniform ? least(before->maxPerStageDescriptorUniformBuffers,
                                     before->maxDescriptorSetUniformBuffers)
                             : least(before->maxPerStageDescriptorStorageBuffers,
                                     before->maxDescriptorSetStorageBuffers);
    uint32_t resources = before->maxPerStageResources;
    if (flags & AFTER_BIND) {
        limit = uniform ? least(after->maxPerStageDescriptorUpdateAfterBindUniformBuffers,
                                after->maxDescriptorSetUpdateAfterBindUniformBuffers)
                        : least(after->maxPerStageDescriptorUpdateAfterBindStorageBuffers,
                                after->maxDescriptorSetUpdateAfterBindStorageBuffers);
        resources = after->maxPerStageUpdateAfterBindResources;
    }
    return least(wanted, least(uniform ? limit : limit - OF_OTHERS, resources - OF_OTHERS));
}

static bool create_buffers(indexed *in)
{
    const uint32_t bytes = 4 * READS;
    kt_raw *raw = in->raw;
    in->out = kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = bytes, .host = true});
    in->which =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = bytes, .host = true});
    in->places = kt_raw_buffer_create(
        raw,
        &(kt_raw_buffer_config){.size_bytes = (uint64_t)in->count * in->step_bytes, .host = true});
    return in->out && in->which && in->places;
}

// Random words at all places, and the array's set, in which no descriptor of it is written;
// `in_set` of as many as the layout has are in the set. NULL where the device cannot do it: skipped
// then.
static indexed *create(kt_test *t, VkDescriptorBindingFlags flags, uint32_t wanted, uint32_t in_set)
{
    const array_kind kind = (array_kind)kt_param_index(t);
    kt_raw *raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.descriptor_indexing = true});
    if (!needs(raw, kind, flags))
        return NULL;
    indexed *in = kt_alloc(t, sizeof *in);
    const uint32_t align = (uint32_t)raw->properties.limits.minUniformBufferOffsetAlignment;
    *in = (indexed){.raw = raw, .kind = kind, .count = most(raw, kind, flags, wanted)};
    in->step_bytes = kernel_range_step(t, sizeof(place));
    if (in->step_bytes < align)
        in->step_bytes = align;
    in->kernel =
        kt_raw_kernel_create_with(raw, SHADER[kind],
                                  &(kt_raw_kernel_config){.binding_count = ARRAY + 1,
                                                          .uniform = {[ARRAY] = kind == UNIFORM},
                                                          .array_count = in->count,
                                                          .array_flags = flags});
    in->set = kt_raw_set_empty(raw, in->kernel, least(in_set, in->count));
    if (!in->set || !create_buffers(in))
        return NULL;
    in->expected = kt_alloc(t, in->count * sizeof *in->expected);
    in->target = kt_alloc(t, in->count * sizeof *in->target);
    for (uint32_t i = 0; i < in->count; i++) {
        in->expected[i].word = (uint32_t)kt_random_u64(t);
        memcpy((char *)in->places->mapped + (size_t)i * in->step_bytes, &in->expected[i],
               sizeof in->expected[i]);
    }
    kt_raw_flush(raw, in->places);
    kt_raw_set_write(raw, in->kernel, in->set, OUT, 0, (kt_raw_range){.buffer = in->out});
    kt_raw_set_write(raw, in->kernel, in->set, WHICH, 0, (kt_raw_range){.buffer = in->which});
    return in;
}

// Makes a descriptor lead to a place, which no other one may have meanwhile.
static void lead(indexed *in, uint32_t descriptor, uint32_t to)
{
    in->target[descriptor] = to;
    kt_raw_set_write(in->raw, in->kernel, in->set, ARRAY, descriptor,
                     (kt_raw_range){in->places, (uint64_t)to * in->step_bytes,
                                    in->kind == UNIFORM ? sizeof(uint32_t) : sizeof(place)});
}

// Has each invocation choose one of `count` descriptors, `step` apart from `first` on.
static void choose(indexed *in, uint32_t first, uint32_t step, uint32_t count)
{
    for (uint32_t i = 0; i < READS; i++)
        in->chosen[i] = first + step * (uint32_t)kt_random_below(in->raw->t, count);
    kt_raw_write(in->raw, in->which, in->chosen);
}

// A command buffer that may be submitted again.
static VkCommandBuffer record(indexed *in)
{
    VkCommandBuffer commands = kt_raw_begin_as(in->raw, 0, VK_COMMAND_BUFFER_LEVEL_PRIMARY, 0);
    if (!commands)
        return NULL;
    kt_raw_full_barrier(in->raw, commands);
    kt_raw_bind(in->raw, commands, in->kernel, in->set, NULL);
    in->raw->vkCmdDispatch(commands, READS / 64, 1, 1);
    kt_raw_full_barrier(in->raw, commands);
    kt_raw_end(in->raw, commands);
    return commands;
}

// Once more each invocation has read what it chose, and nothing else was counted.
static bool check(indexed *in)
{
    kt_test *t = in->raw->t;
    uint32_t expected[READS], actual[READS];
    for (uint32_t i = 0; i < READS; i++) {
        place *chosen = &in->expected[in->target[in->chosen[i]]];
        expected[i] = chosen->word;
        chosen->count += in->kind == STORAGE;
    }
    kt_raw_read(in->raw, in->out, actual);
    kt_raw_invalidate(in->raw, in->places);
    bool counted = true;
    for (uint32_t i = 0; i < in->count; i++)
        counted = counted && CHECK_BYTES((char *)in->places->mapped + (size_t)i * in->step_bytes,
                                         &in->expected[i], sizeof in->expected[i]);
    return counted && CHECK_U32S(actual, expected, READS);
}

// Subscripts may differ from invocation to invocation: each reads, and counts, where it says.
TEST_FAMILY_CASE(subscripts_may_differ_between_neighbours)
{
    (void)param;
    indexed *in = create(t, 0, FEW, FEW);
    for (uint32_t i = 0; in && i < in->count; i++)
        lead(in, i, in->count - 1 - i);
    for (int round = 0; in && round < 4; round++) {
        choose(in, 0, 1, in->count);
        VkCommandBuffer commands = record(in);
        if (!commands || !kt_raw_run(in->raw, 0, commands) || !check(in))
            return;
    }
}

// Work that is recorded with descriptors finds what is written in them until it is submitted, be it
// for the first time or over what was there.
TEST_FAMILY_CASE(descriptors_may_be_written_after_they_are_bound)
{
    (void)param;
    indexed *in = create(t, AFTER_BIND, FEW, FEW);
    if (!in)
        return;
    choose(in, 0, 1, in->count);
    for (uint32_t i = 0; i < in->count; i += 2)
        lead(in, i, i);
    VkCommandBuffer commands = record(in);
    for (uint32_t i = 0; i < in->count; i++)
        lead(in, i, (i + 1) % in->count);
    if (commands && kt_raw_run(in->raw, 0, commands))
        check(in);
}

// The same command buffer, submitted again and again with other descriptors.
TEST_FAMILY_CASE(descriptors_may_be_written_between_submits)
{
    (void)param;
    enum { ROUNDS = 32 };
    indexed *in = create(t, AFTER_BIND, FEW, FEW);
    VkCommandBuffer commands = in ? record(in) : NULL;
    for (uint32_t round = 0; commands && round < ROUNDS; round++) {
        for (uint32_t i = 0; i < in->count; i++)
            if (!round || kt_random_below(t, 2)) // some stay as they were
                lead(in, i, (uint32_t)kt_random_below(t, in->count));
        choose(in, 0, 1, in->count);
        if (!kt_raw_run(in->raw, 0, commands) || !check(in))
            return;
    }
}

// While submitted work waits that reads by half of the descriptors, the other half is written: the
// work keeps what it has, and the next finds the others.
TEST_FAMILY_CASE(unused_descriptors_may_be_written_while_work_waits)
{
    (void)param;
    indexed *in =
        create(t, AFTER_BIND | VK_DESCRIPTOR_BINDING_UPDATE_UNUSED_WHILE_PENDING_BIT, FEW, FEW);
    if (!in || !kt_raw_needs_timelines(in->raw))
        return;
    VkSemaphore gate = kt_raw_timeline(in->raw, 0);
    VkCommandBuffer commands = record(in);
    for (uint32_t i = 0; i < in->count; i++)
        lead(in, i, i);
    for (uint64_t round = 1; commands && round <= 16; round++) {
        const uint32_t used = round % 2, half = in->count / 2;
        const kt_raw_batch batch = {.commands = {commands}, .waits = {{gate, round, 0}}};
        choose(in, used, 2, half);
        if (!kt_raw_submit(in->raw, 0, &batch, VK_NULL_HANDLE))
            return;
        for (uint32_t i = 1 - used; i < 2 * half; i += 2)
            lead(in, i, (uint32_t)kt_random_below(t, in->count));
        if (!kt_raw_signal(in->raw, gate, round) ||
            !CHECK_VK(in->raw->vkQueueWaitIdle(in->raw->queues[0].handle)) || !check(in))
            return;
    }
}

// Descriptors that no invocation reads by may be missing.
TEST_FAMILY_CASE(unused_descriptors_need_not_be_written)
{
    (void)param;
    enum { STEP = 3 };
    indexed *in = create(t, VK_DESCRIPTOR_BINDING_PARTIALLY_BOUND_BIT, FEW, FEW);
    if (!in)
        return;
    const uint32_t written = (in->count + STEP - 1) / STEP;
    for (uint32_t i = 0; i < written; i++)
        lead(in, STEP * i, i);
    choose(in, 0, STEP, written);
    VkCommandBuffer commands = record(in);
    if (commands && kt_raw_run(in->raw, 0, commands))
        check(in);
}

// A set may have fewer descriptors than its layout, which sets of other lengths share.
TEST_FAMILY_CASE(set_may_have_fewer_descriptors_than_its_layout)
{
    (void)param;
    const VkDescriptorBindingFlags variable = VK_DESCRIPTOR_BINDING_VARIABLE_DESCRIPTOR_COUNT_BIT;
    static const uint32_t COUNTS[] = {1, 2, 5, 33, FEW};
    for (size_t k = 0; k < sizeof COUNTS / sizeof COUNTS[0]; k++) {
        indexed *in = create(t, variable, FEW, COUNTS[k]);
        if (!in)
            return;
        const uint32_t count = least(COUNTS[k], in->count);
        for (uint32_t i = 0; i < count; i++)
            lead(in, i, count - 1 - i);
        choose(in, 0, 1, count);
        VkCommandBuffer commands = record(in);
        if (!commands || !kt_raw_run(in->raw, 0, commands) || !check(in))
            return;
    }
}

// As many as the device allows, up to 16,384, each read by.
TEST_FAMILY_CASE(many_descriptors_are_written_after_they_are_bound)
{
    (void)param;
    indexed *in = create(t, AFTER_BIND, MANY, MANY);
    VkCommandBuffer commands = in ? record(in) : NULL;
    if (!commands)
        return;
    for (uint32_t i = 0; i < in->count; i++)
        lead(in, i, in->count - 1 - i);
    for (uint32_t first = 0; first < in->count; first += READS) {
        for (uint32_t i = 0; i < READS; i++)
            in->chosen[i] = (first + i) % in->count;
        kt_raw_write(in->raw, in->which, in->chosen);
        if (!kt_raw_run(in->raw, 0, commands) || !check(in))
            return;
    }
}
