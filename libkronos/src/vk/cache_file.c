#include "vk/cache_file.h"

#include <string.h>

// Written as the machine has it: on one of another byte order nothing matches, so it is refused.
typedef struct header_layout {
    char magic[8];
    uint32_t format;
    uint32_t vendor_id, device_id, driver_version;
    uint8_t uuid[KRO__CACHE_UUID_BYTES];
    uint64_t payload_bytes;
    uint64_t checksum;
    uint8_t zero[8];
} header_layout;

_Static_assert(sizeof(header_layout) == KRO__CACHE_HEADER_BYTES, "the header has no holes");

static const char magic[8] = {'K', 'R', 'O', 'C', 'A', 'C', 'H', 'E'};

enum { FORMAT = 1 };

// FNV-1a, 64 bits (Fowler, Noll, Vo): any change of one byte changes it.
static uint64_t checksum_of(const uint8_t *bytes, size_t size_bytes)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < size_bytes; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return hash;
}

void kro__cache_file_begin(const kro__cache_owner *owner, const void *payload, size_t payload_bytes,
                           uint8_t header[KRO__CACHE_HEADER_BYTES])
{
    header_layout layout = {
        .format = FORMAT,
        .vendor_id = owner->vendor_id,
        .device_id = owner->device_id,
        .driver_version = owner->driver_version,
        .payload_bytes = payload_bytes,
        .checksum = checksum_of(payload, payload_bytes),
    };
    memcpy(layout.magic, magic, sizeof magic);
    memcpy(layout.uuid, owner->uuid, sizeof layout.uuid);
    memcpy(header, &layout, sizeof layout);
}

bool kro__cache_file_check(const kro__cache_owner *owner, const void *file, size_t file_bytes,
                           const void **payload, size_t *payload_bytes)
{
    uint8_t expected[KRO__CACHE_HEADER_BYTES];
    if (file_bytes < KRO__CACHE_HEADER_BYTES)
        return false;
    const uint8_t *bytes = (const uint8_t *)file + KRO__CACHE_HEADER_BYTES;
    size_t count = file_bytes - KRO__CACHE_HEADER_BYTES;
    kro__cache_file_begin(owner, bytes, count, expected);
    if (memcmp(file, expected, sizeof expected) != 0)
        return false;
    *payload = bytes;
    *payload_bytes = count;
    return true;
}
