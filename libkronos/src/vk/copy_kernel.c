#include "vk/copy_kernel.h"

#include "reflect.h"
#include "vk/device.h"
#include "vk/kernel.h"

// copy_kernel.comp, compiled: a library alone is built without a shader compiler.
// project/shaders-embedded says how, and that they belong together.
static const uint32_t words[] =
#include "vk/copy_kernel.spv.inc"
    ;

enum { VECTOR_BYTES = 16, GROUP_INVOCATIONS = 128 };

kro_status kro__vk_copy_kernel_init(kro__vk_device *device)
{
    static const char label[] = "kronos copy";
    if (!device->adapter->quirks.copy_kernel || !device->base.info.features.device_address)
        return KRO_OK;
    kro__reflection reflection;
    kro_status status = kro__reflect(words, sizeof words, NULL, NULL, 0, label, &reflection);
    if (status < 0)
        return status;
    const kro__kernel_config config = {
        .reflection = &reflection,
        .words = words,
        .word_count = sizeof words / sizeof words[0],
        .label = label,
    };
    kro__kernel *kernel;
    status = kro__vk_kernel_create(&device->base, &config, &kernel);
    kro__reflection_finish(&reflection);
    if (status == KRO_OK)
        device->copy_kernel = (kro__vk_kernel *)kernel;
    return status;
}

void kro__vk_copy_kernel_finish(kro__vk_device *device)
{
    if (device->copy_kernel)
        kro__vk_kernel_destroy(&device->base, &device->copy_kernel->base);
    device->copy_kernel = NULL;
}

bool kro__vk_copy_divide(VkDeviceAddress target, VkDeviceAddress source, uint64_t size_bytes,
                         uint32_t max_groups, kro__vk_copy_plan *out)
{
    if (size_bytes < KRO__COPY_KERNEL_LEAST_BYTES || target % VECTOR_BYTES != source % VECTOR_BYTES)
        return false;
    uint64_t head_bytes = (VECTOR_BYTES - target % VECTOR_BYTES) % VECTOR_BYTES;
    uint64_t count = (size_bytes - head_bytes) / VECTOR_BYTES;
    if (count > INT32_MAX)
        return false;
    uint64_t groups = (count + GROUP_INVOCATIONS - 1) / GROUP_INVOCATIONS;
    *out = (kro__vk_copy_plan){
        .push = {.target = target + head_bytes,
                 .source = source + head_bytes,
                 .count = (uint32_t)count},
        .groups = groups < max_groups ? (uint32_t)groups : max_groups,
        .head_bytes = head_bytes,
        .body_bytes = count * VECTOR_BYTES,
        .tail_bytes = size_bytes - head_bytes - count * VECTOR_BYTES,
    };
    return true;
}
