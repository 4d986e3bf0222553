// Specialization constants of every size, for unit/reflect_sizes.c.
#version 450
#extension GL_EXT_shader_explicit_arithmetic_types : require

layout(local_size_x_id = 20, local_size_y_id = 21, local_size_z = 2) in;
layout(constant_id = 7) const uint count = 5;
layout(constant_id = 3) const bool wide = false;
layout(constant_id = 4) const double exact = 1.0;
layout(constant_id = 5) const int64_t large = 1;
layout(constant_id = 6) const int16_t small = int16_t(1);
layout(constant_id = 1) const int8_t tiny = int8_t(1);
layout(constant_id = 2) const float16_t rough = float16_t(1);

layout(set = 0, binding = 0) buffer Out {
    double data[];
};

shared uint words[gl_WorkGroupSize.x * 2 + (wide ? count : 1u)];

void main()
{
    words[gl_LocalInvocationIndex] = 0;
    data[0] = exact + double(large) + double(small) + double(tiny) + double(rough);
}
