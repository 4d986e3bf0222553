// The numeric types of shaders, numbers of them, and what they become as another type.
#ifndef CONVERSIONS_NUMBERS_H
#define CONVERSIONS_NUMBERS_H

#include "exact.h"
#include "test.h"

typedef struct number_type {
    const char *name;
    const char *kernel; // in the names of kernels, which are for both signs
    uint32_t bits;
    bool is_signed;
    const exact_format *format; // NULL: an integer
    kro_element element;
    uint64_t needs;
} number_type;

enum { NUMBER_TYPES = 11 };
extern const number_type NUMBER_TYPE[NUMBER_TYPES];

// The bits of numbers, in the low ones of 64.
typedef struct numbers {
    uint64_t *bits;
    uint32_t count;
} numbers;

// Numbers of `from` that have a value in `to`: all there are of 8 or 16 bits; of others, the ends
// of both types, what is beside powers of two and halfway between neighbours, and random ones of
// every size. Where it goes `through_bool`, they become 1 or 0 for certain. Counts are multiples
// of 12.
numbers numbers_to_convert(kt_test *t, const number_type *from, const number_type *to,
                           bool through_bool);

// What a number may become: one integer, or a float in a range, or zero where a denormal number has
// to do with it.
typedef struct number_bounds {
    uint64_t integer;
    exact_range range;
    bool or_zero;
} number_bounds;

// Source: Vulkan 1.3, "Precision and Operation of SPIR-V Instructions": conversions are correctly
// rounded, which leaves both neighbours; those to integers round towards zero (SPIR-V,
// OpConvertFToU).
number_bounds number_converted(const number_type *from, const number_type *to, bool through_bool,
                               uint64_t bits);
bool number_is_within(const number_type *type, const number_bounds *bounds, uint64_t bits);

#endif
