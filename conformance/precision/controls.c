// Float controls: what a shader asks of denormals, of rounding, and of zeros, infinities and NaN
// binds where the device offers it. Sums, differences and products show it, of NaN comparisons.
// Source: Vulkan 1.2, VkPhysicalDeviceFloatControlsProperties; SPIR-V, "Execution Mode".
#include "inputs.h"
#include "sweep.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <kronos/vulkan.h>

typedef VkPhysicalDeviceFloatControlsProperties float_controls;

enum { WIDTHS = 3, RANDOM = 1 << 14 };

typedef struct control {
    const char *name;
    const char *shaders[WIDTHS];
    precision_judgement *judge;
    size_t offered[WIDTHS]; // members of float_controls, by width
} control;

static void take(precision_tally *self, const double x[], double result, bool right)
{
    self->inputs++;
    if (right)
        return;
    self->over++;
    if (self->worst[PRECISION_OF_BOUND].value == 0)
        self->worst[PRECISION_OF_BOUND] =
            (precision_record){.value = INFINITY, .x = {x[0], x[1]}, .result = result};
}

// The result is to be one of two numbers.
static void judge_one_of(precision_tally *self, const double x[], double result, double one,
                         double other)
{
    take(self, x, result, result == one || result == other);
}

static bool is_finite(const double x[])
{
    return isfinite(x[0]) && isfinite(x[1]);
}

static exact_parts exact_result(const precision_tally *self, const double x[])
{
    // Products of doubles lose their rest where they underflow.
    const bool certain = self->format->precision == exact_double.precision;
    const exact_parts parts = precision_reference(self->operation, x, certain);
    return isnan(parts.rest) ? (exact_parts){parts.value, 0} : parts;
}

// Denormal operands and results stay as they are.
static void judge_preserved(precision_tally *self, const double x[PRECISION_OPERANDS],
                            double result)
{
    if (!is_finite(x))
        return;
    const exact_parts exact = exact_result(self, x);
    judge_one_of(self, x, result, exact_round_down(self->format, exact.value, exact.rest),
                 exact_round_up(self->format, exact.value, exact.rest));
}

static double flushed(const exact_format *format, double x)
{
    return exact_is_denormal(format, x) ? 0 : x;
}

// Denormal operands and results are zero.
static void judge_flushed(precision_tally *self, const double x[PRECISION_OPERANDS], double result)
{
    if (!is_finite(x))
        return;
    const exact_format *format = self->format;
    const double used[PRECISION_OPERANDS] = {flushed(format, x[0]), flushed(format, x[1])};
    const exact_parts exact = exact_result(self, used);
    judge_one_of(self, x, result,
                 flushed(format, exact_round_down(format, exact.value, exact.rest)),
                 flushed(format, exact_round_up(format, exact.value, exact.rest)));
}

// Whether denormals, which may be taken as zero here, have a part in it.
static bool has_denormals(const precision_tally *self, const double x[], exact_parts exact)
{
    const exact_format *format = self->format;
    return exact_is_denormal(format, x[0]) || exact_is_denormal(format, x[1]) ||
           fabs(exact.value) <= 2 * format->smallest_normal;
}

static void judge_nearest(precision_tally *self, const double x[PRECISION_OPERANDS], double result)
{
    if (!is_finite(x))
        return;
    const exact_parts exact = exact_result(self, x);
    const double nearest = exact_round_nearest(self->format, exact.value, exact.rest);
    if (!has_denormals(self, x, exact))
        judge_one_of(self, x, result, nearest, nearest);
}

static void judge_toward_zero(precision_tally *self, const double x[PRECISION_OPERANDS],
                              double result)
{
    if (!is_finite(x))
        return;
    const exact_parts exact = exact_result(self, x);
    const double zeroward = exact.value > 0
                                ? exact_round_down(self->format, exact.value, exact.rest)
                                : exact_round_up(self->format, exact.value, exact.rest);
    if (!has_denormals(self, x, exact))
        judge_one_of(self, x, result, zeroward, zeroward);
}

// What IEEE 754 says of zeros, infinities and NaN.
static void judge_kept(precision_tally *self, const double x[PRECISION_OPERANDS], double result)
{
    const double expected = self->operation == PRECISION_ADD        ? x[0] + x[1]
                            : self->operation == PRECISION_SUBTRACT ? x[0] - x[1]
                                                                    : x[0] * x[1];
    const bool special = !is_finite(x) || x[0] == 0 || x[1] == 0;
    if (!special || exact_is_denormal(self->format, x[0]) || exact_is_denormal(self->format, x[1]))
        return;
    const bool right = isnan(expected)
                           ? isnan(result)
                           : result == expected && !signbit(result) == !signbit(expected);
    take(self, x, result, right);
}

// What IEEE 754 says of a comparison: ordered ones are false of NaN, unordered ones true.
static double compare(uint32_t operation, double x, double y)
{
    const bool unordered = isnan(x) || isnan(y);
    switch (operation) {
    case PRECISION_EQUAL:
        return x == y;
    case PRECISION_NOT_EQUAL: // GLSL's != is unordered
        return x != y;
    case PRECISION_LESS:
        return x < y;
    case PRECISION_GREATER:
        return x > y;
    case PRECISION_LESS_EQUAL:
        return x <= y;
    case PRECISION_GREATER_EQUAL:
        return x >= y;
    case PRECISION_UNORDERED_EQUAL:
        return unordered || x == y;
    case PRECISION_ORDERED_NOT_EQUAL:
        return !unordered && x != y;
    case PRECISION_UNORDERED_LESS:
        return unordered || x < y;
    case PRECISION_UNORDERED_GREATER:
        return unordered || x > y;
    case PRECISION_UNORDERED_LESS_EQUAL:
        return unordered || x <= y;
    default: // PRECISION_UNORDERED_GREATER_EQUAL
        return unordered || x >= y;
    }
}

static void judge_compared(precision_tally *self, const double x[PRECISION_OPERANDS], double result)
{
    if (exact_is_denormal(self->format, x[0]) || exact_is_denormal(self->format, x[1]))
        return;
    take(self, x, result, result == compare(self->operation, x[0], x[1]));
}

#define OFFERED(name)                                                                     \
    {                                                                                     \
        offsetof(float_controls, name##Float16), offsetof(float_controls, name##Float32), \
            offsetof(float_controls, name##Float64)                                       \
    }

static const control CONTROLS[] = {
    {"preserve",
     {"precision_16_preserve", "precision_32_preserve", "precision_64_preserve"},
     judge_preserved,
     OFFERED(shaderDenormPreserve)},
    {"flush",
     {"precision_16_flush", "precision_32_flush", "precision_64_flush"},
     judge_flushed,
     OFFERED(shaderDenormFlushToZero)},
    {"rte",
     {"precision_16_rte", "precision_32_rte", "precision_64_rte"},
     judge_nearest,
     OFFERED(shaderRoundingModeRTE)},
    {"rtz",
     {"precision_16_rtz", "precision_32_rtz", "precision_64_rtz"},
     judge_toward_zero,
     OFFERED(shaderRoundingModeRTZ)},
    {"keep",
     {"precision_16_keep", "precision_32_keep", "precision_64_keep"},
     judge_kept,
     OFFERED(shaderSignedZeroInfNanPreserve)},
};

enum { CONTROL_COUNT = sizeof CONTROLS / sizeof CONTROLS[0] };

static const exact_format *const FORMATS[WIDTHS] = {&exact_half, &exact_single, &exact_double};

TEST_PARAMS(precision_controls)
{
    for (int i = 0; i < CONTROL_COUNT; i++)
        for (int width = 0; width < WIDTHS; width++)
            kt_param(params, "%s-%u", CONTROLS[i].name, 8 * FORMATS[width]->size_bytes);
}

// What the device offers; false, and the case is skipped, where it cannot be asked.
static bool read_controls(kt_test *t, float_controls *out)
{
    const kro_vk_handles *handles = kro_vk_context(kt_context(t));
    *out = (float_controls){.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FLOAT_CONTROLS_PROPERTIES};
    PFN_vkGetPhysicalDeviceProperties2 get_properties =
        handles ? (PFN_vkGetPhysicalDeviceProperties2)handles->get_instance_proc_addr(
                      handles->instance, "vkGetPhysicalDeviceProperties2")
                : NULL;
    if (!CHECK(get_properties))
        return false;
    get_properties(handles->physical_device,
                   &(VkPhysicalDeviceProperties2){
                       .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2, .pNext = out});
    return true;
}

static VkBool32 offers(const float_controls *controls, size_t member)
{
    VkBool32 value;
    memcpy(&value, (const char *)controls + member, sizeof value);
    return value;
}

// A certificate of what there is; the values are free.
TEST(float_controls_are_declared)
{
    float_controls controls;
    if (!read_controls(t, &controls))
        return;
    for (int i = 0; i < CONTROL_COUNT; i++)
        for (int width = 0; width < WIDTHS; width++) {
            char key[32];
            snprintf(key, sizeof key, "%s_%u", CONTROLS[i].name, 8 * FORMATS[width]->size_bytes);
            const VkBool32 offered = offers(&controls, CONTROLS[i].offered[width]);
            CHECK(offered == VK_TRUE || offered == VK_FALSE);
            kt_certify_u64(t, key, offered);
        }
    CHECK(controls.denormBehaviorIndependence <= VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_NONE);
    CHECK(controls.roundingModeIndependence <= VK_SHADER_FLOAT_CONTROLS_INDEPENDENCE_NONE);
    kt_certify_u64(t, "denormal_independence", controls.denormBehaviorIndependence);
    kt_certify_u64(t, "rounding_independence", controls.roundingModeIndependence);
}

// The judgements themselves, on results worked out by hand: not every device has each control.
TEST(judgements_of_float_controls_are_right)
{
    static const struct {
        precision_judgement *judge;
        uint32_t operation;
        double x[PRECISION_OPERANDS], allowed, refused;
    } ROWS[] = {
        {judge_preserved, PRECISION_MULTIPLY, {0x1p-100, 0x1p-40}, 0x1p-140, 0},
        {judge_preserved, PRECISION_ADD, {0x1p-130, 0x1p-140}, 0x1.004p-130, 0x1p-130},
        {judge_preserved, PRECISION_MULTIPLY, {0x1.8p-100, 0x1p-49}, 0x1p-148, 0},
        {judge_flushed, PRECISION_MULTIPLY, {0x1p-100, 0x1p-40}, 0, 0x1p-140},
        {judge_flushed, PRECISION_ADD, {0x1p-126, 0x1p-130}, 0x1p-126, 0x1.1p-126},
        {judge_flushed, PRECISION_SUBTRACT, {0x1.8p-126, 0x1p-126}, 0, 0x1p-127},
        {judge_nearest, PRECISION_ADD, {1, 0x1p-24}, 1, 1 + 0x1p-23},
        {judge_nearest, PRECISION_ADD, {1 + 0x1p-23, 0x1p-24}, 1 + 0x1p-22, 1 + 0x1p-23},
        {judge_nearest, PRECISION_ADD, {1, 0x1.000002p-24}, 1 + 0x1p-23, 1},
        {judge_nearest, PRECISION_MULTIPLY, {0x1p100, 0x1p100}, INFINITY, 0x1.fffffep127},
        {judge_toward_zero, PRECISION_ADD, {1, 0x1.fffffep-24}, 1, 1 + 0x1p-23},
        {judge_toward_zero, PRECISION_SUBTRACT, {-1, 0x1.fffffep-24}, -1, -1 - 0x1p-23},
        {judge_toward_zero, PRECISION_MULTIPLY, {0x1p100, 0x1p100}, 0x1.fffffep127, INFINITY},
        {judge_kept, PRECISION_ADD, {-0.0, -0.0}, -0.0, 0},
        {judge_kept, PRECISION_SUBTRACT, {1, INFINITY}, -INFINITY, NAN},
        {judge_kept, PRECISION_ADD, {INFINITY, -INFINITY}, NAN, 0},
        {judge_kept, PRECISION_MULTIPLY, {0, -1}, -0.0, 0},
        {judge_kept, PRECISION_MULTIPLY, {NAN, 0}, NAN, 0},
        {judge_compared, PRECISION_EQUAL, {NAN, NAN}, 0, 1},
        {judge_compared, PRECISION_NOT_EQUAL, {NAN, 1}, 1, 0},
        {judge_compared, PRECISION_ORDERED_NOT_EQUAL, {NAN, 1}, 0, 1},
        {judge_compared, PRECISION_UNORDERED_LESS, {1, NAN}, 1, 0},
        {judge_compared, PRECISION_GREATER_EQUAL, {-0.0, 0}, 1, 0},
    };
    for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
        precision_tally tally = {.format = &exact_single, .operation = ROWS[i].operation};
        ROWS[i].judge(&tally, ROWS[i].x, ROWS[i].allowed);
        const bool allowed = CHECK(tally.inputs == 1 && tally.over == 0);
        ROWS[i].judge(&tally, ROWS[i].x, ROWS[i].refused);
        if (!CHECK(tally.inputs == 2 && tally.over == 1) || !allowed)
            LOGF(t, "row %zu", i);
    }
}

static void check_operation(kt_test *t, const char *shader, precision_judgement *judge,
                            const exact_format *format, uint32_t operation)
{
    const char *name = precision_operations[operation].name;
    precision_inputs inputs = precision_inputs_create(
        t, format, operation, precision_edge_count(2) + RANDOM + PRECISION_SPECIAL_PAIRS);
    precision_add_edges(&inputs);
    precision_add_specials(&inputs);
    precision_add_random(t, &inputs, RANDOM);
    const precision_sweep sweep = {.shader = shader,
                                   .format = format,
                                   .operation = operation,
                                   .list = inputs.words,
                                   .item_count = inputs.item_count,
                                   .judge = judge};
    precision_tally tally;
    if (!precision_sweep_run(t, &sweep, &tally))
        return;
    char key[48];
    snprintf(key, sizeof key, "%s_inputs", name);
    kt_certify_u64(t, key, tally.inputs);
    snprintf(key, sizeof key, "%s_wrong", name);
    kt_certify_u64(t, key, tally.over);
    const precision_record *first = &tally.worst[PRECISION_OF_BOUND];
    CHECK(tally.inputs > 0);
    if (tally.over)
        FAILF(t, "%s of %a, %a gave %a; %" PRIu64 " of %" PRIu64 " results are wrong", name,
              first->x[0], first->x[1], first->result, tally.over, tally.inputs);
}

TEST_FAMILY_CASE(float_controls)
{
    const control *wanted = &CONTROLS[kt_param_index(t) / WIDTHS];
    const size_t width = kt_param_index(t) % WIDTHS;
    const exact_format *format = FORMATS[width];
    float_controls controls;
    if (!read_controls(t, &controls))
        return;
    const kro_features *features = &kt_device(t)->features;
    if ((width == 0 && !features->float16) || (width == 2 && !features->float64)) {
        SKIP(t, width == 0 ? "float16" : "float64");
        return;
    }
    if (!offers(&controls, wanted->offered[width])) {
        SKIP(t, "float control %s", param);
        return;
    }
    static const uint32_t OPERATIONS[] = {PRECISION_ADD, PRECISION_SUBTRACT, PRECISION_MULTIPLY};
    for (size_t i = 0; i < sizeof OPERATIONS / sizeof OPERATIONS[0]; i++)
        check_operation(t, wanted->shaders[width], wanted->judge, format, OPERATIONS[i]);
    static const uint32_t COMPARISONS[] = {
        PRECISION_EQUAL,
        PRECISION_NOT_EQUAL,
        PRECISION_LESS,
        PRECISION_GREATER,
        PRECISION_LESS_EQUAL,
        PRECISION_GREATER_EQUAL,
        PRECISION_UNORDERED_EQUAL,
        PRECISION_ORDERED_NOT_EQUAL,
        PRECISION_UNORDERED_LESS,
        PRECISION_UNORDERED_GREATER,
        PRECISION_UNORDERED_LESS_EQUAL,
        PRECISION_UNORDERED_GREATER_EQUAL,
    };
    for (size_t i = 0;
         wanted->judge == judge_kept && i < sizeof COMPARISONS / sizeof COMPARISONS[0]; i++)
        check_operation(t, wanted->shaders[width], judge_compared, format, COMPARISONS[i]);
}
