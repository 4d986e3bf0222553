// Bit casts between types of the same size: OpBitcast, which GLSL's pack32, unpack8,
// uintBitsToFloat and their kin are.
#include "elements.h"
#include "exact.h"
#include "kernel.h"

#include <math.h>
#include <stdio.h>

typedef struct cast_type {
    const char *name;
    uint32_t bits, components;  // of each component
    const exact_format *format; // NULL: integers
    uint64_t needs;
} cast_type;

static const cast_type TYPES[] = {
    {"u8x2", 8, 2, NULL, NEEDS_INT8 | NEEDS_STORAGE8},
    {"u16", 16, 1, NULL, NEEDS_INT16 | NEEDS_STORAGE16},
    {"f16", 16, 1, &exact_half, NEEDS_FLOAT16 | NEEDS_STORAGE16},
    {"u8x4", 8, 4, NULL, NEEDS_INT8 | NEEDS_STORAGE8},
    {"u16x2", 16, 2, NULL, NEEDS_INT16 | NEEDS_STORAGE16},
    {"f16x2", 16, 2, &exact_half, NEEDS_FLOAT16 | NEEDS_STORAGE16},
    {"u32", 32, 1, NULL, NEEDS_NOTHING},
    {"f32", 32, 1, &exact_single, NEEDS_NOTHING},
    {"u16x4", 16, 4, NULL, NEEDS_INT16 | NEEDS_STORAGE16},
    {"f16x4", 16, 4, &exact_half, NEEDS_FLOAT16 | NEEDS_STORAGE16},
    {"u32x2", 32, 2, NULL, NEEDS_NOTHING},
    {"f32x2", 32, 2, &exact_single, NEEDS_NOTHING},
    {"u64", 64, 1, NULL, NEEDS_INT64},
    {"f64", 64, 1, &exact_double, NEEDS_FLOAT64},
};
enum { TYPE_COUNT = sizeof TYPES / sizeof TYPES[0], MOST_CASTS = TYPE_COUNT * TYPE_COUNT };

typedef struct bitcast {
    const cast_type *from, *to;
} bitcast;

static uint32_t size_of(const cast_type *type)
{
    return type->bits * type->components;
}

static uint32_t list_casts(bitcast casts[MOST_CASTS])
{
    uint32_t count = 0;
    for (uint32_t from = 0; from < TYPE_COUNT; from++)
        for (uint32_t to = 0; to < TYPE_COUNT; to++)
            if (from != to && size_of(&TYPES[from]) == size_of(&TYPES[to]))
                casts[count++] = (bitcast){&TYPES[from], &TYPES[to]};
    return count;
}

TEST_PARAMS(bitcasts)
{
    bitcast casts[MOST_CASTS];
    const uint32_t count = list_casts(casts);
    for (uint32_t i = 0; i < count; i++)
        kt_param(params, "%s.%s", casts[i].from->name, casts[i].to->name);
}

static uint64_t component(const cast_type *type, uint64_t value, uint32_t index)
{
    return value >> (type->bits * index) & UINT64_MAX >> (64 - type->bits);
}

// With its components in the opposite order.
static uint64_t turned_round(const cast_type *type, uint64_t value)
{
    uint64_t turned = 0;
    for (uint32_t i = 0; i < type->components; i++)
        turned |= component(type, value, i) << (type->bits * (type->components - 1 - i));
    return turned;
}

// NaNs need not keep their bits.
static bool has_nan(const cast_type *type, uint64_t value)
{
    for (uint32_t i = 0; type->format && i < type->components; i++)
        if (isnan(exact_decode(type->format, component(type, value, i))))
            return true;
    return false;
}

// All values of 16 bits, and random ones of others, of all sizes and with few bits set or unset.
static uint64_t choose(kt_test *t, uint32_t bits, uint32_t index)
{
    if (bits == 16)
        return index;
    uint64_t value = kt_random_u64(t);
    if (index % 4 == 1)
        value &= kt_random_u64(t) & kt_random_u64(t);
    if (index % 4 == 2)
        value |= kt_random_u64(t) | kt_random_u64(t);
    if (index % 4 == 3)
        value >>= kt_random_below(t, 64);
    return value & UINT64_MAX >> (64 - bits);
}

static void check_cast(kt_test *t, const bitcast *cast)
{
    const uint32_t bits = size_of(cast->from), each = bits / 8;
    const uint32_t count = bits == 16 ? 1 << 16 : 1 << 14;
    uint8_t *from = kt_alloc(t, count * each), *expected = kt_alloc(t, count * each);
    uint8_t *actual = kt_alloc(t, count * each);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t value = choose(t, bits, i);
        uint64_t passed = turned_round(cast->from, value);
        if (has_nan(cast->from, value) || has_nan(cast->to, passed))
            value = passed = 0;
        const uint64_t result = turned_round(cast->to, passed);
        element_store(bits, from, i, value);
        element_store(bits, expected, i, result);
    }
    char shader[32];
    snprintf(shader, sizeof shader, "bitcast_%s_%s", cast->from->name, cast->to->name);
    if (!kernel_map(t, shader, (kernel_input[]){{from, count * each}, {0}}, count, actual,
                    count * each))
        return;
    if (bits == 16)
        CHECK_U16S((uint16_t *)(void *)actual, (uint16_t *)(void *)expected, count);
    else if (bits == 32)
        CHECK_U32S((uint32_t *)(void *)actual, (uint32_t *)(void *)expected, count);
    else
        CHECK_U64S((uint64_t *)(void *)actual, (uint64_t *)(void *)expected, count);
}

TEST_FAMILY_CASE(bitcasts_keep_bits)
{
    (void)param;
    bitcast casts[MOST_CASTS];
    list_casts(casts);
    const bitcast *cast = &casts[kt_param_index(t)];
    if (kernel_has(t, cast->from->needs | cast->to->needs))
        check_cast(t, cast);
}
