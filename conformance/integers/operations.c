// Every integer instruction, of each width, against the host's arithmetic.
#include "elements.h"
#include "integers/samples.h"
#include "kernel.h"

#include <stdio.h>
#include <string.h>

TEST_PARAMS(integer_operations)
{
    for (uint32_t i = 0; i < INTEGER_FIRST_OF_32_BITS; i++)
        kt_param(params, "%s", integer_name(i));
}

TEST_PARAMS(integer_bit_operations)
{
    for (uint32_t i = INTEGER_FIRST_OF_32_BITS; i < INTEGER_OPERATION_COUNT; i++)
        kt_param(params, "%s", integer_name(i));
}

static bool has_second(uint32_t operation)
{
    return integer_kind_of(operation) == INTEGER_BINARY ||
           integer_kind_of(operation) == INTEGER_SHIFT;
}

TEST_PARAMS(integer_operations_by_constants)
{
    for (uint32_t i = 0; i < INTEGER_FIRST_OF_32_BITS; i++)
        if (has_second(i))
            kt_param(params, "%s", integer_name(i));
}

// One operation on all its samples, as the kernels have them: arrays of `bits` bits.
typedef struct operation_trial {
    uint32_t operation, bits;
    bool by_constant; // y is the same everywhere
    integer_samples samples;
    uint8_t *x, *y, *z, *expected, *actual;
    size_t size_bytes; // of x, y and z; results are two each
} operation_trial;

static operation_trial make_trial(kt_test *t, uint32_t operation, uint32_t bits,
                                  integer_samples samples, bool by_constant)
{
    operation_trial made = {
        .operation = operation, .bits = bits, .by_constant = by_constant, .samples = samples};
    made.size_bytes = (size_t)made.samples.count * (bits / 8);
    made.x = kt_alloc(t, made.size_bytes);
    made.y = kt_alloc(t, made.size_bytes);
    made.z = kt_alloc(t, made.size_bytes);
    made.expected = kt_alloc(t, 2 * made.size_bytes);
    made.actual = kt_alloc(t, 2 * made.size_bytes);
    for (size_t i = 0; i < made.samples.count; i++) {
        const integer_operands *operands = &made.samples.operands[i];
        const integer_results results = integer_apply(operation, bits, operands);
        element_store(bits, made.x, i, operands->x);
        // Something else, where the kernel is to take the constant.
        element_store(bits, made.y, i, by_constant ? ~operands->y : operands->y);
        element_store(bits, made.z, i, operands->z);
        element_store(bits, made.expected, 2 * i, results.first);
        element_store(bits, made.expected, 2 * i + 1, results.second);
    }
    return made;
}

// Compares, and tells the first wrong result with its operands.
static bool check_results(kt_test *t, const operation_trial *trial, const char *type)
{
    const kro_element element = trial->bits == 8    ? KRO_ELEMENT_U8
                                : trial->bits == 16 ? KRO_ELEMENT_U16
                                : trial->bits == 32 ? KRO_ELEMENT_U32
                                                    : KRO_ELEMENT_U64;
    const size_t count = 2 * (size_t)trial->samples.count;
    kt_compared(t, element, trial->actual, trial->expected, trial->expected, count);
    if (memcmp(trial->actual, trial->expected, 2 * trial->size_bytes) == 0)
        return true;
    size_t wrong = 0, first = 0;
    for (size_t i = count; i-- > 0;) {
        if (element_load(trial->bits, trial->actual, i) ==
            element_load(trial->bits, trial->expected, i))
            continue;
        first = i;
        wrong++;
    }
    const integer_operands *operands = &trial->samples.operands[first / 2];
    FAILF(t, "%s of %s: of 0x%llx, 0x%llx, 0x%llx result %zu is 0x%llx, not 0x%llx; %zu are wrong",
          integer_name(trial->operation), type, (unsigned long long)operands->x,
          (unsigned long long)operands->y, (unsigned long long)operands->z, first % 2,
          (unsigned long long)element_load(trial->bits, trial->actual, first),
          (unsigned long long)element_load(trial->bits, trial->expected, first), wrong);
    return false;
}

// Tries it on integers of one sign, as they are or as vectors of 2 to 4.
static bool check_type(kt_test *t, const operation_trial *trial, char sign, uint32_t components)
{
    char shader[64];
    snprintf(shader, sizeof shader, "integer_operation_%c%ux%u", sign, trial->bits, components);
    const kro_constant constants[] = {{0, .value.u32 = trial->operation},
                                      {1, .value.u32 = trial->by_constant},
                                      {2, .value.u64 = trial->samples.operands[0].y}};
    return kernel_run_once(t, &(kernel_run){.shader = shader,
                                            .inputs = {{trial->x, trial->size_bytes},
                                                       {trial->y, trial->size_bytes},
                                                       {trial->z, trial->size_bytes}},
                                            .constants = constants,
                                            .constant_count = 3,
                                            .threads = {trial->samples.count / components},
                                            .output = trial->actual,
                                            .output_bytes = 2 * trial->size_bytes}) &&
           check_results(t, trial, shader + strlen("integer_operation_"));
}

// With vectors of `least` to `most` components.
static void check_operation(kt_test *t, uint32_t operation, uint32_t bits, uint32_t least,
                            uint32_t most)
{
    const operation_trial trial =
        make_trial(t, operation, bits, integer_sample(t, operation, bits), false);
    for (uint32_t components = least; components <= most && !kt_has_failed(t); components++)
        if (check_type(t, &trial, 'u', components) && !integer_is_unsigned(operation))
            check_type(t, &trial, 'i', components);
}

static void check_one(kt_test *t, uint32_t first, uint32_t bits)
{
    check_operation(t, first + (uint32_t)kt_param_index(t), bits, 1, 1);
}

static void check_vectors(kt_test *t, uint32_t first, uint32_t bits)
{
    check_operation(t, first + (uint32_t)kt_param_index(t), bits, 2, 4);
}

// With a constant as the second operand, of which a compiler makes what it likes.
static void check_constants(kt_test *t, uint32_t bits)
{
    size_t left = kt_param_index(t);
    uint32_t operation = 0;
    while (!has_second(operation) || left-- > 0)
        operation++;
    uint64_t constants[INTEGER_MOST_CONSTANTS];
    const uint32_t count = integer_constants(operation, bits, constants);
    for (uint32_t i = 0; i < count && !kt_has_failed(t); i++) {
        const integer_samples samples = integer_sample_by(t, operation, bits, constants[i]);
        const operation_trial trial = make_trial(t, operation, bits, samples, true);
        check_type(t, &trial, integer_is_unsigned(operation) || i % 2 ? 'u' : 'i', 1);
    }
}

TEST_FAMILY_CASE(int8_is_exact)
{
    (void)param;
    check_one(t, 0, 8);
}

TEST_FAMILY_CASE(int8_by_constants_is_exact)
{
    (void)param;
    check_constants(t, 8);
}

TEST_FAMILY_CASE(int8_vectors_are_exact)
{
    (void)param;
    check_vectors(t, 0, 8);
}

TEST_FAMILY_CASE(int16_is_exact)
{
    (void)param;
    check_one(t, 0, 16);
}

TEST_FAMILY_CASE(int16_by_constants_is_exact)
{
    (void)param;
    check_constants(t, 16);
}

TEST_FAMILY_CASE(int16_vectors_are_exact)
{
    (void)param;
    check_vectors(t, 0, 16);
}

TEST_FAMILY_CASE(int32_is_exact)
{
    (void)param;
    check_one(t, 0, 32);
}

TEST_FAMILY_CASE(int32_by_constants_is_exact)
{
    (void)param;
    check_constants(t, 32);
}

TEST_FAMILY_CASE(int32_vectors_are_exact)
{
    (void)param;
    check_vectors(t, 0, 32);
}

TEST_FAMILY_CASE(int64_is_exact)
{
    (void)param;
    check_one(t, 0, 64);
}

TEST_FAMILY_CASE(int64_by_constants_is_exact)
{
    (void)param;
    check_constants(t, 64);
}

TEST_FAMILY_CASE(int64_vectors_are_exact)
{
    (void)param;
    check_vectors(t, 0, 64);
}

TEST_FAMILY_CASE(int32_bits_are_exact)
{
    (void)param;
    check_one(t, INTEGER_FIRST_OF_32_BITS, 32);
}

TEST_FAMILY_CASE(int32_bits_of_vectors_are_exact)
{
    (void)param;
    check_vectors(t, INTEGER_FIRST_OF_32_BITS, 32);
}

// Matrix products sum many products in order and wrap around.
TEST(integer_matrix_products_are_exact)
{
    enum { N = 67 };
    int32_t *a = kt_alloc(t, 4 * N * N), *b = kt_alloc(t, 4 * N * N);
    uint32_t *expected = kt_alloc(t, 4 * N * N), *actual = kt_alloc(t, 4 * N * N);
    const uint32_t n = N;
    kt_fill_bytes(t, a, 4 * N * N);
    kt_fill_bytes(t, b, 4 * N * N);
    for (int row = 0; row < N; row++)
        for (int column = 0; column < N; column++)
            for (int k = 0; k < N; k++)
                expected[row * N + column] +=
                    (uint32_t)a[row * N + k] * (uint32_t)b[k * N + column];
    if (kernel_run_once(t, &(kernel_run){.shader = "integer_matrix_product",
                                         .inputs = {{a, 4 * N * N}, {b, 4 * N * N}},
                                         .push = &n,
                                         .push_bytes = sizeof n,
                                         .threads = {N, N},
                                         .output = actual,
                                         .output_bytes = 4 * N * N}))
        CHECK_U32S(actual, expected, N * N);
}
