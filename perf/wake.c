#include "wake.h"

#include "os/process.h"

// While the host fills and checks buffers, GPUs lower their clocks: an NVIDIA H200 from 1,980 to
// 345 MHz within 4 s. 0.3 s of copies raised them again; waiting for small dispatches did not.
static const uint64_t WAKE_NS = 400000000;
enum { WAKE_BYTES = 64 << 20, WAKE_COPIES = 16 };

static kro_status copy_for_a_while(const kp_scene *scene, kro_buffer *to, kro_buffer *from)
{
    const uint64_t end = kt_now_ns() + WAKE_NS;
    kro_status status = KRO_OK;
    while (status >= 0 && kt_now_ns() < end) {
        for (int i = 0; status >= 0 && i < WAKE_COPIES; i++)
            status = kro_copy(scene->stream, to, 0, from, 0, WAKE_BYTES);
        if (status >= 0)
            status = kro_finish(scene->stream);
    }
    return status;
}

bool kp_wake(const kp_scene *scene, kt_text *problem)
{
    const kro_device_type type = kro_context_info(scene->ctx)->type;
    const kro_buffer_config config = {.size_bytes = WAKE_BYTES};
    kro_buffer *from, *to;
    if (type != KRO_DEVICE_TYPE_DISCRETE && type != KRO_DEVICE_TYPE_INTEGRATED)
        return true;
    kro_status status = kro_buffer_create(scene->ctx, &config, &from);
    kro_status second = kro_buffer_create(scene->ctx, &config, &to);
    if (status >= 0)
        status = second < 0 ? second : copy_for_a_while(scene, to, from);
    kro_buffer_destroy(to);
    kro_buffer_destroy(from);
    return status >= 0 || kp_refuse_status(problem, "waking the device", status);
}
