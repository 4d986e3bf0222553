// Atomic operations by every invocation on words of type T, a few rounds of them. Writes which word
// each chose and what it returned. Each kernel made of this says (see CMakeLists.txt):
//
//     TYPE_u32, _i32, _u64, _i64, _f16, _f32, _f64
//     PLACE_buffer, _group (workgroup memory that comes from the buffer and goes back there) or
//         _address (the buffer, known by its address alone)
//     CLASS_integer; for floats, which need a feature each: _exchange, _add, _bounds
//     SCOPED_1 where every operation names its scope, under the Vulkan memory model; otherwise
//         GLSL's short forms, whose scope is the device
#extension GL_KHR_memory_scope_semantics : require
#extension GL_EXT_spirv_intrinsics : require
#if defined TYPE_u64 || defined TYPE_i64
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require
#extension GL_EXT_shader_atomic_int64 : require
#elif defined TYPE_f16
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : require
#extension GL_EXT_shader_atomic_float2 : require
#elif defined TYPE_f32 || defined TYPE_f64
#extension GL_EXT_shader_atomic_float : require
#extension GL_EXT_shader_atomic_float2 : require
#endif
#ifdef PLACE_address
#extension GL_EXT_buffer_reference : require
#endif
#ifdef SCOPED_1
#pragma use_vulkan_memory_model
#extension GL_KHR_shader_subgroup_basic : require
#endif

#include "atomic_operations.h"

#if defined TYPE_u32
#define T uint
#elif defined TYPE_i32
#define T int
#elif defined TYPE_u64
#define T uint64_t
#elif defined TYPE_i64
#define T int64_t
#elif defined TYPE_f16
#define T float16_t
#elif defined TYPE_f32
#define T float
#else
#define T double
#endif

layout(local_size_x = ATOMIC_GROUP_SIZE) in;

layout(constant_id = 0) const uint OPERATION = ATOMIC_ADD;
layout(constant_id = 1) const uint SCOPE = ATOMIC_SCOPE_DEVICE;

layout(std430, binding = 0) readonly buffer Values { T values[]; }; // pairs: operand, comparand
layout(std430, binding = 1) writeonly buffer Returned { T returned[]; };
layout(std430, binding = 2) writeonly buffer Chosen { uint chosen[]; };

#ifdef PLACE_address
layout(buffer_reference, std430, buffer_reference_align = 8) buffer Words { T words[]; };
layout(push_constant) uniform Push { uint pattern, order; Words target; };
#else
layout(std430, binding = 3) buffer Words { T words[]; } target;
layout(push_constant) uniform Push { uint pattern, order; };
#endif

#ifdef PLACE_group
#define STORAGE gl_StorageSemanticsShared
#define FIRST_WORD (gl_WorkGroupID.x * ATOMIC_GROUP_WORDS)
shared T kept[ATOMIC_GROUP_WORDS];
#define WORD(i) kept[(i) - FIRST_WORD]
#else
#define STORAGE gl_StorageSemanticsBuffer
#define WORD(i) target.words[i]
#endif

#ifdef CLASS_integer
// What SPIR-V has and GLSL has not.
spirv_instruction(id = 232) T atomic_increment(spirv_by_reference T p, int scope, int semantics);
spirv_instruction(id = 233) T atomic_decrement(spirv_by_reference T p, int scope, int semantics);
spirv_instruction(id = 235)
T atomic_subtract(spirv_by_reference T p, int scope, int semantics, T value);
#endif

#ifdef SCOPED_1
#define IN_SCOPE      gl_ScopeDevice
#define IN_SCOPE_NAME device
#include "atomic_scope.glsl"
#define IN_SCOPE      gl_ScopeQueueFamily
#define IN_SCOPE_NAME queue_family
#include "atomic_scope.glsl"
#define IN_SCOPE      gl_ScopeWorkgroup
#define IN_SCOPE_NAME workgroup
#include "atomic_scope.glsl"
#define IN_SCOPE      gl_ScopeSubgroup
#define IN_SCOPE_NAME subgroup
#include "atomic_scope.glsl"

T apply(uint word, T value, T other, bool first)
{
    switch (SCOPE) {
    case ATOMIC_SCOPE_DEVICE: return device(word, value, other, first);
    case ATOMIC_SCOPE_QUEUE_FAMILY: return queue_family(word, value, other, first);
    case ATOMIC_SCOPE_WORKGROUP: return workgroup(word, value, other, first);
    default: return subgroup(word, value, other, first);
    }
}
#else
#define NAME     apply
#define IN_SCOPE gl_ScopeDevice
#define LOADING  gl_SemanticsRelaxed
#define STORING  gl_SemanticsRelaxed
#define BOTH     gl_SemanticsRelaxed
#include "atomic_order.glsl"
#endif

uint choose_word(uint invocation, uint i)
{
    uint first = 0, span = ATOMIC_GROUP_WORDS;
#ifdef PLACE_group
    first = FIRST_WORD;
#endif
#ifdef SCOPED_1
    if (SCOPE == ATOMIC_SCOPE_WORKGROUP || SCOPE == ATOMIC_SCOPE_SUBGROUP)
        first = gl_WorkGroupID.x * ATOMIC_GROUP_WORDS;
    if (SCOPE == ATOMIC_SCOPE_SUBGROUP) {
        first += gl_SubgroupID * ATOMIC_SUBGROUP_WORDS;
        span = ATOMIC_SUBGROUP_WORDS;
    }
#endif
    switch (pattern) {
    case ATOMIC_ONE_WORD: return first;
    case ATOMIC_ONE_LINE: return first + invocation % 16;
    case ATOMIC_RANDOM_WORDS: return first + (i * 2654435761u >> 16) % span;
    default: return first + gl_WorkGroupID.x;
    }
}

void main()
{
    uint invocation = gl_GlobalInvocationID.x;
#ifdef PLACE_group
    for (uint k = gl_LocalInvocationIndex; k < ATOMIC_GROUP_WORDS; k += ATOMIC_GROUP_SIZE)
        kept[k] = target.words[FIRST_WORD + k];
    barrier();
#endif
    for (uint round = 0; round < ATOMIC_ROUNDS; round++) {
        uint i = round * (ATOMIC_GROUPS * ATOMIC_GROUP_SIZE) + invocation;
        uint word = choose_word(invocation, i);
        chosen[i] = word;
        returned[i] = apply(word, values[2 * i], values[2 * i + 1], ATOMIC_IS_FIRST(invocation, round));
    }
#ifdef PLACE_group
    barrier();
    for (uint k = gl_LocalInvocationIndex; k < ATOMIC_GROUP_WORDS; k += ATOMIC_GROUP_SIZE)
        target.words[FIRST_WORD + k] = kept[k];
#endif
}
