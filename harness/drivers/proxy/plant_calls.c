#include "plant_calls.h"

#include <stdint.h>
#include <string.h>

#include "vk_planted_count.h"

enum { COPIES_BYTES = 1 << 16, ALIGNMENT = 16, MAX_WAYS = 4, MAX_ELEMENT_BYTES = 256 };

atomic_bool kro__planting_calls;

static _Thread_local struct {
    _Alignas(ALIGNMENT) unsigned char bytes[COPIES_BYTES];
    size_t used;
} copies;

// The value of each site in the call before. Threads that make the same call share it.
static _Atomic uint64_t stale[KRO__PLANTED_SITE_COUNT];

void kro__plant_forget_copies(void)
{
    copies.used = 0;
}

void *kro__plant_copy(const void *from, size_t count, size_t size_bytes)
{
    if (!from || !count || count > (COPIES_BYTES - copies.used) / size_bytes)
        return NULL;
    void *copy = copies.bytes + copies.used;
    memcpy(copy, from, count * size_bytes);
    copies.used += (count * size_bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    if (copies.used > COPIES_BYTES)
        copies.used = COPIES_BYTES;
    return copy;
}

// What a value can become.
//
// Returns: how many there are.
static int find_ways(kro__plant_kind kind, uint64_t value, uint64_t before, uint64_t out[MAX_WAYS])
{
    switch (kind) {
    case KRO__PLANT_INTEGER:
        memcpy(out, (uint64_t[]){0, value - 1, value / 2, before}, 4 * sizeof *out);
        return 4;
    case KRO__PLANT_BITS:
        memcpy(out, (uint64_t[]){0, before}, 2 * sizeof *out);
        return 2;
    case KRO__PLANT_BOOL:
        out[0] = !value;
        return 1;
    case KRO__PLANT_HANDLE:
        out[0] = before;
        return 1;
    }
    return 0;
}

void kro__plant_alter(int site, int first, kro__plant_kind kind, void *value, size_t size_bytes)
{
    uint64_t ways[MAX_WAYS], now = 0; // of fewer bytes the first hold the number
    memcpy(&now, value, size_bytes);
    const uint64_t before = atomic_exchange(&stale[site], now);
    const int count = find_ways(kind, now, before ? before : now, ways);
    for (int i = 0; i < count; i++)
        if (memcmp(&ways[i], &now, size_bytes) != 0 && kro__plant_acts(first + i))
            memcpy(value, &ways[i], size_bytes);
}

void kro__plant_exchange(int fault, void *elements, size_t count, size_t size_bytes)
{
    unsigned char first[MAX_ELEMENT_BYTES], *bytes = elements;
    if (count < 2 || size_bytes > sizeof first || !memcmp(bytes, bytes + size_bytes, size_bytes) ||
        !kro__plant_acts(fault))
        return;
    memcpy(first, bytes, size_bytes);
    memcpy(bytes, bytes + size_bytes, size_bytes);
    memcpy(bytes + size_bytes, first, size_bytes);
}
