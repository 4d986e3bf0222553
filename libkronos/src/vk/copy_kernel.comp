// Copies 16-byte vectors between two buffers that are known by their device addresses: nothing is
// bound, so no descriptor is written for a copy.
#version 450
#extension GL_EXT_buffer_reference : require

layout(local_size_x = 128) in; // every device takes as many

layout(buffer_reference, std430, buffer_reference_align = 16) writeonly buffer Target
{
    uvec4 vectors[];
};
layout(buffer_reference, std430, buffer_reference_align = 16) readonly buffer Source
{
    uvec4 vectors[];
};

layout(push_constant) uniform Push
{
    Target target;
    Source source;
    uint count; // of vectors, below 2^31
};

void main()
{
    uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint i = gl_GlobalInvocationID.x; i < count; i += step)
        target.vectors[i] = source.vectors[i];
}
