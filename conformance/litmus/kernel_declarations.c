#include "kernel_writer.h"

static void write_capabilities(writer *w)
{
    spirv *m = &w->m;
    const litmus_program *program = w->program;
    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityShader);
    if (program->vulkan_model) {
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityVulkanMemoryModel);
        if (program->reach == LITMUS_DEVICE)
            SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityVulkanMemoryModelDeviceScope);
    }
    if (program->wide) {
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityInt64);
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityInt64Atomics);
    }
    if (writer_uses_subgroups(w))
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityGroupNonUniform);
    if (program->vulkan_model)
        spirv_emit_text(m, SpvOpExtension, 0, NULL, "SPV_KHR_vulkan_memory_model", 0, NULL);
    SPIRV_HEAD(m, SpvOpMemoryModel, SpvAddressingModelLogical,
               program->vulkan_model ? SpvMemoryModelVulkan : SpvMemoryModelGLSL450);
}

static uint32_t builtin(writer *w, SpvBuiltIn which, uint32_t type)
{
    spirv *m = &w->m;
    const uint32_t id = spirv_variable(m, SpvStorageClassInput, type);
    SPIRV_DECORATE(m, SpvOpDecorate, id, SpvDecorationBuiltIn, which);
    return id;
}

static void declare_buffer(writer *w, uint32_t binding, uint32_t type, uint32_t stride)
{
    spirv *m = &w->m;
    const uint32_t array = spirv_new_id(m), block = spirv_new_id(m);
    spirv_emit(m, &m->types, SpvOpTypeRuntimeArray, SPIRV_OPERANDS(array, type));
    spirv_emit(m, &m->types, SpvOpTypeStruct, SPIRV_OPERANDS(block, array));
    SPIRV_DECORATE(m, SpvOpDecorate, array, SpvDecorationArrayStride, stride);
    SPIRV_DECORATE(m, SpvOpDecorate, block, SpvDecorationBlock);
    SPIRV_DECORATE(m, SpvOpMemberDecorate, block, 0, SpvDecorationOffset, 0);
    if (binding == LOCATIONS && !w->program->vulkan_model)
        SPIRV_DECORATE(m, SpvOpMemberDecorate, block, 0, SpvDecorationCoherent);
    w->buffers[binding] = spirv_variable(m, SpvStorageClassStorageBuffer, block);
    SPIRV_DECORATE(m, SpvOpDecorate, w->buffers[binding], SpvDecorationDescriptorSet, 0);
    SPIRV_DECORATE(m, SpvOpDecorate, w->buffers[binding], SpvDecorationBinding, binding);
}

static void declare_push(writer *w)
{
    spirv *m = &w->m;
    uint32_t members[PUSH_WORDS + 1] = {spirv_new_id(m)};
    for (uint32_t i = 0; i < PUSH_WORDS; i++)
        members[i + 1] = spirv_uint(m);
    spirv_emit(m, &m->types, SpvOpTypeStruct, PUSH_WORDS + 1, members);
    SPIRV_DECORATE(m, SpvOpDecorate, members[0], SpvDecorationBlock);
    for (uint32_t i = 0; i < PUSH_WORDS; i++)
        SPIRV_DECORATE(m, SpvOpMemberDecorate, members[0], i, SpvDecorationOffset, 4 * i);
    w->push = spirv_variable(m, SpvStorageClassPushConstant, members[0]);
}

static void declare_inputs(writer *w)
{
    spirv *m = &w->m;
    const uint32_t vector = SPIRV_DECLARE(m, SpvOpTypeVector, spirv_uint(m), 3);
    w->group_id = builtin(w, SpvBuiltInWorkgroupId, vector);
    w->local_id = builtin(w, SpvBuiltInLocalInvocationIndex, spirv_uint(m));
    if (!writer_uses_subgroups(w))
        return;
    w->subgroup = builtin(w, SpvBuiltInSubgroupId, spirv_uint(m));
    w->subgroup_size = builtin(w, SpvBuiltInSubgroupSize, spirv_uint(m));
    w->lane = builtin(w, SpvBuiltInSubgroupLocalInvocationId, spirv_uint(m));
}

// Everything before the code.
void writer_declare(writer *w, uint32_t function)
{
    spirv *m = &w->m;
    const uint32_t value_bytes = w->program->wide ? 8 : 4;
    write_capabilities(w);
    declare_inputs(w);
    w->value_type = SPIRV_DECLARE(m, SpvOpTypeInt, 8 * value_bytes, 0);
    for (uint32_t i = 0; i < BUFFERS; i++)
        declare_buffer(w, i, i == LOCATIONS ? w->value_type : spirv_uint(m),
                       i == LOCATIONS ? value_bytes : 4);
    declare_push(w);
    if (w->program->storage == LITMUS_SHARED) {
        const uint32_t length = spirv_constant(m, LITMUS_SHARED_BYTES / value_bytes);
        w->shared = spirv_variable(m, SpvStorageClassWorkgroup,
                                   SPIRV_DECLARE(m, SpvOpTypeArray, w->value_type, length));
    }
    const uint32_t inputs[] = {w->group_id, w->local_id, w->subgroup, w->subgroup_size, w->lane};
    spirv_emit_text(m, SpvOpEntryPoint, SPIRV_OPERANDS(SpvExecutionModelGLCompute, function),
                    "main", writer_uses_subgroups(w) ? 5 : 2, inputs);
    SPIRV_HEAD(m, SpvOpExecutionMode, function, SpvExecutionModeLocalSize, w->local_size, 1, 1);
}
