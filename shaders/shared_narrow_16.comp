// 16-bit values in workgroup memory, each written by its own invocation.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types_int16 : require

layout(local_size_x = 64) in;

layout(std430, binding = 0) writeonly buffer Out { uint y[]; };

shared uint16_t kept[64];

void main()
{
    uint lane = gl_LocalInvocationID.x;
    kept[lane] = uint16_t(gl_GlobalInvocationID.x * 2654435761u >> 7);
    barrier();
    y[gl_GlobalInvocationID.x] = uint(kept[lane ^ 1]) | uint(kept[63 - lane]) << 16;
}
