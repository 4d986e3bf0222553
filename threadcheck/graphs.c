// Graphs are captured, launched on several streams, updated and destroyed on several threads.
#include "explore.h"
#include "scenes.h"
#include "shared.h"

enum { THREADS = 2, LAUNCHES = 4 };

// total = total + step, as a graph.
static kro_graph *capture(const player *self, kro_stream *stream, kro_buffer *total,
                          kro_buffer *step)
{
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    kro_graph *graph = NULL;
    if (!CHECK_OK(kro_graph_begin(stream, NULL)))
        return NULL;
    stage_add(self, stream, things->adder, total, step, total);
    CHECK_OK(kro_graph_end(stream, &graph));
    return graph;
}

static void *launch_graphs(void *user)
{
    const player *self = user;
    const stage *on = self->on;
    kt_test *t = self->t;
    const shared_things *things = self->shared;
    kro_stream *streams[2] = {stage_stream(on, things->ctx, self->index),
                              stage_stream(on, things->ctx, self->index + 1)};
    kro_buffer *total = stage_floats(on, things->ctx, 0);
    kro_buffer *one = stage_floats(on, things->ctx, 1), *ten = stage_floats(on, things->ctx, 10);
    kro_graph *graph = capture(self, streams[0], total, one);
    kro_fence fence = {0};
    for (int i = 0; graph && i < LAUNCHES; i++) {
        if (i == LAUNCHES / 2) {
            CHECK_OK(kro_graph_update(
                graph, 0,
                &(kro_dispatch_args){.buffers = {total, ten, total}, .threads = {SCENE_WORDS}}));
            kro_buffer_destroy(one);
        }
        CHECK_OK(kro_stream_wait(streams[i % 2], fence));
        CHECK_OK(kro_graph_launch(graph, streams[i % 2], &fence));
    }
    if (on->number % 2)
        kro_graph_destroy(graph);
    check_buffer(on, total, LAUNCHES / 2 * (1 + 10));
    if (on->number % 2 == 0)
        kro_graph_destroy(graph);
    kro_buffer_destroy(ten);
    kro_buffer_destroy(total);
    kro_stream_destroy(streams[0]);
    kro_stream_destroy(streams[1]);
    return NULL;
}

static void play_graphs(const stage *on)
{
    play_shared(on, THREADS, launch_graphs);
}

TEST_FAMILY_CASE(graphs_are_launched_on_several_streams)
{
    explore(t, param, play_graphs);
}
