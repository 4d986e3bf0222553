// Hashes of what a case got from the device.
#include "running.h"

#include <string.h>

// Eight bytes at a time: outputs may be large.
static uint64_t hash_bytes(const void *bytes, size_t size_bytes)
{
    const unsigned char *next = bytes;
    uint64_t hash = UINT64_C(0xcbf29ce484222325) + size_bytes;
    while (size_bytes) {
        uint64_t word = 0;
        const size_t taken = size_bytes < sizeof word ? size_bytes : sizeof word;
        memcpy(&word, next, taken);
        hash = (hash ^ word) * UINT64_C(0x9fb21c651e98df25);
        hash ^= hash >> 28;
        next += taken;
        size_bytes -= taken;
    }
    return hash;
}

void kt_read_back(kt_test *t, const void *bytes, size_t size_bytes)
{
    atomic_fetch_add(&t->read_back, hash_bytes(bytes, size_bytes));
}

void kt_same_everywhere(kt_test *t, const void *bytes, size_t size_bytes)
{
    atomic_fetch_add(&t->everywhere, hash_bytes(bytes, size_bytes));
    kt_read_back(t, bytes, size_bytes);
}
