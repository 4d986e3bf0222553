#include "running.h"

#include <inttypes.h>
#include <string.h>

// At least this much on each side; a kernel that runs off its range by a workgroup is seen.
enum { GUARD_BYTES = 1024 };

kt_output kt_output_create(kt_test *t, kro_context *ctx, uint64_t size_bytes)
{
    const kro_device_info *device = kro_context_info(ctx);
    uint64_t guard_bytes = GUARD_BYTES;
    if (device && device->limits.offset_alignment > guard_bytes)
        guard_bytes = device->limits.offset_alignment;
    uint64_t all_bytes = guard_bytes + size_bytes + guard_bytes;
    void *poison = kt_alloc(t, all_bytes);
    kt_poison(poison, all_bytes);
    kro_buffer *buffer = kt_buffer_in(
        t, ctx,
        &(kro_buffer_config){.size_bytes = all_bytes, .data = poison, .label = "guarded output"});
    kt_release(t, poison);
    return (kt_output){.buffer = buffer, .offset_bytes = guard_bytes, .size_bytes = size_bytes};
}

kro_binding kt_output_binding(const kt_output *output, uint32_t binding)
{
    return (kro_binding){.buffer = output->buffer,
                         .offset_bytes = output->offset_bytes,
                         .size_bytes = output->size_bytes,
                         .binding = binding};
}

// Fails the case for the first byte of a guard band that changed. `start_bytes` is where the band
// starts in the buffer.
static bool check_band(kt_test *t, const unsigned char *all, const unsigned char *poison,
                       uint64_t start_bytes, uint64_t size_bytes, uint64_t output_start_bytes)
{
    for (uint64_t i = start_bytes; i < start_bytes + size_bytes; i++) {
        if (all[i] == poison[i])
            continue;
        return kt_fail_check(t, KT_HERE,
                             "byte %" PRId64 " of an output was overwritten with 0x%02x; it lies "
                             "outside the bound range",
                             (int64_t)(i - output_start_bytes), all[i]);
    }
    return true;
}

bool kt_output_read(kt_test *t, const kt_output *output, void *dst)
{
    atomic_fetch_add(&t->checks, 1);
    const uint64_t guard_bytes = output->offset_bytes;
    const uint64_t end_bytes = guard_bytes + output->size_bytes;
    const uint64_t all_bytes = end_bytes + guard_bytes;
    unsigned char *all = kt_alloc(t, all_bytes), *poison = kt_alloc(t, all_bytes);
    kt_poison(poison, all_bytes);
    kro_status status = kro_buffer_read(output->buffer, 0, all, all_bytes);
    bool right = status == KRO_OK;
    if (right) {
        memcpy(dst, all + guard_bytes, output->size_bytes);
        kt_read_back(t, dst, output->size_bytes);
        right = check_band(t, all, poison, 0, guard_bytes, guard_bytes) &&
                check_band(t, all, poison, end_bytes, guard_bytes, guard_bytes);
    } else {
        kt_fail_status(t, "kt_output_read", status);
    }
    kt_release(t, all);
    kt_release(t, poison);
    return right;
}
