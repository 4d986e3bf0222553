// The file that keeps a driver's pipeline cache between runs: a header of our own ahead of the
// driver's bytes. Pure.
//
// Drivers trust the bytes behind a header they recognise; damaged ones are the application's fault
// and may crash it (KhronosGroup/Vulkan-Docs#2516). So the file has a checksum, and a file that
// does not fit the device to the last bit is not handed to the driver.
#ifndef KRO_SRC_VK_CACHE_FILE_H
#define KRO_SRC_VK_CACHE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KRO__CACHE_HEADER_BYTES = 64, KRO__CACHE_UUID_BYTES = 16 };

// What a cache belongs to.
typedef struct kro__cache_owner {
    uint32_t vendor_id, device_id, driver_version;
    uint8_t uuid[KRO__CACHE_UUID_BYTES]; // pipelineCacheUUID
} kro__cache_owner;

// Writes the header of a file with this payload.
void kro__cache_file_begin(const kro__cache_owner *owner, const void *payload, size_t payload_bytes,
                           uint8_t header[KRO__CACHE_HEADER_BYTES]);

// Whether a file is whole and the owner's; if so, where its payload is.
bool kro__cache_file_check(const kro__cache_owner *owner, const void *file, size_t file_bytes,
                           const void **payload, size_t *payload_bytes);

#endif
