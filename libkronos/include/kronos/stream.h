// Streams: operations recorded in order, submitted together, finished behind a fence.
//
// Within a stream the result is as if operations ran one after another; the library runs those that
// share no bytes side by side and puts barriers only where they are needed. Streams are independent
// of each other until kro_stream_wait orders them.
//
// Errors while recording are returned and kept: the stream's whole open batch is dropped, earlier
// operations included, and what was already submitted stands. Until it is asked for, recording
// calls return that first error, too. The next kro_submit or kro_finish (on the default stream also
// kro_buffer_read, kro_buffer_write or kro_buffer_map) returns it with its own sentence and leaves
// the stream usable.
//
// A stream belongs to one thread at a time and takes no lock while recording; the default stream
// (kro_context_stream) may be shared.
#ifndef KRONOS_STREAM_H
#define KRONOS_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/buffer.h>
#include <kronos/context.h>
#include <kronos/pipeline.h>
#include <kronos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// A point in the work submitted to one queue; a plain value that may be copied and compared. {0}
// means done. Fences exist only for submitted work, so nothing waits on what nobody submitted.
typedef struct kro_fence {
    uint64_t queue; // 1 + the queue's index
    uint64_t value; // how far that queue has to come
} kro_fence;

// What stream to create.
typedef struct kro_stream_config {
    uint32_t queue;       // index below info.queue_count; default: 0
    uint32_t batch_nodes; // operations recorded before it submits by itself; default: the context's
    const char *label;    // shown by debuggers and in error text; copied; default: none
} kro_stream_config;

// What a stream has done since it was created. Updated by each submit.
typedef struct kro_stream_info {
    uint32_t queue;           // its queue's index
    uint64_t nodes;           // operations submitted
    uint64_t submits;         // batches submitted
    uint64_t level_barriers;  // between dependent operations of one batch
    uint64_t entry_barriers;  // before a batch that depends on earlier, unretired batches
    uint64_t exit_barriers;   // after a batch, to make its writes visible to the host
    uint64_t descriptor_sets; // descriptor sets written
    const char *label;        // "" where none was given
} kro_stream_info;

// One buffer argument of a dispatch.
typedef struct kro_binding {
    kro_buffer *buffer;    // NULL only where the kernel declares it and does not use it
    uint64_t offset_bytes; // multiple of limits.offset_alignment (uniform: uniform_alignment)
    uint64_t size_bytes;   // default: the rest of the buffer
    uint32_t binding;      // as the shader declares it
    uint32_t set;          // as the shader declares it
    uint32_t element;      // index into an array of buffers
} kro_binding;

#define KRO_ARGS_BUFFERS 8 // entries of kro_dispatch_args.buffers

// What a dispatch works on, and how much of it.
//
// Where nanoseconds count, keep one and change what differs from one call to the next: clearing a
// new one may take as long as kro_dispatch itself (docs/performance.md).
typedef struct kro_dispatch_args {
    kro_buffer *buffers[KRO_ARGS_BUFFERS]; // buffers[n] is binding n of set 0, whole; or use …
    const kro_binding *bindings;           // … this list; both may be used, each binding once
    uint32_t binding_count;                // length of that list
    uint32_t push_bytes; // must equal the size of the kernel's push constant block
    const void *push;    // push constants, copied
    // One of the two. Trailing zeros after the last non-zero mean 1. With `dims` a zero inside is a
    // valid empty dispatch; all zero without `dims` is an error.
    uint32_t groups[3];  // workgroups
    uint32_t threads[3]; // invocations; divided by the local size, rounding up
    uint32_t dims;       // 1 .. 3: how many of groups or threads are meant; default: see above
    bool independent; // conflicts with nothing since the last barrier or submit: the caller's word
    kro_buffer *const *touches; // buffers that the kernel reaches by device address; a kernel that
                                // uses addresses and lists none is ordered against everything
    uint32_t touch_count;       // length of that list
} kro_dispatch_args;

// Creates a stream.
//
// Returns:   KRO_OK and the stream.
// Errors:    INVALID_ARGUMENT  config->queue is not below info.queue_count
// Ownership: the caller destroys it before its context.
// Threads:   safe.
KRO_API KRO_MUST_USE kro_status kro_stream_create(kro_context *ctx, const kro_stream_config *config,
                                                  kro_stream **out);

// Destroys a stream: drops its open batch; submitted work runs on, but a kro_read that no wait has
// delivered yet is dropped and its `dst` is never written afterwards. The default stream is refused
// with a log line.
//
// Threads: one thread at a time for a stream; not while another thread waits on a fence of a
//          kro_read of this stream.
KRO_API void kro_stream_destroy(kro_stream *stream);

// Facts and counts of a stream.
//
// Returns:   NULL for NULL.
// Ownership: the stream's; the values change with its next submit.
// Threads:   one thread at a time for a stream.
KRO_API const kro_stream_info *kro_stream_get_info(const kro_stream *stream);

// Records a dispatch.
//
// Errors:    INVALID_ARGUMENT  missing or extra buffer, range past the end or above
//                              limits.max_binding_bytes, misaligned offset, wrong push size, no or
//                              too many groups, buffer mapped
// Ownership: everything in `args` is borrowed for the call.
// Threads:   one thread at a time for a stream.
// Source:    Vulkan 1.3, "Dispatching Commands".
KRO_API kro_status kro_dispatch(kro_stream *stream, kro_pipeline *pipeline,
                                const kro_dispatch_args *args);

// Records a dispatch whose workgroup counts (three uint32_t) are read from a buffer when it runs.
// `args` must leave groups, threads and dims zero. Counts above limits.max_groups are undefined.
//
// Errors:  those of kro_dispatch; INVALID_ARGUMENT  offset not a multiple of 4, or past the end
// Threads: one thread at a time for a stream.
KRO_API kro_status kro_dispatch_indirect(kro_stream *stream, kro_pipeline *pipeline,
                                         const kro_dispatch_args *args, kro_buffer *groups,
                                         uint64_t offset_bytes);

// Records a copy of any number of bytes between buffers.
//
// Errors:  INVALID_ARGUMENT  range past the end of a buffer, source and destination overlap
// Threads: one thread at a time for a stream.
KRO_API kro_status kro_copy(kro_stream *stream, kro_buffer *dst, uint64_t dst_offset_bytes,
                            kro_buffer *src, uint64_t src_offset_bytes, uint64_t size_bytes);

// Records a fill with a repeated 32-bit word; offset and size are multiples of 4.
//
// Errors:  INVALID_ARGUMENT  range past the end of the buffer, offset or size not a multiple of 4
// Threads: one thread at a time for a stream.
KRO_API kro_status kro_fill(kro_stream *stream, kro_buffer *dst, uint64_t offset_bytes,
                            uint64_t size_bytes, uint32_t word);

// Records a write of host memory. `src` may be reused when the call returns, up to
// limits.staging_bytes; a larger source must stay valid and unchanged until the fence. The stream
// holds upload memory for all of it until the fence; kro_buffer_write, which waits, holds at
// most 48 MiB a call.
//
// A larger source that lies as a whole in memory of one kro_host_register is never copied: the work
// reads it in place, as kro_copy would, and nothing is held for it.
//
// Errors:  INVALID_ARGUMENT      range past the end of the buffer
//          OUT_OF_DEVICE_MEMORY  no upload memory for so many bytes
// Threads: one thread at a time for a stream.
KRO_API kro_status kro_write(kro_stream *stream, kro_buffer *dst, uint64_t offset_bytes,
                             const void *src, uint64_t size_bytes);

// Records a read into host memory. `dst` is filled when the first kro_wait, kro_poll or kro_finish,
// on any thread, sees the submit's fence complete: once; a second waiter returns only after `dst`
// is filled. It is never written after the stream is destroyed. The stream holds readback memory
// for all of it until then; kro_buffer_read, which waits, holds at most 48 MiB a call.
//
// A `dst` that lies as a whole in memory of one kro_host_register is written in place, as kro_copy
// would: by the work itself, at any time between the submit and the fence, also where the stream is
// destroyed meanwhile. It is to be read after the fence was waited for, as ever.
//
// Errors:    INVALID_ARGUMENT      range past the end of the buffer
//            OUT_OF_DEVICE_MEMORY  no readback memory for so many bytes
// Ownership: `dst` stays the caller's and valid until then.
// Threads:   one thread at a time for a stream.
KRO_API kro_status kro_read(kro_stream *stream, kro_buffer *src, uint64_t offset_bytes, void *dst,
                            uint64_t size_bytes);

// Records a full barrier: nothing moves across it, whatever the operations share.
//
// Returns: KRO_OK; or the recording error kept since the last submit.
// Threads: one thread at a time for a stream.
KRO_API kro_status kro_barrier(kro_stream *stream);

// Submits the open batch. An empty batch gives the stream's last fence.
//
// Returns: KRO_OK; or the recording error kept since the last submit, with the batch dropped. A
//          submit that fails drops its batch and consumes no fence value. `out` may be NULL.
// Threads: one thread at a time for a stream.
// Blocks:  while 256 batches and launches of the stream are in flight, until the oldest has
//          finished; so does a recording call whose node fills a batch. On the default stream other
//          threads' calls go on meanwhile.
KRO_API kro_status kro_submit(kro_stream *stream, kro_fence *out);

// Makes work that this stream submits later run after `fence`, and see what it wrote. Submits the
// open batch first. {0} and fences of the stream itself cost nothing.
//
// Errors:  INVALID_ARGUMENT  not a fence of this context; kept like a recording error
// Threads: one thread at a time for a stream.
KRO_API kro_status kro_stream_wait(kro_stream *stream, kro_fence fence);

// Waits until the work before a fence has finished and its kro_reads have been delivered.
//
// Units:   timeout_ns in nanoseconds; 0 looks once, UINT64_MAX waits without end.
// Returns: KRO_OK, or KRO_TIMEOUT; the fence stays valid and may be waited for again.
// Errors:  INVALID_ARGUMENT  not a fence of this context
// Threads: safe.
// Blocks:  up to timeout_ns; a lost device ends every wait.
KRO_API KRO_MUST_USE kro_status kro_wait(kro_context *ctx, kro_fence fence, uint64_t timeout_ns);

// Looks whether the work before a fence has finished; delivers its kro_reads if so.
//
// Returns: KRO_OK or KRO_NOT_READY.
// Errors:  INVALID_ARGUMENT  not a fence of this context
// Threads: safe.
KRO_API KRO_MUST_USE kro_status kro_poll(kro_context *ctx, kro_fence fence);

// Submits the open batch and waits for everything the stream has submitted.
//
// Returns: KRO_OK; or the recording error kept since the last submit.
// Threads: one thread at a time for a stream.
// Blocks:  until the work has finished or the device is lost.
KRO_API KRO_MUST_USE kro_status kro_finish(kro_stream *stream);

#ifdef __cplusplus
}
#endif

#endif
