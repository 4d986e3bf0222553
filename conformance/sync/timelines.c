// Timeline semaphores by themselves: values, waits of the host, signals of host and device.
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "raw.h"

enum { WAITERS = 16 };

// The least that maxTimelineSemaphoreValueDifference may be.
static const uint64_t LARGEST_STEP = (UINT64_C(1) << 31) - 1;
static const uint64_t SHORT_NS = 5000000, LONG_NS = UINT64_C(10000000000);

static kt_raw *open_timelines(kt_test *t)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    return kt_raw_needs_timelines(raw) ? raw : NULL;
}

// A submission without work.
static bool submit_empty(kt_raw *raw, kt_raw_point wait, kt_raw_point signal)
{
    return kt_raw_submit(raw, 0, &(kt_raw_batch){.waits = {wait}, .signals = {signal}},
                         VK_NULL_HANDLE);
}

static VkResult wait_two(kt_raw *raw, VkSemaphoreWaitFlags flags, const VkSemaphore *timelines,
                         const uint64_t *values, uint64_t timeout_ns)
{
    const VkSemaphoreWaitInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                      .flags = flags,
                                      .semaphoreCount = 2,
                                      .pSemaphores = timelines,
                                      .pValues = values};
    return raw->vkWaitSemaphores(raw->device, &info, timeout_ns);
}

static void pause_ns(uint64_t ns)
{
    nanosleep(
        &(struct timespec){.tv_sec = (time_t)(ns / 1000000000), .tv_nsec = (long)(ns % 1000000000)},
        NULL);
}

// A timeline starts at any value and says it.
TEST(timeline_starts_at_any_value)
{
    static const uint64_t VALUES[] = {0,
                                      1,
                                      UINT32_MAX,
                                      UINT64_C(1) << 32,
                                      (UINT64_C(1) << 63) - 1,
                                      UINT64_C(1) << 63,
                                      UINT64_MAX - 1,
                                      UINT64_MAX};
    kt_raw *raw = open_timelines(t);
    for (size_t i = 0; raw && i < sizeof VALUES / sizeof VALUES[0]; i++)
        CHECK_EQ_U64(kt_raw_value(raw, kt_raw_timeline(raw, VALUES[i])), VALUES[i]);
}

// Signals from one step to the largest that every device takes, across 2^32 and 2^63.
static void check_steps(kt_raw *raw,
                        bool (*signal)(kt_raw *raw, VkSemaphore timeline, uint64_t value))
{
    static const uint64_t STARTS[] = {0, UINT32_MAX - 2, (UINT64_C(1) << 63) - 3};
    for (size_t i = 0; raw && i < sizeof STARTS / sizeof STARTS[0]; i++) {
        kt_test *t = raw->t;
        VkSemaphore timeline = kt_raw_timeline(raw, STARTS[i]);
        uint64_t value = STARTS[i];
        for (uint64_t step = 1; step <= LARGEST_STEP; step = step * 2 + 1) {
            value += step;
            if (!signal(raw, timeline, value) || !kt_raw_wait(raw, timeline, value) ||
                !CHECK_EQ_U64(kt_raw_value(raw, timeline), value) ||
                !kt_raw_wait(raw, timeline, STARTS[i])) // passed long ago
                return;
        }
    }
}

TEST(host_signals_reach_their_values)
{
    check_steps(open_timelines(t), kt_raw_signal);
}

static bool signal_on_device(kt_raw *raw, VkSemaphore timeline, uint64_t value)
{
    return submit_empty(raw, (kt_raw_point){0}, (kt_raw_point){timeline, value, 0});
}

TEST(device_signals_reach_their_values)
{
    check_steps(open_timelines(t), signal_on_device);
}

// A wait for what has not come ends in time, and one for what has come needs none.
TEST(host_waits_end_in_time)
{
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    VkSemaphore timeline = kt_raw_timeline(raw, 5);
    const uint64_t reached = 5, missing = 6;
    VkSemaphoreWaitInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                .semaphoreCount = 1,
                                .pSemaphores = &timeline,
                                .pValues = &reached};
    CHECK_VK(raw->vkWaitSemaphores(raw->device, &info, 0));
    info.pValues = &missing;
    CHECK_EQ_I64(raw->vkWaitSemaphores(raw->device, &info, 0), VK_TIMEOUT);
    CHECK_EQ_I64(raw->vkWaitSemaphores(raw->device, &info, SHORT_NS), VK_TIMEOUT);
    CHECK_EQ_U64(kt_raw_value(raw, timeline), 5);
}

TEST(host_waits_for_any_or_for_all)
{
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    const VkSemaphoreWaitFlags any = VK_SEMAPHORE_WAIT_ANY_BIT;
    const VkSemaphore timelines[] = {kt_raw_timeline(raw, 0), kt_raw_timeline(raw, 0)};
    const uint64_t values[] = {3, 7};
    CHECK_EQ_I64(wait_two(raw, any, timelines, values, 0), VK_TIMEOUT);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ_I64(wait_two(raw, 0, timelines, values, SHORT_NS), VK_TIMEOUT);
        signal_on_device(raw, timelines[1 - i], values[1 - i]);
        CHECK_VK(wait_two(raw, any, timelines, values, LONG_NS));
    }
    CHECK_VK(wait_two(raw, 0, timelines, values, LONG_NS));
    CHECK_VK(wait_two(raw, 0, timelines, values, 0));
}

// Work that waits for a value stays where it is until the host signals it.
TEST(work_waits_for_a_signal_of_the_host)
{
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    VkSemaphore gate = kt_raw_timeline(raw, 0), done = kt_raw_timeline(raw, 0);
    for (uint64_t value = 1; value <= 20; value++) {
        submit_empty(raw, (kt_raw_point){gate, value, 0}, (kt_raw_point){done, value, 0});
        pause_ns(SHORT_NS / 5);
        CHECK_EQ_U64(kt_raw_value(raw, done), value - 1);
        kt_raw_signal(raw, gate, value);
        if (!kt_raw_wait(raw, done, value))
            return;
    }
}

// A value beyond the one that is waited for is as good.
TEST(signals_may_pass_what_is_waited_for)
{
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    VkSemaphore gate = kt_raw_timeline(raw, 0), done = kt_raw_timeline(raw, 0);
    for (uint64_t value = 1; value <= 8; value++)
        submit_empty(raw, (kt_raw_point){gate, value, 0}, (kt_raw_point){done, value, 0});
    pause_ns(SHORT_NS / 5);
    CHECK_EQ_U64(kt_raw_value(raw, done), 0);
    kt_raw_signal(raw, gate, LARGEST_STEP);
    kt_raw_wait(raw, done, 8);
    CHECK_EQ_U64(kt_raw_value(raw, done), 8);
}

// A line of submissions, each released by the one before; `gated`: the first one by the host.
static void submit_line(kt_raw *raw, VkSemaphore timeline, bool gated, uint64_t count)
{
    for (uint64_t i = 1; i <= count; i++)
        if (!submit_empty(raw, (kt_raw_point){i > 1 || gated ? timeline : VK_NULL_HANDLE, i, 0},
                          (kt_raw_point){timeline, i + 1, 0}))
            return;
}

TEST(thousand_submits_hand_on_a_timeline)
{
    enum { SUBMITS = 1000 };
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    VkSemaphore timeline = kt_raw_timeline(raw, 0);
    submit_line(raw, timeline, false, SUBMITS);
    kt_raw_wait(raw, timeline, SUBMITS + 1);
}

// Few enough for a queue of any length to take them all before the first may go.
TEST(hundred_submits_wait_in_line_for_the_host)
{
    enum { SUBMITS = 100 };
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    VkSemaphore timeline = kt_raw_timeline(raw, 0);
    submit_line(raw, timeline, true, SUBMITS);
    pause_ns(SHORT_NS);
    CHECK_EQ_U64(kt_raw_value(raw, timeline), 0);
    kt_raw_signal(raw, timeline, 1);
    kt_raw_wait(raw, timeline, SUBMITS + 1);
}

// Threads that wait, each for a value of its own.
typedef struct waiter {
    kt_raw *raw;
    VkSemaphore timeline;
    uint64_t value;
    atomic_uint *awake;
    pthread_t thread;
    VkResult result;
    uint64_t seen;
} waiter;

static void *wait_for_value(void *object)
{
    waiter *self = object;
    const VkSemaphoreWaitInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                      .semaphoreCount = 1,
                                      .pSemaphores = &self->timeline,
                                      .pValues = &self->value};
    self->result = self->raw->vkWaitSemaphores(self->raw->device, &info, LONG_NS);
    atomic_fetch_add(self->awake, 1);
    if (self->result == VK_SUCCESS)
        self->result =
            self->raw->vkGetSemaphoreCounterValue(self->raw->device, self->timeline, &self->seen);
    return NULL;
}

static uint32_t start(kt_test *t, kt_raw *raw, VkSemaphore timeline, atomic_uint *awake,
                      waiter waiters[WAITERS])
{
    uint32_t count = 0;
    for (; count < WAITERS; count++) {
        waiter *w = &waiters[count];
        *w = (waiter){.raw = raw, .timeline = timeline, .value = count + 1, .awake = awake};
        if (!CHECK(pthread_create(&w->thread, NULL, wait_for_value, w) == 0))
            break;
    }
    return count;
}

static void join(kt_test *t, waiter *waiters, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        pthread_join(waiters[i].thread, NULL);
        CHECK_VK(waiters[i].result);
        CHECK(waiters[i].seen >= waiters[i].value);
    }
}

TEST(every_waiting_thread_wakes_at_its_value)
{
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    waiter waiters[WAITERS];
    atomic_uint awake = 0;
    VkSemaphore timeline = kt_raw_timeline(raw, 0);
    const uint32_t count = start(t, raw, timeline, &awake, waiters);
    for (uint32_t value = 1; value <= WAITERS; value++) {
        pause_ns(SHORT_NS / 20);
        CHECK(atomic_load(&awake) < value);
        if (value % 2) // host and device in turn
            kt_raw_signal(raw, timeline, value);
        else
            signal_on_device(raw, timeline, value);
        kt_raw_wait(raw, timeline, value);
    }
    join(t, waiters, count);
}

TEST(one_signal_wakes_every_waiting_thread)
{
    kt_raw *raw = open_timelines(t);
    if (!raw)
        return;
    waiter waiters[WAITERS];
    atomic_uint awake = 0;
    VkSemaphore timeline = kt_raw_timeline(raw, 0);
    const uint32_t count = start(t, raw, timeline, &awake, waiters);
    pause_ns(SHORT_NS);
    CHECK_EQ_U64(atomic_load(&awake), 0);
    signal_on_device(raw, timeline, WAITERS);
    join(t, waiters, count);
}
