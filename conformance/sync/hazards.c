#include "hazards.h"

#include <string.h>

enum {
    WORDS = 16384, // the most that one vkCmdUpdateBuffer takes
    BYTES = 4 * WORDS,
    GUARD_WORDS = 64,
    GUARD_BYTES = 4 * GUARD_WORDS, // also a step between ranges that every device takes
    ALL_WORDS = WORDS + 2 * GUARD_WORDS,
    ALL_BYTES = 4 * ALL_WORDS,
    COMMANDS = SYNC_INDIRECT_READ + 1, // accesses that are not the host's
    GUARD = 0x600d600d,
    RESULT_WORDS = ALL_WORDS + 2 * WORDS,
};

#define TRANSFER                                                  \
    VK_PIPELINE_STAGE_TRANSFER_BIT, VK_ACCESS_TRANSFER_WRITE_BIT, \
        VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT, VK_ACCESS_2_TRANSFER_WRITE_BIT
const sync_access_info SYNC_ACCESS[SYNC_ACCESSES] = {
    [SYNC_COMPUTE_WRITE] = {"compute_write", true, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                            VK_ACCESS_SHADER_WRITE_BIT, VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                            VK_ACCESS_2_SHADER_STORAGE_WRITE_BIT},
    [SYNC_COPY_WRITE] = {"copy_write", true, VK_PIPELINE_STAGE_TRANSFER_BIT,
                         VK_ACCESS_TRANSFER_WRITE_BIT, VK_PIPELINE_STAGE_2_COPY_BIT,
                         VK_ACCESS_2_TRANSFER_WRITE_BIT},
    // Whether fills and updates are copies or clears was not always clear.
    [SYNC_FILL] = {"fill", true, TRANSFER},
    [SYNC_UPDATE] = {"update", true, TRANSFER},
    [SYNC_COMPUTE_READ] = {"compute_read", false, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                           VK_ACCESS_SHADER_READ_BIT, VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
                           VK_ACCESS_2_SHADER_STORAGE_READ_BIT},
    [SYNC_COPY_READ] = {"copy_read", false, VK_PIPELINE_STAGE_TRANSFER_BIT,
                        VK_ACCESS_TRANSFER_READ_BIT, VK_PIPELINE_STAGE_2_COPY_BIT,
                        VK_ACCESS_2_TRANSFER_READ_BIT},
    [SYNC_INDIRECT_READ] = {"indirect_read", false, VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT,
                            VK_ACCESS_INDIRECT_COMMAND_READ_BIT,
                            VK_PIPELINE_STAGE_2_DRAW_INDIRECT_BIT,
                            VK_ACCESS_2_INDIRECT_COMMAND_READ_BIT},
    [SYNC_HOST_WRITE] = {"host_write", true, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_WRITE_BIT,
                         VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_WRITE_BIT},
    [SYNC_HOST_READ] = {"host_read", false, VK_PIPELINE_STAGE_HOST_BIT, VK_ACCESS_HOST_READ_BIT,
                        VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT},
};

sync_hazard sync_hazard_at(uint32_t index)
{
    sync_hazard found = {0};
    for (uint32_t i = 0; i < COMMANDS * COMMANDS; i++) {
        found = (sync_hazard){(sync_access)(i / COMMANDS), (sync_access)(i % COMMANDS)};
        if ((SYNC_ACCESS[found.first].writes || SYNC_ACCESS[found.second].writes) && index-- == 0)
            break;
    }
    return found;
}

// Word `i` before (0), and as the first (1) and the second (2) access write it. The first three are
// also counts of workgroups.
static uint32_t word_of(uint32_t version, uint32_t i)
{
    static const uint32_t COUNTS[3][3] = {{1, 2, 1}, {3, 1, 2}, {2, 2, 3}};
    return i < 3 ? COUNTS[version][i] : (i * 2654435761u) ^ (version * 0x55555555u);
}

static uint32_t fill_word(uint32_t position)
{
    return position + 2;
}

static void put_words(uint32_t version, uint32_t *out)
{
    for (uint32_t i = 0; i < WORDS; i++)
        out[i] = word_of(version, i);
}

static kt_raw_buffer *create_buffer(kt_raw *raw, uint64_t size_bytes, bool concurrent)
{
    return kt_raw_buffer_create(
        raw, &(kt_raw_buffer_config){.size_bytes = size_bytes, .concurrent = concurrent});
}

static bool create_buffers(sync_scene *scene, const sync_scene_config *config)
{
    const bool concurrent = config->concurrent;
    kt_raw *raw = scene->raw;
    uint32_t *words = kt_alloc(raw->t, ALL_BYTES);
    scene->words = kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = ALL_BYTES,
                                                                     .host = config->host,
                                                                     .concurrent = concurrent});
    scene->initial = create_buffer(raw, ALL_BYTES, concurrent);
    scene->result = kt_raw_buffer_create(
        raw, &(kt_raw_buffer_config){.size_bytes = 4 * RESULT_WORDS, .host = true});
    if (!scene->words || !scene->initial || !scene->result)
        return false;
    for (uint32_t i = 0; i < ALL_WORDS; i++)
        words[i] = GUARD;
    put_words(0, words + GUARD_WORDS);
    kt_raw_write(raw, scene->initial, words);
    for (uint32_t p = 0; p < 2; p++) {
        scene->sources[p] = create_buffer(raw, BYTES, concurrent);
        scene->outs[p] = create_buffer(raw, BYTES, concurrent);
        if (!scene->sources[p] || !scene->outs[p])
            return false;
        put_words(p + 1, words);
        kt_raw_write(raw, scene->sources[p], words);
    }
    kt_release(raw->t, words);
    return true;
}

kt_raw_range sync_words(const sync_scene *scene)
{
    return (kt_raw_range){scene->words, GUARD_BYTES, BYTES};
}

sync_scene *sync_scene_create(kt_raw *raw, const sync_scene_config *config)
{
    if (!raw)
        return NULL;
    sync_scene *scene = kt_alloc(raw->t, sizeof *scene);
    scene->raw = raw;
    scene->copy = kt_raw_kernel_create(raw, "xor_words", 2);
    scene->reverse = kt_raw_kernel_create(raw, "xor_reversed", 2);
    scene->count = kt_raw_kernel_create(raw, "count_groups", 1);
    if (!scene->copy || !scene->reverse || !scene->count ||
        !create_buffers(scene, config ? config : &(sync_scene_config){0}))
        return NULL;
    const kt_raw_range words = sync_words(scene);
    bool all = true;
    for (uint32_t p = 0; p < 2; p++) {
        const kt_raw_range source = {.buffer = scene->sources[p]}, out = {.buffer = scene->outs[p]};
        scene->writes[p] = kt_raw_set(raw, scene->copy, (kt_raw_range[]){source, words});
        scene->reads[p] = kt_raw_set(raw, scene->reverse, (kt_raw_range[]){words, out});
        scene->counts[p] = kt_raw_set(raw, scene->count, &out);
        all = all && scene->writes[p] && scene->reads[p] && scene->counts[p];
    }
    return all ? scene : NULL;
}

// Runs and forgets a command buffer.
static bool run(kt_raw *raw, VkCommandBuffer commands)
{
    kt_raw_end(raw, commands);
    const bool done = kt_raw_run(raw, 0, commands);
    raw->vkFreeCommandBuffers(raw->device, raw->pools[0], 1, &commands);
    return done;
}

bool sync_reset(sync_scene *scene)
{
    kt_raw *raw = scene->raw;
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    if (!commands)
        return false;
    kt_raw_full_barrier(raw, commands);
    raw->vkCmdCopyBuffer(commands, scene->initial->handle, scene->words->handle, 1,
                         &(VkBufferCopy){.size = ALL_BYTES});
    for (uint32_t p = 0; p < 2; p++)
        raw->vkCmdFillBuffer(commands, scene->outs[p]->handle, 0, BYTES, 0);
    kt_raw_full_barrier(raw, commands);
    return run(raw, commands);
}

// Kernels write from the first word on and read from the last one on, so that who reads too early
// does not find by chance what has just been written.
static void record_write(const sync_scene *scene, VkCommandBuffer commands, uint32_t position)
{
    static const uint32_t KEY[KT_RAW_PUSH_BYTES / 4]; // 0: words stay as they are
    kt_raw_bind(scene->raw, commands, scene->copy, scene->writes[position], KEY);
    scene->raw->vkCmdDispatch(commands, WORDS / 64, 1, 1);
}

static void record_read(const sync_scene *scene, VkCommandBuffer commands, uint32_t position)
{
    static const uint32_t PUSH[KT_RAW_PUSH_BYTES / 4] = {WORDS, 0};
    kt_raw_bind(scene->raw, commands, scene->reverse, scene->reads[position], PUSH);
    scene->raw->vkCmdDispatch(commands, WORDS / 64, 1, 1);
}

void sync_record(const sync_scene *scene, VkCommandBuffer commands, sync_access access,
                 uint32_t position)
{
    kt_raw *raw = scene->raw;
    VkBuffer words = scene->words->handle, source = scene->sources[position]->handle;
    uint32_t update[WORDS];
    switch (access) {
    case SYNC_COMPUTE_WRITE:
        record_write(scene, commands, position);
        break;
    case SYNC_COPY_WRITE:
        raw->vkCmdCopyBuffer(commands, source, words, 1,
                             &(VkBufferCopy){.dstOffset = GUARD_BYTES, .size = BYTES});
        break;
    case SYNC_FILL:
        raw->vkCmdFillBuffer(commands, words, GUARD_BYTES, BYTES, fill_word(position));
        break;
    case SYNC_UPDATE:
        put_words(position + 1, update);
        raw->vkCmdUpdateBuffer(commands, words, GUARD_BYTES, BYTES, update);
        break;
    case SYNC_COMPUTE_READ:
        record_read(scene, commands, position);
        break;
    case SYNC_COPY_READ:
        raw->vkCmdCopyBuffer(commands, words, scene->outs[position]->handle, 1,
                             &(VkBufferCopy){.srcOffset = GUARD_BYTES, .size = BYTES});
        break;
    case SYNC_INDIRECT_READ:
        kt_raw_bind(raw, commands, scene->count, scene->counts[position], NULL);
        raw->vkCmdDispatchIndirect(commands, words, GUARD_BYTES);
        break;
    case SYNC_HOST_WRITE:
        kt_raw_invalidate(raw, scene->words); // flushing writes the guard words, too
        put_words(position + 1, (uint32_t *)scene->words->mapped + GUARD_WORDS);
        kt_raw_flush(raw, scene->words);
        break;
    case SYNC_HOST_READ:
    case SYNC_ACCESSES:
        break;
    }
}

// Does to `words`, or to `out`, what an access does.
static void model(sync_access access, uint32_t position, uint32_t *words, uint32_t *out)
{
    const uint32_t groups = words[0] * words[1] * words[2];
    if (access == SYNC_INDIRECT_READ)
        for (uint32_t i = 0; i < WORDS; i++)
            out[i] = i < groups;
    else if (access == SYNC_HOST_READ)
        return;
    else if (access == SYNC_COPY_READ)
        memcpy(out, words, BYTES);
    else if (access == SYNC_COMPUTE_READ)
        for (uint32_t i = 0; i < WORDS; i++)
            out[i] = words[WORDS - 1 - i];
    else if (access != SYNC_FILL)
        put_words(position + 1, words);
    else
        for (uint32_t i = 0; i < WORDS; i++)
            words[i] = fill_word(position);
}

// What `result` holds if the pair ran in order.
static void expect(sync_hazard hazard, uint32_t out[RESULT_WORDS])
{
    uint32_t *words = out + GUARD_WORDS;
    memset(out, 0, 4 * RESULT_WORDS);
    for (uint32_t i = 0; i < ALL_WORDS; i++)
        out[i] = GUARD;
    put_words(0, words);
    model(hazard.first, 0, words, out + ALL_WORDS);
    model(hazard.second, 1, words, out + ALL_WORDS + WORDS);
}

static bool fetch(sync_scene *scene)
{
    kt_raw *raw = scene->raw;
    VkBuffer result = scene->result->handle;
    VkCommandBuffer commands = kt_raw_begin(raw, 0);
    if (!commands)
        return false;
    kt_raw_full_barrier(raw, commands);
    raw->vkCmdCopyBuffer(commands, scene->words->handle, result, 1,
                         &(VkBufferCopy){.size = ALL_BYTES});
    for (uint32_t p = 0; p < 2; p++)
        raw->vkCmdCopyBuffer(commands, scene->outs[p]->handle, result, 1,
                             &(VkBufferCopy){.dstOffset = ALL_BYTES + p * BYTES, .size = BYTES});
    kt_raw_full_barrier(raw, commands);
    const bool done = run(raw, commands);
    kt_raw_invalidate(raw, scene->result);
    return done;
}

bool sync_holds(sync_scene *scene, sync_hazard hazard)
{
    uint32_t expected[RESULT_WORDS];
    expect(hazard, expected);
    return fetch(scene) && memcmp(scene->result->mapped, expected, sizeof expected) == 0;
}

bool sync_host_sees(sync_scene *scene, sync_access first)
{
    uint32_t expected[RESULT_WORDS];
    expect((sync_hazard){first, SYNC_HOST_READ}, expected);
    kt_raw_invalidate(scene->raw, scene->words);
    return memcmp(scene->words->mapped, expected, ALL_BYTES) == 0;
}

bool sync_check(sync_scene *scene, sync_hazard hazard, const char *what)
{
    kt_test *t = scene->raw->t;
    uint32_t expected[RESULT_WORDS];
    if (sync_holds(scene, hazard))
        return true;
    FAILF(t, "%s: %s does not come before %s", what, SYNC_ACCESS[hazard.first].name,
          SYNC_ACCESS[hazard.second].name);
    expect(hazard, expected);
    CHECK_U32S((const uint32_t *)scene->result->mapped, expected, RESULT_WORDS);
    return false;
}
