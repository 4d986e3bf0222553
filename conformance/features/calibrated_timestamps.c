// Clocks of the device and the host, read together.
#include <time.h>

#include "features.h"

enum { MOST_DOMAINS = 16, READS = 50 };

typedef struct clocks {
    kt_raw *raw;
    PFN_vkGetCalibratedTimestampsEXT get;
    VkTimeDomainEXT domains[MOST_DOMAINS];
    uint32_t count;
} clocks;

static bool has(const clocks *self, VkTimeDomainEXT domain)
{
    for (uint32_t i = 0; i < self->count; i++)
        if (self->domains[i] == domain)
            return true;
    return false;
}

static bool open_clocks(kt_test *t, clocks *out)
{
    kt_raw *raw = features_open(t, KT_RAW_CALIBRATED_TIMESTAMPS);
    if (!raw)
        return false;
    *out = (clocks){.raw = raw, .get = KT_RAW_CALL(raw, vkGetCalibratedTimestampsEXT)};
    PFN_vkGetPhysicalDeviceCalibrateableTimeDomainsEXT list =
        KT_RAW_CALL(raw, vkGetPhysicalDeviceCalibrateableTimeDomainsEXT);
    if (!out->get || !list || !CHECK_VK(list(raw->physical, &out->count, NULL)) ||
        !CHECK(out->count > 0 && out->count <= MOST_DOMAINS))
        return false;
    return CHECK_VK(list(raw->physical, &out->count, out->domains)) &&
           CHECK(has(out, VK_TIME_DOMAIN_DEVICE_EXT));
}

// The device's clock and CLOCK_MONOTONIC, of one moment.
typedef struct moment {
    uint64_t device_ticks, host_ns, deviation_ns;
} moment;

static bool read_both(const clocks *self, moment *out)
{
    kt_test *t = self->raw->t;
    const VkCalibratedTimestampInfoEXT infos[] = {
        {.sType = VK_STRUCTURE_TYPE_CALIBRATED_TIMESTAMP_INFO_EXT,
         .timeDomain = VK_TIME_DOMAIN_DEVICE_EXT},
        {.sType = VK_STRUCTURE_TYPE_CALIBRATED_TIMESTAMP_INFO_EXT,
         .timeDomain = VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT}};
    uint64_t values[2];
    if (!CHECK_VK(self->get(self->raw->device, 2, infos, values, &out->deviation_ns)))
        return false;
    out->device_ticks = values[0];
    out->host_ns = values[1];
    return true;
}

static bool needs_monotonic(const clocks *self)
{
    return kt_raw_needs(self->raw, has(self, VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT),
                        "VK_TIME_DOMAIN_CLOCK_MONOTONIC_EXT");
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

TEST(every_clock_that_is_listed_can_be_read)
{
    clocks self;
    uint64_t values[MOST_DOMAINS] = {0}, deviation_ns;
    VkCalibratedTimestampInfoEXT infos[MOST_DOMAINS];
    if (!open_clocks(t, &self))
        return;
    for (uint32_t i = 0; i < self.count; i++) {
        infos[i] =
            (VkCalibratedTimestampInfoEXT){.sType = VK_STRUCTURE_TYPE_CALIBRATED_TIMESTAMP_INFO_EXT,
                                           .timeDomain = self.domains[i]};
        CHECK_VK(self.get(self.raw->device, 1, &infos[i], &values[i], &deviation_ns));
        CHECK(values[i] > 0);
    }
    CHECK_VK(self.get(self.raw->device, self.count, infos, values, &deviation_ns));
}

// What a call reads of the host's clock lies between what the host reads before and after it, and
// no clock goes back.
TEST(clock_of_the_host_is_the_hosts)
{
    clocks self;
    moment last = {0}, now;
    if (!open_clocks(t, &self) || !needs_monotonic(&self))
        return;
    for (int i = 0; i < READS; i++) {
        const uint64_t before_ns = now_ns();
        if (!read_both(&self, &now))
            return;
        const uint64_t after_ns = now_ns();
        if (now.host_ns < before_ns || now.host_ns > after_ns) {
            FAILF(t, "the host's clock is %llu, and was %llu before and %llu after",
                  (unsigned long long)now.host_ns, (unsigned long long)before_ns,
                  (unsigned long long)after_ns);
            return;
        }
        CHECK(now.host_ns >= last.host_ns);
        last = now;
    }
}

// Between two moments both clocks have gone on by as much, but for what the driver says that they
// were not read together; clocks of different crystals may differ by a thousandth.
TEST(clocks_go_on_together)
{
    static const double DRIFT = 1e-3;
    clocks self;
    moment first, second;
    if (!open_clocks(t, &self) || !needs_monotonic(&self) || !kt_raw_needs_timestamps(self.raw) ||
        !read_both(&self, &first))
        return;
    nanosleep(&(struct timespec){.tv_nsec = 30000000}, NULL);
    if (!read_both(&self, &second))
        return;
    const uint32_t bits = self.raw->queues[0].timestamp_bits;
    const uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
    const double device_ns = (double)((second.device_ticks - first.device_ticks) & mask) *
                             (double)self.raw->properties.limits.timestampPeriod;
    const double host_ns = (double)(second.host_ns - first.host_ns);
    const double most_ns =
        host_ns * DRIFT + (double)first.deviation_ns + (double)second.deviation_ns;
    LOGF(t, "the device's clock went on by %.0f ns, the host's by %.0f; may differ by %.0f",
         device_ns, host_ns, most_ns);
    if (device_ns < host_ns - most_ns || device_ns > host_ns + most_ns)
        FAILF(t, "the device's clock went on by %.0f ns, the host's by %.0f; may differ by %.0f",
              device_ns, host_ns, most_ns);
}

// A timestamp that work writes between two reads of the device's clock lies between them.
TEST(clock_of_the_device_is_that_of_its_timestamps)
{
    clocks self;
    moment before, after;
    if (!open_clocks(t, &self) || !needs_monotonic(&self) || !kt_raw_needs_timestamps(self.raw))
        return;
    kt_raw *raw = self.raw;
    VkQueryPool pool = kt_raw_timestamps(raw, 1);
    VkCommandBuffer commands = pool ? kt_raw_begin(raw, 0) : NULL;
    uint64_t value;
    if (!commands)
        return;
    raw->vkCmdResetQueryPool(commands, pool, 0, 1);
    raw->vkCmdWriteTimestamp(commands, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool, 0);
    kt_raw_end(raw, commands);
    if (!read_both(&self, &before) || !kt_raw_run(raw, 0, commands) || !read_both(&self, &after) ||
        !CHECK_VK(raw->vkGetQueryPoolResults(raw->device, pool, 0, 1, sizeof value, &value,
                                             sizeof value, VK_QUERY_RESULT_64_BIT)))
        return;
    // Both from the first read on; the counter may begin anew in between.
    const uint32_t bits = raw->queues[0].timestamp_bits;
    const uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1 : UINT64_MAX;
    const uint64_t at = (value - before.device_ticks) & mask;
    const uint64_t end = (after.device_ticks - before.device_ticks) & mask;
    if (at > end)
        FAILF(t, "a timestamp is %llu ticks behind the first read, and the second one %llu",
              (unsigned long long)at, (unsigned long long)end);
}
