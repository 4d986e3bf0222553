// The value of a double-precision specialization constant.
#version 450

layout(local_size_x = 1) in;

layout(constant_id = 0) const double REAL = -1.5lf;

layout(std430, binding = 0) writeonly buffer Out { double values[]; };

void main()
{
    values[0] = REAL;
}
