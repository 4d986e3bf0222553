#include "cooperative_kernel.h"

#include "spirv.h"

// Of SPV_KHR_cooperative_matrix.
enum {
    OP_TYPE_COOPERATIVE_MATRIX = 4456,
    OP_COOPERATIVE_MATRIX_LOAD = 4457,
    OP_COOPERATIVE_MATRIX_STORE = 4458,
    OP_COOPERATIVE_MATRIX_MUL_ADD = 4459,
    CAPABILITY_COOPERATIVE_MATRIX = 6022,
    LAYOUT_ROW_MAJOR = 0,
    LAYOUT_COLUMN_MAJOR = 1,
    USE_A = 0,
    USE_B = 1,
    USE_ACCUMULATOR = 2,
    SIGNED_A = 1 << 0,
    SIGNED_B = 1 << 1,
    SIGNED_C = 1 << 2,
    SIGNED_RESULT = 1 << 3,
    SATURATING_ACCUMULATION = 1 << 4,
};

typedef struct writer {
    const cooperative_kernel *kernel;
    spirv m;
    uint32_t buffers[COOPERATIVE_MATRICES], components[COOPERATIVE_MATRICES];
    uint32_t types[COOPERATIVE_MATRICES];
    uint32_t group_id, group;
} writer;

uint32_t cooperative_rows(const cooperative_kernel *kernel, cooperative_matrix which)
{
    return which == COOPERATIVE_B ? kernel->k : kernel->m;
}

uint32_t cooperative_columns(const cooperative_kernel *kernel, cooperative_matrix which)
{
    return which == COOPERATIVE_A ? kernel->k : kernel->n;
}

static bool has_bits(const cooperative_kernel *kernel, uint32_t bits, bool is_float)
{
    for (int i = 0; i < COOPERATIVE_MATRICES; i++)
        if (kernel->types[i].bits == bits && kernel->types[i].is_float == is_float)
            return true;
    return false;
}

static void write_capabilities(writer *w)
{
    spirv *m = &w->m;
    const cooperative_kernel *kernel = w->kernel;
    const bool half = has_bits(kernel, 16, true), byte = has_bits(kernel, 8, false);
    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityShader);
    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityVulkanMemoryModel);
    SPIRV_HEAD(m, SpvOpCapability, CAPABILITY_COOPERATIVE_MATRIX);
    if (half) {
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityFloat16);
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityStorageBuffer16BitAccess);
    }
    if (byte) {
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityInt8);
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityStorageBuffer8BitAccess);
    }
    spirv_emit_text(m, SpvOpExtension, 0, NULL, "SPV_KHR_cooperative_matrix", 0, NULL);
    spirv_emit_text(m, SpvOpExtension, 0, NULL, "SPV_KHR_vulkan_memory_model", 0, NULL);
    if (byte)
        spirv_emit_text(m, SpvOpExtension, 0, NULL, "SPV_KHR_8bit_storage", 0, NULL);
    SPIRV_HEAD(m, SpvOpMemoryModel, SpvAddressingModelLogical, SpvMemoryModelVulkan);
}

static uint32_t component(spirv *m, cooperative_type type)
{
    return type.is_float ? SPIRV_DECLARE(m, SpvOpTypeFloat, type.bits)
                         : SPIRV_DECLARE(m, SpvOpTypeInt, type.bits, type.is_signed);
}

static void declare_matrix(writer *w, cooperative_matrix which)
{
    static const uint32_t USES[] = {USE_A, USE_B, USE_ACCUMULATOR, USE_ACCUMULATOR};
    spirv *m = &w->m;
    const cooperative_kernel *kernel = w->kernel;
    const cooperative_type type = kernel->types[which];
    const uint32_t scope = spirv_constant(m, SpvScopeSubgroup);
    const uint32_t rows = spirv_constant(m, cooperative_rows(kernel, which));
    const uint32_t columns = spirv_constant(m, cooperative_columns(kernel, which));
    const uint32_t use = spirv_constant(m, USES[which]);
    w->components[which] = component(m, type);
    // The result may be of the same type as C, which then stands once.
    const cooperative_type other = kernel->types[COOPERATIVE_C];
    if (which == COOPERATIVE_RESULT && other.bits == type.bits && other.is_float == type.is_float &&
        other.is_signed == type.is_signed) {
        w->types[which] = w->types[COOPERATIVE_C];
        return;
    }
    w->types[which] = spirv_new_id(m);
    spirv_emit(m, &m->types, (SpvOp)OP_TYPE_COOPERATIVE_MATRIX,
               SPIRV_OPERANDS(w->types[which], w->components[which], scope, rows, columns, use));
}

static void declare(writer *w, uint32_t function)
{
    spirv *m = &w->m;
    write_capabilities(w);
    for (int i = 0; i < COOPERATIVE_MATRICES; i++) {
        declare_matrix(w, (cooperative_matrix)i);
        w->buffers[i] =
            spirv_buffer(m, (uint32_t)i, w->components[i], w->kernel->types[i].bits / 8);
    }
    w->group_id = spirv_variable(m, SpvStorageClassInput,
                                 SPIRV_DECLARE(m, SpvOpTypeVector, spirv_uint(m), 3));
    SPIRV_DECORATE(m, SpvOpDecorate, w->group_id, SpvDecorationBuiltIn, SpvBuiltInWorkgroupId);
    spirv_emit_text(m, SpvOpEntryPoint, SPIRV_OPERANDS(SpvExecutionModelGLCompute, function),
                    "main", 1, &w->group_id);
    SPIRV_HEAD(m, SpvOpExecutionMode, function, SpvExecutionModeLocalSize, w->kernel->group_size, 1,
               1);
}

// The first element of the workgroup's part of a matrix.
static uint32_t place(writer *w, cooperative_matrix which)
{
    spirv *m = &w->m;
    const uint32_t at =
        spirv_math(m, SpvOpIMul, w->group, spirv_constant(m, w->kernel->tile_sizes[which]));
    const uint32_t pointer = spirv_pointer(m, SpvStorageClassStorageBuffer, w->components[which]);
    return SPIRV_RESULT(m, SpvOpAccessChain, pointer, w->buffers[which], spirv_constant(m, 0), at);
}

static uint32_t layout(writer *w)
{
    return spirv_constant(&w->m, w->kernel->by_columns ? LAYOUT_COLUMN_MAJOR : LAYOUT_ROW_MAJOR);
}

static uint32_t stride(writer *w, cooperative_matrix which)
{
    return spirv_constant(&w->m, w->kernel->strides[which]);
}

static uint32_t load(writer *w, cooperative_matrix which)
{
    const uint32_t from = place(w, which);
    return SPIRV_RESULT(&w->m, (SpvOp)OP_COOPERATIVE_MATRIX_LOAD, w->types[which], from, layout(w),
                        stride(w, which));
}

static uint32_t operands_of(const cooperative_kernel *kernel)
{
    static const uint32_t SIGNED[] = {SIGNED_A, SIGNED_B, SIGNED_C, SIGNED_RESULT};
    uint32_t operands = kernel->saturates ? SATURATING_ACCUMULATION : 0;
    for (int i = 0; i < COOPERATIVE_MATRICES; i++)
        if (!kernel->types[i].is_float && kernel->types[i].is_signed)
            operands |= SIGNED[i];
    return operands;
}

static void write_code(writer *w, uint32_t function)
{
    spirv *m = &w->m;
    const uint32_t nothing = spirv_declare(m, SpvOpTypeVoid, 0, NULL);
    const uint32_t signature = SPIRV_DECLARE(m, SpvOpTypeFunction, nothing);
    const uint32_t vector = SPIRV_DECLARE(m, SpvOpTypeVector, spirv_uint(m), 3);
    SPIRV_CODE(m, SpvOpFunction, nothing, function, SpvFunctionControlMaskNone, signature);
    SPIRV_CODE(m, SpvOpLabel, spirv_new_id(m));
    const uint32_t group = SPIRV_RESULT(m, SpvOpLoad, vector, w->group_id);
    w->group = SPIRV_RESULT(m, SpvOpCompositeExtract, spirv_uint(m), group, 0);
    const uint32_t a = load(w, COOPERATIVE_A), b = load(w, COOPERATIVE_B),
                   c = load(w, COOPERATIVE_C);
    const uint32_t operands[] = {a, b, c, operands_of(w->kernel)};
    const uint32_t result =
        spirv_result(m, (SpvOp)OP_COOPERATIVE_MATRIX_MUL_ADD, w->types[COOPERATIVE_RESULT],
                     operands[3] ? 4 : 3, operands);
    const uint32_t to = place(w, COOPERATIVE_RESULT);
    spirv_emit(m, &m->code, (SpvOp)OP_COOPERATIVE_MATRIX_STORE,
               SPIRV_OPERANDS(to, result, layout(w), stride(w, COOPERATIVE_RESULT)));
    spirv_emit(m, &m->code, SpvOpReturn, 0, NULL);
    spirv_emit(m, &m->code, SpvOpFunctionEnd, 0, NULL);
}

size_t cooperative_kernel_write(const cooperative_kernel *kernel, uint32_t *words, size_t room)
{
    writer w = {.kernel = kernel};
    const uint32_t function = spirv_new_id(&w.m);
    declare(&w, function);
    write_code(&w, function);
    return spirv_finish(&w.m, 0x00010300, words, room);
}
