// Cooperative matrices: each product that a device lists, of whole numbers exactly, and of
// fractions within a bound.
#include <math.h>

#include "cooperative_kernel.h"
#include "elements.h"
#include "exact.h"
#include "features.h"

enum { GROUPS = 3, PAD = 16, MOST_PRODUCTS = 512, MODULE_WORDS = 4096 };

// The kinds that have a name of their own; the rest, of types that are known here, are "others".
typedef enum product_kind {
    PRODUCT_HALF_TO_HALF,
    PRODUCT_HALF_TO_SINGLE,
    PRODUCT_SINGLE_TO_SINGLE,
    PRODUCT_SIGNED_BYTES,
    PRODUCT_UNSIGNED_BYTES,
    PRODUCT_OTHERS,
    PRODUCT_KINDS,
} product_kind;

static const char *const KINDS[PRODUCT_KINDS] = {"float16_to_float16", "float16_to_float32",
                                                 "float32_to_float32", "sint8_to_sint32",
                                                 "uint8_to_uint32",    "others"};

TEST_PARAMS(cooperative_products)
{
    for (int i = 0; i < PRODUCT_KINDS; i++)
        kt_param(params, "%s", KINDS[i]);
}

static bool find_type(VkComponentTypeKHR type, cooperative_type *out)
{
    switch (type) {
    case VK_COMPONENT_TYPE_FLOAT16_KHR:
        *out = (cooperative_type){16, true, true};
        return true;
    case VK_COMPONENT_TYPE_FLOAT32_KHR:
        *out = (cooperative_type){32, true, true};
        return true;
    case VK_COMPONENT_TYPE_SINT8_KHR:
        *out = (cooperative_type){8, false, true};
        return true;
    case VK_COMPONENT_TYPE_SINT32_KHR:
        *out = (cooperative_type){32, false, true};
        return true;
    case VK_COMPONENT_TYPE_UINT8_KHR:
        *out = (cooperative_type){8, false, false};
        return true;
    case VK_COMPONENT_TYPE_UINT32_KHR:
        *out = (cooperative_type){32, false, false};
        return true;
    default: // of other widths, and what extensions have added
        return false;
    }
}

static product_kind kind_of(const VkCooperativeMatrixPropertiesKHR *product)
{
    const VkComponentTypeKHR from = product->AType, to = product->ResultType;
    if (product->BType != from || product->CType != to)
        return PRODUCT_OTHERS;
    if (from == VK_COMPONENT_TYPE_FLOAT16_KHR && to == VK_COMPONENT_TYPE_FLOAT16_KHR)
        return PRODUCT_HALF_TO_HALF;
    if (from == VK_COMPONENT_TYPE_FLOAT16_KHR && to == VK_COMPONENT_TYPE_FLOAT32_KHR)
        return PRODUCT_HALF_TO_SINGLE;
    if (from == VK_COMPONENT_TYPE_FLOAT32_KHR && to == VK_COMPONENT_TYPE_FLOAT32_KHR)
        return PRODUCT_SINGLE_TO_SINGLE;
    if (from == VK_COMPONENT_TYPE_SINT8_KHR && to == VK_COMPONENT_TYPE_SINT32_KHR)
        return PRODUCT_SIGNED_BYTES;
    if (from == VK_COMPONENT_TYPE_UINT8_KHR && to == VK_COMPONENT_TYPE_UINT32_KHR)
        return PRODUCT_UNSIGNED_BYTES;
    return PRODUCT_OTHERS;
}

// One product on the device, and the numbers that go in.
typedef struct scene {
    kt_raw *raw;
    cooperative_kernel kernel;
    const char *name;
    bool whole;                           // numbers, not fractions
    double *values[COOPERATIVE_MATRICES]; // by groups, rows and columns; of the result nothing
    double worst;                         // error, of its bound
} scene;

static uint32_t elements_of(const cooperative_kernel *kernel, cooperative_matrix which)
{
    return cooperative_rows(kernel, which) * cooperative_columns(kernel, which);
}

// Where an element of a workgroup's part lies.
static size_t place_of(const cooperative_kernel *kernel, cooperative_matrix which, uint32_t group,
                       uint32_t row, uint32_t column)
{
    const uint32_t line = kernel->by_columns ? column : row;
    const uint32_t at = kernel->by_columns ? row : column;
    return (size_t)group * kernel->tile_sizes[which] + line * kernel->strides[which] + at;
}

static size_t bytes_of(const cooperative_kernel *kernel, cooperative_matrix which)
{
    return (size_t)GROUPS * kernel->tile_sizes[which] * (kernel->types[which].bits / 8);
}

static const exact_format *format_of(cooperative_type type)
{
    return type.bits == 16 ? &exact_half : &exact_single;
}

static uint64_t encode(cooperative_type type, double value)
{
    return type.is_float ? exact_encode(format_of(type), value) : (uint64_t)(int64_t)value;
}

static double decode(cooperative_type type, uint64_t bits)
{
    if (type.is_float)
        return exact_decode(format_of(type), bits);
    return type.is_signed ? (double)(int32_t)(type.bits == 8 ? (int8_t)bits : (int32_t)bits)
                          : (double)bits;
}

// A factor: of floats, whole numbers from -4 to 4, whose sums of products are exact in halves, or
// multiples of 1/64 from -1 to 1; of integers any byte. C is of floats alike, of integers what a
// sum does not leave 32 bits with, unless it is to be saturated.
static double choose(const scene *self, cooperative_matrix which)
{
    kt_test *t = self->raw->t;
    const cooperative_type type = self->kernel.types[which];
    if (type.is_float)
        return self->whole ? (double)kt_random_below(t, 9) - 4
                           : ((double)kt_random_below(t, 129) - 64) / 64;
    if (type.bits == 8)
        return (double)kt_random_below(t, 256) - (type.is_signed ? 128 : 0);
    if (self->kernel.saturates && kt_random_below(t, 2))
        return type.is_signed ? (kt_random_below(t, 2) ? 2147483000.0 : -2147483000.0)
                              : 4294967000.0;
    return (double)kt_random_below(t, 1 << 24) - (type.is_signed ? 1 << 23 : 0);
}

static kt_raw_buffer *create_matrix(scene *self, cooperative_matrix which)
{
    kt_test *t = self->raw->t;
    const cooperative_kernel *kernel = &self->kernel;
    const size_t bytes = bytes_of(kernel, which);
    void *words = kt_alloc(t, bytes);
    kt_poison(words, bytes);
    if (which != COOPERATIVE_RESULT) {
        self->values[which] = kt_alloc(t, GROUPS * elements_of(kernel, which) * sizeof(double));
        double *next = self->values[which];
        for (uint32_t group = 0; group < GROUPS; group++)
            for (uint32_t row = 0; row < cooperative_rows(kernel, which); row++)
                for (uint32_t column = 0; column < cooperative_columns(kernel, which); column++)
                    element_store(kernel->types[which].bits, words,
                                  place_of(kernel, which, group, row, column),
                                  encode(kernel->types[which], *next++ = choose(self, which)));
    }
    kt_raw_buffer *buffer =
        kt_raw_buffer_create(self->raw, &(kt_raw_buffer_config){.size_bytes = bytes});
    if (buffer)
        kt_raw_write(self->raw, buffer, words);
    return buffer;
}

static double at(const scene *self, cooperative_matrix which, uint32_t group, uint32_t row,
                 uint32_t column)
{
    const uint32_t columns = cooperative_columns(&self->kernel, which);
    return self->values[which][group * elements_of(&self->kernel, which) + row * columns + column];
}

// The exact element of the result, and the sum of what it is made of, without signs.
static double exact_element(const scene *self, uint32_t group, uint32_t row, uint32_t column,
                            double *magnitude)
{
    double sum = at(self, COOPERATIVE_C, group, row, column);
    *magnitude = fabs(sum);
    for (uint32_t i = 0; i < self->kernel.k; i++) {
        const double product =
            at(self, COOPERATIVE_A, group, row, i) * at(self, COOPERATIVE_B, group, i, column);
        sum += product;
        *magnitude += fabs(product);
    }
    const cooperative_type type = self->kernel.types[COOPERATIVE_RESULT];
    if (type.is_float || !self->kernel.saturates)
        return sum;
    const double low = type.is_signed ? -2147483648.0 : 0;
    const double high = type.is_signed ? 2147483647.0 : 4294967295.0;
    return sum < low ? low : sum > high ? high : sum;
}

// How far a result may be off: whole numbers not at all, and where fractions are added up in any
// order each of the k + 1 sums by two units in the last place of all that is added, and the result,
// which may be of another format, by one more.
static double bound_of(const scene *self, double magnitude)
{
    const cooperative_type result = self->kernel.types[COOPERATIVE_RESULT];
    if (self->whole || !result.is_float)
        return 0;
    const double unit = exact_power_of_two(1 - format_of(result)->precision);
    return (2 * (self->kernel.k + 1) + 1) * unit * magnitude;
}

// Each element, and what lies between rows and behind the last, which nobody writes.
static void check_result(scene *self, const kt_raw_buffer *buffer)
{
    kt_test *t = self->raw->t;
    const cooperative_kernel *kernel = &self->kernel;
    const cooperative_type type = kernel->types[COOPERATIVE_RESULT];
    const size_t bytes = bytes_of(kernel, COOPERATIVE_RESULT);
    void *words = kt_alloc(t, bytes), *poison = kt_alloc(t, bytes);
    kt_poison(poison, bytes);
    kt_raw_read(self->raw, buffer, words);
    for (uint32_t group = 0; group < GROUPS; group++)
        for (uint32_t row = 0; row < kernel->m; row++)
            for (uint32_t column = 0; column < kernel->n; column++) {
                const size_t place = place_of(kernel, COOPERATIVE_RESULT, group, row, column);
                const double actual = decode(type, element_load(type.bits, words, place));
                double magnitude;
                const double expected = exact_element(self, group, row, column, &magnitude);
                const double bound = bound_of(self, magnitude), error = fabs(actual - expected);
                if (!(error <= bound)) {
                    FAILF(t,
                          "%s, %ux%ux%u by %s%s: row %u, column %u of workgroup %u is %.17g, not "
                          "%.17g, and may be off by %g",
                          self->name, kernel->m, kernel->n, kernel->k,
                          kernel->by_columns ? "columns" : "rows",
                          kernel->saturates ? ", saturated" : "", row, column, group, actual,
                          expected, bound);
                    return;
                }
                if (bound > 0 && error / bound > self->worst)
                    self->worst = error / bound;
                element_store(type.bits, words, place, element_load(type.bits, poison, place));
            }
    CHECK_BYTES(words, poison, bytes);
}

static void run_product(scene *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    cooperative_kernel *kernel = &self->kernel;
    for (int i = 0; i < COOPERATIVE_MATRICES; i++) {
        const cooperative_matrix which = (cooperative_matrix)i;
        const uint32_t rows = cooperative_rows(kernel, which);
        const uint32_t columns = cooperative_columns(kernel, which);
        kernel->strides[i] = (kernel->by_columns ? rows : columns) + PAD;
        kernel->tile_sizes[i] = kernel->strides[i] * (kernel->by_columns ? columns : rows) + PAD;
    }
    uint32_t *words = kt_alloc(t, MODULE_WORDS * sizeof *words);
    const size_t count = cooperative_kernel_write(kernel, words, MODULE_WORDS);
    if (!CHECK(count > 0))
        return;
    kt_raw_kernel *pipeline = kt_raw_kernel_create_with(
        raw, self->name,
        &(kt_raw_kernel_config){
            .binding_count = COOPERATIVE_MATRICES, .words = words, .word_count = count});
    kt_raw_range ranges[COOPERATIVE_MATRICES];
    bool all = pipeline;
    for (int i = 0; all && i < COOPERATIVE_MATRICES; i++) {
        kt_raw_buffer *buffer = create_matrix(self, (cooperative_matrix)i);
        ranges[i] = (kt_raw_range){.buffer = buffer};
        all = buffer;
    }
    VkDescriptorSet set = all ? kt_raw_set(raw, pipeline, ranges) : VK_NULL_HANDLE;
    VkCommandBuffer commands = set ? kt_raw_begin(raw, 0) : NULL;
    if (!commands)
        return;
    kt_raw_bind(raw, commands, pipeline, set, NULL);
    raw->vkCmdDispatch(commands, GROUPS, 1, 1);
    kt_raw_full_barrier(raw, commands);
    kt_raw_end(raw, commands);
    if (kt_raw_run(raw, 0, commands))
        check_result(self, ranges[COOPERATIVE_RESULT].buffer);
}

// Whether the case knows the product's types and the device lets kernels have them in buffers.
static bool is_known(const kt_raw *raw, const VkCooperativeMatrixPropertiesKHR *product,
                     cooperative_type types[COOPERATIVE_MATRICES])
{
    const VkComponentTypeKHR components[] = {product->AType, product->BType, product->CType,
                                             product->ResultType};
    for (int i = 0; i < COOPERATIVE_MATRICES; i++) {
        if (!find_type(components[i], &types[i]))
            return false;
        const uint32_t needs = types[i].bits == 16  ? KT_RAW_FLOAT16 | KT_RAW_STORAGE16
                               : types[i].bits == 8 ? KT_RAW_INT8 | KT_RAW_STORAGE8
                                                    : 0;
        if ((raw->features & needs) != needs)
            return false;
    }
    // Of integers, bytes that are added up in words, whose sums are exact.
    for (int i = 0; i < COOPERATIVE_MATRICES; i++)
        if (!types[i].is_float && types[i].bits != (i < COOPERATIVE_C ? 8 : 32))
            return false;
    return product->scope == VK_SCOPE_SUBGROUP_KHR;
}

static kt_raw *open_matrices(kt_test *t)
{
    kt_raw *raw = features_open(t, KT_RAW_COOPERATIVE_MATRIX);
    VkPhysicalDeviceCooperativeMatrixPropertiesKHR limits = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_COOPERATIVE_MATRIX_PROPERTIES_KHR};
    if (!raw || !kt_raw_needs_feature(raw, KT_RAW_MEMORY_MODEL))
        return NULL;
    kt_raw_properties(raw, &limits);
    return kt_raw_needs(raw, limits.cooperativeMatrixSupportedStages & VK_SHADER_STAGE_COMPUTE_BIT,
                        "cooperativeMatrixSupportedStages")
               ? raw
               : NULL;
}

// NULL, and a failed case, where the device lists nothing or too much.
static VkCooperativeMatrixPropertiesKHR *list_products(kt_raw *raw, uint32_t *count)
{
    kt_test *t = raw->t;
    PFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR list =
        KT_RAW_CALL(raw, vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR);
    *count = 0;
    if (!list || !CHECK_VK(list(raw->physical, count, NULL)) ||
        !CHECK(*count > 0 && *count <= MOST_PRODUCTS))
        return NULL;
    VkCooperativeMatrixPropertiesKHR *all = kt_alloc(t, *count * sizeof *all);
    for (uint32_t i = 0; i < *count; i++)
        all[i].sType = VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR;
    return CHECK_VK(list(raw->physical, count, all)) ? all : NULL;
}

// What is listed can be, and is as much as is certified: integers alone saturate.
TEST(cooperative_matrices_that_are_listed_can_be)
{
    kt_raw *raw = open_matrices(t);
    uint32_t count, known = 0;
    const VkCooperativeMatrixPropertiesKHR *all = raw ? list_products(raw, &count) : NULL;
    for (uint32_t i = 0; all && i < count; i++) {
        cooperative_type types[COOPERATIVE_MATRICES];
        CHECK(all[i].MSize > 0 && all[i].NSize > 0 && all[i].KSize > 0);
        if (!is_known(raw, &all[i], types))
            continue;
        known++;
        CHECK(!all[i].saturatingAccumulation || !types[COOPERATIVE_RESULT].is_float);
    }
    if (all) {
        kt_certify_u64(t, "products", count);
        kt_certify_u64(t, "products_known", known);
    }
}

// Each of a kind that is listed, by rows and by columns, of whole numbers and of fractions.
TEST_FAMILY_CASE(products_of_cooperative_matrices_are_right)
{
    const product_kind kind = (product_kind)kt_param_index(t);
    kt_raw *raw = open_matrices(t);
    VkPhysicalDeviceSubgroupProperties subgroups = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SUBGROUP_PROPERTIES};
    uint32_t count, found = 0;
    double worst = 0;
    const VkCooperativeMatrixPropertiesKHR *all = raw ? list_products(raw, &count) : NULL;
    if (!all)
        return;
    kt_raw_properties(raw, &subgroups);
    for (uint32_t i = 0; i < count && !kt_has_failed(t); i++) {
        scene self = {.raw = raw, .name = param};
        if (kind_of(&all[i]) != kind || !is_known(raw, &all[i], self.kernel.types))
            continue;
        found++;
        self.kernel.m = all[i].MSize;
        self.kernel.n = all[i].NSize;
        self.kernel.k = all[i].KSize;
        self.kernel.saturates = all[i].saturatingAccumulation;
        self.kernel.group_size = subgroups.subgroupSize;
        for (int form = 0; form < 4; form++) {
            self.kernel.by_columns = form & 1;
            self.whole = !(form & 2);
            if (self.whole || self.kernel.types[COOPERATIVE_RESULT].is_float)
                run_product(&self);
        }
        worst = self.worst > worst ? self.worst : worst;
    }
    if (kt_raw_needs(raw, found > 0, "a cooperative matrix of these types")) {
        kt_certify_u64(t, "products", found);
        kt_certify_number(t, "worst_error_of_bound", worst);
    }
}
