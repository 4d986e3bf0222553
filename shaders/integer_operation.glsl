// One operation on every element of three arrays: result[2 * i] and, where it has two results,
// result[2 * i + 1] are those of a[i], b[i] and c[i]. Each instruction is named by its number, so
// that what runs is not what a compiler makes of GLSL's operators. Each kernel made of this says
// (see CMakeLists.txt):
//
//     BITS        8, 16, 32, 64
//     T           the integer type of that width, signed or not
//     SIGNED      1 or 0
//     COMPONENTS  1, or 2 to 4: that many elements side by side are a vector
//     V           T, or its vector
#extension GL_EXT_shader_explicit_arithmetic_types : require
#extension GL_EXT_spirv_intrinsics : require

#include "integer_operations.h"

layout(local_size_x = 64) in;

layout(constant_id = 0) const uint OPERATION = INTEGER_ADD;
layout(constant_id = 1) const bool BY_CONSTANT = false; // instead of b
layout(constant_id = 2) const T CONSTANT = T(0);

layout(std430, binding = 0) readonly buffer A { T a[]; };
layout(std430, binding = 1) readonly buffer B { T b[]; };
layout(std430, binding = 2) readonly buffer C { T c[]; };
layout(std430, binding = 3) writeonly buffer Result { T result[]; };

#if COMPONENTS == 1
#define Bools          bool
#define Words          uint
#define LOAD(array, i) array[i]
#elif COMPONENTS == 2
#define Bools          bvec2
#define Words          uvec2
#define LOAD(array, i) V(array[i], array[i + 1])
#elif COMPONENTS == 3
#define Bools          bvec3
#define Words          uvec3
#define LOAD(array, i) V(array[i], array[i + 1], array[i + 2])
#else
#define Bools          bvec4
#define Words          uvec4
#define LOAD(array, i) V(array[i], array[i + 1], array[i + 2], array[i + 3])
#endif

#define STORE(i, one, two)      \
    {                           \
        result[2 * (i)] = one;  \
        result[2 * (i) + 1] = two; \
    }

struct Pair {
    V first, second;
};

#define CORE_1(name, number) spirv_instruction(id = number) V name(V x);
#define CORE_2(name, number) spirv_instruction(id = number) V name(V x, V y);
#define COMPARE(name, number) spirv_instruction(id = number) Bools name(V x, V y);
#define SHIFT(name, number) spirv_instruction(id = number) V name(V x, Words amount);
#define PAIR(name, number) spirv_instruction(id = number) Pair name(V x, V y);
#define EXTENDED_1(name, number) spirv_instruction(set = "GLSL.std.450", id = number) V name(V x);
#define EXTENDED_2(name, number) \
    spirv_instruction(set = "GLSL.std.450", id = number) V name(V x, V y);
#define EXTENDED_3(name, number) \
    spirv_instruction(set = "GLSL.std.450", id = number) V name(V x, V y, V z);

CORE_1(SNegate, 126)
CORE_2(IAdd, 128)
CORE_2(ISub, 130)
CORE_2(IMul, 132)
CORE_2(SDiv, 135)
CORE_2(SRem, 138)
CORE_2(SMod, 139)
CORE_2(ShiftRightLogical, 194)
CORE_2(ShiftRightArithmetic, 195)
CORE_2(ShiftLeftLogical, 196)
SHIFT(ShiftRightLogicalByWord, 194)
SHIFT(ShiftRightArithmeticByWord, 195)
SHIFT(ShiftLeftLogicalByWord, 196)
CORE_2(BitwiseOr, 197)
CORE_2(BitwiseXor, 198)
CORE_2(BitwiseAnd, 199)
CORE_1(Not, 200)
COMPARE(IEqual, 170)
COMPARE(INotEqual, 171)
COMPARE(UGreaterThan, 172)
COMPARE(SGreaterThan, 173)
COMPARE(UGreaterThanEqual, 174)
COMPARE(SGreaterThanEqual, 175)
COMPARE(ULessThan, 176)
COMPARE(SLessThan, 177)
COMPARE(ULessThanEqual, 178)
COMPARE(SLessThanEqual, 179)
spirv_instruction(id = 169) V Select(Bools which, V x, V y);
EXTENDED_1(SAbs, 5)
EXTENDED_1(SSign, 7)
EXTENDED_2(UMin, 38)
EXTENDED_2(SMin, 39)
EXTENDED_2(UMax, 41)
EXTENDED_2(SMax, 42)
EXTENDED_3(UClamp, 44)
EXTENDED_3(SClamp, 45)
PAIR(SMulExtended, 152)
#if !SIGNED // of these, SPIR-V wants unsigned types
CORE_2(UDiv, 134)
CORE_2(UMod, 137)
PAIR(IAddCarry, 149)
PAIR(ISubBorrow, 150)
PAIR(UMulExtended, 151)
#endif
#if BITS == 32
spirv_instruction(id = 201) V BitFieldInsert(V base, V insert, uint offset, uint count);
spirv_instruction(id = 202) V BitFieldSExtract(V base, uint offset, uint count);
spirv_instruction(id = 203) V BitFieldUExtract(V base, uint offset, uint count);
CORE_1(BitReverse, 204)
CORE_1(BitCount, 205)
EXTENDED_1(FindILsb, 73)
EXTENDED_1(FindSMsb, 74)
EXTENDED_1(FindUMsb, 75)
#endif

#define ONE(value) Pair(value, V(T(0)))

// The field is one for all components.
Pair apply(V x, V y, V z, uint field)
{
    const uint offset = field & 0xff, count = field >> 8;
    switch (OPERATION) {
    case INTEGER_ADD: return ONE(IAdd(x, y));
    case INTEGER_SUBTRACT: return ONE(ISub(x, y));
    case INTEGER_MULTIPLY: return ONE(IMul(x, y));
    case INTEGER_NEGATE: return ONE(SNegate(x));
    case INTEGER_AND: return ONE(BitwiseAnd(x, y));
    case INTEGER_OR: return ONE(BitwiseOr(x, y));
    case INTEGER_XOR: return ONE(BitwiseXor(x, y));
    case INTEGER_NOT: return ONE(Not(x));
    case INTEGER_SHIFT_LEFT: return ONE(ShiftLeftLogical(x, y));
    case INTEGER_SHIFT_RIGHT_SIGNED: return ONE(ShiftRightArithmetic(x, y));
    case INTEGER_SHIFT_RIGHT_UNSIGNED: return ONE(ShiftRightLogical(x, y));
    case INTEGER_SHIFT_LEFT_BY_WORD: return ONE(ShiftLeftLogicalByWord(x, Words(y)));
    case INTEGER_SHIFT_RIGHT_SIGNED_BY_WORD: return ONE(ShiftRightArithmeticByWord(x, Words(y)));
    case INTEGER_SHIFT_RIGHT_UNSIGNED_BY_WORD: return ONE(ShiftRightLogicalByWord(x, Words(y)));
    case INTEGER_DIVIDE_SIGNED: return ONE(SDiv(x, y));
    case INTEGER_REMAINDER_SIGNED: return ONE(SRem(x, y));
    case INTEGER_MODULO_SIGNED: return ONE(SMod(x, y));
    case INTEGER_MIN_SIGNED: return ONE(SMin(x, y));
    case INTEGER_MIN_UNSIGNED: return ONE(UMin(x, y));
    case INTEGER_MAX_SIGNED: return ONE(SMax(x, y));
    case INTEGER_MAX_UNSIGNED: return ONE(UMax(x, y));
    case INTEGER_CLAMP_SIGNED: return ONE(SClamp(x, y, z));
    case INTEGER_CLAMP_UNSIGNED: return ONE(UClamp(x, y, z));
    case INTEGER_ABS: return ONE(SAbs(x));
    case INTEGER_SIGN: return ONE(SSign(x));
    case INTEGER_EQUAL: return ONE(V(IEqual(x, y)));
    case INTEGER_NOT_EQUAL: return ONE(V(INotEqual(x, y)));
    case INTEGER_LESS_SIGNED: return ONE(V(SLessThan(x, y)));
    case INTEGER_LESS_UNSIGNED: return ONE(V(ULessThan(x, y)));
    case INTEGER_LESS_OR_EQUAL_SIGNED: return ONE(V(SLessThanEqual(x, y)));
    case INTEGER_LESS_OR_EQUAL_UNSIGNED: return ONE(V(ULessThanEqual(x, y)));
    case INTEGER_GREATER_SIGNED: return ONE(V(SGreaterThan(x, y)));
    case INTEGER_GREATER_UNSIGNED: return ONE(V(UGreaterThan(x, y)));
    case INTEGER_GREATER_OR_EQUAL_SIGNED: return ONE(V(SGreaterThanEqual(x, y)));
    case INTEGER_GREATER_OR_EQUAL_UNSIGNED: return ONE(V(UGreaterThanEqual(x, y)));
    case INTEGER_SELECT: return ONE(Select(Bools(BitwiseAnd(z, V(T(1)))), x, y));
    case INTEGER_MULTIPLY_EXTENDED_SIGNED: return SMulExtended(x, y);
#if !SIGNED
    case INTEGER_DIVIDE_UNSIGNED: return ONE(UDiv(x, y));
    case INTEGER_REMAINDER_UNSIGNED: return ONE(UMod(x, y));
    case INTEGER_ADD_WITH_CARRY: return IAddCarry(x, y);
    case INTEGER_SUBTRACT_WITH_BORROW: return ISubBorrow(x, y);
    case INTEGER_MULTIPLY_EXTENDED_UNSIGNED: return UMulExtended(x, y);
#endif
#if BITS == 32
    case INTEGER_INSERT_FIELD: return ONE(BitFieldInsert(x, y, offset, count));
    case INTEGER_EXTRACT_FIELD_SIGNED: return ONE(BitFieldSExtract(x, offset, count));
    case INTEGER_EXTRACT_FIELD_UNSIGNED: return ONE(BitFieldUExtract(x, offset, count));
    case INTEGER_REVERSE_BITS: return ONE(BitReverse(x));
    case INTEGER_COUNT_BITS: return ONE(BitCount(x));
    case INTEGER_FIND_LOWEST: return ONE(FindILsb(x));
    case INTEGER_FIND_HIGHEST_SIGNED: return ONE(FindSMsb(x));
    case INTEGER_FIND_HIGHEST_UNSIGNED: return ONE(FindUMsb(x));
#endif
    default: return ONE(V(T(0)));
    }
}

void main()
{
    uint i = COMPONENTS * gl_GlobalInvocationID.x;
    if (i >= a.length())
        return;
    V y = BY_CONSTANT ? V(CONSTANT) : LOAD(b, i);
    Pair results = apply(LOAD(a, i), y, LOAD(c, i), uint(c[i]));
#if COMPONENTS == 1
    STORE(i, results.first, results.second)
#else
    STORE(i, results.first.x, results.second.x)
    STORE(i + 1, results.first.y, results.second.y)
#endif
#if COMPONENTS > 2
    STORE(i + 2, results.first.z, results.second.z)
#endif
#if COMPONENTS > 3
    STORE(i + 3, results.first.w, results.second.w)
#endif
}
