// y[i] = what lies at an address that was computed: a reference forwards and backwards, an element
// of a reference, and a number of 64 bits made a reference again.
#version 450
#extension GL_EXT_buffer_reference2 : require
#extension GL_EXT_shader_explicit_arithmetic_types_int64 : require

layout(local_size_x = 64) in;

layout(buffer_reference, std430, buffer_reference_align = 16) buffer Quad { uvec4 value; };

layout(push_constant) uniform Push { Quad quads; uint count; };
layout(std430, binding = 0) writeonly buffer Out { uvec4 y[]; };

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= count)
        return;
    Quad end = quads + int(count);
    Quad backwards = end - int(i + 1);
    uint64_t number = uint64_t(quads) + 16ul * i;
    y[4 * i] = (quads + int(i)).value;
    y[4 * i + 1] = backwards.value;
    y[4 * i + 2] = quads[(i + 7) % count].value;
    y[4 * i + 3] = Quad(number).value;
}
