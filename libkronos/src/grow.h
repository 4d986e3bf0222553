// Arrays that grow and never shrink: after warm-up, recording allocates nothing.
#ifndef KRO_SRC_GROW_H
#define KRO_SRC_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Makes room for `needed` elements in `*array` (a pointer to a pointer), doubling `*capacity`.
//
// Returns: false when memory ran out; the array is as it was.
static inline bool kro__grow(void *array, uint32_t *capacity, uint32_t needed,
                             size_t element_bytes);

// The rare part of it: `needed` is more than `*capacity`.
bool kro__grow_more(void *array, uint32_t *capacity, uint32_t needed, size_t element_bytes);

static inline bool kro__grow(void *array, uint32_t *capacity, uint32_t needed, size_t element_bytes)
{
    return needed <= *capacity || kro__grow_more(array, capacity, needed, element_bytes);
}

#endif
