// Timestamps: they keep the order of the work between them and count nanoseconds, and their results
// come in every form that Vulkan has.
#include <string.h>
#include <time.h>

#include "raw.h"
#include "sync/steps.h"

enum { STAMPS = 64, SUBMITS = 8, SUBMIT_STAMPS = STAMPS / SUBMITS };

typedef struct stamps {
    kt_raw *raw;
    VkQueryPool pool;
    uint64_t mask; // of the bits that count
} stamps;

static bool open_stamps(kt_test *t, stamps *out)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!kt_raw_needs_timestamps(raw))
        return false;
    const uint32_t bits = raw->queues[0].timestamp_bits;
    *out = (stamps){.raw = raw,
                    .pool = kt_raw_timestamps(raw, STAMPS),
                    .mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX};
    return out->pool != VK_NULL_HANDLE;
}

static void reset(const stamps *self, VkCommandBuffer commands)
{
    self->raw->vkCmdResetQueryPool(commands, self->pool, 0, STAMPS);
}

static void stamp(const stamps *self, VkCommandBuffer commands, uint32_t query)
{
    self->raw->vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, self->pool,
                                   query);
}

static VkResult get(const stamps *self, uint32_t first, uint32_t count, void *out,
                    size_t size_bytes, size_t stride_bytes, VkQueryResultFlags flags)
{
    kt_raw *raw = self->raw;
    return raw->vkGetQueryPoolResults(raw->device, self->pool, first, count, size_bytes, out,
                                      stride_bytes, flags);
}

static bool get_all(const stamps *self, uint64_t out[STAMPS])
{
    kt_test *t = self->raw->t;
    return CHECK_VK(get(self, 0, STAMPS, out, STAMPS * sizeof *out, sizeof *out,
                        VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT));
}

// Resets all queries and writes them, in one command buffer.
static bool write_all(const stamps *self)
{
    VkCommandBuffer commands = kt_raw_begin(self->raw, 0);
    if (!commands)
        return false;
    reset(self, commands);
    for (uint32_t i = 0; i < STAMPS; i++)
        stamp(self, commands, i);
    kt_raw_end(self->raw, commands);
    return kt_raw_run(self->raw, 0, commands);
}

// From one timestamp to a later one, in ticks; the counter may begin anew in between.
static uint64_t ticks_between(const stamps *self, uint64_t earlier, uint64_t later)
{
    return (later - earlier) & self->mask;
}

static void check_order(const stamps *self, const uint64_t values[STAMPS])
{
    kt_test *t = self->raw->t;
    for (uint32_t i = 0; i < STAMPS; i++) {
        if (!CHECK_EQ_U64(values[i] & ~self->mask, 0))
            return;
        if (i > 0 && ticks_between(self, values[i - 1], values[i]) > self->mask / 2) {
            FAILF(t, "timestamp %u, %llu, is before the one that was written before it, %llu", i,
                  (unsigned long long)values[i], (unsigned long long)values[i - 1]);
            return;
        }
    }
}

// A timestamp at the bottom of the pipe is written when all work before it is done; a barrier keeps
// the work behind it from beginning before.
TEST(timestamps_keep_the_order_of_work)
{
    stamps self;
    uint64_t values[STAMPS];
    sync_steps *steps = open_stamps(t, &self) ? sync_steps_create(self.raw) : NULL;
    VkCommandBuffer commands = steps ? kt_raw_begin(self.raw, 0) : NULL;
    if (!commands)
        return;
    reset(&self, commands);
    for (uint32_t i = 0; i < STAMPS; i++) {
        sync_step(steps, commands, i);
        sync_expect_step(steps, i);
        kt_raw_full_barrier(self.raw, commands);
        stamp(&self, commands, i);
        kt_raw_full_barrier(self.raw, commands);
    }
    kt_raw_end(self.raw, commands);
    if (!kt_raw_run(self.raw, 0, commands) || !get_all(&self, values))
        return;
    check_order(&self, values);
    CHECK(ticks_between(&self, values[0], values[STAMPS - 1]) > 0);
    sync_steps_check(steps);
}

TEST(timestamps_keep_the_order_of_submits)
{
    stamps self;
    uint64_t values[STAMPS];
    if (!open_stamps(t, &self))
        return;
    for (uint32_t submit = 0; submit < SUBMITS; submit++) {
        VkCommandBuffer commands = kt_raw_begin(self.raw, 0);
        if (!commands)
            return;
        if (submit == 0)
            reset(&self, commands);
        kt_raw_full_barrier(self.raw, commands);
        for (uint32_t i = 0; i < SUBMIT_STAMPS; i++) {
            stamp(&self, commands, submit * SUBMIT_STAMPS + i);
            kt_raw_full_barrier(self.raw, commands);
        }
        kt_raw_end(self.raw, commands);
        if (!kt_raw_submit(self.raw, 0, &(kt_raw_batch){.commands = {commands}}, VK_NULL_HANDLE))
            return;
    }
    if (CHECK_VK(self.raw->vkQueueWaitIdle(self.raw->queues[0].handle)) && get_all(&self, values))
        check_order(&self, values);
}

static double now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

// Two submits that the host has waited for, with a pause between them: the device's clock must have
// gone on by what the host's has, between what the pause took and what everything took. Clocks of
// different crystals may differ by a thousandth, and an update of either by a millisecond.
TEST(timestamps_count_nanoseconds)
{
    static const double DRIFT = 1e-3, STEP_NS = 1e6, PAUSE_NS = 5e7;
    stamps self;
    VkCommandBuffer commands[2];
    uint64_t values[2];
    double begun_ns[2], done_ns[2];
    if (!open_stamps(t, &self))
        return;
    for (uint32_t i = 0; i < 2; i++) {
        commands[i] = kt_raw_begin(self.raw, 0);
        if (!commands[i])
            return;
        if (i == 0)
            reset(&self, commands[i]);
        stamp(&self, commands[i], i);
        kt_raw_end(self.raw, commands[i]);
    }
    for (uint32_t i = 0; i < 2; i++) {
        begun_ns[i] = now_ns();
        if (!kt_raw_run(self.raw, 0, commands[i]))
            return;
        done_ns[i] = now_ns();
        nanosleep(&(struct timespec){.tv_nsec = (long)PAUSE_NS}, NULL);
    }
    if (!CHECK_VK(get(&self, 0, 2, values, sizeof values, sizeof *values,
                      VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT)))
        return;
    const double period_ns = (double)self.raw->properties.limits.timestampPeriod;
    const double device_ns = (double)ticks_between(&self, values[0], values[1]) * period_ns;
    const double least_ns = begun_ns[1] - done_ns[0], most_ns = done_ns[1] - begun_ns[0];
    LOGF(t, "timestamps %.0f ns apart, by the host's clock %.0f to %.0f", device_ns, least_ns,
         most_ns);
    if (device_ns < least_ns * (1 - DRIFT) - STEP_NS || device_ns > most_ns * (1 + DRIFT) + STEP_NS)
        FAILF(t, "timestamps are %.0f ns apart, by the host's clock %.0f to %.0f", device_ns,
              least_ns, most_ns);
}

// What has only been reset is not ready and leaves the results as they are; asked for, availability
// says so.
TEST(results_are_not_ready_before_they_are_written)
{
    stamps self;
    VkCommandBuffer commands = open_stamps(t, &self) ? kt_raw_begin(self.raw, 0) : NULL;
    if (!commands)
        return;
    reset(&self, commands);
    stamp(&self, commands, 1);
    kt_raw_end(self.raw, commands);
    if (!kt_raw_run(self.raw, 0, commands))
        return;
    uint64_t values[3] = {7, 7, 7}, pairs[6] = {7, 7, 7, 7, 7, 7};
    CHECK_EQ_I64(get(&self, 0, 3, values, sizeof values, sizeof *values, VK_QUERY_RESULT_64_BIT),
                 VK_NOT_READY);
    CHECK(values[0] == 7 && values[1] != 7 && values[2] == 7);
    CHECK_EQ_I64(get(&self, 0, 3, pairs, sizeof pairs, 2 * sizeof *pairs,
                     VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WITH_AVAILABILITY_BIT),
                 VK_NOT_READY);
    CHECK_EQ_U64(pairs[1], 0);
    CHECK(pairs[2] == values[1] && pairs[3] != 0);
    CHECK_EQ_U64(pairs[5], 0);
    CHECK_VK(get(&self, 1, 1, values, sizeof *values, sizeof *values, VK_QUERY_RESULT_64_BIT));
}

// What 32 bits of a result may be: the low ones, or the most that they hold.
static bool is_narrow(uint32_t narrow, uint64_t wide)
{
    return narrow == (uint32_t)wide || (wide > UINT32_MAX && narrow == UINT32_MAX);
}

// Results of 32 and 64 bits, with and without availability, next to each other and apart, from any
// query on.
TEST(results_come_in_every_form)
{
    enum { FIRST = 5, COUNT = 7, WORDS = 8, MARK = 0x5a5a5a5a };
    stamps self;
    uint64_t expected[STAMPS];
    if (!open_stamps(t, &self) || !write_all(&self) || !get_all(&self, expected))
        return;
    for (uint32_t form = 0; form < 8; form++) {
        const bool wide = form & 1, available = form & 2, apart = form & 4;
        const uint32_t value_words = wide ? 2 : 1;
        const uint32_t used_words = value_words * (available ? 2 : 1);
        const uint32_t stride_words = apart ? WORDS : used_words;
        uint32_t out[COUNT * WORDS];
        for (uint32_t i = 0; i < COUNT * WORDS; i++)
            out[i] = MARK;
        const size_t size_bytes = ((COUNT - 1) * stride_words + used_words) * sizeof *out;
        if (!CHECK_VK(get(&self, FIRST, COUNT, out, size_bytes, stride_words * sizeof *out,
                          (wide ? VK_QUERY_RESULT_64_BIT : 0) |
                              (available ? VK_QUERY_RESULT_WITH_AVAILABILITY_BIT : 0))))
            return;
        for (uint32_t i = 0; i < COUNT; i++) {
            uint64_t value = 0, flag = 0;
            memcpy(&value, out + i * stride_words, value_words * sizeof *out);
            memcpy(&flag, out + i * stride_words + value_words, value_words * sizeof *out);
            CHECK(wide ? value == expected[FIRST + i]
                       : is_narrow((uint32_t)value, expected[FIRST + i]));
            CHECK(!available || flag != 0);
            for (uint32_t k = used_words; apart && k < WORDS; k++)
                CHECK_EQ_U64(out[i * stride_words + k], MARK);
        }
        for (size_t i = size_bytes / sizeof *out; i < COUNT * WORDS; i++)
            CHECK_EQ_U64(out[i], MARK);
    }
}

// The device copies results to a buffer: the same ones as the host gets, where they belong, and
// nothing beside them.
TEST(results_are_copied_to_buffers)
{
    enum { FIRST = 3, COUNT = 9, STRIDE = 3, OFFSET = 2, WORDS = OFFSET + COUNT * STRIDE + 2 };
    static const uint64_t MARK = UINT64_C(0x5a5a5a5a5a5a5a5a);
    stamps self;
    uint64_t expected[STAMPS], out[WORDS];
    if (!open_stamps(t, &self) || !write_all(&self) || !get_all(&self, expected))
        return;
    kt_raw *raw = self.raw;
    kt_raw_buffer *buffer =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = sizeof out});
    VkCommandBuffer commands = buffer ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return;
    for (uint32_t i = 0; i < WORDS; i++)
        out[i] = MARK;
    kt_raw_write(raw, buffer, out);
    raw->vkCmdCopyQueryPoolResults(commands, self.pool, FIRST, COUNT, buffer->handle,
                                   OFFSET * sizeof *out, STRIDE * sizeof *out,
                                   VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT |
                                       VK_QUERY_RESULT_WITH_AVAILABILITY_BIT);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return;
    kt_raw_read(raw, buffer, out);
    for (uint32_t i = 0; i < WORDS; i++) {
        const uint32_t query = (i - OFFSET) / STRIDE, part = (i - OFFSET) % STRIDE;
        const bool outside = i < OFFSET || query >= COUNT || part == 2;
        if (part == 1 && !outside)
            CHECK(out[i] != 0 && out[i] != MARK);
        else
            CHECK_EQ_U64(out[i], outside ? MARK : expected[FIRST + query]);
    }
}

// Each reset makes room for newer times.
TEST(timestamps_are_reset_and_written_again)
{
    enum { ROUNDS = 50 };
    stamps self;
    uint64_t values[STAMPS], last = 0;
    if (!open_stamps(t, &self))
        return;
    for (int round = 0; round < ROUNDS && write_all(&self) && get_all(&self, values); round++) {
        check_order(&self, values);
        if (round > 0 && ticks_between(&self, last, values[0]) > self.mask / 2)
            FAILF(t, "round %d begins before the one before it ended", round);
        last = values[STAMPS - 1];
    }
}
