// Leaks that a test plants, to see them found: one for each operation.
#ifndef LEAKCHECK_PLANT_H
#define LEAKCHECK_PLANT_H

#include "growth/growth.h"

enum { PLANT_BYTES = 48 };

typedef enum plant_kind {
    PLANT_NOTHING = 0,
    PLANT_BLOCK,      // PLANT_BYTES of the heap
    PLANT_PAGE,       // of memory that malloc knows nothing of
    PLANT_DESCRIPTOR, // an open file
    PLANT_THREAD,
    PLANT_BUFFER,  // a VkBuffer
    PLANT_MAPPING, // device memory, mapped
    PLANT_KINDS,
} plant_kind;

typedef struct plant plant;

// What is to be leaked on a device, kept for this case; it is all taken back when the case ends,
// and so no other check of leaks finds it.
plant *plant_create(kt_test *t, plant_kind kind, kro_context *ctx);
// Leaks one more. False, and a failed case, where that is not possible.
bool plant_one(plant *self);

#endif
