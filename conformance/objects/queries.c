// Results of queries that are waited for, that are there in part, and counts of invocations.
// Timestamps as such are in timestamps.c.
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "objects/watched.h"
#include "raw.h"
#include "sync/steps.h"

enum { QUERIES = 4, GROUPS = SYNC_STEP_WORDS / 64 };

static const VkQueryResultFlags WIDE = VK_QUERY_RESULT_64_BIT;

// Work that writes queries behind a value that the host signals.
typedef struct gated {
    kt_raw *raw;
    sync_steps *steps;
    VkSemaphore gate;
    VkQueryPool pool;
    atomic_bool opened;
} gated;

static bool open_gated(kt_test *t, bool counts, gated *out)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), &(kt_raw_config){.newer = true});
    if (!kt_raw_needs_timelines(raw) ||
        (counts ? !kt_raw_needs(raw, raw->pipeline_statistics, "pipelineStatisticsQuery")
                : !kt_raw_needs_timestamps(raw)))
        return false;
    out->raw = raw;
    out->steps = sync_steps_create(raw);
    out->gate = kt_raw_timeline(raw, 0);
    out->pool = counts ? kt_raw_invocations(raw, QUERIES) : kt_raw_timestamps(raw, QUERIES);
    atomic_init(&out->opened, false);
    return out->steps && out->gate && out->pool;
}

// The reset is submitted and waited for before what waits at the gate.
static bool submit_reset(const gated *self)
{
    VkCommandBuffer commands = kt_raw_begin(self->raw, 0);
    if (!commands)
        return false;
    self->raw->vkCmdResetQueryPool(commands, self->pool, 0, QUERIES);
    kt_raw_end(self->raw, commands);
    return kt_raw_run(self->raw, 0, commands);
}

static bool submit_gated(const gated *self, VkCommandBuffer commands)
{
    kt_raw_end(self->raw, commands);
    return kt_raw_submit(self->raw, 0,
                         &(kt_raw_batch){.commands = {commands}, .waits = {{self->gate, 1, 0}}},
                         VK_NULL_HANDLE);
}

static void *open_gate(void *user)
{
    gated *self = user;
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    atomic_store(&self->opened, true);
    kt_raw_signal(self->raw, self->gate, 1);
    return NULL;
}

static VkResult get(const gated *self, uint64_t *out, uint32_t count, VkQueryResultFlags flags)
{
    kt_raw *raw = self->raw;
    const size_t words = flags & VK_QUERY_RESULT_WITH_AVAILABILITY_BIT ? 2 : 1;
    return raw->vkGetQueryPoolResults(raw->device, self->pool, 0, count,
                                      count * words * sizeof *out, out, words * sizeof *out, flags);
}

// A call that waits for results comes back with them, and not before the work that writes them has
// gone on, which another thread lets it. Nobody asks without waiting: lavapipe then waits for all
// work of the device.
TEST(results_that_are_waited_for_come)
{
    gated self;
    uint64_t values[QUERIES] = {0};
    pthread_t thread;
    VkCommandBuffer commands =
        open_gated(t, false, &self) && !is_driver_watched(t) && submit_reset(&self)
            ? kt_raw_begin(self.raw, 0)
            : NULL;
    if (!commands)
        return;
    for (uint32_t i = 0; i < QUERIES; i++)
        self.raw->vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self.pool, i);
    if (!submit_gated(&self, commands))
        return;
    if (!CHECK(pthread_create(&thread, NULL, open_gate, &self) == 0)) {
        kt_raw_signal(self.raw, self.gate, 1);
        return;
    }
    CHECK_VK(get(&self, values, QUERIES, WIDE | VK_QUERY_RESULT_WAIT_BIT));
    CHECK(atomic_load(&self.opened));
    pthread_join(thread, NULL);
    for (uint32_t i = 0; i < QUERIES; i++)
        CHECK(values[i] > 0);
}

static void count_steps(const gated *self, VkCommandBuffer commands)
{
    kt_raw *raw = self->raw;
    for (uint32_t i = 0; i < QUERIES; i++) {
        raw->vkCmdBeginQuery(commands, self->pool, i, 0);
        for (uint32_t k = 0; k < i; k++) { // 0 to 3 dispatches
            sync_step(self->steps, commands, k);
            sync_expect_step(self->steps, k);
            sync_step_barrier(self->steps, commands);
        }
        raw->vkCmdEndQuery(commands, self->pool, i);
        kt_raw_full_barrier(raw, commands);
    }
}

// Invocations between begin and end are counted. Vulkan lets a device run some more or fewer of
// them, as long as nobody sees it, which is told.
TEST(invocations_are_counted)
{
    gated self;
    uint64_t values[QUERIES];
    VkCommandBuffer commands =
        open_gated(t, true, &self) && submit_reset(&self) ? kt_raw_begin(self.raw, 0) : NULL;
    if (!commands)
        return;
    count_steps(&self, commands);
    kt_raw_end(self.raw, commands);
    if (!kt_raw_run(self.raw, 0, commands) || !CHECK_VK(get(&self, values, QUERIES, WIDE)))
        return;
    (void)sync_steps_check(self.steps);
    for (uint32_t i = 0; i < QUERIES; i++) {
        CHECK((values[i] > 0) == (i > 0));
        if (values[i] != i * GROUPS * 64)
            WARN(t, "%llu invocations are counted, %u were asked for",
                 (unsigned long long)values[i], i * GROUPS * 64);
    }
}

// In part, results of queries that were only reset are there and not available, whatever they are,
// and those of others whole.
TEST(results_in_part_are_there_and_later_whole)
{
    gated self;
    uint64_t parts[2 * QUERIES], whole[QUERIES];
    const VkQueryResultFlags part =
        WIDE | VK_QUERY_RESULT_PARTIAL_BIT | VK_QUERY_RESULT_WITH_AVAILABILITY_BIT;
    VkCommandBuffer commands =
        open_gated(t, true, &self) && submit_reset(&self) ? kt_raw_begin(self.raw, 0) : NULL;
    if (!commands)
        return;
    for (uint32_t i = 0; i < 2 * QUERIES; i++)
        parts[i] = UINT64_MAX; // which a driver that writes nothing leaves
    const VkResult early = get(&self, parts, QUERIES, part);
    CHECK(early == VK_SUCCESS || early == VK_NOT_READY);
    for (uint32_t i = 0; i < QUERIES; i++) {
        CHECK(parts[2 * i] != UINT64_MAX);
        CHECK_EQ_U64(parts[2 * i + 1], 0);
    }
    count_steps(&self, commands);
    kt_raw_end(self.raw, commands);
    if (!kt_raw_run(self.raw, 0, commands) || !CHECK_VK(get(&self, parts, QUERIES, part)) ||
        !CHECK_VK(get(&self, whole, QUERIES, WIDE)))
        return;
    for (uint32_t i = 0; i < QUERIES; i++) {
        CHECK_EQ_U64(parts[2 * i], whole[i]);
        CHECK(parts[2 * i + 1] != 0);
    }
}

// Timestamps by synchronization2, behind each stage that kernels and copies know, in order.
TEST(timestamps_of_stages_keep_the_order_of_work)
{
    static const VkPipelineStageFlags2 STAGES[] = {
        VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT, VK_PIPELINE_STAGE_2_COMPUTE_SHADER_BIT,
        VK_PIPELINE_STAGE_2_COPY_BIT, VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT};
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!kt_raw_needs_timestamps(raw) || !kt_raw_needs_synchronization2(raw))
        return;
    PFN_vkCmdWriteTimestamp2 stamp = KT_RAW_CALL(raw, vkCmdWriteTimestamp2);
    sync_steps *steps = sync_steps_create(raw);
    VkQueryPool pool = kt_raw_timestamps(raw, QUERIES);
    VkCommandBuffer commands = stamp && steps && pool ? kt_raw_begin(raw, 0) : NULL;
    uint64_t values[QUERIES];
    if (!commands)
        return;
    raw->vkCmdResetQueryPool(commands, pool, 0, QUERIES);
    for (uint32_t i = 0; i < QUERIES; i++) {
        sync_step(steps, commands, i);
        sync_expect_step(steps, i);
        kt_raw_full_barrier(raw, commands);
        stamp(commands, STAGES[i], pool, i);
        kt_raw_full_barrier(raw, commands);
    }
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands) ||
        !CHECK_VK(raw->vkGetQueryPoolResults(raw->device, pool, 0, QUERIES, sizeof values, values,
                                             sizeof *values, WIDE)))
        return;
    const uint32_t bits = raw->queues[0].timestamp_bits;
    const uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
    for (uint32_t i = 1; i < QUERIES; i++)
        CHECK(((values[i] - values[i - 1]) & mask) <= mask / 2);
    (void)sync_steps_check(steps);
}
