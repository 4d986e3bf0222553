// Dot products of vectors of integers, against the host's arithmetic.
#include "elements.h"
#include "integers/model.h"
#include "kernel.h"

#include <stdio.h>

#include "../shaders/dot_operations.h"

static const char *const OPERATION_NAMES[DOT_OPERATION_COUNT] = {
    [DOT_SIGNED] = "signed",
    [DOT_UNSIGNED] = "unsigned",
    [DOT_MIXED] = "mixed",
    [DOT_SIGNED_SATURATED] = "signed_saturated",
    [DOT_UNSIGNED_SATURATED] = "unsigned_saturated",
    [DOT_MIXED_SATURATED] = "mixed_saturated",
};

// Vectors, and what their products are as wide as.
typedef struct dot_shape {
    uint32_t bits, components;
    bool is_packed; // into words
    uint32_t result_bits;
} dot_shape;

enum { MOST_SHAPES = 40 };

static uint32_t list_shapes(dot_shape shapes[MOST_SHAPES], bool is_packed)
{
    uint32_t count = 0;
    for (uint32_t result_bits = 8; result_bits <= 64; result_bits *= 2) {
        if (is_packed)
            shapes[count++] = (dot_shape){8, 4, true, result_bits};
        for (uint32_t bits = 8; !is_packed && bits <= result_bits; bits *= 2)
            for (uint32_t components = 2; components <= 4; components++)
                shapes[count++] = (dot_shape){bits, components, false, result_bits};
    }
    return count;
}

static void name_shape(char name[16], const dot_shape *shape)
{
    if (shape->is_packed)
        snprintf(name, 16, "packed");
    else
        snprintf(name, 16, "%ux%u", shape->bits % 100, shape->components % 10);
}

static void name_cases(kt_params *params, bool is_packed)
{
    dot_shape shapes[MOST_SHAPES];
    const uint32_t count = list_shapes(shapes, is_packed);
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < DOT_OPERATION_COUNT; k++) {
            char name[16];
            name_shape(name, &shapes[i]);
            kt_param(params, "%s.%s.%u", OPERATION_NAMES[k], name, shapes[i].result_bits);
        }
}

TEST_PARAMS(packed_dot_products)
{
    name_cases(params, true);
}

TEST_PARAMS(dot_products)
{
    name_cases(params, false);
}

static uint64_t needs_of(uint32_t bits)
{
    return bits == 8    ? NEEDS_INT8 | NEEDS_STORAGE8
           : bits == 16 ? NEEDS_INT16 | NEEDS_STORAGE16
           : bits == 64 ? NEEDS_INT64
                        : NEEDS_NOTHING;
}

static bool is_saturated(uint32_t operation)
{
    return operation >= DOT_SIGNED_SATURATED;
}

static bool first_is_signed(uint32_t operation)
{
    return operation != DOT_UNSIGNED && operation != DOT_UNSIGNED_SATURATED;
}

static bool second_is_signed(uint32_t operation)
{
    return operation == DOT_SIGNED || operation == DOT_SIGNED_SATURATED;
}

// The number that the low bits are, in the low bits of 64.
static uint64_t extended(uint32_t bits, uint64_t value, bool is_signed)
{
    const uint64_t sign = UINT64_C(1) << (bits - 1);
    return is_signed ? (value ^ sign) - sign : value;
}

// A number of any size as its sign and magnitude, so that it can be compared with the ends of
// types.
typedef struct dot_number {
    uint64_t magnitude;
    bool negative, overflows; // 64 bits
} dot_number;

static dot_number number_of(uint64_t value, bool is_signed)
{
    const bool negative = is_signed && value >> 63;
    return (dot_number){negative ? 0 - value : value, negative, false};
}

// Adds what has the same sign.
static void add_magnitude(dot_number *sum, const dot_number *more)
{
    sum->overflows |= more->overflows || more->magnitude > UINT64_MAX - sum->magnitude;
    sum->magnitude += more->magnitude;
}

// Whether a type of `bits` bits holds it.
static bool fits(const dot_number *number, uint32_t bits, bool is_signed)
{
    const uint64_t half = UINT64_C(1) << (bits - 1);
    const uint64_t most = !is_signed         ? (number->negative ? 0 : integer_mask(bits))
                          : number->negative ? half
                                             : half - 1;
    return !number->overflows && number->magnitude <= most;
}

// One product: its vectors, the accumulator, and what comes of them.
typedef struct dot_sample {
    uint64_t x[4], y[4], added, result; // in the low bits of each
} dot_sample;

// Whether neither a product nor any sum of some of them overflows the result's type, on which
// SPIR-V makes it depend whether a saturated one is defined. `sum` receives the whole.
static bool add_products(uint32_t operation, const dot_shape *shape, const dot_sample *sample,
                         uint64_t *sum)
{
    const bool x_signed = first_is_signed(operation), y_signed = second_is_signed(operation);
    dot_number sums[2] = {{.negative = false}, {.negative = true}};
    *sum = 0;
    for (uint32_t i = 0; i < shape->components; i++) {
        const uint64_t x = extended(shape->bits, sample->x[i], x_signed);
        const uint64_t y = extended(shape->bits, sample->y[i], y_signed);
        const dot_number a = number_of(x, x_signed), b = number_of(y, y_signed);
        const dot_number product = {.magnitude = a.magnitude * b.magnitude,
                                    .negative = a.negative != b.negative,
                                    .overflows =
                                        a.magnitude > 0 && b.magnitude > UINT64_MAX / a.magnitude};
        add_magnitude(&sums[product.negative], &product);
        *sum += x * y;
    }
    return fits(&sums[0], shape->result_bits, x_signed) &&
           fits(&sums[1], shape->result_bits, x_signed);
}

// The sum of two numbers of a type, or the end that it passes.
static uint64_t add_saturated(uint32_t bits, bool is_signed, uint64_t a, uint64_t b)
{
    const uint64_t mask = integer_mask(bits), half = UINT64_C(1) << (bits - 1);
    const uint64_t sum = (a + b) & mask;
    if (!is_signed)
        return sum < (a & mask) ? mask : sum;
    const bool passes = ((a ^ sum) & (b ^ sum) & half) != 0;
    return !passes ? sum : a & half ? half : half - 1;
}

// Whether the result is defined; it is in `sample` then.
static bool compute(uint32_t operation, const dot_shape *shape, dot_sample *sample)
{
    uint64_t sum;
    const bool stays = add_products(operation, shape, sample, &sum);
    sample->result = sum & integer_mask(shape->result_bits);
    if (is_saturated(operation))
        sample->result = add_saturated(shape->result_bits, first_is_signed(operation),
                                       sample->result, sample->added);
    return stays || !is_saturated(operation);
}

// A component whose number needs `room` bits at most: an end, something beside it, or any.
static uint64_t choose_component(kt_test *t, uint32_t bits, uint32_t room, bool is_signed)
{
    const uint64_t half = UINT64_C(1) << (room - 1), all = integer_mask(room);
    const uint64_t ends[] = {0, 1, all, half, half - 1, half + (room > 1), all - 1, all / 3};
    enum { ENDS = sizeof ends / sizeof ends[0] };
    const uint64_t choice = kt_random_below(t, 2 * ENDS);
    const uint64_t value = choice < ENDS ? ends[choice] : kt_random_u64(t);
    return extended(room, value & all, is_signed) & integer_mask(bits);
}

// Vectors whose products overflow nothing where that matters: of any size, after the first try.
static dot_sample choose_sample(kt_test *t, uint32_t operation, const dot_shape *shape)
{
    for (uint32_t tries = 0;; tries++) {
        const uint32_t room =
            tries == 0 ? shape->bits : 1 + (uint32_t)kt_random_below(t, shape->bits);
        dot_sample sample = {.added = 0};
        for (uint32_t i = 0; i < shape->components; i++) {
            sample.x[i] = choose_component(t, shape->bits, room, first_is_signed(operation));
            sample.y[i] = choose_component(t, shape->bits, room, second_is_signed(operation));
        }
        if (!compute(operation, shape, &sample))
            continue;
        // Any accumulator, or one with which the sum comes close to an end: to the largest number,
        // which is beside the smallest where that wraps around.
        const uint64_t mask = integer_mask(shape->result_bits), product = sample.result;
        const uint64_t end = first_is_signed(operation) ? mask >> 1 : mask;
        const uint64_t near = end - product + kt_random_below(t, 5) - 2;
        sample.added = (kt_random_below(t, 4) ? near : kt_random_u64(t)) & mask;
        compute(operation, shape, &sample);
        return sample;
    }
}

enum { SAMPLES = 4096 };

static bool check_results(kt_test *t, const dot_shape *shape, const dot_sample samples[SAMPLES],
                          const uint8_t *actual)
{
    for (size_t i = 0; i < SAMPLES; i++) {
        const dot_sample *s = &samples[i];
        const uint64_t result = element_load(shape->result_bits, actual, i);
        if (result == s->result)
            continue;
        FAILF(t,
              "(0x%llx, 0x%llx, 0x%llx, 0x%llx) times (0x%llx, 0x%llx, 0x%llx, 0x%llx), added to "
              "0x%llx where it is saturated, gave 0x%llx, not 0x%llx",
              (unsigned long long)s->x[0], (unsigned long long)s->x[1], (unsigned long long)s->x[2],
              (unsigned long long)s->x[3], (unsigned long long)s->y[0], (unsigned long long)s->y[1],
              (unsigned long long)s->y[2], (unsigned long long)s->y[3],
              (unsigned long long)s->added, (unsigned long long)result,
              (unsigned long long)s->result);
        return false;
    }
    return true;
}

static void check_shape(kt_test *t, const dot_shape *shape, uint32_t operation)
{
    const size_t vector_bytes = shape->components * shape->bits / 8;
    const size_t result_bytes = shape->result_bits / 8;
    dot_sample *samples = kt_alloc(t, SAMPLES * sizeof *samples);
    uint8_t *x = kt_alloc(t, SAMPLES * vector_bytes), *y = kt_alloc(t, SAMPLES * vector_bytes);
    uint8_t *added = kt_alloc(t, SAMPLES * result_bytes);
    uint8_t *expected = kt_alloc(t, SAMPLES * result_bytes);
    uint8_t *actual = kt_alloc(t, SAMPLES * result_bytes);
    for (size_t i = 0; i < SAMPLES; i++) {
        samples[i] = choose_sample(t, operation, shape);
        for (uint32_t k = 0; k < shape->components; k++) {
            element_store(shape->bits, x, i * shape->components + k, samples[i].x[k]);
            element_store(shape->bits, y, i * shape->components + k, samples[i].y[k]);
        }
        element_store(shape->result_bits, added, i, samples[i].added);
        element_store(shape->result_bits, expected, i, samples[i].result);
    }
    char name[16], shader[64];
    name_shape(name, shape);
    snprintf(shader, sizeof shader, "dot_%s_%u", name, shape->result_bits);
    const kro_constant constant = {0, .value.u32 = operation};
    if (!kernel_run_once(t, &(kernel_run){.shader = shader,
                                          .inputs = {{x, SAMPLES * vector_bytes},
                                                     {y, SAMPLES * vector_bytes},
                                                     {added, SAMPLES * result_bytes}},
                                          .constants = &constant,
                                          .constant_count = 1,
                                          .threads = {SAMPLES},
                                          .output = actual,
                                          .output_bytes = SAMPLES * result_bytes}))
        return;
    kt_compared(t, KRO_ELEMENT_U8, actual, expected, expected, SAMPLES * result_bytes);
    check_results(t, shape, samples, actual);
}

static void check_case(kt_test *t, bool is_packed)
{
    dot_shape shapes[MOST_SHAPES];
    list_shapes(shapes, is_packed);
    const dot_shape *shape = &shapes[kt_param_index(t) / DOT_OPERATION_COUNT];
    const uint64_t needs = is_packed ? NEEDS_NOTHING : needs_of(shape->bits);
    if (kernel_has(t, needs | needs_of(shape->result_bits)))
        check_shape(t, shape, kt_param_index(t) % DOT_OPERATION_COUNT);
}

TEST_FAMILY_CASE(packed_dot_products_are_exact)
{
    (void)param;
    check_case(t, true);
}

TEST_FAMILY_CASE(dot_products_are_exact)
{
    (void)param;
    check_case(t, false);
}
