// Memory of the caller that kernels and copies use in place.
#include "kernel.h"

#include <string.h>

#include "contract/contract.h"
#include "proxied.h"
#include "shaders.h"

// Whole pages of the case's own, in the middle of poisoned ones.
typedef struct host_block {
    uint8_t *bytes, *around;
    uint64_t size_bytes, guard_bytes;
} host_block;

static host_block host_block_create(kt_test *t, uint64_t alignment, uint64_t at_least)
{
    host_block block = {.guard_bytes = alignment};
    block.size_bytes = (at_least + alignment - 1) / alignment * alignment;
    uint64_t all = block.size_bytes + 3 * alignment;
    block.around = kt_alloc(t, all);
    kt_poison(block.around, all);
    block.around += (alignment - (uintptr_t)block.around % alignment) % alignment;
    block.bytes = block.around + alignment;
    return block;
}

static void check_guards(kt_test *t, const host_block *block)
{
    uint8_t *poison = kt_alloc(t, block->guard_bytes);
    kt_poison(poison, block->guard_bytes);
    CHECK_BYTES(block->around, poison, block->guard_bytes);
    CHECK_BYTES(block->bytes + block->size_bytes, poison, block->guard_bytes);
}

static kro_status register_block(kro_context *ctx, const host_block *block, kro_buffer **out)
{
    const kro_host_config config = {
        .memory = block->bytes, .size_bytes = block->size_bytes, .label = "mine"};
    return kro_host_register(ctx, &config, out);
}

// The device's alignment; the case is skipped where it has none.
static uint64_t alignment_of(kt_test *t, kro_context *ctx)
{
    uint64_t alignment = ctx ? kro_context_info(ctx)->limits.host_alignment : 0;
    if (ctx && alignment == 0)
        SKIP(t, "the device cannot use host memory in place (limits.host_alignment)");
    return alignment;
}

// A registered block, or a buffer of NULL where the case has failed or was skipped.
static kro_buffer *registered(kt_test *t, kro_context *ctx, uint64_t at_least, host_block *block)
{
    uint64_t alignment = alignment_of(t, ctx);
    kro_buffer *buffer = NULL;
    if (alignment == 0)
        return NULL;
    *block = host_block_create(t, alignment, at_least);
    kro_status status = register_block(ctx, block, &buffer);
    // Its memory types may lack coherence, or the driver dislikes these pages: both are allowed.
    if (status == KRO_ERROR_UNSUPPORTED)
        SKIP(t, "%s", kro_error_detail());
    else
        CHECK_OK(status);
    return buffer;
}

// A kernel reads what the host has put there, and the host finds what the kernel wrote; again and
// again, without a copy by anybody.
TEST(kernels_work_in_registered_memory)
{
    enum { ROUNDS = 10 };
    kro_context *ctx = kt_context(t);
    host_block block;
    kro_buffer *buffer = registered(t, ctx, 100000, &block);
    kro_pipeline *affine = buffer ? kt_pipeline_in(t, ctx, "affine_words", NULL) : NULL;
    if (!affine)
        return;
    uint32_t count = (uint32_t)(block.size_bytes / 4);
    uint32_t *words = (uint32_t *)(void *)block.bytes, *expected = kt_alloc(t, block.size_bytes);
    kro_stream *stream = kt_stream(t);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        kt_fill_bytes(t, words, block.size_bytes);
        for (uint32_t i = 0; i < count; i++)
            expected[i] = words[i] * 3 + round;
        const uint32_t push[] = {count, 3, round};
        CHECK_OK(kro_dispatch(
            stream, affine,
            &(kro_dispatch_args){
                .buffers = {buffer}, .push = push, .push_bytes = sizeof push, .threads = {count}}));
        CHECK_OK(kro_finish(stream));
        CHECK_BYTES(words, expected, block.size_bytes);
    }
    CHECK_OK(kro_host_unregister(buffer));
    CHECK_BYTES(words, expected, block.size_bytes);
    check_guards(t, &block);
}

// Bytes of any number and place pass between registered memory and buffers.
TEST(copies_reach_registered_memory)
{
    enum { COPIES = 50, SIZE = 20000 };
    kro_context *ctx = kt_context(t);
    host_block block;
    kro_buffer *buffer = registered(t, ctx, SIZE, &block);
    if (!buffer)
        return;
    kt_fill_bytes(t, block.bytes, block.size_bytes);
    kro_buffer *device = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = SIZE});
    kro_stream *stream = kt_stream(t);
    uint8_t *expected = kt_alloc(t, block.size_bytes), *model = kt_alloc(t, SIZE);
    memcpy(expected, block.bytes, block.size_bytes);
    memset(model, 0, SIZE);
    CHECK_OK(kro_fill(stream, device, 0, SIZE, 0));
    for (uint32_t i = 0; i < COPIES; i++) {
        uint32_t size = 1 + (uint32_t)kt_random_below(t, SIZE / 2);
        uint32_t from = (uint32_t)kt_random_below(t, SIZE - size);
        uint32_t to = (uint32_t)kt_random_below(t, SIZE - size);
        if (i % 2 == 0) {
            CHECK_OK(kro_copy(stream, device, to, buffer, from, size));
            memcpy(model + to, expected + from, size);
        } else {
            CHECK_OK(kro_copy(stream, buffer, to, device, from, size));
            memcpy(expected + to, model + from, size);
        }
    }
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(block.bytes, expected, block.size_bytes);
    CHECK_OK(kro_buffer_read(device, 0, model, SIZE));
    CHECK_BYTES(kernel_read_all(t, buffer), expected, block.size_bytes);
    CHECK_OK(kro_buffer_write(buffer, 1, model, SIZE - 1));
    memcpy(expected + 1, model, SIZE - 1);
    CHECK_BYTES(block.bytes, expected, block.size_bytes);
    CHECK_OK(kro_host_unregister(buffer));
    check_guards(t, &block);
}

// Bytes below which kro_write copies its source, and of the memory and the buffer of the cases
// below.
enum { COPIED = 1 << 20, TRANSFERRED = 2 * COPIED };

// Registered memory takes part in transfers itself: no staging memory is allocated for them.
TEST(transfers_of_registered_memory_stage_nothing)
{
    kro_context *ctx = proxied_context(t, "count", NULL);
    const kronos_proxy_api *api = proxied_api(t);
    host_block block;
    kro_buffer *buffer = registered(t, ctx, TRANSFERRED, &block);
    if (!buffer || !api)
        return;
    CHECK_EQ_U64(kro_context_info(ctx)->limits.staging_bytes, COPIED);
    kro_buffer *device = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = TRANSFERRED});
    uint8_t *expected = kt_alloc(t, TRANSFERRED);
    kt_fill_bytes(t, block.bytes, block.size_bytes);
    memcpy(expected, block.bytes, TRANSFERRED);
    kro_stream *stream = kt_stream_in(t, ctx, NULL);
    uint64_t allocations = api->calls("vkAllocateMemory"), bytes = api->memory_bytes();
    uint64_t copies = api->calls("vkCmdCopyBuffer"), buffers = api->calls("vkCreateBuffer");
    CHECK_OK(kro_write(stream, device, 0, block.bytes, TRANSFERRED));
    CHECK_OK(kro_finish(stream));
    memset(block.bytes, 0, block.size_bytes);
    CHECK_OK(kro_read(stream, device, 0, block.bytes, TRANSFERRED));
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(block.bytes, expected, TRANSFERRED);
    CHECK_EQ_U64(api->calls("vkAllocateMemory"), allocations);
    CHECK_EQ_U64(api->calls("vkCreateBuffer"), buffers);
    CHECK_EQ_U64(api->memory_bytes(), bytes);
    CHECK_EQ_U64(api->calls("vkCmdCopyBuffer"), copies + 2);
    CHECK_OK(kro_host_unregister(buffer));
    // The same memory, ordinary now, goes through staging memory and says the same.
    CHECK_OK(kro_write(stream, device, 0, block.bytes, TRANSFERRED));
    CHECK(api->calls("vkCreateBuffer") > buffers);
    CHECK_OK(kro_finish(stream));
    CHECK_BYTES(kernel_read_all(t, device), expected, TRANSFERRED);
    check_guards(t, &block);
}

// A side of a transfer in place is work on the registered buffer: in any order that Vulkan allows,
// what comes out is what comes out of one operation after another.
TEST(transfers_in_place_are_ordered_with_other_work)
{
    enum { SEEDS = 8, OPERATIONS = 12 };
    uint8_t *mine = kt_alloc(t, TRANSFERRED), *device = kt_alloc(t, TRANSFERRED);
    for (int seed = 0; seed < SEEDS; seed++) {
        kro_context *ctx = proxied_context(t, contract_text(t, "reorder=%d", seed), NULL);
        host_block block;
        kro_buffer *buffer = registered(t, ctx, TRANSFERRED, &block);
        if (!buffer)
            return;
        memset(block.bytes, 0, block.size_bytes);
        memset(mine, 0, TRANSFERRED);
        memset(device, 0, TRANSFERRED);
        kro_buffer *other =
            kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = TRANSFERRED, .data = device});
        kro_stream *stream = kt_stream_in(t, ctx, NULL);
        for (int i = 0; i < OPERATIONS; i++) {
            uint64_t size = COPIED + 1 + kt_random_below(t, COPIED - 8);
            uint64_t from = kt_random_below(t, TRANSFERRED - size);
            uint64_t to = kt_random_below(t, TRANSFERRED - size);
            if (i % 3 == 0) {
                to = to / 4 * 4;
                size = size / 4 * 4;
                CHECK_OK(kro_fill(stream, buffer, to, size, 0x01010101u * (uint32_t)i));
                memset(mine + to, i, size);
            } else if (i % 3 == 1) {
                CHECK_OK(kro_write(stream, other, to, block.bytes + from, size));
                memcpy(device + to, mine + from, size);
            } else {
                size -= COPIED; // small ones, too
                CHECK_OK(kro_read(stream, other, from, block.bytes + to, size));
                memcpy(mine + to, device + from, size);
            }
            if (i % 5 == 4)
                CHECK_OK(kro_submit(stream, NULL));
        }
        CHECK_OK(kro_finish(stream));
        CHECK_BYTES(block.bytes, mine, TRANSFERRED);
        CHECK_BYTES(kernel_read_all(t, other), device, TRANSFERRED);
        CHECK_OK(kro_host_unregister(buffer));
        check_guards(t, &block);
        kt_release(t, stream);
        kt_release(t, other);
        kt_release(t, ctx);
    }
}

// Every import is given back, and nothing is mapped or copied for it.
TEST(registered_memory_comes_and_goes_without_growth)
{
    enum { ROUNDS = 20 };
    kro_context *ctx = proxied_context(t, "count", NULL);
    const kronos_proxy_api *api = proxied_api(t);
    host_block block;
    kro_buffer *buffer = registered(t, ctx, 1, &block);
    if (!buffer || !api)
        return;
    CHECK_OK(kro_host_unregister(buffer));
    uint64_t live = api->objects(NULL);
    uint64_t mappings = api->calls("vkMapMemory"), imports = api->calls("vkAllocateMemory");
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_OK(register_block(ctx, &block, &buffer));
        CHECK_OK(kro_host_unregister(buffer));
        CHECK_EQ_U64(api->objects(NULL), live);
    }
    CHECK_EQ_U64(api->calls("vkAllocateMemory"), imports + ROUNDS);
    CHECK_EQ_U64(api->calls("vkMapMemory"), mappings);
}

TEST(registering_needs_the_drivers_help)
{
    enum { PAGE = 65536 };
    kro_context *ctx = proxied_context(t, "hide=VK_EXT_external_memory_host", NULL);
    if (!ctx)
        return;
    host_block block = host_block_create(t, PAGE, PAGE);
    kro_buffer *buffer;
    CHECK_EQ_U64(kro_context_info(ctx)->limits.host_alignment, 0);
    CHECK_REFUSED(register_block(ctx, &block, &buffer), KRO_ERROR_UNSUPPORTED, "'mine'",
                  "limits.host_alignment", "kro_write");
    check_guards(t, &block);
}

// Nobody flushes the caller's memory, so it must be coherent.
TEST(registering_needs_coherent_memory)
{
    kro_context *ctx = proxied_context(t, "noncoherent", NULL);
    uint64_t alignment = alignment_of(t, ctx);
    if (alignment == 0)
        return;
    host_block block = host_block_create(t, alignment, 1);
    kro_buffer *buffer;
    CHECK_REFUSED(register_block(ctx, &block, &buffer), KRO_ERROR_UNSUPPORTED, "'mine'", "coherent",
                  "kro_write");
}

// What the driver says to this very memory is told apart from a full device.
TEST(driver_may_refuse_the_memory)
{
    static const struct {
        const char *spec;
        kro_status status;
        const char *part;
    } failures[] = {
        {"fail=vkGetMemoryHostPointerPropertiesEXT:1:VK_ERROR_INVALID_EXTERNAL_HANDLE",
         KRO_ERROR_UNSUPPORTED, "in place"},
        {"fail=vkAllocateMemory:1:VK_ERROR_INVALID_EXTERNAL_HANDLE", KRO_ERROR_UNSUPPORTED,
         "VK_ERROR_INVALID_EXTERNAL_HANDLE"},
        {"fail=vkGetMemoryHostPointerPropertiesEXT:1:VK_ERROR_OUT_OF_HOST_MEMORY",
         KRO_ERROR_OUT_OF_HOST_MEMORY, "vkGetMemoryHostPointerPropertiesEXT"},
        {"fail=vkAllocateMemory:1:VK_ERROR_OUT_OF_DEVICE_MEMORY:from",
         KRO_ERROR_OUT_OF_DEVICE_MEMORY, "no room"},
    };
    kro_context *ctx = proxied_context(t, "", NULL);
    host_block block;
    kro_buffer *buffer = registered(t, ctx, 1, &block);
    if (!buffer)
        return;
    CHECK_OK(kro_host_unregister(buffer));
    for (size_t i = 0; i < sizeof failures / sizeof failures[0]; i++) {
        proxied_configure(t, failures[i].spec);
        CHECK_REFUSED(register_block(ctx, &block, &buffer), failures[i].status, "'mine'",
                      failures[i].part);
    }
    proxied_configure(t, "");
    CHECK_OK(register_block(ctx, &block, &buffer));
    CHECK_OK(kro_host_unregister(buffer));
}
