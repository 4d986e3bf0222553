#include "catalogue.h"

#include <stdio.h>

enum { KI = 1 << 10, MI = 1 << 20, MAX_SIZES = 4 };

static const uint64_t SIZES[KP_PATTERN_COUNT][MAX_SIZES] = {
    [KP_PATTERN_SAXPY] = {64 * KI, 8 * MI, 64 * MI, 256 * MI},
    [KP_PATTERN_REDUCTION] = {64 * KI, 8 * MI, 64 * MI},
    [KP_PATTERN_SCAN] = {64 * KI, 8 * MI, 64 * MI},
    [KP_PATTERN_GEMM] = {256, 1024, 4096},
};
static const uint64_t MAX_CPU_ROWS = 256;

static const uint32_t TIMES[] = {1, 16, 256, 1000, 10000};
enum { ALL_TIMES = sizeof TIMES / sizeof TIMES[0], SIZED_TIMES = 3 };

// What devices of a type take about, at best: only to tell long from short.
static const struct speed {
    double dispatch_ns, bytes_per_ns, operations_per_ns;
} SPEEDS[] = {
    [KRO_DEVICE_TYPE_OTHER] = {2000, 40, 400},
    [KRO_DEVICE_TYPE_INTEGRATED] = {2000, 40, 400},
    [KRO_DEVICE_TYPE_DISCRETE] = {1000, 1000, 5000},
    [KRO_DEVICE_TYPE_VIRTUAL] = {2000, 40, 400},
    [KRO_DEVICE_TYPE_CPU] = {5000, 1, 2},
};

static const struct limits {
    uint32_t blocks;
    double turn_ns;
    double round_ns;    // rounds that take longer are left to other tiers
    double workload_ns; // all turns of a workload together, if that leaves enough of them
} LIMITS[] = {
    [KT_TIER_QUICK] = {15, 1e6, 20e6, 1e9},
    [KT_TIER_STANDARD] = {41, 4e6, 250e6, 10e9},
    [KT_TIER_FULL] = {101, 10e6, 1e18, 120e9},
};

enum { MIN_BLOCKS = 7, WARM_UP_ROUNDS = 3 };

static const double LONG_ROUND_NS = 100e6; // is warm after one

static uint32_t sizes_of(kp_pattern pattern)
{
    uint32_t count = 0;
    while (count < MAX_SIZES && SIZES[pattern][count])
        count++;
    return count;
}

static size_t works_of(kp_pattern pattern)
{
    return kp_patterns[pattern].has_size ? sizes_of(pattern) * SIZED_TIMES : ALL_TIMES;
}

size_t kp_catalogue_count(void)
{
    size_t count = 0;
    for (int pattern = 0; pattern < KP_PATTERN_COUNT; pattern++)
        count += works_of((kp_pattern)pattern);
    return count;
}

kp_work kp_catalogue_at(size_t index)
{
    kp_work work = {0};
    for (; index >= works_of(work.pattern); work.pattern++)
        index -= works_of(work.pattern);
    const bool has_size = kp_patterns[work.pattern].has_size;
    work.times = TIMES[has_size ? index % SIZED_TIMES : index];
    work.size = has_size ? SIZES[work.pattern][index / SIZED_TIMES] : 0;
    return work;
}

void kp_catalogue_name(const kp_work *work, char name[KP_NAME_BYTES])
{
    const kp_pattern_info *pattern = &kp_patterns[work->pattern];
    const bool is_elements = pattern->has_size && work->pattern != KP_PATTERN_GEMM;
    const char *unit = is_elements ? (work->size < MI ? "ki" : "mi") : "";
    const uint64_t size = is_elements ? work->size / (work->size < MI ? KI : MI) : work->size;
    if (pattern->has_size)
        snprintf(name, KP_NAME_BYTES, "%s/%llu%s/%u", pattern->name, (unsigned long long)size, unit,
                 work->times);
    else
        snprintf(name, KP_NAME_BYTES, "%s/%u", pattern->name, work->times);
}

double kp_catalogue_round_ns(const kp_batch *batch, const kro_device_info *device)
{
    const struct speed *speed = &SPEEDS[device->type];
    return batch->count * speed->dispatch_ns + (double)batch->moved_bytes / speed->bytes_per_ns +
           (double)batch->float_operations / speed->operations_per_ns;
}

// --against needs twice as much, and others use the device, too. lavapipe says it has 2 GiB: two
// arrays of 64 Mi have to fit.
static bool fits(const kp_batch *batch, const kro_device_info *device)
{
    uint64_t all_bytes = 0;
    for (uint32_t i = 0; i < batch->buffer_count; i++) {
        const uint64_t bytes = batch->buffers[i].words * sizeof(uint32_t);
        all_bytes += bytes;
        if (bytes > device->limits.max_buffer_bytes)
            return false;
    }
    // Matrices are not split: Vulkan's least for a range, 128 MiB, holds the largest.
    const uint64_t matrix_bytes = (uint64_t)batch->rows * batch->rows * sizeof(uint32_t);
    return all_bytes <= device->device_memory_bytes / 3 &&
           matrix_bytes <= device->limits.max_binding_bytes;
}

bool kp_catalogue_chooses(const kp_batch *batch, const kro_device_info *device, kt_tier tier)
{
    if (batch->work.pattern == KP_PATTERN_GEMM && batch->rows > MAX_CPU_ROWS &&
        device->type == KRO_DEVICE_TYPE_CPU)
        return false;
    return fits(batch, device) && kp_catalogue_round_ns(batch, device) <= LIMITS[tier].round_ns;
}

kp_plan kp_catalogue_plan(kt_tier tier, double round_ns)
{
    const struct limits *limits = &LIMITS[tier];
    const double turn_ns = round_ns > limits->turn_ns ? round_ns : limits->turn_ns;
    const double blocks = limits->workload_ns / (turn_ns * KP_MAX_CONTENDERS);
    return (kp_plan){
        .blocks = blocks < MIN_BLOCKS       ? MIN_BLOCKS
                  : blocks < limits->blocks ? (uint32_t)blocks
                                            : limits->blocks,
        .turn_ns = (uint64_t)limits->turn_ns,
        .warm_up_rounds = round_ns > LONG_ROUND_NS ? 1 : WARM_UP_ROUNDS,
    };
}
