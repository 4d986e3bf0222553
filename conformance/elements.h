// Elements of 8, 16, 32 or 64 bits in arrays whose type is known at run time alone.
#ifndef ELEMENTS_H
#define ELEMENTS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

// The bits of an element in the low ones of 64. Hosts are little-endian, as Vulkan's devices are.
static inline uint64_t element_load(uint32_t bits, const void *array, size_t index)
{
    uint64_t value = 0;
    memcpy(&value, (const uint8_t *)array + index * (bits / 8), bits / 8);
    return value;
}

static inline void element_store(uint32_t bits, void *array, size_t index, uint64_t value)
{
    memcpy((uint8_t *)array + index * (bits / 8), &value, bits / 8);
}

#endif
