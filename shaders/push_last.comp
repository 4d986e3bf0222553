// out[at] = the last member of a push constant block whose others are never read.
#version 450

layout(local_size_x = 1) in;

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

layout(push_constant) uniform Push { vec4 unread[6]; uint also_unread; uint at; uint value; };

void main()
{
    words[at] = value;
}
