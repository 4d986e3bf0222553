#include "vk/quirks.h"

#include <stddef.h>

#include "vk/api.h"

typedef struct quirk_row {
    uint32_t driver_id;
    uint32_t first_version, last_version; // as the driver packs them, both included
    bool universal_queue, copy_kernel;
    uint64_t watchdog_ns;
    const char *source; // where the quirk was seen
    const char *test;   // which test shows that it is applied
} quirk_row;

static const char amdgpu[] = "Linux, commit 1bea57ea7544: amdgpu ends jobs after 2 s, before that "
                             "after 10 s; seen in ggml-org/llama.cpp#21724";
static const char watchdog_test[] = "conformance/contract_watchdog";

static const quirk_row rows[] = {
    {
        .driver_id = VK_DRIVER_ID_NVIDIA_PROPRIETARY,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .universal_queue = true,
        .source = "measured on one H200, driver 580.159: vkQueueSubmit takes 1.7 to 2.1 us on "
                  "family 0 and 30 us on the compute-only family 2",
        .test = "conformance/contract_queues",
    },
    {
        .driver_id = VK_DRIVER_ID_NVIDIA_PROPRIETARY,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .copy_kernel = true,
        .source = "measured on one H200, driver 580.159, 1 GiB, read and written: vkCmdCopyBuffer "
                  "850 GB/s, a kernel of 16-byte vectors 4,170 GB/s",
        .test = "conformance/copy_kernel",
    },
    {
        .driver_id = VK_DRIVER_ID_AMD_PROPRIETARY,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .watchdog_ns = UINT64_C(2000000000),
        .source = amdgpu,
        .test = watchdog_test,
    },
    {
        .driver_id = VK_DRIVER_ID_AMD_OPEN_SOURCE,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .watchdog_ns = UINT64_C(2000000000),
        .source = amdgpu,
        .test = watchdog_test,
    },
    {
        .driver_id = VK_DRIVER_ID_MESA_RADV,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .watchdog_ns = UINT64_C(2000000000),
        .source = amdgpu,
        .test = watchdog_test,
    },
    {
        .driver_id = VK_DRIVER_ID_INTEL_OPEN_SOURCE_MESA,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .watchdog_ns = UINT64_C(640000000),
        .source = "Linux, CONFIG_DRM_I915_PREEMPT_TIMEOUT: i915 resets an engine that does not "
                  "give way for 640 ms; seen in ggml-org/llama.cpp#29054",
        .test = watchdog_test,
    },
    {
        .driver_id = VK_DRIVER_ID_MESA_V3DV,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .watchdog_ns = UINT64_C(500000000),
        .source = "Linux, v3d_sched_init: v3d looks at a job after 500 ms; seen in "
                  "raspberrypi/linux#6660",
        .test = watchdog_test,
    },
    {
        .driver_id = VK_DRIVER_ID_MESA_PANVK,
        .first_version = 0,
        .last_version = UINT32_MAX,
        .watchdog_ns = UINT64_C(500000000),
        .source = "Linux, JOB_TIMEOUT_MS of panfrost: jobs end after 500 ms",
        .test = watchdog_test,
    },
};

kro__quirks kro__quirks_for(uint32_t driver_id, uint32_t driver_version, kro_device_type type)
{
    // A CPU driver computes on the very cores that a polling wait would keep busy.
    const uint64_t gpu_spin_ns = 50000;
    kro__quirks quirks = {.spin_ns = type == KRO_DEVICE_TYPE_CPU ? 0 : gpu_spin_ns};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const quirk_row *row = &rows[i];
        if (row->driver_id == driver_id && driver_version >= row->first_version &&
            driver_version <= row->last_version) {
            quirks.universal_queue |= row->universal_queue;
            quirks.copy_kernel |= row->copy_kernel;
            if (row->watchdog_ns > 0)
                quirks.watchdog_ns = row->watchdog_ns;
        }
    }
    return quirks;
}
