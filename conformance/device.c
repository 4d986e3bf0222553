// What the device says of itself.
#include "kernel.h"

#include <inttypes.h>

static void check_at_least(kt_test *t, const char *name, uint64_t value, uint64_t minimum)
{
    if (!CHECK(value >= minimum))
        LOGF(t, "limits.%s is %" PRIu64 ", at least %" PRIu64 " is required", name, value, minimum);
}

static void check_alignment(kt_test *t, const char *name, uint32_t value, uint32_t maximum)
{
    if (!CHECK(value != 0 && value <= maximum && (value & (value - 1)) == 0))
        LOGF(t, "limits.%s is %u, no power of two up to %u", name, value, maximum);
}

// Source: Vulkan 1.1, "Limit Requirements".
TEST(limits_reach_the_required_minimums)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    const kro_limits *limits = &device->limits;
    check_at_least(t, "max_buffer_bytes", limits->max_buffer_bytes, UINT64_C(1) << 30);
    check_at_least(t, "max_binding_bytes", limits->max_binding_bytes, UINT64_C(1) << 27);
    check_at_least(t, "max_uniform_bytes", limits->max_uniform_bytes, 16384);
    check_at_least(t, "max_push_bytes", limits->max_push_bytes, 128);
    check_at_least(t, "max_shared_bytes", limits->max_shared_bytes, 16384);
    check_at_least(t, "max_bindings", limits->max_bindings, 4);
    check_at_least(t, "max_group_invocations", limits->max_group_invocations, 128);
    for (int d = 0; d < 3; d++) {
        check_at_least(t, "max_groups", limits->max_groups[d], 65535);
        check_at_least(t, "max_group_size", limits->max_group_size[d], d == 2 ? 64 : 128);
    }
    check_alignment(t, "offset_alignment", limits->offset_alignment, 256);
    check_alignment(t, "uniform_alignment", limits->uniform_alignment, 256);
}

// Source: Vulkan 1.1, "Subgroups" and VkPhysicalDeviceSubgroupProperties.
TEST(subgroup_facts_fit_together)
{
    const kro_device_info *device = kt_device(t);
    if (!device)
        return;
    CHECK(device->subgroup_size >= 1 && device->subgroup_size <= 128);
    CHECK((device->subgroup_size & (device->subgroup_size - 1)) == 0);
    CHECK(device->min_subgroup_size <= device->subgroup_size);
    CHECK(device->subgroup_size <= device->max_subgroup_size);
    CHECK(device->subgroup_operations & KRO_SUBGROUP_BASIC);
}
