// Faults in what calls are asked for. The statements that plant them are generated
// (registry/emit_planted.py).
#ifndef KRO_PROXY_PLANT_CALLS_H
#define KRO_PROXY_PLANT_CALLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "plant.h"
#include "planted.h"

// What a value is, and so what it can become; the names stand in emit_planted.py, in this order.
typedef enum kro__plant_kind {
    KRO__PLANT_INTEGER, // zero, one less, half, the one of the call before
    KRO__PLANT_BITS,    // zero, the one before
    KRO__PLANT_BOOL,    // the other
    KRO__PLANT_HANDLE,  // the one before
} kro__plant_kind;

#define KRO__PLANTED_CALL(index) (KRO__PLANTED_SPIRV_COUNT + (index))

extern atomic_bool kro__planting_calls;

void kro__plant_forget_copies(void);

// Whether the faults of calls are looked for. Copies of the thread's last call are gone then.
static inline bool kro__plant_calls(void)
{
    if (!atomic_load_explicit(&kro__planting_calls, memory_order_relaxed))
        return false;
    kro__plant_forget_copies();
    return true;
}

// A copy that may be changed, until the thread's next call; NULL where there is nothing to copy, or
// too much.
void *kro__plant_copy(const void *from, size_t count, size_t size_bytes);

// Tries the faults from `first` on, as many as the kind has, on a value. `site` is its place among
// all values.
void kro__plant_alter(int site, int first, kro__plant_kind kind, void *value, size_t size_bytes);

// Tries to exchange the first two of `count` elements.
void kro__plant_exchange(int fault, void *elements, size_t count, size_t size_bytes);

#endif
