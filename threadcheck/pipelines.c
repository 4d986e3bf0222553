// Pipelines are built on several threads at once, in one context and in several that keep them in
// one folder.
#include "explore.h"

#include "contract/contract.h"
#include "scenes.h"
#include "shared.h"

enum { THREADS = 3, ROUNDS = 2 };

static void *build_and_run(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    const shared_things *things = self->shared;
    for (int round = 0; round < ROUNDS; round++) {
        kro_stream *stream = stage_stream(on, things->ctx, self->index);
        kro_pipeline *adder = stage_adder(on, things->ctx);
        kro_buffer *out = stage_floats(on, things->ctx, 0);
        stage_add(self, stream, adder, things->buffer, things->buffer, out);
        kro_stream_destroy(stream); // not submitted, so it never runs
        stage_add(self, kro_context_stream(things->ctx), adder, things->buffer, things->buffer,
                  out);
        check_buffer(on, out, 2);
        kro_pipeline_destroy(adder);
        kro_buffer_destroy(out);
    }
    return NULL;
}

static void play_builds(const stage *on)
{
    play_shared(on, THREADS, build_and_run);
}

TEST_FAMILY_CASE(pipelines_are_built_side_by_side)
{
    explore(t, param, play_builds);
}

// A context reads the folder's file when it opens and writes it when it closes.
static void *build_with_cache(void *user)
{
    const player *self = user;
    stage own = *self->on;
    own.config.cache_dir = self->shared;
    kro_context *ctx = stage_context(&own);
    if (!ctx)
        return NULL;
    kro_pipeline *adder = stage_adder(&own, ctx);
    kro_buffer *in = stage_floats(&own, ctx, 4), *out = stage_floats(&own, ctx, 0);
    stage_add(self, kro_context_stream(ctx), adder, in, in, out);
    check_buffer(&own, out, 8);
    kro_buffer_destroy(in);
    kro_buffer_destroy(out);
    kro_pipeline_destroy(adder);
    kro_context_destroy(ctx);
    return NULL;
}

static void play_cached_builds(const stage *on)
{
    play_threads(on, 2, build_with_cache, (void *)contract_folder(on->t));
}

TEST_FAMILY_CASE(contexts_keep_pipelines_in_one_folder)
{
    explore(t, param, play_cached_builds);
}
