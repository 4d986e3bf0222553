// Each invocation draws a ticket from one of a few counters and leaves its number at the ticket.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) buffer Counters { uint counters[]; };
layout(std430, binding = 1) writeonly buffer Out { uint tickets[]; };

layout(push_constant) uniform Push { uint per_counter; };

void main()
{
    uint i = gl_GlobalInvocationID.x, which = i % counters.length();
    uint ticket = atomicAdd(counters[which], 1);
    tickets[which * per_counter + ticket % per_counter] = i;
}
