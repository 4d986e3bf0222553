// An image's colours, inverted: images are not Kronos' business.
#version 450

layout(local_size_x = 8, local_size_y = 8) in;

layout(rgba8, binding = 0) uniform image2D picture;

void main()
{
    ivec2 at = ivec2(gl_GlobalInvocationID.xy);
    imageStore(picture, at, vec4(1.0) - imageLoad(picture, at));
}
