#include "inputs.h"

#include <math.h>
#include <string.h>

enum {
    EDGES = 36, // numbers of precision_add_edges
    FOURTH_EDGES_STEP = 37,
    CORNERS = 4,
    SIGNS = 2,
};

static uint64_t number_bits(const exact_format *format, int exponent, uint64_t fraction)
{
    return (uint64_t)(exponent + format->max_exponent) << (format->precision - 1) | fraction;
}

static uint64_t sign_bit(const exact_format *format)
{
    return UINT64_C(1) << (8 * format->size_bytes - 1);
}

precision_inputs precision_inputs_create(kt_test *t, const exact_format *format, uint32_t operation,
                                         uint64_t room_count)
{
    const uint32_t operands = precision_operations[operation].operands;
    // A number of double precision is two words.
    return (precision_inputs){
        .format = format,
        .operands = operands,
        .words = kt_alloc(t, room_count * operands * 2 * sizeof(uint32_t)),
        .room_count = room_count,
    };
}

static void add(precision_inputs *self, const uint64_t bits[])
{
    if (self->item_count == self->room_count)
        return;
    const bool wide = self->format->size_bytes == 8;
    uint32_t *words = self->words + self->item_count * self->operands * (wide ? 2 : 1);
    for (uint32_t i = 0; i < self->operands; i++) {
        *words++ = (uint32_t)bits[i];
        if (wide)
            *words++ = (uint32_t)(bits[i] >> 32);
    }
    self->item_count++;
}

static void add_signs(precision_inputs *self, uint64_t bits)
{
    add(self, (uint64_t[]){bits});
    add(self, (uint64_t[]){bits | sign_bit(self->format)});
}

// A corner of the significand: a power of two, what is next to it, half way, below the next power.
static uint64_t corner(const exact_format *format, uint32_t index)
{
    const int top = format->precision - 1;
    const uint64_t all = (UINT64_C(1) << top) - 1;
    const uint64_t corners[CORNERS] = {0, 1, UINT64_C(1) << (top - 1), all};
    return corners[index];
}

uint64_t precision_boundary_count(const exact_format *format)
{
    const uint64_t exponents = 2 * (uint64_t)format->max_exponent + 2; // reserved ones included
    return exponents * CORNERS * SIGNS;
}

void precision_add_boundaries(precision_inputs *self)
{
    const exact_format *format = self->format;
    const uint64_t exponents = 2 * (uint64_t)format->max_exponent + 2;
    for (uint64_t exponent = 0; exponent < exponents; exponent++)
        for (uint32_t i = 0; i < CORNERS; i++)
            add_signs(self, exponent << (format->precision - 1) | corner(format, i));
}

// Every second is negative.
static uint64_t edge_bits(const exact_format *format, uint32_t index)
{
    const int top = format->precision - 1;
    const uint64_t all = (UINT64_C(1) << top) - 1, half = UINT64_C(1) << (top - 1);
    const uint64_t edges[EDGES / 2] = {
        0,
        1,   // smallest denormal
        all, // largest denormal
        number_bits(format, format->min_exponent, 0),
        number_bits(format, format->min_exponent, 1),
        number_bits(format, -1, 0),       // 0.5
        number_bits(format, -2, all),     // just below 0.5
        number_bits(format, -1, 1),       // just above 0.5
        number_bits(format, -1, all),     // just below 1
        number_bits(format, 0, 0),        // 1
        number_bits(format, 0, 1),        // just above 1
        number_bits(format, 0, half),     // 1.5
        number_bits(format, 1, half / 2), // 2.5
        number_bits(format, top, 1),      // the first odd number without halves
        number_bits(format, top - 1, 1),  // a half, and the largest numbers with one
        number_bits(format, top / 2, all),
        number_bits(format, format->max_exponent, 0),
        number_bits(format, format->max_exponent, all),
    };
    return edges[index / 2] | (index & 1 ? sign_bit(format) : 0);
}

uint64_t precision_edge_count(uint32_t operands)
{
    uint64_t count = 1;
    for (uint32_t i = 0; i < operands; i++)
        count *= EDGES;
    return operands < 4 ? count : count / FOURTH_EDGES_STEP;
}

void precision_add_edges(precision_inputs *self)
{
    const uint64_t count = precision_edge_count(self->operands);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t bits[PRECISION_OPERANDS], rest = self->operands < 4 ? i : i * FOURTH_EDGES_STEP;
        for (int k = 0; k < PRECISION_OPERANDS; k++) {
            bits[k] = edge_bits(self->format, (uint32_t)(rest % EDGES));
            rest /= EDGES;
        }
        add(self, bits);
    }
}

// Exponents of normal numbers that are so far apart.
static uint64_t exponents_of(const exact_format *format, uint32_t step)
{
    return (2 * (uint64_t)format->max_exponent - 1) / step + 1;
}

uint64_t precision_exponent_count(const exact_format *format, uint32_t operands, uint32_t step)
{
    uint64_t count = 1;
    for (uint32_t i = 0; i < operands; i++)
        count *= exponents_of(format, step) * CORNERS * SIGNS;
    return count;
}

// Of every `step`-th exponent: the index-th number, each with all corners and both signs.
static uint64_t number_of_exponents(const exact_format *format, uint32_t step, uint64_t index)
{
    const uint64_t exponent = index / (CORNERS * SIGNS) * step;
    const uint64_t bits = number_bits(format, format->min_exponent + (int)exponent,
                                      corner(format, (uint32_t)(index / SIGNS % CORNERS)));
    return bits | (index % SIGNS ? sign_bit(format) : 0);
}

// Vulkan says nothing of a power above the largest exponent + 1, and below the smallest exponent
// the result may be zero.
static void add_powers(precision_inputs *self, int exponent)
{
    const exact_format *format = self->format;
    for (int power = format->min_exponent; power <= format->max_exponent + 1; power++)
        for (uint32_t i = 0; i < CORNERS * SIGNS; i++) {
            const uint64_t bits = number_bits(format, exponent, corner(format, i / SIGNS));
            add(self, (uint64_t[]){bits | (i % SIGNS ? sign_bit(format) : 0),
                                   exact_encode(format, power)});
        }
}

void precision_add_exponents(precision_inputs *self, uint32_t operation, uint32_t step)
{
    const exact_format *format = self->format;
    if (operation == PRECISION_LDEXP) {
        for (int a = format->min_exponent; a <= format->max_exponent; a += (int)step)
            add_powers(self, a);
        return;
    }
    const uint64_t numbers = precision_exponent_count(format, 1, step);
    const uint64_t count = precision_exponent_count(format, self->operands, step);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t bits[PRECISION_OPERANDS], rest = i;
        for (uint32_t k = 0; k < self->operands; k++) {
            bits[k] = number_of_exponents(format, step, rest % numbers);
            rest /= numbers;
        }
        add(self, bits);
    }
}

void precision_add_numbers(precision_inputs *self, const double x[PRECISION_OPERANDS])
{
    uint64_t bits[PRECISION_OPERANDS];
    for (uint32_t k = 0; k < self->operands; k++)
        bits[k] = exact_encode(self->format, x[k]);
    add(self, bits);
}

// A finite number: of any exponent, or close to `near`.
static uint64_t random_bits(kt_test *t, const exact_format *format, uint64_t near)
{
    const int top = format->precision - 1;
    const uint64_t fraction = kt_random_u64(t) & ((UINT64_C(1) << top) - 1);
    const uint64_t sign = kt_random_u64(t) & sign_bit(format);
    if (kt_random_below(t, 3) == 0)
        return (near & ~sign_bit(format) & ~(kt_random_u64(t) & 0xff)) | sign;
    const int span = kt_random_below(t, 2) ? 2 * top : format->max_exponent - format->min_exponent;
    int exponent = (int)kt_random_below(t, (uint64_t)span + 1) - span / 2;
    if (exponent < format->min_exponent)
        exponent = format->min_exponent;
    if (exponent > format->max_exponent)
        exponent = format->max_exponent;
    return number_bits(format, exponent, fraction) | sign;
}

void precision_add_random(kt_test *t, precision_inputs *self, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        uint64_t bits[PRECISION_OPERANDS], near = number_bits(self->format, 0, 0);
        for (int k = 0; k < PRECISION_OPERANDS; k++)
            bits[k] = near = random_bits(t, self->format, near);
        add(self, bits);
    }
}

void precision_add_specials(precision_inputs *self)
{
    static const double SPECIALS[] = {NAN, INFINITY, -INFINITY, 0, -0.0, 1, -1.5};
    enum { COUNT = sizeof SPECIALS / sizeof SPECIALS[0] };
    for (int i = 0; i < COUNT * COUNT; i++)
        precision_add_numbers(
            self, (double[PRECISION_OPERANDS]){SPECIALS[i / COUNT], SPECIALS[i % COUNT]});
}
