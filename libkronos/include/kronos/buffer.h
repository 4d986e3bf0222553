// Buffers: device memory that kernels and copies read and write.
#ifndef KRONOS_BUFFER_H
#define KRONOS_BUFFER_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/context.h>
#include <kronos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kro_buffer kro_buffer; // bytes that kernels and copies work on

// Where a buffer lives. Kernels may use every kind.
typedef enum kro_memory {
    KRO_MEMORY_DEVICE = 0,   // fastest for kernels
    KRO_MEMORY_UPLOAD = 1,   // mappable; fast for the host to write and kernels to read
    KRO_MEMORY_READBACK = 2, // mappable; fast for kernels to write and the host to read
    KRO_MEMORY_HOST = 3,     // the caller's own; from kro_host_register, never kro_buffer_create
} kro_memory;

// What buffer to create.
typedef struct kro_buffer_config {
    uint64_t size_bytes; // required: 1 .. limits.max_buffer_bytes
    kro_memory memory;   // default: KRO_MEMORY_DEVICE
    const void *data;    // initial contents, size_bytes long, copied; default: undefined contents
    bool device_address; // kernels may reach it by its address (needs features.device_address)
    const char *label;   // shown by debuggers and in error text; copied; default: none
} kro_buffer_config;

// Which memory of the caller to use as a buffer.
typedef struct kro_host_config {
    void *memory;        // required: readable and writable, at a multiple of limits.host_alignment
    uint64_t size_bytes; // required: a multiple of limits.host_alignment, up to max_buffer_bytes
    bool device_address; // kernels may reach it by its address (needs features.device_address)
    const char *label;   // shown by debuggers and in error text; copied; default: none
} kro_host_config;

// Facts about a buffer.
typedef struct kro_buffer_info {
    uint64_t size_bytes;     // as it was created
    kro_memory memory;       // as it was asked for
    bool mappable;           // kro_buffer_map works
    uint64_t device_address; // 0 unless asked for
    const char *label;       // "" where none was given
} kro_buffer_info;

// Creates a buffer that kernels read and write.
//
// Returns:   KRO_OK and the buffer in `*out`. With config->data the contents are there before the
//            call returns; no stream is touched.
// Errors:    INVALID_ARGUMENT      size is 0 or above limits.max_buffer_bytes
//            UNSUPPORTED           device_address without features.device_address
//            OUT_OF_DEVICE_MEMORY  no heap of that kind has room, or its budget is used up
// Ownership: the caller destroys it before its context; work still running keeps the memory alive.
// Threads:   safe with every other call on the same context.
// Blocks:    with config->data in memory the host cannot reach, until the copy has finished.
// Source:    Vulkan 1.3, "Resource Creation"; limit = min(maxBufferSize, maxMemoryAllocationSize).
KRO_API KRO_MUST_USE kro_status kro_buffer_create(kro_context *ctx, const kro_buffer_config *config,
                                                  kro_buffer **out);

// Makes a buffer of memory that the caller has already, without a copy: kernels and copies work on
// it in place. It is a kro_buffer like any other. What the host wrote before a submit is seen by
// that work, and what the work wrote is seen by the host once its fence was waited for; in between
// the bytes are the device's. Bytes pass between it and other buffers unstaged: with kro_copy, and
// with kro_write, kro_read, kro_buffer_write and kro_buffer_read whose host memory lies in it as a
// whole (kro_write: from limits.staging_bytes up; smaller sources may be reused at once, as ever).
// Such a call uses the buffer as kro_copy would, on its stream or, without one, on queue 0, and is
// ordered with the buffer's other work as that is; while the buffer is mapped, or where it is the
// other side too, the bytes are staged.
// Worth it for memory that is used more than once: a driver may take a while to import it (70 ms
// for 1 GiB were seen).
//
// Returns:   KRO_OK and the buffer in `*out`.
// Errors:    INVALID_ARGUMENT      memory is NULL, or overlaps other memory registered with this
//                                  context; memory or size is no multiple of
//                                  limits.host_alignment; size is 0, above
//                                  limits.max_buffer_bytes, or reaches past the address space
//            UNSUPPORTED           limits.host_alignment is 0, or the driver cannot import this
//                                  memory (a file's or another device's, perhaps): use a buffer
//                                  and kro_write; device_address without features.device_address
//            OUT_OF_DEVICE_MEMORY  the driver has no room to import it
// Ownership: the memory stays the caller's, and must stay where it is until kro_host_unregister
//            has returned KRO_OK or the context is destroyed.
// Threads:   safe with every other call on the same context.
// Source:    VK_EXT_external_memory_host.
KRO_API KRO_MUST_USE kro_status kro_host_register(kro_context *ctx, const kro_host_config *config,
                                                  kro_buffer **out);

// Destroys a buffer of kro_host_register and returns when no work uses its memory any more, which
// may then be freed: submits the default stream's open batch and waits for every submitted use of
// the buffer on any stream. (kro_buffer_destroy does not wait: with it the memory stays in use
// until the context is destroyed.)
//
// Returns: KRO_OK, also for NULL, and the buffer is gone; after an error it is as it was.
// Errors:  INVALID_ARGUMENT  not from kro_host_register, mapped, or another stream's open batch was
//                            begun before the call and may use it: submit that first
// Threads: safe with calls that do not name this buffer, nor its memory.
// Blocks:  until submitted uses of the buffer have finished.
KRO_API KRO_MUST_USE kro_status kro_host_unregister(kro_buffer *buffer);

// Destroys a buffer. Recorded and submitted work that uses it runs on; the memory is freed when
// that work has passed.
//
// Threads: safe with calls that do not name this buffer, nor memory that it was registered with.
KRO_API void kro_buffer_destroy(kro_buffer *buffer);

// Facts about a buffer.
//
// Returns:   NULL for NULL.
// Ownership: the buffer's.
// Threads:   safe.
KRO_API const kro_buffer_info *kro_buffer_get_info(const kro_buffer *buffer);

// Writes host memory into a buffer and returns when `src` may be reused: submits the default
// stream's open batch, waits for every submitted use of the buffer on any stream, copies. Work that
// other streams have recorded and not submitted is not seen.
//
// Returns: KRO_OK, also for size 0; or the default stream's pending recording error.
// Errors:  INVALID_ARGUMENT  range past the end of the buffer, buffer mapped
// Threads: safe.
// Blocks:  until earlier submitted uses of the buffer have finished.
KRO_API KRO_MUST_USE kro_status kro_buffer_write(kro_buffer *dst, uint64_t offset_bytes,
                                                 const void *src, uint64_t size_bytes);

// Reads a buffer into host memory, after every submitted use of it; see kro_buffer_write.
//
// Returns: KRO_OK, also for size 0; or the default stream's pending recording error. After an error
//          `dst` is never written again; it is untouched, unless a driver failed halfway through a
//          large read. (In registered memory work that was submitted may still write it, until
//          kro_host_unregister has returned.)
// Errors:  INVALID_ARGUMENT  range past the end of the buffer, buffer mapped
// Threads: safe.
// Blocks:  until earlier submitted uses of the buffer have finished.
KRO_API KRO_MUST_USE kro_status kro_buffer_read(kro_buffer *src, uint64_t offset_bytes, void *dst,
                                                uint64_t size_bytes);

// Gives the host a pointer to the whole buffer, after every submitted use of it; see
// kro_buffer_write. Until kro_buffer_unmap the buffer is the host's: recording work that names it
// is INVALID_ARGUMENT.
//
// Returns:   KRO_OK and the pointer in `*out`; or the default stream's pending recording error.
// Errors:    INVALID_ARGUMENT  mapped already
//            UNSUPPORTED       the buffer's memory cannot be mapped (info.mappable)
// Ownership: the pointer is the buffer's and ends with kro_buffer_unmap.
// Threads:   safe.
// Blocks:    until earlier submitted uses of the buffer have finished.
KRO_API KRO_MUST_USE kro_status kro_buffer_map(kro_buffer *buffer, void **out);

// Ends a mapping; what the host wrote is seen by work submitted later.
//
// Errors:  INVALID_ARGUMENT  not mapped
// Threads: safe.
KRO_API kro_status kro_buffer_unmap(kro_buffer *buffer);

#ifdef __cplusplus
}
#endif

#endif
