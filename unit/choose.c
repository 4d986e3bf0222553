// The Vulkan backend's choices, on the shapes of real devices.
#include "vk/choose.h"

#include "test.h"
#include "vk/quirks.h"

enum {
    LOCAL = KRO__MEMORY_DEVICE_LOCAL,
    VISIBLE = KRO__MEMORY_HOST_VISIBLE | KRO__MEMORY_HOST_COHERENT,
    CACHED = KRO__MEMORY_HOST_CACHED,
    PROTECTED = 0x20,
    ALL_TYPES = -1,
};

static const uint64_t gib = UINT64_C(1) << 30;

static void check_first(kt_test *t, const kro__memory_types *types, kro_memory memory,
                        uint32_t expected)
{
    uint32_t chosen[KRO__MAX_MEMORY_TYPES];
    uint32_t count = kro__choose_memory_types(types, (uint32_t)ALL_TYPES, memory, chosen);
    if (CHECK(count > 0))
        CHECK_EQ_U64(chosen[0], expected);
}

// One H200: a part of the list, in its driver's order.
static kro__memory_types large_gpu(void)
{
    return (kro__memory_types){
        .count = 5,
        .heap_count = 2,
        .flags = {0, LOCAL, VISIBLE, VISIBLE | CACHED, LOCAL | VISIBLE},
        .heaps = {1, 0, 1, 1, 0},
        .heap_bytes = {140 * gib, 100 * gib},
        .heap_device_local = {true, false},
    };
}

TEST(a_gpu_whose_memory_is_all_visible_uploads_into_it)
{
    kro__memory_types types = large_gpu();
    check_first(t, &types, KRO_MEMORY_DEVICE, 1);
    check_first(t, &types, KRO_MEMORY_UPLOAD, 4);
    check_first(t, &types, KRO_MEMORY_READBACK, 3);
}

TEST(a_small_window_is_the_last_resort)
{
    kro__memory_types types = large_gpu();
    types.heap_count = 3;
    types.heaps[4] = 2;
    types.heap_bytes[2] = gib / 4;
    types.heap_device_local[2] = true;
    check_first(t, &types, KRO_MEMORY_DEVICE, 1);
    check_first(t, &types, KRO_MEMORY_UPLOAD, 2);
    check_first(t, &types, KRO_MEMORY_READBACK, 3);
    uint32_t chosen[KRO__MAX_MEMORY_TYPES];
    uint32_t count =
        kro__choose_memory_types(&types, (uint32_t)ALL_TYPES, KRO_MEMORY_UPLOAD, chosen);
    CHECK_EQ_U64(count, 3);
    CHECK_EQ_U64(chosen[2], 4);
}

TEST(device_memory_never_spills_to_the_host)
{
    kro__memory_types types = large_gpu();
    uint32_t chosen[KRO__MAX_MEMORY_TYPES];
    CHECK_EQ_U64(kro__choose_memory_types(&types, (uint32_t)ALL_TYPES, KRO_MEMORY_DEVICE, chosen),
                 2);
    // Where the driver allows no device-local type for a buffer, the others serve.
    CHECK_EQ_U64(kro__choose_memory_types(&types, 1 << 2, KRO_MEMORY_DEVICE, chosen), 1);
    CHECK_EQ_U64(chosen[0], 2);
}

TEST(one_memory_serves_every_class_on_a_cpu)
{
    kro__memory_types types = {
        .count = 1,
        .heap_count = 1,
        .flags = {LOCAL | VISIBLE | CACHED},
        .heap_bytes = {2 * gib},
        .heap_device_local = {true},
    };
    check_first(t, &types, KRO_MEMORY_DEVICE, 0);
    check_first(t, &types, KRO_MEMORY_UPLOAD, 0);
    check_first(t, &types, KRO_MEMORY_READBACK, 0);
}

TEST(among_equals_the_drivers_order_holds)
{
    kro__memory_types types = large_gpu();
    types.flags[2] = types.flags[4];
    types.heaps[2] = types.heaps[4];
    check_first(t, &types, KRO_MEMORY_UPLOAD, 2);
}

TEST(types_of_special_use_are_never_chosen)
{
    kro__memory_types types = large_gpu();
    types.flags[1] |= PROTECTED;
    check_first(t, &types, KRO_MEMORY_DEVICE, 4);
    uint32_t chosen[KRO__MAX_MEMORY_TYPES];
    CHECK_EQ_U64(kro__choose_memory_types(&types, 1 << 1, KRO_MEMORY_DEVICE, chosen), 0);
    CHECK_EQ_U64(kro__choose_memory_types(&types, 1 << 0, KRO_MEMORY_UPLOAD, chosen), 0);
}

TEST(slabs_fit_their_heap)
{
    CHECK_EQ_U64(kro__choose_slab_bytes(0, 8 * gib), UINT64_C(64) << 20);
    CHECK_EQ_U64(kro__choose_slab_bytes(0, gib), UINT64_C(64) << 20);
    CHECK_EQ_U64(kro__choose_slab_bytes(0, gib - 1), UINT64_C(1) << 20);
    CHECK_EQ_U64(kro__choose_slab_bytes(gib, gib), gib / 8);
    CHECK_EQ_U64(kro__choose_slab_bytes(100000, gib), 65536);
    CHECK_EQ_U64(kro__choose_slab_bytes(5000, gib), 5000);
    CHECK_EQ_U64(kro__choose_slab_bytes(0, 4096), 512);
}

TEST(queues_come_from_the_family_that_was_asked_for)
{
    enum { GRAPHICS = KRO__QUEUE_GRAPHICS, COMPUTE = KRO__QUEUE_COMPUTE, TRANSFER = 4 };
    static const uint32_t flags[] = {TRANSFER, GRAPHICS | COMPUTE, COMPUTE | TRANSFER, COMPUTE};
    static const uint32_t queues[] = {2, 16, 0, 8};
    CHECK_EQ_I64(kro__choose_queue_family(flags, queues, 4, true), 1);
    CHECK_EQ_I64(kro__choose_queue_family(flags, queues, 4, false), 3); // family 2 has no queue
    CHECK_EQ_I64(kro__choose_queue_family(flags, queues, 2, false), 1);
    CHECK_EQ_I64(kro__choose_queue_family(flags + 3, queues + 3, 1, true), 0);
    CHECK_EQ_I64(kro__choose_queue_family(flags, queues, 1, true), KRO__NO_FAMILY);
    CHECK_EQ_I64(kro__choose_queue_family(flags, queues, 0, true), KRO__NO_FAMILY);
}

TEST(quirks_hold_for_their_driver_alone)
{
    enum { NVIDIA_PROPRIETARY = 4, MESA_RADV = 3, MESA_LLVMPIPE = 13 };
    kro__quirks nvidia = kro__quirks_for(NVIDIA_PROPRIETARY, 1, KRO_DEVICE_TYPE_DISCRETE);
    CHECK(nvidia.universal_queue && nvidia.copy_kernel);
    CHECK_EQ_U64(nvidia.spin_ns, 50000);
    kro__quirks other = kro__quirks_for(MESA_RADV, 1, KRO_DEVICE_TYPE_DISCRETE);
    CHECK(!other.universal_queue && !other.copy_kernel);
    CHECK_EQ_U64(kro__quirks_for(MESA_LLVMPIPE, 1, KRO_DEVICE_TYPE_CPU).spin_ns, 0);
    CHECK_EQ_U64(nvidia.watchdog_ns, 0);
    CHECK_EQ_U64(other.watchdog_ns, 2000000000);
    CHECK_EQ_U64(kro__quirks_for(MESA_LLVMPIPE, 1, KRO_DEVICE_TYPE_CPU).watchdog_ns, 0);
}

static void check_version(kt_test *t, uint32_t driver_id, uint32_t vendor_id, uint32_t version,
                          const char *expected)
{
    char text[32];
    kro__driver_version_text(driver_id, vendor_id, version, text, sizeof text);
    CHECK_EQ_STRING(text, expected);
}

TEST(driver_versions_read_as_their_vendors_write_them)
{
    enum { NVIDIA = 0x10de, INTEL = 0x8086, NVIDIA_PROPRIETARY = 4, INTEL_WINDOWS = 5, NVK = 23 };
    enum { MOLTENVK = 14 };
    const uint32_t nvidia_580_159_3 = 580u << 22 | 159u << 14 | 3u << 6;
    const uint32_t mesa_25_0_7 = 25u << 22 | 0u << 12 | 7u;
    check_version(t, NVIDIA_PROPRIETARY, NVIDIA, nvidia_580_159_3, "580.159.3.0");
    check_version(t, 0, NVIDIA, nvidia_580_159_3, "580.159.3.0");
    check_version(t, NVK, NVIDIA, mesa_25_0_7, "25.0.7");
    check_version(t, INTEL_WINDOWS, INTEL, 101u << 14 | 2115u, "101.2115");
    check_version(t, MOLTENVK, 0x106b, 10203, "1.2.3");
}

TEST(vendors_have_names)
{
    CHECK_EQ_STRING(kro__vendor_name(0x10005), "Mesa");
    CHECK_EQ_STRING(kro__vendor_name(0x10de), "NVIDIA");
    CHECK(!kro__vendor_name(0xba5eba11));
}
