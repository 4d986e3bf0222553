// Follows a linked list by device addresses and writes each node's value.
#version 450
#extension GL_EXT_buffer_reference : require

layout(local_size_x = 1) in;

layout(buffer_reference) buffer Node;
layout(buffer_reference, std430, buffer_reference_align = 16) buffer Node { Node next; uint value, steps; };

layout(push_constant) uniform Push { Node head; };
layout(std430, binding = 0) writeonly buffer Out { uint values[]; };

void main()
{
    Node node = head;
    for (uint i = 0; i < values.length(); i++) {
        values[i] = node.value;
        node.steps = i + 1;
        node = node.next;
    }
}
