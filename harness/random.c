#include "running.h"

#include <string.h>

uint64_t kt_seed(const kt_test *t)
{
    return t->seed;
}

// splitmix64, by Sebastiano Vigna (public domain): small, fast, good in every bit.
uint64_t kt_random_u64(kt_test *t)
{
    t->random += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t value = t->random;
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

uint32_t kt_random_u32(kt_test *t)
{
    return (uint32_t)(kt_random_u64(t) >> 32);
}

uint64_t kt_random_below(kt_test *t, uint64_t bound)
{
    if (bound < 2)
        return 0;
    // Values above the last whole multiple of `bound` would favour small results.
    const uint64_t reject_from = UINT64_MAX - UINT64_MAX % bound;
    uint64_t value;
    do
        value = kt_random_u64(t);
    while (value >= reject_from);
    return value % bound;
}

void kt_fill_bytes(kt_test *t, void *out, size_t size_bytes)
{
    unsigned char *next = out;
    while (size_bytes) {
        uint64_t value = kt_random_u64(t);
        size_t used = size_bytes < sizeof value ? size_bytes : sizeof value;
        memcpy(next, &value, used);
        next += used;
        size_bytes -= used;
    }
}

void kt_fill_u32s(kt_test *t, uint32_t *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = kt_random_u32(t);
}

// -1000 … 1000 in steps that a float holds exactly.
static float random_float(kt_test *t)
{
    return ((float)kt_random_below(t, 16384001) - 8192000.0f) / 8192.0f;
}

void kt_fill_floats(kt_test *t, float *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = random_float(t);
}

void kt_fill_doubles(kt_test *t, double *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        out[i] = (double)(kt_random_u64(t) >> 11) * (2000.0 / 9007199254740992.0) - 1000.0;
}

void kt_poison(void *out, size_t size_bytes)
{
    static const unsigned char PATTERN[] = {0xb5, 0xe9, 0x4d, 0xd7};
    unsigned char *bytes = out;
    for (size_t i = 0; i < size_bytes; i++)
        bytes[i] = PATTERN[i % sizeof PATTERN];
}
