// result[i] = a[i] OPERATION b[i] for integers of one width: S is the signed type, U the unsigned.
#include "integer_operations.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint OPERATION = INTEGER_ADD;

layout(std430, binding = 0) readonly buffer A { U a[]; };
layout(std430, binding = 1) readonly buffer B { U b[]; };
layout(std430, binding = 2) writeonly buffer Result { U result[]; };

U apply(U x, U y)
{
    switch (OPERATION) {
    case INTEGER_ADD: return x + y;
    case INTEGER_SUBTRACT: return x - y;
    case INTEGER_MULTIPLY: return x * y;
    case INTEGER_NEGATE: return U(-S(x));
    case INTEGER_AND: return x & y;
    case INTEGER_OR: return x | y;
    case INTEGER_XOR: return x ^ y;
    case INTEGER_NOT: return ~x;
    case INTEGER_SHIFT_LEFT: return x << y;
    case INTEGER_SHIFT_RIGHT_SIGNED: return U(S(x) >> y);
    case INTEGER_SHIFT_RIGHT_UNSIGNED: return x >> y;
    case INTEGER_DIVIDE_SIGNED: return U(S(x) / S(y));
    case INTEGER_DIVIDE_UNSIGNED: return x / y;
    case INTEGER_REMAINDER_SIGNED: return U(S(x) % S(y));
    case INTEGER_REMAINDER_UNSIGNED: return x % y;
    case INTEGER_MIN_SIGNED: return U(min(S(x), S(y)));
    case INTEGER_MIN_UNSIGNED: return min(x, y);
    case INTEGER_MAX_SIGNED: return U(max(S(x), S(y)));
    case INTEGER_MAX_UNSIGNED: return max(x, y);
    case INTEGER_ABS: return U(abs(S(x)));
    case INTEGER_SIGN: return U(sign(S(x)));
    case INTEGER_EQUAL: return x == y ? U(1) : U(0);
    case INTEGER_LESS_SIGNED: return S(x) < S(y) ? U(1) : U(0);
    case INTEGER_LESS_UNSIGNED: return x < y ? U(1) : U(0);
    case INTEGER_CLAMP_SIGNED: return U(clamp(S(x), S(-100), S(100)));
    case INTEGER_SELECT: return (y & U(1)) == U(1) ? x : y;
    default: return U(0);
    }
}

void main()
{
    uint i = gl_GlobalInvocationID.x;
    if (i < result.length())
        result[i] = apply(a[i], b[i]);
}
