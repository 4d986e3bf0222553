// Atomic operations: none is lost, none is done twice, and each returns what it replaced.
#include "kernel.h"

#include <stdlib.h>
#include <string.h>

#include "../shaders/atomic_operations.h"

static const char *const OPERATION_NAMES[ATOMIC_OPERATION_COUNT] = {
    [ATOMIC_ADD] = "add",
    [ATOMIC_MIN] = "min",
    [ATOMIC_MAX] = "max",
    [ATOMIC_AND] = "and",
    [ATOMIC_OR] = "or",
    [ATOMIC_XOR] = "xor",
    [ATOMIC_EXCHANGE] = "exchange",
    [ATOMIC_COMPARE] = "compare_and_swap",
};

TEST_PARAMS(atomic_operations)
{
    for (int i = 0; i < ATOMIC_OPERATION_COUNT; i++)
        kt_param(params, "%s", OPERATION_NAMES[i]);
}

// Values of 32 bits are kept in the low half; signed ones are compared as such.
typedef struct kind {
    const char *shader;
    uint32_t size_bytes;
    bool is_signed, in_group;
} kind;

enum { GROUPS = 40, GROUP_SIZE = 64, COUNT = GROUPS * GROUP_SIZE };

static bool is_less(const kind *k, uint64_t a, uint64_t b)
{
    return k->is_signed ? (int32_t)(uint32_t)a < (int32_t)(uint32_t)b : a < b;
}

// What an operation leaves of a target.
static uint64_t apply(const kind *k, uint32_t operation, uint64_t before, uint64_t value)
{
    const uint64_t mask = k->size_bytes == 8 ? UINT64_MAX : UINT32_MAX;
    switch (operation) {
    case ATOMIC_ADD:
        return (before + value) & mask;
    case ATOMIC_MIN:
        return is_less(k, value, before) ? value : before;
    case ATOMIC_MAX:
        return is_less(k, before, value) ? value : before;
    case ATOMIC_AND:
        return before & value;
    case ATOMIC_OR:
        return before | value;
    case ATOMIC_XOR:
        return before ^ value;
    case ATOMIC_EXCHANGE:
        return value;
    default: // ATOMIC_COMPARE
        return before == 0 ? value : before;
    }
}

static uint64_t load(const kind *k, const uint8_t *array, uint32_t index)
{
    uint64_t value = 0;
    memcpy(&value, array + (size_t)index * k->size_bytes, k->size_bytes); // little-endian host
    return value;
}

static void store(const kind *k, uint8_t *array, uint32_t index, uint64_t value)
{
    memcpy(array + (size_t)index * k->size_bytes, &value, k->size_bytes);
}

static int compare_values(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

// One target's operations happened one after another in some order: then each value that one of
// them left is the value that the next one found, so both lists hold the same values but for the
// first and the last. A lost or doubled operation breaks this.
static bool is_a_sequence(kt_test *t, const kind *k, uint32_t operation, uint64_t first,
                          uint64_t last, const uint64_t *values, const uint64_t *returned,
                          uint32_t count)
{
    uint64_t left[COUNT + 1], found[COUNT + 1];
    for (uint32_t i = 0; i < count; i++) {
        left[i] = apply(k, operation, returned[i], values[i]);
        found[i] = returned[i];
    }
    left[count] = first;
    found[count] = last;
    qsort(left, count + 1, sizeof left[0], compare_values);
    qsort(found, count + 1, sizeof found[0], compare_values);
    return CHECK_U64S(found, left, count + 1);
}

// Checks what `count` operations did to one target.
static bool check_target(kt_test *t, const kind *k, uint32_t operation, uint64_t first,
                         uint64_t last, const uint64_t *values, const uint64_t *returned,
                         uint32_t count)
{
    const bool any_order_is_equal = operation != ATOMIC_EXCHANGE && operation != ATOMIC_COMPARE;
    if (!is_a_sequence(t, k, operation, first, last, values, returned, count))
        return false;
    uint64_t expected = first;
    for (uint32_t i = 0; i < count; i++)
        expected = apply(k, operation, expected, values[i]);
    return !any_order_is_equal || CHECK_EQ_U64(last, expected);
}

static void check_operation(kt_test *t, const kind *k)
{
    const uint32_t operation = (uint32_t)kt_param_index(t);
    const uint32_t target_count = k->in_group ? GROUPS : 5;
    const uint32_t value_bytes = COUNT * k->size_bytes, target_bytes = target_count * k->size_bytes;
    uint8_t *values = kt_alloc(t, value_bytes), *before = kt_alloc(t, target_bytes);
    uint8_t *after = kt_alloc(t, target_bytes), *returned = kt_alloc(t, value_bytes);
    const bool all_ones = operation == ATOMIC_AND, zero = operation == ATOMIC_COMPARE;
    for (uint32_t i = 0; i < COUNT; i++) {
        uint64_t value = kt_random_u64(t);
        if (operation == ATOMIC_AND || operation == ATOMIC_OR) // changes few bits at a time
            value &= kt_random_u64(t) & kt_random_u64(t) & kt_random_u64(t);
        store(k, values, i, all_ones ? ~value : value);
    }
    for (uint32_t i = 0; i < target_count; i++)
        store(k, before, i, zero ? 0 : all_ones ? UINT64_MAX : kt_random_u64(t));

    const kro_constant constant = {0, .value.u32 = operation};
    kro_pipeline *pipeline =
        kt_pipeline_in(t, kt_context(t), k->shader,
                       &(kro_pipeline_config){.constants = &constant, .constant_count = 1});
    kro_buffer *targets = kt_buffer(t, target_bytes, before);
    kt_output out = kt_output_create(t, kt_context(t), value_bytes);
    const kro_binding bindings[] = {{kt_buffer(t, value_bytes, values), .binding = 0},
                                    {targets, .binding = 1},
                                    kt_output_binding(&out, 2)};
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), pipeline,
        &(kro_dispatch_args){.bindings = bindings, .binding_count = 3, .groups = {GROUPS}}));
    if (!kt_output_read(t, &out, returned) ||
        !CHECK_OK(kro_buffer_read(targets, 0, after, target_bytes)))
        return;
    bool right = true;
    for (uint32_t target = 0; target < target_count && right; target++) {
        uint64_t its_values[COUNT], its_returned[COUNT];
        uint32_t count = 0;
        for (uint32_t i = 0; i < COUNT; i++) {
            if ((k->in_group ? i / GROUP_SIZE : i % target_count) != target)
                continue;
            its_values[count] = load(k, values, i);
            its_returned[count++] = load(k, returned, i);
        }
        right = check_target(t, k, operation, load(k, before, target), load(k, after, target),
                             its_values, its_returned, count);
    }
}

TEST_FAMILY_CASE(unsigned_atomics_in_buffers)
{
    (void)param;
    check_operation(t, &(kind){"atomic_unsigned_in_buffer", 4, false, false});
}

TEST_FAMILY_CASE(signed_atomics_in_buffers)
{
    (void)param;
    check_operation(t, &(kind){"atomic_signed_in_buffer", 4, true, false});
}

TEST_FAMILY_CASE(unsigned_atomics_in_groups)
{
    (void)param;
    check_operation(t, &(kind){"atomic_unsigned_in_group", 4, false, true});
}

TEST_FAMILY_CASE(signed_atomics_in_groups)
{
    (void)param;
    check_operation(t, &(kind){"atomic_signed_in_group", 4, true, true});
}

TEST_FAMILY_CASE(atomics_of_64_bits_in_buffers)
{
    (void)param;
    check_operation(t, &(kind){"atomic_64_in_buffer", 8, false, false});
}

TEST_FAMILY_CASE(atomics_of_64_bits_in_groups)
{
    (void)param;
    check_operation(t, &(kind){"atomic_64_in_group", 8, false, true});
}

// A hundred thousand invocations draw tickets from three counters: each ticket goes to one.
TEST(tickets_are_drawn_once)
{
    enum { COUNTERS = 3, PER_COUNTER = 64 * 600, INVOCATIONS = COUNTERS * PER_COUNTER };
    static const uint32_t ZEROS[COUNTERS];
    const uint32_t per_counter = PER_COUNTER;
    kro_buffer *counters = kt_buffer(t, sizeof ZEROS, ZEROS);
    kro_buffer *tickets = kt_buffer(t, 4 * INVOCATIONS, NULL);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "ticket_counter"),
                          &(kro_dispatch_args){.buffers = {counters, tickets},
                                               .push = &per_counter,
                                               .push_bytes = sizeof per_counter,
                                               .threads = {INVOCATIONS}}));
    const uint32_t full[COUNTERS] = {PER_COUNTER, PER_COUNTER, PER_COUNTER};
    CHECK_U32S(kernel_read_all(t, counters), full, COUNTERS);
    // Every invocation stands at one ticket of its counter.
    const uint32_t *holders = kernel_read_all(t, tickets);
    uint8_t *seen = kt_alloc(t, INVOCATIONS);
    for (uint32_t i = 0; i < INVOCATIONS; i++) {
        const uint32_t holder = holders[i];
        if (holder >= INVOCATIONS || holder % COUNTERS != i / PER_COUNTER || seen[holder]) {
            FAILF(t, "ticket %u of counter %u is held by invocation %u", i % PER_COUNTER,
                  i / PER_COUNTER, holder);
            return;
        }
        seen[holder] = 1;
    }
}

// Counters that are raised by compare and swap miss no step.
TEST(compare_and_swap_loops_lose_nothing)
{
    enum { COUNTERS = 7, INVOCATIONS = 64 * 50 };
    uint32_t expected[COUNTERS];
    kt_fill_u32s(t, expected, COUNTERS);
    kro_buffer *counters = kt_buffer(t, sizeof expected, expected);
    for (uint32_t i = 0; i < INVOCATIONS; i++)
        expected[i % COUNTERS] += (i & 7) + 1;
    CHECK_OK(
        kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "compare_and_swap_loop"),
                     &(kro_dispatch_args){.buffers = {counters}, .groups = {INVOCATIONS / 64}}));
    CHECK_U32S(kernel_read_all(t, counters), expected, COUNTERS);
}

// Bytes are counted in workgroup memory and added up in a buffer.
TEST(histograms_count_every_byte)
{
    enum { WORDS = 100003, BINS = 256 };
    uint32_t *words = kt_alloc(t, 4 * WORDS), expected[BINS] = {0};
    static const uint32_t ZEROS[BINS];
    kt_fill_u32s(t, words, WORDS);
    for (uint32_t i = 0; i < WORDS; i++) {
        // Half of the words are equal, so that many invocations meet at few bins.
        words[i] = i & 1 ? words[i] : 0x07070700;
        for (uint32_t k = 0; k < 4; k++)
            expected[words[i] >> (8 * k) & 0xff]++;
    }
    kro_buffer *bins = kt_buffer(t, sizeof ZEROS, ZEROS);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "histogram"),
                          &(kro_dispatch_args){.buffers = {kt_buffer(t, 4 * WORDS, words), bins},
                                               .threads = {WORDS}}));
    CHECK_U32S(kernel_read_all(t, bins), expected, BINS);
}

TEST(float_atomics_in_buffers_add_up)
{
    enum { SUMS = 3, TERMS = 30000 };
    static const float ZEROS[SUMS];
    float *x = kt_alloc(t, TERMS * sizeof *x), expected[SUMS] = {0};
    for (uint32_t i = 0; i < TERMS; i++) {
        x[i] = (float)kt_random_below(t, 1001) - 500;
        expected[i % SUMS] += x[i]; // stays below 2^24, where integers are exact
    }
    kro_buffer *sums = kt_buffer(t, sizeof ZEROS, ZEROS);
    CHECK_OK(
        kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "float_atomic_add"),
                     &(kro_dispatch_args){.buffers = {kt_buffer(t, TERMS * sizeof *x, x), sums},
                                          .threads = {TERMS}}));
    CHECK_FLOATS(kernel_read_all(t, sums), expected, SUMS);
}

TEST(float_atomics_in_groups_add_up)
{
    float x[COUNT], expected[GROUPS * 2] = {0}, actual[GROUPS * 2];
    for (uint32_t i = 0; i < COUNT; i++) {
        x[i] = (float)kt_random_below(t, 1001) - 500;
        expected[i / GROUP_SIZE * 2 + i % 2] += x[i];
    }
    if (kernel_run_once(t, &(kernel_run){.shader = "float_shared_atomic_add",
                                         .inputs = {{x, sizeof x}},
                                         .groups = {GROUPS},
                                         .output = actual,
                                         .output_bytes = sizeof actual}))
        CHECK_FLOATS(actual, expected, GROUPS * 2, .any_zero_sign = true);
}
