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
} kro_memory;

// What buffer to create.
typedef struct kro_buffer_config {
    uint64_t size_bytes; // required: 1 .. limits.max_buffer_bytes
    kro_memory memory;   // default: KRO_MEMORY_DEVICE
    const void *data;    // initial contents, size_bytes long, copied; default: undefined contents
    bool device_address; // kernels may reach it by its address (needs features.device_address)
    const char *label;   // shown by debuggers and in error text; copied; default: none
} kro_buffer_config;

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
//            OUT_OF_DEVICE_MEMORY  no heap of that kind has room
// Ownership: the caller destroys it before its context; work still running keeps the memory alive.
// Threads:   safe with every other call on the same context.
// Blocks:    with config->data in memory the host cannot reach, until the copy has finished.
// Source:    Vulkan 1.3, "Resource Creation"; limit = min(maxBufferSize, maxMemoryAllocationSize).
KRO_API KRO_MUST_USE kro_status kro_buffer_create(kro_context *ctx, const kro_buffer_config *config,
                                                  kro_buffer **out);

// Destroys a buffer. Recorded and submitted work that uses it runs on; the memory is freed when
// that work has passed.
//
// Threads: safe with calls that do not name this buffer.
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
//          large read.
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
