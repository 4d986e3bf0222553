#include "catalogue.h"

#include <string.h>

// A device with room for everything, but for what a case takes from it.
static kro_device_info device_of(kro_device_type type)
{
    return (kro_device_info){
        .type = type,
        .device_memory_bytes = UINT64_C(64) << 30,
        .limits = {.max_buffer_bytes = UINT64_C(4) << 30,
                   .max_binding_bytes = UINT32_MAX,
                   .max_groups = {65535, 65535, 65535}},
    };
}

// Whether a survey of the tier has the workload of that name; fails where there is none.
static bool has(kt_test *t, const char *name, const kro_device_info *device, kt_tier tier)
{
    for (size_t i = 0; i < kp_catalogue_count(); i++) {
        const kp_work work = kp_catalogue_at(i);
        char other[KP_NAME_BYTES];
        kp_catalogue_name(&work, other);
        if (strcmp(name, other) != 0)
            continue;
        kp_batch batch;
        kp_batch_init(&batch, &work, &device->limits);
        const bool chosen = kp_catalogue_chooses(&batch, device, tier);
        kp_batch_finish(&batch);
        return chosen;
    }
    FAILF(t, "no workload is called %s", name);
    return false;
}

// The tier from which on surveys have a workload; one more than there are where none has.
static int first_tier(kt_test *t, const char *name, const kro_device_info *device)
{
    int tier = KT_TIER_QUICK;
    while (tier <= KT_TIER_FULL && !has(t, name, device, (kt_tier)tier))
        tier++;
    for (int later = tier; later <= KT_TIER_FULL; later++)
        CHECK(has(t, name, device, (kt_tier)later));
    return tier;
}

TEST(a_tier_has_what_a_device_does_in_time)
{
    enum { NONE = KT_TIER_FULL + 1 };
    static const struct {
        const char *name;
        int cpu, gpu; // tiers
    } CASES[] = {
        {"chain/1000", KT_TIER_QUICK, KT_TIER_QUICK},
        {"chain/10000", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"independent/10000", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"chains/10000", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"ring/10000", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"mix/10000", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"saxpy/64ki/16", KT_TIER_QUICK, KT_TIER_QUICK},
        {"saxpy/64ki/256", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"reduction/8mi/1", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"scan/8mi/1", KT_TIER_STANDARD, KT_TIER_QUICK},
        {"scan/64mi/1", KT_TIER_FULL, KT_TIER_QUICK},
        {"saxpy/256mi/1", KT_TIER_FULL, KT_TIER_QUICK},
        {"saxpy/256mi/256", KT_TIER_FULL, KT_TIER_FULL},
        {"gemm/256/1", KT_TIER_QUICK, KT_TIER_QUICK},
        {"gemm/1024/1", NONE, KT_TIER_QUICK},
        {"gemm/4096/1", NONE, KT_TIER_STANDARD},
    };
    const kro_device_info cpu = device_of(KRO_DEVICE_TYPE_CPU),
                          gpu = device_of(KRO_DEVICE_TYPE_DISCRETE);
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        LOGF(t, "%s", CASES[i].name);
        CHECK_EQ_I64(first_tier(t, CASES[i].name, &cpu), CASES[i].cpu);
        CHECK_EQ_I64(first_tier(t, CASES[i].name, &gpu), CASES[i].gpu);
    }
}

// What a device has no room for is left out.
TEST(a_small_device_has_small_workloads)
{
    kro_device_info device = device_of(KRO_DEVICE_TYPE_DISCRETE);
    device.device_memory_bytes = UINT64_C(2) << 30; // as lavapipe
    CHECK(has(t, "saxpy/8mi/16", &device, KT_TIER_FULL));
    CHECK(has(t, "saxpy/64mi/1", &device, KT_TIER_FULL));
    CHECK(has(t, "scan/64mi/1", &device, KT_TIER_FULL));
    CHECK(!has(t, "saxpy/256mi/1", &device, KT_TIER_FULL));
    device = device_of(KRO_DEVICE_TYPE_DISCRETE);
    device.limits.max_buffer_bytes = UINT64_C(1) << 29;
    CHECK(has(t, "saxpy/64mi/1", &device, KT_TIER_FULL));
    CHECK(!has(t, "saxpy/256mi/1", &device, KT_TIER_FULL));
    device.limits.max_binding_bytes = (1 << 26) - 1; // matrices are not split
    CHECK(has(t, "gemm/1024/1", &device, KT_TIER_FULL));
    CHECK(!has(t, "gemm/4096/1", &device, KT_TIER_FULL));
}

// What takes long is measured less often, but often enough for an interval.
TEST(long_rounds_take_fewer_turns)
{
    for (int tier = KT_TIER_QUICK; tier <= KT_TIER_FULL; tier++) {
        const kp_plan brief = kp_catalogue_plan((kt_tier)tier, 0);
        const kp_plan longer = kp_catalogue_plan((kt_tier)tier, 30e9);
        CHECK(longer.blocks >= 7 && longer.blocks < brief.blocks);
        CHECK(longer.warm_up_rounds == 1 && brief.warm_up_rounds > 1);
        CHECK(longer.turn_ns == brief.turn_ns);
    }
}
