// Queries that the host resets.
#include "features.h"

enum { STAMPS = 12, FIRST = 3, COUNT = 5, ROUNDS = 20 };

typedef struct stamps {
    kt_raw *raw;
    VkQueryPool pool;
    PFN_vkResetQueryPool reset;
} stamps;

static bool open_stamps(kt_test *t, stamps *out)
{
    kt_raw *raw = features_open(t, KT_RAW_HOST_QUERY_RESET);
    if (!kt_raw_needs_timestamps(raw))
        return false;
    *out = (stamps){raw, kt_raw_timestamps(raw, STAMPS), KT_RAW_CALL(raw, vkResetQueryPool)};
    return out->pool && out->reset;
}

// Writes queries that have been reset, and waits.
static bool write(const stamps *self, uint32_t first, uint32_t count)
{
    VkCommandBuffer commands = kt_raw_begin(self->raw, 0);
    if (!commands)
        return false;
    for (uint32_t i = 0; i < count; i++)
        self->raw->vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self->pool,
                                       first + i);
    kt_raw_end(self->raw, commands);
    return kt_raw_run(self->raw, 0, commands);
}

typedef struct result {
    uint64_t value, available;
} result;

static VkResult get(const stamps *self, result out[STAMPS])
{
    kt_raw *raw = self->raw;
    return raw->vkGetQueryPoolResults(
        raw->device, self->pool, 0, STAMPS, STAMPS * sizeof *out, out, sizeof *out,
        VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WITH_AVAILABILITY_BIT);
}

TEST(queries_of_a_new_pool_are_not_ready_once_the_host_resets_them)
{
    stamps self;
    result results[STAMPS];
    if (!open_stamps(t, &self))
        return;
    self.reset(self.raw->device, self.pool, 0, STAMPS);
    CHECK_EQ_I64(get(&self, results), VK_NOT_READY);
    for (uint32_t i = 0; i < STAMPS; i++)
        CHECK_EQ_U64(results[i].available, 0);
}

// Those that are reset are not ready, and their neighbours keep what they have.
TEST(host_resets_the_queries_that_it_names)
{
    stamps self;
    result before[STAMPS], after[STAMPS];
    if (!open_stamps(t, &self))
        return;
    self.reset(self.raw->device, self.pool, 0, STAMPS);
    if (!write(&self, 0, STAMPS) || !CHECK_VK(get(&self, before)))
        return;
    self.reset(self.raw->device, self.pool, FIRST, COUNT);
    CHECK_EQ_I64(get(&self, after), VK_NOT_READY);
    for (uint32_t i = 0; i < STAMPS; i++) {
        const bool reset = i >= FIRST && i < FIRST + COUNT;
        CHECK(reset ? after[i].available == 0 : after[i].available != 0);
        CHECK(reset || after[i].value == before[i].value);
    }
}

// What the host has reset is written again without a reset on the device, and never with an earlier
// time.
TEST(queries_are_reset_by_the_host_and_written_again)
{
    stamps self;
    result results[STAMPS];
    uint64_t last[STAMPS] = {0}, passed = 0;
    if (!open_stamps(t, &self))
        return;
    const uint32_t bits = self.raw->queues[0].timestamp_bits;
    const uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
    for (int round = 0; round < ROUNDS; round++) {
        self.reset(self.raw->device, self.pool, 0, STAMPS);
        if (!write(&self, 0, STAMPS) || !CHECK_VK(get(&self, results)))
            return;
        for (uint32_t i = 0; i < STAMPS; i++) {
            const uint64_t ticks = round > 0 ? (results[i].value - last[i]) & mask : 0;
            CHECK(results[i].available != 0);
            CHECK(ticks <= mask / 2);
            passed += ticks;
            last[i] = results[i].value;
        }
    }
    CHECK(passed > 0);
}
