// Kernels with every kind of binding: each one is found, checked, named and bound.
#include "contract.h"

#include <string.h>

#include "kernel.h"

enum { COUNT = 100, OUT = 5, BINDINGS = 6, STORAGE_BINDINGS = 5 };

// The arguments of one weighted_sum dispatch, in an order of their own.
typedef struct weighted_sum {
    kro_context *ctx; // NULL where something could not be made
    kro_pipeline *pipeline;
    kro_buffer *buffers[BINDINGS];
    kro_binding bindings[BINDINGS];
} weighted_sum;

enum { WEIGHTS, FIRST, SECOND, BIAS, SPARE };

static weighted_sum weighted_sum_create(kt_test *t)
{
    if (!kernel_buffers_fit(t, STORAGE_BINDINGS))
        return (weighted_sum){0};
    static const float weights[] = {2, -3, 0, 0}, bias[] = {100, 200, 300, 400};
    float first[COUNT], second[COUNT];
    for (int i = 0; i < COUNT; i++) {
        first[i] = (float)i;
        second[i] = (float)(i % 7);
    }
    weighted_sum sum = {.ctx = kt_context(t), .pipeline = kt_pipeline(t, "weighted_sum")};
    const struct {
        const char *label;
        const void *data;
        uint64_t size_bytes;
        uint32_t set, binding, element;
    } rows[BINDINGS] = {
        [WEIGHTS] = {"the weights", weights, sizeof weights, 0, 1, 0},
        [FIRST] = {"the first", first, sizeof first, 0, 2, 0},
        [SECOND] = {"the second", second, sizeof second, 0, 2, 1},
        [BIAS] = {"the bias", bias, sizeof bias, 1, 0, 0},
        [SPARE] = {"the spare", bias, sizeof bias, 0, 5, 0},
        [OUT] = {"the result", NULL, COUNT * sizeof(float), 1, 3, 0},
    };
    for (int i = 0; i < BINDINGS; i++) {
        sum.buffers[i] = kt_buffer_in(t, sum.ctx,
                                      &(kro_buffer_config){.size_bytes = rows[i].size_bytes,
                                                           .data = rows[i].data,
                                                           .label = rows[i].label});
        if (!sum.buffers[i])
            sum.ctx = NULL;
        sum.bindings[i] = (kro_binding){.buffer = sum.buffers[i],
                                        .set = rows[i].set,
                                        .binding = rows[i].binding,
                                        .element = rows[i].element};
    }
    if (!sum.pipeline)
        sum.ctx = NULL;
    return sum;
}

static kro_status dispatch(const weighted_sum *sum)
{
    const kro_dispatch_args args = {
        .bindings = sum->bindings, .binding_count = BINDINGS, .threads = {COUNT}};
    return kro_dispatch(kro_context_stream(sum->ctx), sum->pipeline, &args);
}

static void check_result(kt_test *t, const weighted_sum *sum)
{
    float actual[COUNT] = {0}, expected[COUNT];
    for (int i = 0; i < COUNT; i++)
        expected[i] = 2.0f * (float)i - 3.0f * (float)(i % 7) + 100.0f * (float)(i % 4 + 1);
    CHECK_OK(kro_buffer_read(sum->buffers[OUT], 0, actual, sizeof actual));
    CHECK_FLOATS(actual, expected, COUNT);
}

// The dispatch is refused, its sentence is kept, and the stream works again.
#define REFUSES(sum, ...)                                                                        \
    do {                                                                                         \
        CHECK_REFUSED(dispatch(sum), KRO_ERROR_INVALID_ARGUMENT, "'weighted_sum'", __VA_ARGS__); \
        CHECK_STATUS(kro_submit(kro_context_stream((sum)->ctx), NULL),                           \
                     KRO_ERROR_INVALID_ARGUMENT);                                                \
    } while (0)

TEST(pipeline_info_lists_every_binding)
{
    static const struct {
        uint32_t set, binding, count;
        kro_binding_kind kind;
        bool reads, writes;
        const char *name;
    } expected[] = {
        {0, 1, 1, KRO_BINDING_UNIFORM, true, false, "weights"},
        {0, 2, 2, KRO_BINDING_STORAGE, true, false, "x"},
        {0, 5, 1, KRO_BINDING_STORAGE, false, false, "spare"},
        {1, 0, 1, KRO_BINDING_STORAGE, true, false, "bias"},
        {1, 3, 1, KRO_BINDING_STORAGE, false, true, "result"},
    };
    if (!kernel_buffers_fit(t, STORAGE_BINDINGS))
        return;
    const kro_pipeline_info *info = kro_pipeline_get_info(kt_pipeline(t, "weighted_sum"));
    if (!info || !CHECK_EQ_U64(info->binding_count, 5))
        return;
    for (int i = 0; i < 5; i++) {
        const kro_binding_info *binding = &info->bindings[i];
        CHECK_EQ_U64(binding->set, expected[i].set);
        CHECK_EQ_U64(binding->binding, expected[i].binding);
        CHECK_EQ_U64(binding->count, expected[i].count);
        CHECK_EQ_U64(binding->kind, expected[i].kind);
        CHECK_EQ_U64(binding->reads, expected[i].reads);
        CHECK_EQ_U64(binding->writes, expected[i].writes);
        CHECK_EQ_STRING(binding->name, expected[i].name);
    }
    CHECK_EQ_U64(info->bindings[0].min_bytes, 16);
    CHECK_EQ_U64(info->bindings[3].min_bytes, 16);
    CHECK_EQ_STRING(info->label, "weighted_sum");
    CHECK_EQ_STRING(info->entry_point, "main");
    CHECK_EQ_U64(info->local_size[0], 64);
    CHECK_EQ_U64(info->local_size[1], 1);
    CHECK_EQ_U64(info->push_bytes, 0);
    CHECK(!info->device_addresses);
}

TEST(every_kind_of_binding_is_bound)
{
    weighted_sum sum = weighted_sum_create(t);
    if (!sum.ctx)
        return;
    CHECK_OK(dispatch(&sum));
    check_result(t, &sum);
}

TEST(declared_but_unused_bindings_may_be_null)
{
    weighted_sum sum = weighted_sum_create(t);
    if (!sum.ctx)
        return;
    sum.bindings[SPARE].buffer = NULL;
    CHECK_OK(dispatch(&sum));
    check_result(t, &sum);
}

TEST(every_binding_that_is_used_is_needed)
{
    static const struct {
        int missing;
        const char *binding, *set, *name;
    } cases[] = {
        {WEIGHTS, "binding 1", "set 0", "'weights'"}, {FIRST, "binding 2", "set 0", "'x'"},
        {SECOND, "binding 2", "set 0", "'x'"},        {BIAS, "binding 0", "set 1", "'bias'"},
        {OUT, "binding 3", "set 1", "'result'"},
    };
    weighted_sum sum = weighted_sum_create(t);
    if (!sum.ctx)
        return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        weighted_sum without = sum;
        without.bindings[cases[i].missing].buffer = NULL;
        REFUSES(&without, cases[i].binding, cases[i].set, cases[i].name);
    }
    CHECK_OK(dispatch(&sum));
    check_result(t, &sum);
}

TEST(elements_of_a_binding_array_are_counted)
{
    weighted_sum sum = weighted_sum_create(t);
    if (!sum.ctx)
        return;
    weighted_sum wrong = sum;
    wrong.bindings[SECOND].element = 2;
    REFUSES(&wrong, "element 2 of binding 2", "'the second'");
    wrong.bindings[SECOND].element = UINT32_MAX;
    REFUSES(&wrong, "element 4294967295 of binding 2", "'the second'");
    wrong.bindings[SECOND].element = 0;
    REFUSES(&wrong, "binding 2", "twice");
    wrong.bindings[FIRST].element = wrong.bindings[SECOND].element = 1;
    REFUSES(&wrong, "element 1 of binding 2", "twice");
    wrong.bindings[FIRST].buffer = NULL;
    wrong.bindings[SECOND].element = 0;
    REFUSES(&wrong, "no buffer for element 1 of binding 2");
    CHECK_OK(dispatch(&sum));
    check_result(t, &sum);
}

// "binding 2 'y' needs 4096 bytes, has 4092"
TEST(ranges_hold_the_declared_members)
{
    weighted_sum sum = weighted_sum_create(t);
    if (!sum.ctx)
        return;
    weighted_sum wrong = sum;
    wrong.bindings[BIAS].size_bytes = 12;
    REFUSES(&wrong, "binding 0 'bias' needs 16 bytes, has 12");
    wrong = sum;
    wrong.bindings[WEIGHTS].size_bytes = 12;
    REFUSES(&wrong, "binding 1 'weights' needs 16 bytes, has 12");
    wrong = sum;
    wrong.bindings[FIRST].size_bytes = 3;
    REFUSES(&wrong, "binding 2 'x' needs 4 bytes, has 3");
    CHECK_OK(dispatch(&sum));
    check_result(t, &sum);
}

TEST(uniform_ranges_keep_the_uniform_limits)
{
    weighted_sum sum = weighted_sum_create(t);
    if (!sum.ctx)
        return;
    const kro_limits *limits = &kt_device(t)->limits;
    const uint64_t large = limits->max_uniform_bytes + 16;
    if (large > limits->max_buffer_bytes || large > UINT64_C(1) << 30) {
        SKIP(t, "limits.max_uniform_bytes below 1 GiB");
        return;
    }
    kro_buffer *buffer = kt_buffer_in(
        t, sum.ctx, &(kro_buffer_config){.size_bytes = large, .label = "large weights"});
    weighted_sum wrong = sum;
    wrong.bindings[WEIGHTS].buffer = buffer;
    REFUSES(&wrong, "binding 1 'weights'", contract_text(t, "%llu", (unsigned long long)large),
            contract_text(t, "%llu", (unsigned long long)limits->max_uniform_bytes),
            "limits.max_uniform_bytes");
    if (limits->uniform_alignment > 1) {
        wrong.bindings[WEIGHTS].size_bytes = 16;
        wrong.bindings[WEIGHTS].offset_bytes = limits->uniform_alignment / 2;
        REFUSES(&wrong, "binding 1 'weights'",
                contract_text(t, "%u", limits->uniform_alignment / 2), "limits.uniform_alignment");
    }
    CHECK_OK(dispatch(&sum));
    check_result(t, &sum);
}

// A buffer may be larger than what one binding covers; whoever binds it says which part.
TEST(storage_ranges_keep_the_binding_limit)
{
    weighted_sum sum = weighted_sum_create(t);
    if (!sum.ctx)
        return;
    const kro_limits *limits = &kt_device(t)->limits;
    const uint64_t large = limits->max_binding_bytes + 256;
    if (large > limits->max_buffer_bytes) {
        SKIP(t, "limits.max_buffer_bytes above limits.max_binding_bytes");
        return;
    }
    kro_buffer *buffer;
    kro_status status = kro_buffer_create(
        sum.ctx, &(kro_buffer_config){.size_bytes = large, .label = "large result"}, &buffer);
    if (status == KRO_ERROR_OUT_OF_DEVICE_MEMORY) {
        SKIP(t, "%llu bytes of device memory", (unsigned long long)large);
        return;
    }
    if (!CHECK_OK(status))
        return;
    weighted_sum other = sum;
    other.bindings[OUT].buffer = buffer;
    REFUSES(&other, "binding 3 'result'", contract_text(t, "%llu", (unsigned long long)large),
            contract_text(t, "%llu", (unsigned long long)limits->max_binding_bytes),
            "limits.max_binding_bytes", "size_bytes");
    other.bindings[OUT].size_bytes = COUNT * sizeof(float);
    CHECK_OK(dispatch(&other));
    float result[COUNT] = {0};
    CHECK_OK(kro_buffer_read(buffer, 0, result, sizeof result));
    CHECK(result[1] == 2.0f - 3.0f + 200.0f);
    kro_buffer_destroy(buffer);
}
