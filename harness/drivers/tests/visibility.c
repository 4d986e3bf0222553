// Reordering: a barrier that orders two commands passes on what the first wrote only if its access
// masks say so.
#include "programs.h"

#include "scopes.h"

#include "order.h"

enum {
    COMPUTE = VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
    TRANSFER = VK_PIPELINE_STAGE_TRANSFER_BIT,
    SHADER_READ = VK_ACCESS_SHADER_READ_BIT,
    SHADER_WRITE = VK_ACCESS_SHADER_WRITE_BIT,
    TRANSFER_READ = VK_ACCESS_TRANSFER_READ_BIT,
    TRANSFER_WRITE = VK_ACCESS_TRANSFER_WRITE_BIT,
    MEMORY_READ = VK_ACCESS_MEMORY_READ_BIT,
    MEMORY_WRITE = VK_ACCESS_MEMORY_WRITE_BIT,
};

typedef struct masks {
    VkPipelineStageFlags src_stages, dst_stages;
    VkAccessFlags src, dst;
} masks;

// What stands between the two commands of a program.
static struct {
    masks barriers[2];
    uint32_t count;
    VkBuffer only; // the barriers are about this buffer; VK_NULL_HANDLE: about all memory
    vk_buffer between;
} set;

static void add_barrier(vk *v, VkCommandBuffer commands, const masks *to)
{
    const VkMemoryBarrier memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = to->src,
        .dstAccessMask = to->dst,
    };
    const VkBufferMemoryBarrier buffer = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_MEMORY_BARRIER,
        .srcAccessMask = to->src,
        .dstAccessMask = to->dst,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .buffer = set.only,
        .size = VK_WHOLE_SIZE,
    };
    v->CmdPipelineBarrier(commands, to->src_stages, to->dst_stages, 0, set.only ? 0 : 1, &memory,
                          set.only ? 1 : 0, &buffer, 0, NULL);
}

static void add_barriers(vk *v, VkCommandBuffer commands)
{
    for (uint32_t i = 0; i < set.count; i++)
        add_barrier(v, commands, &set.barriers[i]);
}

// 1 * 3 + 1 = 4 is copied; what was there before is 1.
static void write_and_copy(vk *v, const vk_buffer *buffer)
{
    vk_set(&set.between, 1);
    VkCommandBuffer commands = vk_begin(v);
    vk_affine(v, commands, &set.between, 3, 1);
    add_barriers(v, commands);
    vk_copy(v, commands, &set.between, buffer);
    vk_end_and_run(v, commands);
}

// 1 is copied; what is written afterwards is 4.
static void copy_and_overwrite(vk *v, const vk_buffer *buffer)
{
    vk_set(&set.between, 1);
    vk_set(buffer, 7);
    VkCommandBuffer commands = vk_begin(v);
    vk_copy(v, commands, &set.between, buffer);
    add_barriers(v, commands);
    vk_affine(v, commands, &set.between, 3, 1);
    vk_end_and_run(v, commands);
}

static vk *open_with_buffer(kt_test *t, const char *spec)
{
    vk *v = vk_open_proxy(t, spec);
    if (v)
        set.between = vk_buffer_create(v);
    set.only = VK_NULL_HANDLE;
    set.count = 1;
    return v;
}

TEST(a_barrier_without_the_accesses_passes_nothing_on)
{
    static const VkAccessFlags lacking[][2] = {
        {0, 0},
        {SHADER_WRITE, 0},
        {0, TRANSFER_READ},
        {SHADER_READ, TRANSFER_READ},
        {TRANSFER_WRITE, MEMORY_READ},
        {SHADER_WRITE, TRANSFER_WRITE | SHADER_READ},
    };
    vk *v = open_with_buffer(t, "reorder=21");
    if (!v)
        return;
    for (size_t i = 0; i < sizeof lacking / sizeof lacking[0]; i++) {
        LOGF(t, "accesses 0x%x to 0x%x", lacking[i][0], lacking[i][1]);
        set.barriers[0] = (masks){COMPUTE, TRANSFER, lacking[i][0], lacking[i][1]};
        program_expect_swaps(v, write_and_copy, 4);
    }
    vk_buffer_destroy(v, &set.between);
}

TEST(a_barrier_with_the_accesses_passes_everything_on)
{
    static const VkAccessFlags enough[][2] = {
        {SHADER_WRITE, TRANSFER_READ},
        {SHADER_READ | SHADER_WRITE, TRANSFER_READ | TRANSFER_WRITE},
        {MEMORY_WRITE, MEMORY_READ},
    };
    vk *v = open_with_buffer(t, "reorder=22");
    if (!v)
        return;
    for (size_t i = 0; i < sizeof enough / sizeof enough[0]; i++) {
        set.barriers[0] = (masks){COMPUTE, TRANSFER, enough[i][0], enough[i][1]};
        program_expect_order(v, write_and_copy, 4);
    }
    // One makes available, one makes visible.
    set.count = 2;
    set.barriers[0] = (masks){COMPUTE, COMPUTE, SHADER_WRITE, 0};
    set.barriers[1] = (masks){COMPUTE, TRANSFER, 0, TRANSFER_READ};
    program_expect_order(v, write_and_copy, 4);
    vk_buffer_destroy(v, &set.between);
}

TEST(a_barrier_for_one_buffer_passes_that_one_on)
{
    vk *v = open_with_buffer(t, "reorder=23");
    if (!v)
        return;
    vk_buffer other = vk_buffer_create(v);
    set.barriers[0] = (masks){COMPUTE, TRANSFER, SHADER_WRITE, TRANSFER_READ};
    set.only = set.between.handle;
    program_expect_order(v, write_and_copy, 4);
    set.only = other.handle;
    program_expect_swaps(v, write_and_copy, 4);
    vk_buffer_destroy(v, &other);
    vk_buffer_destroy(v, &set.between);
}

// Nothing has to be seen there: the order is enough.
TEST(overwriting_what_was_read_needs_no_accesses)
{
    vk *v = open_with_buffer(t, "reorder=24");
    if (!v)
        return;
    set.barriers[0] = (masks){TRANSFER, COMPUTE, 0, 0};
    program_expect_order(v, copy_and_overwrite, 1);
    vk_buffer_destroy(v, &set.between);
}

// Items that each use one range, for the pure part.
static kro__access use(uint64_t begin, uint64_t end, uint32_t stage, bool writes)
{
    return (kro__access){
        .memory = (VkDeviceMemory)8,
        .buffer = (VkBuffer)16,
        .begin = begin,
        .end = end,
        .stage = stage,
        .kinds = writes ? MEMORY_WRITE : MEMORY_READ,
        .writes = writes,
    };
}

static void add_item(kro__scopes *scopes, kro__access access, bool known)
{
    kro__accesses_add(&scopes->accesses, access);
    kro__scopes_item(scopes, 0, known);
}

// A write of the first 64 bytes; an execution dependency; then reads of other bytes, of some of
// these, by who may do more, and after a semaphore.
TEST(only_what_goes_unseen_may_come_first)
{
    const kro__dependency order_only = {.src = KRO__STAGE_COMPUTE, .dst = KRO__STAGE_ALL};
    kro__scopes scopes = {0};
    add_item(&scopes, use(0, 64, KRO__STAGE_COMPUTE, true), true);
    kro__scopes_barrier(&scopes, 0, &order_only, 1);
    add_item(&scopes, use(64, 128, KRO__STAGE_TRANSFER, false), true);
    add_item(&scopes, use(32, 128, KRO__STAGE_TRANSFER, false), true);
    add_item(&scopes, use(32, 128, KRO__STAGE_TRANSFER, false), false);
    add_item(&scopes, use(0, 8, KRO__STAGE_COMPUTE, true), true);
    kro__scopes_signal(&scopes, 0, 3, KRO__STAGE_ALL);
    kro__scopes_wait(&scopes, 0, 3, KRO__STAGE_TRANSFER);
    add_item(&scopes, use(0, 64, KRO__STAGE_TRANSFER, false), true);
    add_item(&scopes, use(0, 64, KRO__STAGE_INDIRECT, false), true);
    CHECK(kro__scopes_run(&scopes));
    CHECK(kro__scopes_keep(&scopes, 0, 1));  // other bytes
    CHECK(!kro__scopes_keep(&scopes, 0, 2)); // unseen
    CHECK(kro__scopes_keep(&scopes, 0, 3));  // nobody knows all that it does
    CHECK(!kro__scopes_keep(&scopes, 0, 4)); // a write over a write
    CHECK(kro__scopes_keep(&scopes, 2, 4));  // other bytes
    CHECK(kro__scopes_keep(&scopes, 0, 5));  // the semaphore shows it
    CHECK(!kro__scopes_keep(&scopes, 0, 6)); // not to this stage
    kro__scopes_finish(&scopes);
}

// What is seen in one place and unseen in another: the places are only where it may be used.
TEST(who_sees_something_stays_behind)
{
    const kro__dependency one_buffer[2] = {
        {.src = KRO__STAGE_COMPUTE, .dst = KRO__STAGE_COMPUTE},
        {
            .src = KRO__STAGE_COMPUTE,
            .dst = KRO__STAGE_COMPUTE,
            .src_access = MEMORY_WRITE,
            .dst_access = MEMORY_READ,
            .buffer = (VkBuffer)16,
        },
    };
    kro__scopes scopes = {0};
    for (int i = 0; i < 2; i++) {
        kro__access first = use(0, 64, KRO__STAGE_COMPUTE, i == 0);
        kro__access second = use(64, 128, KRO__STAGE_COMPUTE, i == 0);
        second.buffer = (VkBuffer)24;
        kro__accesses_add(&scopes.accesses, first);
        add_item(&scopes, second, true);
        if (i == 0)
            kro__scopes_barrier(&scopes, 0, one_buffer, 2);
    }
    add_item(&scopes, use(64, 128, KRO__STAGE_COMPUTE, false), true);
    CHECK(kro__scopes_run(&scopes));
    CHECK(kro__scopes_keep(&scopes, 0, 1));
    CHECK(!kro__scopes_keep(&scopes, 0, 2));
    kro__scopes_finish(&scopes);
}
