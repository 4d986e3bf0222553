// A stream: its open batch, and how a batch is scheduled, recorded and submitted.
#ifndef KRO_SRC_STREAM_H
#define KRO_SRC_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <kronos/graph.h>
#include <kronos/stream.h>

#include "backend.h"
#include "bindings.h"
#include "context.h"
#include "open_batch.h"
#include "retire.h"
#include "shapes.h"
#include "staging.h"
#include "uses.h"

// Batches and graphs of one stream that may be in flight: far more than keep a device busy, and few
// enough that a program which never waits does not fill the memory with them.
enum { KRO__MAX_IN_FLIGHT = 256 };

// Batches of one stream that a program may record in turns, each of them following the last one
// like it.
enum { KRO__BATCHES = 8 };

// A buffer given to one slot of a dispatch.
typedef struct kro__argument {
    kro_buffer *buffer; // NULL: none
    uint64_t offset_bytes, size_bytes;
} kro__argument;

struct kro_stream {
    kro__object object;
    kro_stream *previous_stream, *next_stream; // among the context's, under the graveyard's lock
    uint64_t id;
    kro_stream_info info;
    bool shared;     // several threads may call at once: `lock` is taken
    bool careful;    // shared, or the context is in plain mode: recording calls end with more to do
    kro__mutex lock; // not held while waiting
    kro__queue *queue;
    kro__recorder *recorder;
    uint32_t most_nodes;                   // that a batch may ever hold
    uint32_t batch_nodes;                  // that this one may: fewer only under a watchdog
    kro__open_batch *batch;                // the open one, of `batches`
    kro__open_batch batches[KRO__BATCHES]; // the others are empty, or wait to be followed
    kro__open_batch *before;               // kept and submitted last; NULL: none was
    uint64_t batch_number;                 // the highest of all its batches
    _Atomic uint64_t open_serial;          // of the open batch; 0 while it is empty
    _Atomic bool uses_everything; // the open batch may use any buffer with a device address
    bool entry_barrier;           // a kro_barrier stands between the last submit and the open batch
    kro__wait waits[KRO__MAX_QUEUES]; // fences of other queues that the next submit waits for
    uint32_t wait_count;
    kro__bindings bindings;
    kro__shapes shapes;
    kro__staging upload, readback;
    uint64_t last_value;                 // of its last submit
    uint64_t recent[KRO__MAX_IN_FLIGHT]; // values of its last submits, a ring
    uint32_t recent_next;                // where the next one goes, and the oldest is (0: none)
    kro_graph *capture;                  // what it records into instead; NULL: its open batch
    kro_status error;         // kept since a recording call failed; 0: none. While it captures,
                              // what calls are told that no graph can hold
    kro__sentence sentence;   // of `error`
    kro__stream_check *check; // check_hazards only
    kro__argument *arguments; // scratch of one dispatch: its buffers, slot by slot
    kro__bound *bound;
    uint32_t argument_capacity, bound_capacity;
    kro__use *uses; // scratch of one operation: its hazards
    uint32_t use_capacity;
    char *label;
};

// Creates a stream; `shared` gives it a lock.
kro_status kro__stream_open(kro_context *ctx, const kro_stream_config *config, bool shared,
                            kro_stream **out);

// Creates a stream of the library's own, whose batches are never submitted by themselves: its open
// batch pins no object, and check_hazards does not know it.
kro_status kro__stream_open_hidden(kro_context *ctx, const kro_stream_config *config,
                                   kro_stream **out);

// Drops the open batch of a hidden stream and destroys the stream.
void kro__stream_close_hidden(kro_stream *stream);

// Takes and gives back a shared stream; others cost a branch.
static inline void kro__stream_lock(kro_stream *stream)
{
    if (stream->shared)
        kro__mutex_lock(&stream->lock);
}

static inline void kro__stream_unlock(kro_stream *stream)
{
    if (stream->shared)
        kro__mutex_unlock(&stream->lock);
}

// Waits until `batch_count` more batches of a locked stream may be in flight (at most
// KRO__MAX_IN_FLIGHT). The lock is given back meanwhile, so any other thread's call may come
// between; where nothing has to be waited for, none does.
kro_status kro__stream_make_room(kro_stream *stream, uint32_t batch_count);

// The rare parts of the calls below: a kept error or a nearly full batch, and an error, a lock or
// plain mode.
kro_status kro__stream_begin_slowly(kro_stream *stream);
kro_status kro__stream_end_slowly(kro_stream *stream, kro_status status);

// Begins a recording call on a locked stream: the kept error if there is one, otherwise room for
// one more node, which the caller fills in at batch.nodes[batch.node_count]. May make room for the
// batch, so the caller holds nothing of the stream yet.
static inline kro_status kro__stream_begin(kro_stream *stream)
{
    return stream->batch->node_count < stream->batch->room ? KRO_OK
                                                           : kro__stream_begin_slowly(stream);
}

// Makes the buffers of `uses` known to the open batch, so that they can be given to
// kro__stream_append until the batch ends.
kro_status kro__stream_track(kro_stream *stream, kro__use *uses, uint32_t use_count);

// Appends the node that the caller has filled in; `uses` are its hazards. Submits if the batch is
// full, which in plain mode every batch is. See append.h.
kro_status kro__stream_append(kro_stream *stream, uint32_t pipeline_id, kro__step step,
                              bool uses_everything, const kro__use *uses, uint32_t use_count);

// Ends a recording call: keeps an error and drops the batch, gives the stream back, and in plain
// mode waits for what was submitted. Returns `status` or what went wrong since.
static inline kro_status kro__stream_end(kro_stream *stream, kro_status status)
{
    return status >= 0 && !stream->careful ? status : kro__stream_end_slowly(stream, status);
}

// Forgets the open batch; what it took is free again.
void kro__stream_drop(kro_stream *stream);

// Empties the open batch but for what it publishes and has interned.
void kro__stream_clear(kro_stream *stream);

// Nodes that may be recorded into the open batch without asking, as long as it can take one at all.
uint32_t kro__stream_room(const kro_stream *stream);

// Submits the open batch, if there is one; on failure it is dropped. Makes room for it first, which
// was done where a recording call has filled the batch, or the caller has done it.
kro_status kro__stream_flush(kro_stream *stream);

// Schedules and records the open batch, which stays open: to be submitted once, or again and again.
kro_status kro__stream_record(kro_stream *stream, bool again, kro__recorded **out);

// Submits what `source` recorded of its open batch, as work of `stream`, which has room for it.
kro_status kro__stream_send(kro_stream *stream, kro_stream *source, kro__recorded *recorded);

// kro__stream_flush, or the kept error, which is cleared unless the stream captures.
kro_status kro__stream_submit(kro_stream *stream);

#endif
