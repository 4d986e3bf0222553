#include "integers/samples.h"

#include <string.h>

enum {
    RANDOM_SAMPLES = 8192,
    MOST_SAMPLES =
        INTEGER_MOST_CORNERS * INTEGER_MOST_CORNERS + RANDOM_SAMPLES + INTEGER_VECTOR_ELEMENTS,
    FIELD_VALUES = 3 * INTEGER_VECTOR_ELEMENTS, // of each field
};

typedef struct corners {
    uint64_t values[INTEGER_MOST_CORNERS];
    uint32_t count;
} corners;

static void add_corner(corners *c, uint32_t bits, uint64_t value)
{
    value &= integer_mask(bits);
    for (uint32_t i = 0; i < c->count; i++)
        if (c->values[i] == value)
            return;
    c->values[c->count++] = value;
}

// Where carries, signs and halves go wrong: the ends, 0, 1, -1, alternating bits, and what lies
// beside the middle bit.
static corners few_corners(uint32_t bits)
{
    const uint64_t half = UINT64_C(1) << (bits - 1), middle = UINT64_C(1) << (bits / 2);
    const uint64_t values[] = {0,
                               1,
                               2,
                               3,
                               7,
                               10,
                               UINT64_MAX,
                               half,
                               half - 1,
                               half + 1,
                               half - 2,
                               0 - 2,
                               0 - 10,
                               UINT64_MAX / 3,
                               middle,
                               middle - 1,
                               middle + 1,
                               0 - middle,
                               middle / 2,
                               0 - middle / 2,
                               ~(uint64_t)(UINT64_MAX / 3),
                               UINT64_MAX / 255};
    corners c = {.count = 0};
    for (uint32_t i = 0; i < sizeof values / sizeof values[0]; i++)
        add_corner(&c, bits, values[i]);
    return c;
}

// These, and each power of two, what is beside it, and their negatives.
static corners all_corners(uint32_t bits)
{
    corners c = few_corners(bits);
    for (uint32_t k = 0; k < bits; k++) {
        const uint64_t power = UINT64_C(1) << k;
        add_corner(&c, bits, power - 1);
        add_corner(&c, bits, power);
        add_corner(&c, bits, power + 1);
        add_corner(&c, bits, 0 - power);
        add_corner(&c, bits, 0 - power - 1);
    }
    return c;
}

uint32_t integer_corners(uint32_t bits, uint64_t values[INTEGER_MOST_CORNERS])
{
    const corners c = all_corners(bits);
    memcpy(values, c.values, c.count * sizeof *values);
    return c.count;
}

uint64_t integer_random(kt_test *t, uint32_t bits)
{
    const uint64_t value = kt_random_u64(t) & integer_mask(bits);
    return kt_random_below(t, 2) ? value >> kt_random_below(t, bits) : value;
}

typedef struct sampling {
    uint32_t operation, bits;
    integer_samples samples;
} sampling;

static bool add(sampling *s, uint64_t x, uint64_t y, uint64_t z)
{
    const integer_operands operands = {x, y, z};
    const bool defined = integer_is_defined(s->operation, s->bits, &operands);
    if (defined)
        s->samples.operands[s->samples.count++] = operands;
    return defined;
}

static void add_pairs(sampling *s, const corners *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        for (uint32_t k = 0; k < c->count; k++)
            add(s, c->values[i], c->values[k], 0);
}

static void add_triples(sampling *s, const corners *c)
{
    for (uint32_t i = 0; i < c->count; i++)
        for (uint32_t k = 0; k < c->count; k++)
            for (uint32_t n = 0; n < c->count; n++)
                add(s, c->values[i], c->values[k], c->values[n]);
}

static void add_shifts(sampling *s, const corners *c)
{
    for (uint32_t amount = 0; amount < s->bits; amount++)
        for (uint32_t i = 0; i < c->count; i++)
            add(s, c->values[i], amount, 0);
}

// Every offset with every length; each pair of values meets in some field.
static void add_fields(kt_test *t, sampling *s, const corners *c)
{
    uint32_t pair = 0;
    for (uint32_t offset = 0; offset <= s->bits; offset++)
        for (uint32_t count = 0; count <= s->bits - offset; count++)
            for (uint32_t i = 0; i < FIELD_VALUES; i++, pair++) {
                const uint64_t x = c->values[pair % c->count];
                const uint64_t y = c->values[pair / c->count % c->count];
                const uint64_t noise = i % 2 ? kt_random_u64(t) & integer_mask(s->bits) : 0;
                add(s, x ^ noise, y ^ noise >> 1, offset | count << 8);
            }
}

static void add_random(kt_test *t, sampling *s)
{
    const bool is_shift = integer_kind_of(s->operation) == INTEGER_SHIFT;
    for (uint32_t i = 0; i < RANDOM_SAMPLES;) {
        const uint64_t y = is_shift ? kt_random_below(t, s->bits) : integer_random(t, s->bits);
        i += add(s, integer_random(t, s->bits), y, integer_random(t, s->bits));
    }
}

static corners all_bytes(void)
{
    corners c = {.count = 0};
    for (uint32_t value = 0; value < 256; value++)
        c.values[c.count++] = value;
    return c;
}

static void add_values(sampling *s, const corners *c)
{
    const bool is_all = s->bits <= 16;
    const uint64_t count = is_all ? UINT64_C(1) << s->bits : c->count;
    for (uint64_t i = 0; i < count; i++)
        add(s, is_all ? i : c->values[i], 0, 0);
}

static void fill_vectors(integer_samples *samples)
{
    for (; samples->count % INTEGER_VECTOR_ELEMENTS > 0; samples->count++)
        samples->operands[samples->count] = samples->operands[samples->count - 1];
}

integer_samples integer_sample(kt_test *t, uint32_t operation, uint32_t bits)
{
    sampling s = {operation, bits, {kt_alloc(t, MOST_SAMPLES * sizeof(integer_operands)), 0}};
    const corners many = bits == 8 ? all_bytes() : all_corners(bits), few = few_corners(bits);
    switch (integer_kind_of(operation)) {
    case INTEGER_UNARY:
        add_values(&s, &many);
        break;
    case INTEGER_BINARY:
        add_pairs(&s, &many);
        break;
    case INTEGER_TERNARY:
        add_triples(&s, &few);
        break;
    case INTEGER_SHIFT:
        add_shifts(&s, &many);
        break;
    case INTEGER_FIELD:
        add_fields(t, &s, &few);
        break;
    }
    if (integer_kind_of(operation) != INTEGER_FIELD)
        add_random(t, &s);
    fill_vectors(&s.samples);
    return s.samples;
}

integer_samples integer_sample_by(kt_test *t, uint32_t operation, uint32_t bits, uint64_t y)
{
    enum { RANDOM = 1024, MOST = INTEGER_MOST_CORNERS + RANDOM + INTEGER_VECTOR_ELEMENTS };
    sampling s = {operation, bits, {kt_alloc(t, MOST * sizeof(integer_operands)), 0}};
    const corners c = bits == 8 ? all_bytes() : all_corners(bits);
    for (uint32_t i = 0; i < c.count; i++)
        add(&s, c.values[i], y, 0);
    for (uint32_t i = 0; i < RANDOM; i++)
        add(&s, integer_random(t, bits), y, 0);
    fill_vectors(&s.samples);
    return s.samples;
}

static bool is_product_or_quotient(uint32_t operation)
{
    return operation == INTEGER_MULTIPLY ||
           (operation >= INTEGER_DIVIDE_SIGNED && operation <= INTEGER_MODULO_SIGNED);
}

uint32_t integer_constants(uint32_t operation, uint32_t bits,
                           uint64_t values[INTEGER_MOST_CONSTANTS])
{
    const uint64_t amounts[] = {1, bits / 2, bits - 1};
    const uint64_t smallest = UINT64_C(1) << (bits - 1);
    const uint64_t ends[] = {0, integer_mask(bits), smallest};
    const bool is_shift = integer_kind_of(operation) == INTEGER_SHIFT;
    const corners few = few_corners(bits);
    const uint64_t *chosen = is_shift ? amounts : ends;
    uint32_t count = 3;
    if (is_product_or_quotient(operation)) {
        chosen = few.values;
        count = few.count;
    }
    uint32_t defined = 0;
    for (uint32_t i = 0; i < count; i++) {
        const integer_operands operands = {1, chosen[i], 0}; // with 1 if with anything
        if (integer_is_defined(operation, bits, &operands))
            values[defined++] = chosen[i];
    }
    return defined;
}
