// Several buffers in one kernel: bindings, sets, arrays, uniform buffers, device addresses.
#include "kernel.h"

#include <string.h>

// Seven inputs and an output arrive at their own bindings. With `shared`, all are ranges of one
// buffer.
static void check_eight_bindings(kt_test *t, bool shared)
{
    enum { INPUTS = 7, COUNT = 1000, RANGE_BYTES = 4096 };
    if (!kernel_buffers_fit(t, INPUTS + 1))
        return;
    uint32_t(*in)[RANGE_BYTES / 4] = kt_alloc(t, INPUTS * RANGE_BYTES);
    uint32_t expected[COUNT] = {0}, actual[COUNT];
    kt_fill_u32s(t, in[0], INPUTS * RANGE_BYTES / 4);
    for (uint32_t k = 0; k < INPUTS; k++)
        for (uint32_t i = 0; i < COUNT; i++)
            expected[i] += in[k][i] * (k + 1);

    kro_buffer *one = kt_buffer(t, INPUTS * RANGE_BYTES, in);
    kro_binding bindings[INPUTS + 1];
    for (uint32_t k = 0; k < INPUTS; k++) {
        if (shared)
            bindings[k] = (kro_binding){one, k * RANGE_BYTES, 4 * COUNT, .binding = k};
        else
            bindings[k] = (kro_binding){kt_buffer(t, 4 * COUNT, in[k]), .binding = k};
    }
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    bindings[INPUTS] = kt_output_binding(&out, INPUTS);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "sum_seven"),
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = INPUTS + 1,
                                               .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, COUNT);
}

TEST(eight_buffers_reach_their_bindings)
{
    check_eight_bindings(t, false);
}

TEST(one_buffer_serves_eight_bindings)
{
    check_eight_bindings(t, true);
}

// Two bindings may name the very same bytes where the kernel only reads them.
TEST(same_range_may_be_read_twice)
{
    enum { COUNT = 500 };
    float in[COUNT], expected[COUNT], actual[COUNT];
    kt_fill_floats(t, in, COUNT);
    for (int i = 0; i < COUNT; i++)
        expected[i] = in[i] + in[i];
    kro_buffer *both = kt_buffer(t, sizeof in, in);
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding bindings[] = {
        {both, .binding = 0}, {both, .binding = 1}, kt_output_binding(&out, 2)};
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), kt_pipeline(t, "vector_add"),
        &(kro_dispatch_args){.bindings = bindings, .binding_count = 3, .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_FLOATS(actual, expected, COUNT);
}

// Buffers in sets 0, 1 and 3 (2 stays empty), at bindings with gaps.
TEST(sets_and_bindings_may_have_gaps)
{
    enum { COUNT = 777 };
    uint32_t in[3][COUNT], expected[COUNT], actual[COUNT];
    kt_fill_u32s(t, in[0], 3 * COUNT);
    for (int i = 0; i < COUNT; i++)
        expected[i] = in[0][i] + 2 * in[1][i] + 3 * in[2][i];
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    kro_binding result = kt_output_binding(&out, 17);
    result.set = 3;
    const kro_binding bindings[] = {
        {kt_buffer(t, sizeof in[2], in[2]), .binding = 2, .set = 3},
        {kt_buffer(t, sizeof in[0], in[0]), .binding = 5, .set = 0},
        result,
        {kt_buffer(t, sizeof in[1], in[1]), .binding = 0, .set = 1},
    };
    CHECK_OK(kro_dispatch(
        kro_context_stream(kt_context(t)), kt_pipeline(t, "sum_across_sets"),
        &(kro_dispatch_args){.bindings = bindings, .binding_count = 4, .threads = {COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, COUNT);
}

enum { ARRAY_BUFFERS = 3, ARRAY_COUNT = 300 };

// Runs a kernel over an array of three buffers, at different offsets of two buffers.
static void run_buffer_array(kt_test *t, const char *shader, const uint32_t *which,
                             uint32_t in[ARRAY_BUFFERS][ARRAY_COUNT],
                             const uint32_t expected[ARRAY_COUNT])
{
    uint32_t actual[ARRAY_COUNT], pair[1024 + ARRAY_COUNT];
    kt_fill_u32s(t, pair, 1024 + ARRAY_COUNT);
    memcpy(pair, in[2], sizeof in[2]);
    memcpy(pair + 1024, in[0], sizeof in[0]);
    kro_buffer *shared = kt_buffer(t, sizeof pair, pair);
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding bindings[] = {
        {shared, 4096, sizeof in[0], .binding = 0, .element = 0},
        {shared, 0, sizeof in[2], .binding = 0, .element = 2},
        {kt_buffer(t, sizeof in[1], in[1]), .binding = 0, .element = 1},
        kt_output_binding(&out, 1),
    };
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, shader),
                          &(kro_dispatch_args){.bindings = bindings,
                                               .binding_count = 4,
                                               .push = which,
                                               .push_bytes = which ? sizeof *which : 0,
                                               .threads = {ARRAY_COUNT}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, ARRAY_COUNT);
}

TEST(array_of_buffers_keeps_its_order)
{
    uint32_t in[ARRAY_BUFFERS][ARRAY_COUNT], expected[ARRAY_COUNT];
    kt_fill_u32s(t, in[0], ARRAY_BUFFERS * ARRAY_COUNT);
    for (int i = 0; i < ARRAY_COUNT; i++)
        expected[i] = in[0][i] + 2 * in[1][i] + 3 * in[2][i];
    run_buffer_array(t, "sum_buffer_array", NULL, in, expected);
}

TEST(array_of_buffers_can_be_indexed_at_run_time)
{
    uint32_t in[ARRAY_BUFFERS][ARRAY_COUNT];
    kt_fill_u32s(t, in[0], ARRAY_BUFFERS * ARRAY_COUNT);
    for (uint32_t which = 0; which < ARRAY_BUFFERS; which++)
        run_buffer_array(t, "pick_buffer", &which, in, in[which]);
}

// A uniform buffer of 16 KiB, at each of several offsets of limits.uniform_alignment.
TEST(uniform_buffer_of_16_kib_is_read_whole)
{
    enum { COUNT = 4096, OFFSETS = 3 };
    const kro_device_info *device = kt_device(t);
    const uint32_t align = device ? device->limits.uniform_alignment : 4;
    const uint32_t all_bytes = 4 * COUNT + align * OFFSETS;
    uint8_t *in = kt_alloc(t, all_bytes);
    kt_fill_bytes(t, in, all_bytes);
    kro_buffer *source = kt_buffer(t, all_bytes, in);
    kro_pipeline *pipeline = kt_pipeline(t, "uniform_words");
    for (uint32_t k = 0; k < OFFSETS; k++) {
        uint32_t actual[COUNT], expected[COUNT];
        memcpy(expected, in + k * align, sizeof expected);
        kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
        const kro_binding bindings[] = {{source, k * align, 4 * COUNT, .binding = 0},
                                        kt_output_binding(&out, 1)};
        CHECK_OK(kro_dispatch(
            kro_context_stream(kt_context(t)), pipeline,
            &(kro_dispatch_args){.bindings = bindings, .binding_count = 2, .threads = {COUNT}}));
        if (kt_output_read(t, &out, actual))
            CHECK_U32S(actual, expected, COUNT);
    }
}

// A kernel adds from one array to another, at any place of buffers, by their addresses.
TEST(device_addresses_reach_into_buffers)
{
    enum { COUNT = 1000, FROM = 3, TO = 17 };
    uint32_t in[FROM + COUNT], expected[TO + COUNT + 5];
    kt_fill_u32s(t, in, FROM + COUNT);
    kt_poison(expected, sizeof expected);
    kro_buffer *buffers[] = {
        kt_buffer_in(
            t, kt_context(t),
            &(kro_buffer_config){.size_bytes = sizeof in, .data = in, .device_address = true}),
        kt_buffer_in(t, kt_context(t),
                     &(kro_buffer_config){
                         .size_bytes = sizeof expected, .data = expected, .device_address = true}),
    };
    const kro_buffer_info *x = kro_buffer_get_info(buffers[0]),
                          *y = kro_buffer_get_info(buffers[1]);
    if (!x || !y)
        return;
    const struct {
        uint64_t x, y;
        uint32_t count;
    } push = {x->device_address + 4 * FROM, y->device_address + 4 * TO, COUNT};
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "add_by_address"),
                          &(kro_dispatch_args){.push = &push,
                                               .push_bytes = 20,
                                               .touches = buffers,
                                               .touch_count = 2,
                                               .threads = {COUNT}}));
    for (uint32_t i = 0; i < COUNT; i++)
        expected[TO + i] = in[FROM + i] + i;
    CHECK_U32S(kernel_read_all(t, buffers[1]), expected, TO + COUNT + 5);
}

// A list through buffers that only their addresses name: 100 nodes spread over four buffers.
TEST(device_addresses_lead_through_buffers)
{
    enum { BUFFERS = 4, PER_BUFFER = 25, NODES = BUFFERS * PER_BUFFER };
    typedef struct node {
        uint64_t next;
        uint32_t value, steps;
    } node;
    kro_buffer *buffers[BUFFERS];
    for (int b = 0; b < BUFFERS; b++)
        buffers[b] = kt_buffer_in(
            t, kt_context(t),
            &(kro_buffer_config){.size_bytes = PER_BUFFER * sizeof(node), .device_address = true});
    node nodes[NODES];
    uint64_t address[NODES];
    for (int i = 0; i < NODES; i++) {
        const kro_buffer_info *info = kro_buffer_get_info(buffers[i % BUFFERS]);
        address[i] = info ? info->device_address + (uint64_t)(i / BUFFERS) * sizeof(node) : 0;
        CHECK(address[i] != 0);
    }
    uint32_t expected[NODES], actual[NODES];
    kt_fill_u32s(t, expected, NODES);
    for (int i = 0; i < NODES; i++) {
        nodes[i] = (node){address[(i + 1) % NODES], expected[i], 0};
        CHECK_OK(kro_buffer_write(buffers[i % BUFFERS], (uint64_t)(i / BUFFERS) * sizeof(node),
                                  &nodes[i], sizeof(node)));
    }
    kt_output out = kt_output_create(t, kt_context(t), sizeof actual);
    const kro_binding binding = kt_output_binding(&out, 0);
    CHECK_OK(kro_dispatch(kro_context_stream(kt_context(t)), kt_pipeline(t, "walk_list"),
                          &(kro_dispatch_args){.bindings = &binding,
                                               .binding_count = 1,
                                               .push = &address[0],
                                               .push_bytes = sizeof address[0],
                                               .touches = buffers,
                                               .touch_count = BUFFERS,
                                               .groups = {1}}));
    if (kt_output_read(t, &out, actual))
        CHECK_U32S(actual, expected, NODES);
    for (int i = 0; i < NODES; i++) {
        node after = {0};
        CHECK_OK(kro_buffer_read(buffers[i % BUFFERS], (uint64_t)(i / BUFFERS) * sizeof(node),
                                 &after, sizeof(node)));
        CHECK_EQ_U64(after.steps, (uint64_t)i + 1);
    }
}

// A kernel that says nothing of the buffers behind its addresses may have written any of them:
// whoever reads one waits for it.
TEST(device_addresses_need_not_be_listed)
{
    enum { COUNT = 1 << 20, ROUNDS = 20 };
    uint32_t *expected = kt_alloc(t, COUNT * sizeof *expected),
             *actual = kt_alloc(t, COUNT * sizeof *actual);
    kro_buffer *buffer = kt_buffer_in(t, kt_context(t),
                                      &(kro_buffer_config){.size_bytes = COUNT * sizeof *expected,
                                                           .memory = KRO_MEMORY_READBACK,
                                                           .data = expected,
                                                           .device_address = true});
    const kro_buffer_info *info = kro_buffer_get_info(buffer);
    if (!info)
        return;
    const struct {
        uint64_t x, y;
        uint32_t count;
    } push = {info->device_address, info->device_address, COUNT};
    kro_pipeline *add = kt_pipeline(t, "add_by_address");
    for (int i = 0; i < ROUNDS; i++)
        CHECK_OK(kro_dispatch(
            kro_context_stream(kt_context(t)), add,
            &(kro_dispatch_args){.push = &push, .push_bytes = 20, .threads = {COUNT}}));
    for (uint32_t i = 0; i < COUNT; i++)
        expected[i] = ROUNDS * i;
    CHECK_OK(kro_buffer_read(buffer, 0, actual, COUNT * sizeof *actual));
    CHECK_U32S(actual, expected, COUNT);
}
