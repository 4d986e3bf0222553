// Which queue family a context takes, and how many queues of it: on devices that the null driver
// makes up, since few machines have them all.
#include "contract.h"

#include <kronos/vulkan.h>

typedef struct queue_case {
    const char *options; // of KRONOS_NULL
    uint32_t asked;
    uint32_t family, offered, used; // what is expected
} queue_case;

// NVIDIA's driver (4) is the one that submits slowly to its family for compute alone.
static const queue_case cases[] = {
    {"families=GCT16+T2+CT8,driver_id=4", 0, 0, 16, 1},
    {"families=GCT16+T2+CT8,driver_id=4", 3, 0, 16, 3},
    {"families=GCT16+T2+CT8,driver_id=4", UINT32_MAX, 0, 16, 8}, // no context has more
    {"families=CT8+GCT2,driver_id=4", 6, 1, 2, 2},
    {"families=T1+CT2,driver_id=4", 2, 1, 2, 2}, // it has no other
    {"families=GCT16+T2+CT8,driver_id=3", 4, 2, 8, 4},
    {"families=GCT1+CT4", 6, 1, 4, 4},
    {"families=GCT1+CT4+CT8", 6, 1, 4, 4}, // the driver's first
    {"families=T2+GCT3", 8, 1, 3, 3},
    {"families=C2", 2, 0, 2, 2},
    {"families=GCT16+CT8,no_timeline", 4, 1, 8, 1}, // see old_devices_have_one_queue
};

// Work on every queue, each behind the one before.
static void use_queues(kt_test *t, kro_context *ctx, uint32_t count)
{
    kro_buffer *buffer = kt_buffer_in(t, ctx, &(kro_buffer_config){.size_bytes = 64});
    kro_fence last = {0};
    for (uint32_t i = 0; i < count; i++) {
        kro_stream *stream = kt_stream_in(t, ctx, &(kro_stream_config){.queue = i});
        if (!stream || !buffer)
            return;
        CHECK_OK(kro_stream_wait(stream, last));
        CHECK_OK(kro_fill(stream, buffer, 0, 64, i));
        CHECK_OK(kro_submit(stream, &last));
        CHECK_EQ_U64(last.queue, i + 1);
        CHECK(kro_vk_queue(ctx, i) != NULL);
        for (uint32_t other = 0; other < i; other++)
            CHECK(kro_vk_queue(ctx, i) != kro_vk_queue(ctx, other));
        kt_release(t, stream);
    }
    CHECK_OK(kro_wait(ctx, last, UINT64_MAX));
    kt_release(t, buffer);
}

TEST(queues_come_from_the_family_that_submits_fast)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const queue_case *c = &cases[i];
        LOGF(t, "%s, %u queues", c->options, c->asked);
        kt_set_environment(t, "KRONOS_NULL", c->options);
        const kro_context_config config = {.driver = kt_null_driver(t), .queues = c->asked};
        kro_devices *devices = NULL;
        if (!CHECK_OK(kro_devices_create(&config, &devices)))
            return;
        CHECK_EQ_U64(kro_devices_count(devices), 1);
        CHECK_EQ_U64(kro_devices_info(devices, 0)->queue_family, c->family);
        CHECK_EQ_U64(kro_devices_info(devices, 0)->queue_count, c->offered);
        kro_devices_destroy(devices);
        kro_context *ctx = kt_context_with(t, &config);
        const kro_device_info *info = kro_context_info(ctx);
        const kro_vk_handles *handles = kro_vk_context(ctx);
        if (!info || !CHECK(handles != NULL))
            return;
        CHECK_EQ_U64(info->queue_family, c->family);
        CHECK_EQ_U64(info->queue_count, c->used);
        CHECK_EQ_U64(handles->queue_family, c->family);
        use_queues(t, ctx, c->used);
        kt_release(t, ctx);
    }
}

TEST(devices_without_compute_are_no_devices)
{
    kt_set_environment(t, "KRONOS_NULL", "families=GT16+T2");
    kro_context *ctx = NULL;
    CHECK_REFUSED(kro_context_create(&(kro_context_config){.driver = kt_null_driver(t)}, &ctx),
                  KRO_ERROR_NO_DEVICE, "compute");
    CHECK(ctx == NULL);
}
