// A pipeline cache file that is not whole, or not this device's, never reaches the driver.
#include "vk/cache_file.h"

#include <string.h>

#include "test.h"

enum { PAYLOAD_BYTES = 300, FILE_BYTES = KRO__CACHE_HEADER_BYTES + PAYLOAD_BYTES };

static const kro__cache_owner owner = {
    .vendor_id = 0x10de, .device_id = 0x2335, .driver_version = 7, .uuid = {1, 2, 3}};

static void make_file(kt_test *t, uint8_t file[FILE_BYTES])
{
    kt_fill_bytes(t, file + KRO__CACHE_HEADER_BYTES, PAYLOAD_BYTES);
    kro__cache_file_begin(&owner, file + KRO__CACHE_HEADER_BYTES, PAYLOAD_BYTES, file);
}

static bool accepts(const kro__cache_owner *who, const uint8_t *file, size_t file_bytes)
{
    const void *payload;
    size_t payload_bytes;
    return kro__cache_file_check(who, file, file_bytes, &payload, &payload_bytes);
}

TEST(a_whole_cache_file_gives_its_payload_back)
{
    uint8_t file[FILE_BYTES];
    const void *payload = NULL;
    size_t payload_bytes = 0;
    make_file(t, file);
    CHECK(kro__cache_file_check(&owner, file, sizeof file, &payload, &payload_bytes));
    CHECK(payload == file + KRO__CACHE_HEADER_BYTES);
    CHECK_EQ_U64(payload_bytes, PAYLOAD_BYTES);
}

TEST(every_flipped_bit_of_a_cache_file_is_noticed)
{
    uint8_t file[FILE_BYTES];
    make_file(t, file);
    for (size_t bit = 0; bit < 8 * sizeof file; bit++) {
        file[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (!CHECK(!accepts(&owner, file, sizeof file)))
            LOGF(t, "bit %zu", bit);
        file[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    CHECK(accepts(&owner, file, sizeof file));
}

TEST(every_shorter_or_longer_cache_file_is_noticed)
{
    uint8_t file[FILE_BYTES + 1] = {0};
    make_file(t, file);
    for (size_t size = 0; size < FILE_BYTES; size++)
        CHECK(!accepts(&owner, file, size));
    CHECK(!accepts(&owner, file, FILE_BYTES + 1));
}

TEST(another_owners_cache_file_is_refused)
{
    uint8_t file[FILE_BYTES];
    make_file(t, file);
    kro__cache_owner other = owner;
    other.driver_version++;
    CHECK(!accepts(&other, file, sizeof file));
    other = owner;
    other.uuid[15] = 1;
    CHECK(!accepts(&other, file, sizeof file));
    other = owner;
    other.device_id++;
    CHECK(!accepts(&other, file, sizeof file));
}
