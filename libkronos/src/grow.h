// Arrays that grow and never shrink: after warm-up, recording allocates nothing.
#ifndef KRO_SRC_GROW_H
#define KRO_SRC_GROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Makes room for `needed` elements in `*array` (a pointer to a pointer), doubling `*capacity`.
//
// Returns: false when memory ran out; the array is as it was.
bool kro__grow(void *array, uint32_t *capacity, uint32_t needed, size_t element_bytes);

#endif
