// Fast arithmetic, which kernels may allow or not, by default or for an operation: where it is not
// allowed, operations are as they are written.
#include <math.h>
#include <string.h>

#include "features.h"
#include "spirv.h"

// Of SPV_KHR_float_controls2.
enum {
    CAPABILITY_FLOAT_CONTROLS2 = 6029,
    MODE_FP_FAST_MATH_DEFAULT = 6028,
    NOT_NAN = 1 << 0,
    NOT_INF = 1 << 1,
    NO_SIGNED_ZERO = 1 << 2,
    ALLOW_RECIPROCAL = 1 << 3,
    ALLOW_CONTRACT = 1 << 16,
    ALLOW_REASSOCIATION = 1 << 17,
    ALLOW_TRANSFORM = 1 << 18,
    ALL_FAST = NOT_NAN | NOT_INF | NO_SIGNED_ZERO | ALLOW_RECIPROCAL | ALLOW_CONTRACT |
               ALLOW_REASSOCIATION | ALLOW_TRANSFORM,
};

enum { MODULE_WORDS = 2048, NOT_DECORATED = -1 };

// What is computed of x, y and z, in this order.
typedef enum expression {
    PRODUCT_AND_SUM, // x * y + z, which is no fused multiply-add
    SUM_OF_THREE,    // (x + y) + z
    PLUS_ZERO,       // x + 0, which is 0 where x is -0
    ZERO_MINUS,      // 0 - x, which is 0 where x is
    MINUS_ITSELF,    // x - x, which is NaN where x is infinite
    TIMES_ZERO,      // x * 0, which may be -0 or NaN
    BY_ITSELF,       // x / x, which may be NaN
    EXPRESSIONS,
} expression;

static const struct {
    const char *name, *text;
} NAMES[EXPRESSIONS] = {
    {"product_and_sum", "x * y + z"}, {"sum_of_three", "(x + y) + z"}, {"plus_zero", "x + 0"},
    {"zero_minus", "0 - x"},          {"minus_itself", "x - x"},       {"times_zero", "x * 0"},
    {"by_itself", "x / x"},
};

enum { ROWS = 9, ARGUMENTS = 3 };

// Numbers whose results are the same however they are rounded, up aside: in the first row the
// product is 2^-24 more than its nearest, in the others the sum of two is 1 more.
static const float INPUTS[ROWS][ARGUMENTS] = {
    {0x1.001p0f, 0x1.001p0f, -0x1.002p0f},
    {0x1p30f, 1, -0x1p30f},
    {1, 0x1p30f, -0x1p30f},
    {-0.0f, 1, 1},
    {0, -1, 0},
    {INFINITY, 1, 1},
    {-INFINITY, 2, 1},
    {NAN, 1, 1},
    {-3, 5, 7},
};
enum { FINITE_ROWS = 3 }; // the first ones, which are there to be reordered

static float expected_of(expression which, const float in[ARGUMENTS])
{
    const float x = in[0];
    const volatile float product = x * in[1], sum = x + in[1]; // rounded
    switch (which) {
    case PRODUCT_AND_SUM:
        return product + in[2];
    case SUM_OF_THREE:
        return sum + in[2];
    case PLUS_ZERO:
        return x + 0.0f;
    case ZERO_MINUS:
        return 0.0f - x;
    case MINUS_ITSELF:
        return x - x;
    case TIMES_ZERO:
        return x * 0.0f;
    default:
        return x / x;
    }
}

// How fast arithmetic may be.
typedef struct fastness {
    const char *name;
    uint32_t by_default;
    int64_t decoration; // of each operation; NOT_DECORATED: none
} fastness;

static const fastness AS_WRITTEN[] = {
    {"by_default", 0, NOT_DECORATED},
    {"by_decoration", ALL_FAST, 0},
};

enum { MODES = sizeof AS_WRITTEN / sizeof AS_WRITTEN[0] };

TEST_PARAMS(float_modes)
{
    for (int mode = 0; mode < MODES; mode++)
        for (int i = 0; i < EXPRESSIONS; i++)
            kt_param(params, "%s.%s", AS_WRITTEN[mode].name, NAMES[i].name);
}

typedef struct writer {
    spirv m;
    const fastness *speed;
    uint32_t type;
} writer;

static uint32_t operation(writer *w, SpvOp op, uint32_t a, uint32_t b)
{
    const uint32_t id = SPIRV_RESULT(&w->m, op, w->type, a, b);
    if (w->speed->decoration != NOT_DECORATED)
        SPIRV_DECORATE(&w->m, SpvOpDecorate, id, SpvDecorationFPFastMathMode,
                       (uint32_t)w->speed->decoration);
    return id;
}

static uint32_t write_expression(writer *w, expression which, const uint32_t in[ARGUMENTS])
{
    const uint32_t zero = SPIRV_DECLARE(&w->m, SpvOpConstant, w->type, 0), x = in[0];
    switch (which) {
    case PRODUCT_AND_SUM:
        return operation(w, SpvOpFAdd, operation(w, SpvOpFMul, x, in[1]), in[2]);
    case SUM_OF_THREE:
        return operation(w, SpvOpFAdd, operation(w, SpvOpFAdd, x, in[1]), in[2]);
    case PLUS_ZERO:
        return operation(w, SpvOpFAdd, x, zero);
    case ZERO_MINUS:
        return operation(w, SpvOpFSub, zero, x);
    case MINUS_ITSELF:
        return operation(w, SpvOpFSub, x, x);
    case TIMES_ZERO:
        return operation(w, SpvOpFMul, x, zero);
    default:
        return operation(w, SpvOpFDiv, x, x);
    }
}

// An element of a buffer: that of this row, which has `stride` of them.
static uint32_t element(writer *w, uint32_t buffer, uint32_t row, uint32_t stride, uint32_t i)
{
    spirv *m = &w->m;
    const uint32_t first = spirv_math(m, SpvOpIMul, row, spirv_constant(m, stride));
    const uint32_t at = spirv_math(m, SpvOpIAdd, first, spirv_constant(m, i));
    return SPIRV_RESULT(m, SpvOpAccessChain,
                        spirv_pointer(m, SpvStorageClassStorageBuffer, w->type), buffer,
                        spirv_constant(m, 0), at);
}

static size_t write_module(const fastness *speed, uint32_t words[MODULE_WORDS])
{
    writer w = {.speed = speed};
    spirv *m = &w.m;
    const uint32_t function = spirv_new_id(m);
    w.type = SPIRV_DECLARE(m, SpvOpTypeFloat, 32);
    const uint32_t in = spirv_buffer(m, 0, w.type, 4), out = spirv_buffer(m, 1, w.type, 4);
    const uint32_t lane = spirv_variable(m, SpvStorageClassInput, spirv_uint(m));
    const uint32_t nothing = spirv_declare(m, SpvOpTypeVoid, 0, NULL);
    const uint32_t signature = SPIRV_DECLARE(m, SpvOpTypeFunction, nothing);
    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityShader);
    SPIRV_HEAD(m, SpvOpCapability, CAPABILITY_FLOAT_CONTROLS2);
    spirv_emit_text(m, SpvOpExtension, 0, NULL, "SPV_KHR_float_controls2", 0, NULL);
    SPIRV_HEAD(m, SpvOpMemoryModel, SpvAddressingModelLogical, SpvMemoryModelGLSL450);
    spirv_emit_text(m, SpvOpEntryPoint, SPIRV_OPERANDS(SpvExecutionModelGLCompute, function),
                    "main", 1, &lane);
    SPIRV_HEAD(m, SpvOpExecutionMode, function, SpvExecutionModeLocalSize, ROWS, 1, 1);
    SPIRV_HEAD(m, SpvOpExecutionModeId, function, MODE_FP_FAST_MATH_DEFAULT, w.type,
               spirv_constant(m, speed->by_default));
    SPIRV_DECORATE(m, SpvOpDecorate, lane, SpvDecorationBuiltIn, SpvBuiltInLocalInvocationIndex);
    SPIRV_CODE(m, SpvOpFunction, nothing, function, SpvFunctionControlMaskNone, signature);
    SPIRV_CODE(m, SpvOpLabel, spirv_new_id(m));
    const uint32_t row = SPIRV_RESULT(m, SpvOpLoad, spirv_uint(m), lane);
    uint32_t arguments[ARGUMENTS];
    for (uint32_t i = 0; i < ARGUMENTS; i++)
        arguments[i] = SPIRV_RESULT(m, SpvOpLoad, w.type, element(&w, in, row, ARGUMENTS, i));
    for (uint32_t i = 0; i < EXPRESSIONS; i++) {
        const uint32_t value = write_expression(&w, (expression)i, arguments);
        const uint32_t to = element(&w, out, row, EXPRESSIONS, i);
        SPIRV_CODE(m, SpvOpStore, to, value);
    }
    spirv_emit(m, &m->code, SpvOpReturn, 0, NULL);
    spirv_emit(m, &m->code, SpvOpFunctionEnd, 0, NULL);
    return spirv_finish(m, 0x00010300, words, MODULE_WORDS);
}

static bool run(kt_raw *raw, const fastness *speed, float results[ROWS][EXPRESSIONS])
{
    kt_test *t = raw->t;
    uint32_t words[MODULE_WORDS];
    const size_t count = write_module(speed, words);
    if (!CHECK(count > 0))
        return false;
    kt_raw_kernel *kernel = kt_raw_kernel_create_with(
        raw, speed->name,
        &(kt_raw_kernel_config){.binding_count = 2, .words = words, .word_count = count});
    kt_raw_buffer *in =
        kt_raw_buffer_create(raw, &(kt_raw_buffer_config){.size_bytes = sizeof INPUTS});
    kt_raw_buffer *out = kt_raw_buffer_create(
        raw, &(kt_raw_buffer_config){.size_bytes = ROWS * EXPRESSIONS * sizeof(float)});
    const kt_raw_range ranges[] = {{.buffer = in}, {.buffer = out}};
    VkDescriptorSet set = in && out ? kt_raw_set(raw, kernel, ranges) : VK_NULL_HANDLE;
    VkCommandBuffer commands = set ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return false;
    kt_raw_write(raw, in, INPUTS);
    kt_raw_bind(raw, commands, kernel, set, NULL);
    raw->vkCmdDispatch(commands, 1, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (!kt_raw_run(raw, 0, commands))
        return false;
    kt_raw_read(raw, out, results);
    return true;
}

static kt_raw *open_controls(kt_test *t)
{
    kt_raw *raw = features_open(t, KT_RAW_FLOAT_CONTROLS2);
    VkPhysicalDeviceFloatControlsProperties controls = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FLOAT_CONTROLS_PROPERTIES};
    if (!raw)
        return NULL;
    kt_raw_properties(raw, &controls);
    return kt_raw_needs(raw, controls.shaderSignedZeroInfNanPreserveFloat32,
                        "shaderSignedZeroInfNanPreserveFloat32")
               ? raw
               : NULL;
}

// The same number with the same sign, or any NaN; of a quotient that is a number, within its bound.
static bool is_right(expression which, float actual, float expected)
{
    if (isnan(expected))
        return isnan(actual);
    if (which == BY_ITSELF)
        return fabsf(actual - expected) <= 2.5f * 0x1p-23f;
    return memcmp(&actual, &expected, sizeof actual) == 0;
}

TEST_FAMILY_CASE(arithmetic_that_may_not_be_fast_is_as_written)
{
    (void)param;
    const size_t mode = kt_param_index(t) / EXPRESSIONS, which = kt_param_index(t) % EXPRESSIONS;
    kt_raw *raw = open_controls(t);
    float results[ROWS][EXPRESSIONS];
    if (!raw || !run(raw, &AS_WRITTEN[mode], results))
        return;
    for (int row = 0; row < ROWS; row++) {
        const float expected = expected_of((expression)which, INPUTS[row]);
        const float actual = results[row][which];
        if (!is_right((expression)which, actual, expected))
            FAILF(t, "%s of %a, %a and %a is %a, not %a", NAMES[which].text, (double)INPUTS[row][0],
                  (double)INPUTS[row][1], (double)INPUTS[row][2], (double)actual, (double)expected);
    }
}

// Products may then be fused with sums, and sums be in any order; they are still such sums. What is
// neither NaN, infinite nor zero is looked at.
TEST(arithmetic_that_may_be_fast_is_arithmetic)
{
    static const fastness FAST = {"fast", ALL_FAST, NOT_DECORATED};
    static const float EXACT[FINITE_ROWS] = {0x1p-24f, 0, 0}; // x * y + z, rounded once
    static const float EXACT_SUMS[FINITE_ROWS] = {1, 1, 1};   // x + y + z
    kt_raw *raw = open_controls(t);
    float results[ROWS][EXPRESSIONS];
    if (!raw || !run(raw, &FAST, results))
        return;
    for (int row = 0; row < FINITE_ROWS; row++) {
        const float product = results[row][PRODUCT_AND_SUM], sum = results[row][SUM_OF_THREE];
        CHECK(product == expected_of(PRODUCT_AND_SUM, INPUTS[row]) || product == EXACT[row]);
        CHECK(sum == expected_of(SUM_OF_THREE, INPUTS[row]) || sum == EXACT_SUMS[row]);
        CHECK(results[row][PLUS_ZERO] == INPUTS[row][0]);
        CHECK(results[row][MINUS_ITSELF] == 0);
    }
}
