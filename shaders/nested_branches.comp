// Decides by data at every turn: nested conditions, early returns, short circuits with effects.
#version 450

layout(local_size_x = 64) in;

layout(std430, binding = 0) readonly buffer In { uint x[]; };
layout(std430, binding = 1) writeonly buffer Out { uint y[]; };

uint effects = 0;

bool note(uint bit, bool value)
{
    effects |= 1u << bit;
    return value;
}

uint decide(uint v)
{
    uint r = v;
    if ((v & 1) != 0) {
        if ((v & 2) != 0) {
            r += 7;
            if ((v & 4) != 0)
                return r * 3;
            r ^= 0xff;
        } else if ((v & 8) != 0) {
            r = r * 5 + 1;
            if ((v & 16) != 0 || (v & 32) != 0)
                r -= 9;
            else
                return r;
        } else {
            r = ~r;
        }
        r += (v & 64) != 0 ? 11u : (v & 128) != 0 ? 13u : 17u;
    } else if (v % 3 == 0) {
        if (v % 5 == 0)
            return 1;
        r /= 3;
        if (v % 7 != 0) {
            r += 2;
            if (v % 11 == 0)
                r *= 2;
        }
    }
    return r;
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i >= y.length() / 2)
        return;
    uint v = x[i];
    y[2 * i] = decide(v);
    bool p = note(0, (v & 1) != 0) && note(1, (v & 2) != 0) || note(2, (v & 4) != 0);
    bool q = note(3, p) || note(4, (v & 8) != 0) && !note(5, (v & 16) != 0);
    bool r = (v & 32) != 0 ? note(6, q) : note(7, p);
    y[2 * i + 1] = effects << 3 | (p ? 4 : 0) | (q ? 2 : 0) | (r ? 1 : 0);
}
