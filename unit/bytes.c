// Comparing few bytes.
#include "bytes.h"

#include "test.h"

TEST(a_byte_that_differs_is_seen_wherever_it_is)
{
    enum { MOST = 13 };
    for (uint32_t size = 0; size <= MOST; size++) {
        const uint8_t left[MOST + 1] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
        uint8_t right[MOST + 1];
        memcpy(right, left, sizeof right);
        CHECK(kro__same_bytes(left, right, size));
        for (uint32_t i = 0; i <= size; i++) { // the last one lies behind
            right[i] ^= 0x80;
            CHECK(kro__same_bytes(left, right, size) == (i == size));
            right[i] ^= 0x80;
        }
    }
}
