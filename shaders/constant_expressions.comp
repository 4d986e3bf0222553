// Operations on specialization constants, which compilers fold when the pipeline is made.
#version 450

layout(local_size_x = 1) in;

layout(constant_id = 0) const int A = 1;
layout(constant_id = 1) const int B = 1;
layout(constant_id = 2) const uint C = 1;
layout(constant_id = 3) const uint D = 1;

const int SUM = A + B;
const int DIFFERENCE = A - B;
const int PRODUCT = A * B;
const int QUOTIENT = A / B;
const int NEGATED = -A;
const int INVERTED = ~A;
const uint U_QUOTIENT = C / D;
const uint U_REMAINDER = C % D;
const uint BOTH = C & D;
const uint EITHER = C | D;
const uint ONE_OF = C ^ D;
const uint LEFT = C << (D & 31u);
const uint RIGHT = C >> (D & 31u);
const int ARITHMETIC_RIGHT = A >> (D & 31u);
const bool LESS = A < B;
const bool U_LESS = C < D;
const bool EQUAL = A == B;
const bool LOGIC = (A < B) != (C < D);
const int CHOICE = A < B ? A : B;
const uint AS_UINT = uint(A);
const uvec3 VECTOR = uvec3(C, D, C + D);

layout(std430, binding = 0) writeonly buffer Out { uint words[]; };

void main()
{
    words[0] = uint(SUM);
    words[1] = uint(DIFFERENCE);
    words[2] = uint(PRODUCT);
    words[3] = uint(QUOTIENT);
    words[4] = uint(NEGATED);
    words[5] = uint(INVERTED);
    words[6] = U_QUOTIENT;
    words[7] = U_REMAINDER;
    words[8] = BOTH;
    words[9] = EITHER;
    words[10] = ONE_OF;
    words[11] = LEFT;
    words[12] = RIGHT;
    words[13] = uint(ARITHMETIC_RIGHT);
    words[14] = LESS ? 1 : 0;
    words[15] = U_LESS ? 1 : 0;
    words[16] = EQUAL ? 1 : 0;
    words[17] = LOGIC ? 1 : 0;
    words[18] = uint(CHOICE);
    words[19] = AS_UINT;
    words[20] = VECTOR.x;
    words[21] = VECTOR.y;
    words[22] = VECTOR.z;
}
