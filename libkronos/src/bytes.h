// Comparing and copying the few words of push constants, which costs less here than in the C
// library.
#ifndef KRO_SRC_BYTES_H
#define KRO_SRC_BYTES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

// Whether two blocks are the same. Word by word: the caller has just written one of them so, and a
// wider load would have to wait until that has left the processor's store buffer.
static inline bool kro__same_bytes(const void *a, const void *b, uint32_t size_bytes)
{
    const uint8_t *left = a, *right = b;
    uint32_t i = 0;
    for (; i + 4 <= size_bytes; i += 4) {
        uint32_t one, other;
        memcpy(&one, left + i, 4);
        memcpy(&other, right + i, 4);
        if (one != other)
            return false;
    }
    for (; i < size_bytes; i++)
        if (left[i] != right[i])
            return false;
    return true;
}

// Copies a block to where no byte of it lies.
static inline void kro__copy_bytes(void *to, const void *from, uint32_t size_bytes)
{
    uint8_t *left = to;
    const uint8_t *right = from;
    uint32_t i = 0;
    for (; i + 4 <= size_bytes; i += 4)
        memcpy(left + i, right + i, 4);
    for (; i < size_bytes; i++)
        left[i] = right[i];
}

#endif
