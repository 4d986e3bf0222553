// Files of pipeline caches: only what kro__cache_file_begin has written for this owner, to the last
// bit, reaches the driver.
//
// The input is the owner's four facts, then the file; both as they lie in memory.
#include "fuzz.h"

#include "vk/cache_file.h"

// Whatever is kept comes back.
static void round_trip(const kro__cache_owner *owner, const uint8_t *payload, size_t payload_bytes)
{
    const size_t file_bytes = KRO__CACHE_HEADER_BYTES + payload_bytes;
    const void *found = NULL;
    size_t found_bytes = 0;
    uint8_t *file = malloc(file_bytes);
    fuzz_require(file != NULL);
    if (payload_bytes)
        memcpy(file + KRO__CACHE_HEADER_BYTES, payload, payload_bytes);
    kro__cache_file_begin(owner, file + KRO__CACHE_HEADER_BYTES, payload_bytes, file);
    fuzz_require(kro__cache_file_check(owner, file, file_bytes, &found, &found_bytes));
    fuzz_require(found == file + KRO__CACHE_HEADER_BYTES && found_bytes == payload_bytes);
    fuzz_require(!kro__cache_file_check(owner, file, file_bytes - 1, &found, &found_bytes));
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size_bytes)
{
    kro__cache_owner owner;
    if (size_bytes < sizeof owner)
        return 0;
    memcpy(&owner, bytes, sizeof owner);
    const uint8_t *file = bytes + sizeof owner;
    const size_t file_bytes = size_bytes - sizeof owner;
    const void *payload = NULL;
    size_t payload_bytes = 0;
    if (kro__cache_file_check(&owner, file, file_bytes, &payload, &payload_bytes)) {
        uint8_t header[KRO__CACHE_HEADER_BYTES];
        fuzz_require(payload == file + sizeof header);
        fuzz_require(payload_bytes == file_bytes - sizeof header);
        kro__cache_file_begin(&owner, payload, payload_bytes, header);
        fuzz_require(memcmp(header, file, sizeof header) == 0);
    } else {
        fuzz_require(!payload && !payload_bytes);
    }
    round_trip(&owner, file, file_bytes);
    return 0;
}
