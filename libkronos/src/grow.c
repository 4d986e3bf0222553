#include "grow.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 16 };

bool kro__grow_more(void *array, uint32_t *capacity, uint32_t needed, size_t element_bytes)
{
    uint64_t larger = *capacity ? *capacity : FIRST_CAPACITY;
    while (larger < needed)
        larger *= 2;
    if (larger > UINT32_MAX || larger > SIZE_MAX / element_bytes)
        return false;
    // `array` points to some object pointer; copying its bytes keeps the types honest.
    void *old;
    memcpy(&old, array, sizeof old);
    void *moved = realloc(old, (size_t)larger * element_bytes);
    if (!moved)
        return false;
    memcpy(array, &moved, sizeof moved);
    *capacity = (uint32_t)larger;
    return true;
}
