#include "transfer.h"

#include <kronos/stream.h>

#include "buffer.h"
#include "fence.h"
#include "graph.h"
#include "grow.h"
#include "stream.h"

// Pipeline id of operations that have none: they come first within their level.
enum { NO_PIPELINE = 0 };

static kro_status check_buffer(const kro_stream *stream, const kro_buffer *buffer, const char *verb,
                               uint64_t offset_bytes, uint64_t size_bytes)
{
    if (buffer->object.ctx != stream->object.ctx)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "%s of %s, which belongs to another context",
                         verb, kro__name_buffer(buffer).text);
    if (atomic_load_explicit(&buffer->mapped, memory_order_relaxed))
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "%s of %s while it is mapped; unmap it first",
                         verb, kro__name_buffer(buffer).text);
    return kro__buffer_check_range(buffer, verb, offset_bytes, size_bytes);
}

static kro__node *next_node(kro_stream *stream)
{
    return &stream->batch->nodes[stream->batch->node_count];
}

static kro_status append_transfer(kro_stream *stream, kro__use *uses, uint32_t use_count)
{
    kro_status status = kro__stream_track(stream, uses, use_count);
    return status < 0
               ? status
               : kro__stream_append(stream, NO_PIPELINE, (kro__step){0}, false, uses, use_count);
}

// Appends a copy of a range that both buffers have.
static kro_status append_copy(kro_stream *stream, kro_buffer *dst, uint64_t dst_offset_bytes,
                              kro_buffer *src, uint64_t src_offset_bytes, uint64_t size_bytes)
{
    *next_node(stream) = (kro__node){
        .op = KRO__OP_COPY,
        .copy = {.dst = dst->memory,
                 .src = src->memory,
                 .dst_offset_bytes = dst_offset_bytes,
                 .src_offset_bytes = src_offset_bytes,
                 .size_bytes = size_bytes},
    };
    kro__use uses[] = {
        {.buffer = src,
         .access = kro__buffer_access(src, src_offset_bytes, size_bytes, true, false)},
        {.buffer = dst,
         .access = kro__buffer_access(dst, dst_offset_bytes, size_bytes, false, true)},
    };
    return append_transfer(stream, uses, 2);
}

static kro_status record_copy(kro_stream *stream, kro_buffer *dst, uint64_t dst_offset_bytes,
                              kro_buffer *src, uint64_t src_offset_bytes, uint64_t size_bytes)
{
    if (stream->capture)
        return kro__graph_add_copy(stream->capture, dst, dst_offset_bytes, src, src_offset_bytes,
                                   size_bytes);
    kro_status status = kro__stream_begin(stream);
    if (status < 0)
        return status;
    status = check_buffer(stream, src, "copy out", src_offset_bytes, size_bytes);
    if (status < 0)
        return status;
    status = check_buffer(stream, dst, "copy into", dst_offset_bytes, size_bytes);
    if (status < 0 || size_bytes == 0)
        return status;
    if (src == dst && src_offset_bytes < dst_offset_bytes + size_bytes &&
        dst_offset_bytes < src_offset_bytes + size_bytes)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "copy of %llu bytes within %s from offset %llu to %llu overlaps itself; "
                         "copy through another buffer",
                         (unsigned long long)size_bytes, kro__name_buffer(src).text,
                         (unsigned long long)src_offset_bytes,
                         (unsigned long long)dst_offset_bytes);
    return append_copy(stream, dst, dst_offset_bytes, src, src_offset_bytes, size_bytes);
}

kro_status kro_copy(kro_stream *stream, kro_buffer *dst, uint64_t dst_offset_bytes, kro_buffer *src,
                    uint64_t src_offset_bytes, uint64_t size_bytes)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_copy: stream is NULL");
    kro__stream_lock(stream);
    kro_status status =
        dst && src ? record_copy(stream, dst, dst_offset_bytes, src, src_offset_bytes, size_bytes)
                   : kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_copy: dst or src is NULL");
    return kro__stream_end(stream, status);
}

static kro_status record_fill(kro_stream *stream, kro_buffer *dst, uint64_t offset_bytes,
                              uint64_t size_bytes, uint32_t word)
{
    if (stream->capture)
        return kro__graph_add_fill(stream->capture, dst, offset_bytes, size_bytes, word);
    kro_status status = kro__stream_begin(stream);
    if (status < 0)
        return status;
    status = check_buffer(stream, dst, "fill", offset_bytes, size_bytes);
    if (status < 0)
        return status;
    if (offset_bytes % 4 != 0 || size_bytes % 4 != 0)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT,
                         "fill of %llu bytes at offset %llu of %s: both must be multiples of 4",
                         (unsigned long long)size_bytes, (unsigned long long)offset_bytes,
                         kro__name_buffer(dst).text);
    if (size_bytes == 0)
        return KRO_OK;
    *next_node(stream) = (kro__node){
        .op = KRO__OP_FILL,
        .fill = {.dst = dst->memory,
                 .offset_bytes = offset_bytes,
                 .size_bytes = size_bytes,
                 .word = word},
    };
    kro__use use = {.buffer = dst,
                    .access = kro__buffer_access(dst, offset_bytes, size_bytes, false, true)};
    return append_transfer(stream, &use, 1);
}

kro_status kro_fill(kro_stream *stream, kro_buffer *dst, uint64_t offset_bytes, uint64_t size_bytes,
                    uint32_t word)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_fill: stream is NULL");
    kro__stream_lock(stream);
    kro_status status = dst ? record_fill(stream, dst, offset_bytes, size_bytes, word)
                            : kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_fill: dst is NULL");
    return kro__stream_end(stream, status);
}

// Where a transfer between a buffer and host memory needs no staging: the memory is registered, and
// a copy between the two buffers does. Not within one buffer, as the two ranges may overlap.
static kro__registered_part find_in_place(const kro_buffer *buffer, const void *memory,
                                          uint64_t size_bytes)
{
    kro__registered_part part =
        kro__registered_find(&buffer->object.ctx->registered, memory, size_bytes);
    return part.buffer == buffer ? (kro__registered_part){0} : part;
}

// Host memory is moved in pieces of staging memory.
static uint64_t piece_of(uint64_t left_bytes)
{
    return left_bytes < KRO__STAGING_MAX_BYTES ? left_bytes : KRO__STAGING_MAX_BYTES;
}

static kro_status record_write_piece(kro_stream *stream, kro_buffer *dst, uint64_t offset_bytes,
                                     const void *src, uint64_t size_bytes)
{
    const kro_context *ctx = stream->object.ctx;
    kro__staging_chunk *chunk;
    uint64_t chunk_offset;
    kro_status status = kro__stream_begin(stream);
    if (status < 0)
        return status;
    status =
        kro__staging_take(&stream->upload, stream->queue->index, size_bytes, &chunk, &chunk_offset);
    if (status < 0)
        return status;
    kro__copier_copy(&stream->object.ctx->copier, (char *)chunk->memory->host + chunk_offset, src,
                     size_bytes);
    status = ctx->backend->memory_flush(ctx->device, chunk->memory, chunk_offset, size_bytes);
    if (status < 0)
        return status;
    *next_node(stream) = (kro__node){
        .op = KRO__OP_COPY,
        .copy = {.dst = dst->memory,
                 .src = chunk->memory,
                 .dst_offset_bytes = offset_bytes,
                 .src_offset_bytes = chunk_offset,
                 .size_bytes = size_bytes},
    };
    kro__use use = {.buffer = dst,
                    .access = kro__buffer_access(dst, offset_bytes, size_bytes, false, true)};
    return append_transfer(stream, &use, 1);
}

// A source of up to `copied_bytes` is copied before this returns, also where it is registered.
static kro_status record_write(kro_stream *stream, kro_buffer *dst, uint64_t offset_bytes,
                               const void *src, uint64_t size_bytes, uint64_t copied_bytes)
{
    kro_status status = kro__stream_begin(stream);
    if (status < 0)
        return status;
    status = check_buffer(stream, dst, "write", offset_bytes, size_bytes);
    if (status >= 0 && size_bytes > copied_bytes) {
        kro__registered_part part = find_in_place(dst, src, size_bytes);
        if (part.buffer)
            return append_copy(stream, dst, offset_bytes, part.buffer, part.offset_bytes,
                               size_bytes);
    }
    for (uint64_t done = 0; status >= 0 && done < size_bytes;) {
        uint64_t piece = piece_of(size_bytes - done);
        status =
            record_write_piece(stream, dst, offset_bytes + done, (const char *)src + done, piece);
        done += piece;
    }
    return status;
}

kro_status kro_write(kro_stream *stream, kro_buffer *dst, uint64_t offset_bytes, const void *src,
                     uint64_t size_bytes)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_write: stream is NULL");
    kro__stream_lock(stream);
    kro_status status =
        dst && (src || size_bytes == 0)
            ? record_write(stream, dst, offset_bytes, src, size_bytes, KRO__STAGING_CHUNK_BYTES)
            : kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_write: dst or src is NULL");
    return kro__stream_end(stream, status);
}

static kro_status record_read_piece(kro_stream *stream, kro_buffer *src, uint64_t offset_bytes,
                                    void *dst, uint64_t size_bytes)
{
    kro__staging_chunk *chunk;
    uint64_t chunk_offset;
    kro_status status = kro__stream_begin(stream);
    if (status < 0)
        return status;
    kro__open_batch *batch = stream->batch;
    if (!kro__grow(&batch->reads, &batch->read_capacity, batch->read_count + 1,
                   sizeof *batch->reads))
        return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "out of host memory reading %s",
                         kro__name_buffer(src).text);
    status = kro__staging_take(&stream->readback, stream->queue->index, size_bytes, &chunk,
                               &chunk_offset);
    if (status < 0)
        return status;
    batch->reads[batch->read_count++] = (kro__pending_read){
        .stream = stream,
        .chunk = chunk,
        .offset_bytes = chunk_offset,
        .size_bytes = size_bytes,
        .dst = dst,
    };
    atomic_fetch_add(&chunk->pending_reads, 1);
    batch->exit_barrier = true;
    *next_node(stream) = (kro__node){
        .op = KRO__OP_COPY,
        .copy = {.dst = chunk->memory,
                 .src = src->memory,
                 .dst_offset_bytes = chunk_offset,
                 .src_offset_bytes = offset_bytes,
                 .size_bytes = size_bytes},
    };
    kro__use use = {.buffer = src,
                    .access = kro__buffer_access(src, offset_bytes, size_bytes, true, false)};
    return append_transfer(stream, &use, 1);
}

static kro_status record_read(kro_stream *stream, kro_buffer *src, uint64_t offset_bytes, void *dst,
                              uint64_t size_bytes)
{
    kro_status status = kro__stream_begin(stream);
    if (status < 0)
        return status;
    status = check_buffer(stream, src, "read", offset_bytes, size_bytes);
    if (status >= 0) {
        kro__registered_part part = find_in_place(src, dst, size_bytes);
        if (part.buffer)
            return append_copy(stream, part.buffer, part.offset_bytes, src, offset_bytes,
                               size_bytes);
    }
    for (uint64_t done = 0; status >= 0 && done < size_bytes;) {
        uint64_t piece = piece_of(size_bytes - done);
        status = record_read_piece(stream, src, offset_bytes + done, (char *)dst + done, piece);
        done += piece;
    }
    return status;
}

kro_status kro_read(kro_stream *stream, kro_buffer *src, uint64_t offset_bytes, void *dst,
                    uint64_t size_bytes)
{
    if (!stream)
        return kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_read: stream is NULL");
    kro__stream_lock(stream);
    kro_status status = src && (dst || size_bytes == 0)
                            ? record_read(stream, src, offset_bytes, dst, size_bytes)
                            : kro__fail(KRO_ERROR_INVALID_ARGUMENT, "kro_read: src or dst is NULL");
    return kro__stream_end(stream, status);
}

// Recorded and submitted under one hold of the lock: another thread's failure must not drop it.
static kro_status send_piece(kro_buffer *buffer, uint64_t offset_bytes, const void *src, void *dst,
                             uint64_t size_bytes, uint64_t *value)
{
    kro_context *ctx = buffer->object.ctx;
    kro_stream *stream = ctx->transfers;
    kro__stream_lock(stream);
    kro_status status = kro__stream_make_room(stream, 1); // now, for that may let others in
    if (status >= 0)
        status = src ? record_write(stream, buffer, offset_bytes, src, size_bytes, 0)
                     : record_read(stream, buffer, offset_bytes, dst, size_bytes);
    if (status >= 0)
        status = kro__stream_flush(stream);
    else
        kro__stream_drop(stream);
    *value = stream->last_value;
    kro__stream_unlock(stream);
    return kro__context_note(ctx, status);
}

// How a blocking transfer is cut: small enough that the device soon has something to do, and large
// enough that neither a submit nor, where threads help, waking them counts.
static uint64_t choose_piece(const kro_context *ctx, uint64_t size_bytes)
{
    uint64_t most =
        ctx->copier.thread_count > 1 ? KRO__STAGING_SHARED_PIECE_BYTES : KRO__STAGING_PIECE_BYTES;
    uint64_t piece = KRO__STAGING_CHUNK_BYTES;
    while (piece < most && piece * (KRO__STAGING_PIECES + 1) < size_bytes)
        piece *= 2;
    return piece;
}

// Some pieces are on their way at any time: while the device moves one, the host copies the next
// into staging memory, or the one before out of it.
static kro_status transfer(kro_buffer *buffer, uint64_t offset_bytes, const void *src, void *dst,
                           uint64_t size_bytes)
{
    kro_context *ctx = buffer->object.ctx;
    kro__queue *queue = ctx->transfers->queue;
    bool in_place = find_in_place(buffer, src ? src : dst, size_bytes).buffer;
    uint64_t piece = in_place ? size_bytes : choose_piece(ctx, size_bytes);
    uint64_t values[KRO__STAGING_PIECES], sent_bytes = 0, sent = 0, awaited = 0;
    kro_status status = KRO_OK;
    while (status >= 0 && (awaited < sent || sent_bytes < size_bytes)) {
        if (sent_bytes < size_bytes && sent - awaited < KRO__STAGING_PIECES) {
            uint64_t left = size_bytes - sent_bytes, bytes = left < piece ? left : piece;
            status = send_piece(
                buffer, offset_bytes + sent_bytes, src ? (const char *)src + sent_bytes : NULL,
                dst ? (char *)dst + sent_bytes : NULL, bytes, &values[sent % KRO__STAGING_PIECES]);
            sent_bytes += bytes;
            sent += status >= 0;
        } else {
            status = kro__queue_wait(ctx, queue, values[awaited % KRO__STAGING_PIECES], UINT64_MAX);
            awaited += status >= 0;
        }
    }
    for (; dst && awaited < sent; awaited++) // nobody writes there any more
        kro__queue_drop_reads(queue, ctx->transfers, (char *)dst + awaited * piece);
    return status;
}

// A flush takes whole atoms along, and the device may have written the rest of the outer ones: they
// are fetched first.
static kro_status write_host(kro_buffer *dst, uint64_t offset_bytes, const void *src,
                             uint64_t size_bytes)
{
    kro_context *ctx = dst->object.ctx;
    kro_status status =
        ctx->backend->memory_invalidate(ctx->device, dst->memory, offset_bytes, size_bytes);
    if (status < 0)
        return status;
    kro__copier_copy(&ctx->copier, (char *)dst->memory->host + offset_bytes, src, size_bytes);
    return ctx->backend->memory_flush(ctx->device, dst->memory, offset_bytes, size_bytes);
}

static kro_status read_host(kro_buffer *src, uint64_t offset_bytes, void *dst, uint64_t size_bytes)
{
    kro_context *ctx = src->object.ctx;
    kro_status status =
        ctx->backend->memory_invalidate(ctx->device, src->memory, offset_bytes, size_bytes);
    if (status >= 0)
        kro__copier_copy(&ctx->copier, dst, (const char *)src->memory->host + offset_bytes,
                         size_bytes);
    return status;
}

kro_status kro__upload(kro_buffer *dst, uint64_t offset_bytes, const void *src, uint64_t size_bytes)
{
    if (!dst->memory->host)
        return transfer(dst, offset_bytes, src, NULL, size_bytes);
    kro__buffer_lock_atoms(dst);
    kro_status status = write_host(dst, offset_bytes, src, size_bytes);
    kro__buffer_unlock_atoms(dst);
    return kro__context_note(dst->object.ctx, status);
}

kro_status kro__download(kro_buffer *src, uint64_t offset_bytes, void *dst, uint64_t size_bytes)
{
    if (!src->memory->host_readable)
        return transfer(src, offset_bytes, NULL, dst, size_bytes);
    kro__buffer_lock_atoms(src);
    kro_status status = read_host(src, offset_bytes, dst, size_bytes);
    kro__buffer_unlock_atoms(src);
    return kro__context_note(src->object.ctx, status);
}
