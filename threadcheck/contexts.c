// Each thread has a context of its own: they share nothing.
#include "explore.h"

static void *compute_alone(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    kro_context *ctx = stage_context(on);
    if (!ctx)
        return NULL;
    kro_pipeline *adder = stage_adder(on, ctx);
    kro_buffer *in = stage_floats(on, ctx, (float)(self->index + 1));
    kro_buffer *out = stage_floats(on, ctx, 0);
    if (stage_add(self, kro_context_stream(ctx), adder, in, in, out))
        check_buffer(on, out, (float)(2 * (self->index + 1)));
    kro_buffer_destroy(in);
    kro_buffer_destroy(out);
    kro_pipeline_destroy(adder);
    kro_context_destroy(ctx);
    // The list of devices opens the driver, too.
    kro_devices *devices = NULL;
    if (CHECK_OK(kro_devices_create(&on->config, &devices)))
        CHECK(kro_devices_count(devices) > 0);
    kro_devices_destroy(devices);
    return NULL;
}

static void play_contexts(const stage *on)
{
    play_threads(on, 2, compute_alone, NULL);
}

TEST_FAMILY_CASE(contexts_share_nothing)
{
    explore(t, param, play_contexts);
}

// One context is closed while another thread works in its own.
typedef struct teardown {
    kro_context *contexts[2];
} teardown;

static void *work_and_close(void *user)
{
    const player *self = user;
    kt_test *t = self->t;
    const teardown *of = self->shared;
    kro_context *ctx = of->contexts[self->index];
    kro_pipeline *adder = stage_adder(self->on, ctx);
    kro_buffer *in = stage_floats(self->on, ctx, 3), *out = stage_floats(self->on, ctx, 0);
    kro_stream *stream = stage_stream(self->on, ctx, 0);
    // What is still recorded or running ends with the context's last object.
    if (stage_add(self, stream, adder, in, in, out)) {
        if ((self->on->number + self->index) % 2)
            CHECK_OK(kro_submit(stream, NULL));
        else
            CHECK_OK(kro_finish(stream));
    }
    kro_pipeline_destroy(adder);
    kro_buffer_destroy(in);
    kro_buffer_destroy(out);
    kro_stream_destroy(stream);
    kro_context_destroy(ctx);
    return NULL;
}

static void play_teardown(const stage *on)
{
    teardown of = {{stage_context(on), stage_context(on)}};
    if (of.contexts[0] && of.contexts[1])
        play_threads(on, 2, work_and_close, &of);
}

TEST_FAMILY_CASE(a_context_closes_while_others_work)
{
    explore(t, param, play_teardown);
}
