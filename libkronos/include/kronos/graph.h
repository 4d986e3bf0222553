// Graphs: operations recorded once and launched many times.
//
//     kro_graph_begin(stream, NULL);
//     kro_dispatch(stream, step, &(kro_dispatch_args){.buffers = {a, b}, .threads = {n}});
//     kro_dispatch(stream, step, &(kro_dispatch_args){.buffers = {b, a}, .threads = {n}});
//     kro_graph_end(stream, &graph);
//     for (int i = 0; i < 1000; i++)
//         kro_graph_launch(graph, stream, NULL);
//
// Between begin and end a stream's dispatches, copies, fills and barriers become nodes of a graph
// instead of work. They are scheduled as a batch is, with the fewest barriers, and recorded once. A
// launch is one submission, however many nodes there are: it behaves as if the stream recorded the
// nodes at that place and submitted them. It may come while earlier launches still run.
//
// Nodes count from 0 in the order of their calls; barriers are no nodes. The buffers and pipelines
// that they name stay the application's. Destroying one is allowed and makes later launches
// INVALID_ARGUMENT.
#ifndef KRONOS_GRAPH_H
#define KRONOS_GRAPH_H

#include <stdint.h>

#include <kronos/stream.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kro_graph kro_graph; // operations that are launched together

// What graph to make.
typedef struct kro_graph_config {
    const char *label; // shown by debuggers and in error text; copied; default: the stream's
} kro_graph_config;

// What a graph is and what it has cost.
typedef struct kro_graph_info {
    uint32_t nodes;        // dispatches, copies and fills, those that do nothing included
    uint32_t levels;       // groups of nodes that run side by side, one group after another
    uint32_t barriers;     // between levels, in one launch
    uint64_t launches;     // submissions of it
    uint64_t recordings;   // 1, and one for each launch that came after an update
    uint64_t recording_ns; // time that the last recording took the calling thread
    const char *label;     // "" where none was given
} kro_graph_info;

// Begins to capture: until kro_graph_end the stream's dispatches, copies, fills and barriers become
// nodes of a graph. What the stream recorded before stays in its open batch. Meanwhile kro_write,
// kro_read, kro_stream_wait and kro_vk_stream_wait are refused and spoil the graph, as a recording
// error does; kro_submit, kro_finish and kro_graph_launch are refused and change nothing.
//
// Errors:  INVALID_ARGUMENT  the stream captures already, or is the default stream, which threads
//                            share; or the recording error kept since the last submit
// Threads: one thread at a time for a stream.
KRO_API KRO_MUST_USE kro_status kro_graph_begin(kro_stream *stream, const kro_graph_config *config);

// Ends a capture, also where it fails: schedules the nodes and records them.
//
// Returns:   KRO_OK and the graph; or the first recording error since kro_graph_begin.
// Errors:    INVALID_ARGUMENT  the stream captures nothing; a captured buffer or pipeline was
//                              destroyed since
// Ownership: the caller destroys it before its context; the stream may go earlier.
// Threads:   one thread at a time for a stream.
KRO_API KRO_MUST_USE kro_status kro_graph_end(kro_stream *stream, kro_graph **out);

// Destroys a graph; launches that still run are not disturbed.
//
// Threads: one thread at a time for a graph.
KRO_API void kro_graph_destroy(kro_graph *graph);

// Facts and counts of a graph.
//
// Returns:   NULL for NULL.
// Ownership: the graph's; the values change with its next launch.
// Threads:   one thread at a time for a graph.
KRO_API const kro_graph_info *kro_graph_get_info(const kro_graph *graph);

// Submits the stream's open batch, if it has one, and then the graph, on any stream of its context.
// The first launch after an update schedules and records anew. A graph without nodes gives the
// stream's last fence.
//
// Returns: KRO_OK; or the recording error that the stream kept since its last submit. A launch that
//          fails consumes no fence value. `out` may be NULL.
// Errors:  INVALID_ARGUMENT  a buffer or pipeline that a node names was destroyed, or a buffer is
//                            mapped; the stream is capturing
// Threads: one thread at a time for a stream and for a graph; a launch names all that its nodes do.
// Blocks:  as kro_submit does, already at 255: the open batch needs a place, too.
KRO_API KRO_MUST_USE kro_status kro_graph_launch(kro_graph *graph, kro_stream *stream,
                                                 kro_fence *out);

// Gives a dispatch of a graph new arguments: buffers, push constants and size, all of them. Its
// pipeline stays, and so do the workgroup counts of an indirect dispatch. Launches that still run
// keep the arguments they had; the next one records anew, which kro_graph_info tells apart.
//
// Errors:    INVALID_ARGUMENT  there is no such node, or it is no dispatch; its pipeline was
//                              destroyed; those of kro_dispatch
// Ownership: everything in `args` is borrowed for the call.
// Threads:   one thread at a time for a graph.
KRO_API KRO_MUST_USE kro_status kro_graph_update(kro_graph *graph, uint32_t node,
                                                 const kro_dispatch_args *args);

// Writes a picture of a graph in the DOT language of Graphviz: nodes with pipelines and buffers,
// levels side by side, and the hazards between nodes (RAW, WAR, WAW) with the buffers they are
// about. After an update it records anew, as a launch would.
//
// Errors:  IO                the file cannot be written; what was there stays
//          INVALID_ARGUMENT  a buffer or pipeline that a node names was destroyed, or a buffer is
//                            mapped
// Threads: one thread at a time for a graph.
KRO_API KRO_MUST_USE kro_status kro_graph_write_dot(kro_graph *graph, const char *path);

#ifdef __cplusplus
}
#endif

#endif
