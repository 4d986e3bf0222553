// Copies between host and device memory: recorded ones, and the blocking ones of buffers.
#ifndef KRO_SRC_TRANSFER_H
#define KRO_SRC_TRANSFER_H

#include <stdint.h>

#include <kronos/buffer.h>
#include <kronos/status.h>

// Puts host bytes into a buffer that nothing uses, and returns when they are there. Directly where
// the host reaches the memory, otherwise through staging.
kro_status kro__upload(kro_buffer *dst, uint64_t offset_bytes, const void *src,
                       uint64_t size_bytes);

// Takes bytes out of a buffer that nothing uses.
kro_status kro__download(kro_buffer *src, uint64_t offset_bytes, void *dst, uint64_t size_bytes);

#endif
