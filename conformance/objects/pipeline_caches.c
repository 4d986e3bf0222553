// Pipeline caches: what they give out begins with Vulkan's header, comes whole or as much as fits,
// and makes a cache again.
#include <string.h>

#include "raw.h"

enum {
    WORDS = 64,
    MARK = 0x5a,
    // Room behind what a cache gives out in whole, for what a driver writes that heeds no room.
    SLACK_BYTES = 1 << 16,
};

typedef struct data {
    void *bytes;
    size_t size_bytes;
} data;

static data get_data(kt_raw *raw, VkPipelineCache cache)
{
    kt_test *t = raw->t;
    data out = {0};
    if (!CHECK_VK(raw->vkGetPipelineCacheData(raw->device, cache, &out.size_bytes, NULL)))
        return out;
    const size_t promised_bytes = out.size_bytes;
    out.bytes = kt_alloc(t, promised_bytes);
    if (!CHECK_VK(raw->vkGetPipelineCacheData(raw->device, cache, &out.size_bytes, out.bytes)) ||
        !CHECK(out.size_bytes > 0 && out.size_bytes <= promised_bytes))
        out.bytes = NULL;
    return out;
}

static kt_raw_kernel *create_kernel(kt_raw *raw, VkPipelineCache cache, const char *shader)
{
    return kt_raw_kernel_create_with(raw, shader,
                                     &(kt_raw_kernel_config){.binding_count = 1, .cache = cache});
}

// A cache that has helped to make some kernels.
static VkPipelineCache fill_cache(kt_raw *raw, const char *const *shaders, uint32_t count)
{
    VkPipelineCache cache = kt_raw_pipeline_cache(raw, NULL, 0);
    bool all = cache != VK_NULL_HANDLE;
    for (uint32_t i = 0; all && i < count; i++)
        all = create_kernel(raw, cache, shaders[i]) != NULL;
    return all ? cache : VK_NULL_HANDLE;
}

static const char *const AFFINE[] = {"affine_words"};
static const char *const BOTH[] = {"affine_words", "mark_stride"};

// Runs affine_words as a cache gives it.
static void check_kernel(kt_raw *raw, VkPipelineCache cache)
{
    kt_test *t = raw->t;
    const uint32_t push[KT_RAW_PUSH_BYTES / 4] = {WORDS, 3, 5};
    uint32_t before[WORDS], expected[WORDS], actual[WORDS];
    kt_raw_kernel *kernel = create_kernel(raw, cache, "affine_words");
    kt_raw_buffer *buffer =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = sizeof before});
    VkDescriptorSet set =
        kernel && buffer ? kt_raw_set(raw, kernel, &(kt_raw_range){.buffer = buffer}) : NULL;
    VkCommandBuffer commands = set ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return;
    kt_fill_u32s(t, before, WORDS);
    for (int i = 0; i < WORDS; i++)
        expected[i] = before[i] * 3 + 5;
    kt_raw_write(raw, buffer, before);
    kt_raw_bind(raw, commands, kernel, set, push);
    raw->vkCmdDispatch(commands, 1, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return;
    kt_raw_read(raw, buffer, actual);
    CHECK_U32S(actual, expected, WORDS);
}

// VkPipelineCacheHeaderVersionOne, byte by byte the least significant first.
TEST(cache_data_begins_with_the_header)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    VkPipelineCache cache = raw ? fill_cache(raw, AFFINE, 1) : VK_NULL_HANDLE;
    const data got = cache ? get_data(raw, cache) : (data){0};
    VkPipelineCacheHeaderVersionOne header;
    if (!got.bytes || !CHECK(got.size_bytes >= sizeof header))
        return;
    memcpy(&header, got.bytes, sizeof header);
    CHECK_EQ_U64(header.headerSize, sizeof header);
    CHECK_EQ_U64(header.headerVersion, VK_PIPELINE_CACHE_HEADER_VERSION_ONE);
    CHECK_EQ_U64(header.vendorID, raw->properties.vendorID);
    CHECK_EQ_U64(header.deviceID, raw->properties.deviceID);
    CHECK(memcmp(header.pipelineCacheUUID, raw->properties.pipelineCacheUUID, VK_UUID_SIZE) == 0);
    LOGF(t, "%zu bytes", got.size_bytes);
}

// How many bytes from `room_bytes` on were written, up to the last that is no mark.
static size_t bytes_beyond(const unsigned char *out, size_t room_bytes, size_t size_bytes)
{
    size_t end = size_bytes;
    while (end > room_bytes && out[end - 1] == MARK)
        end--;
    return end - room_bytes;
}

// Asks for the cache's data where there is less room than `whole_bytes`. `out` has `out_bytes`.
static void check_cut_off(kt_raw *raw, VkPipelineCache cache, size_t room_bytes, size_t whole_bytes,
                          unsigned char *out, size_t out_bytes)
{
    kt_test *t = raw->t;
    size_t told_bytes = room_bytes;
    memset(out, MARK, out_bytes);
    CHECK_EQ_I64(raw->vkGetPipelineCacheData(raw->device, cache, &told_bytes, out), VK_INCOMPLETE);
    CHECK(told_bytes <= room_bytes);
    CHECK(room_bytes >= sizeof(VkPipelineCacheHeaderVersionOne) || told_bytes == 0);
    const size_t beyond_bytes = bytes_beyond(out, room_bytes, out_bytes);
    if (beyond_bytes > 0)
        FAILF(t, "%zu bytes were written beyond the room for %zu of %zu; %zu were told",
              beyond_bytes, room_bytes, whole_bytes, told_bytes);
}

// Room for less than everything gets as much as fits, with nothing written behind it; room for less
// than the header gets nothing, not even where it is none at all and the pointer is not NULL
// (VK-GL-CTS#81).
TEST(cache_data_that_is_cut_off_is_incomplete)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    VkPipelineCache cache = raw ? fill_cache(raw, BOTH, 2) : VK_NULL_HANDLE;
    const data got = cache ? get_data(raw, cache) : (data){0};
    if (!got.bytes)
        return;
    const size_t header_bytes = sizeof(VkPipelineCacheHeaderVersionOne);
    const size_t rooms[] = {0,
                            1,
                            header_bytes - 1,
                            header_bytes,
                            header_bytes + 1,
                            got.size_bytes / 2,
                            got.size_bytes - 1};
    const size_t out_bytes = got.size_bytes + SLACK_BYTES;
    unsigned char *out = kt_alloc(t, out_bytes);
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
        if (rooms[i] < got.size_bytes)
            check_cut_off(raw, cache, rooms[i], got.size_bytes, out, out_bytes);
}

// A cache that is made of data helps to make the same kernels, and the data may go.
TEST(cache_data_makes_a_cache_again)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    VkPipelineCache cache = raw ? fill_cache(raw, BOTH, 2) : VK_NULL_HANDLE;
    const data got = cache ? get_data(raw, cache) : (data){0};
    VkPipelineCache again =
        got.bytes ? kt_raw_pipeline_cache(raw, got.bytes, got.size_bytes) : VK_NULL_HANDLE;
    if (!again)
        return;
    memset(got.bytes, MARK, got.size_bytes);
    check_kernel(raw, again);
    CHECK(get_data(raw, again).bytes);
}

TEST(merged_caches_hold_what_each_held)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!raw)
        return;
    VkPipelineCache into = kt_raw_pipeline_cache(raw, NULL, 0);
    const VkPipelineCache from[] = {fill_cache(raw, AFFINE, 1), fill_cache(raw, BOTH + 1, 1),
                                    kt_raw_pipeline_cache(raw, NULL, 0)};
    if (!into || !from[0] || !from[1] || !from[2] ||
        !CHECK_VK(raw->vkMergePipelineCaches(raw->device, into, 3, from)))
        return;
    const data merged = get_data(raw, into);
    for (int i = 0; merged.bytes && i < 3; i++)
        CHECK(merged.size_bytes >= get_data(raw, from[i]).size_bytes);
    check_kernel(raw, into);
}
