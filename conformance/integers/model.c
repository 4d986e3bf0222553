#include "integers/model.h"

#include <stddef.h>

typedef struct operation_facts {
    const char *name;
    integer_kind kind;
} operation_facts;

static const operation_facts OPERATIONS[INTEGER_OPERATION_COUNT] = {
    [INTEGER_ADD] = {"add", INTEGER_BINARY},
    [INTEGER_SUBTRACT] = {"subtract", INTEGER_BINARY},
    [INTEGER_MULTIPLY] = {"multiply", INTEGER_BINARY},
    [INTEGER_NEGATE] = {"negate", INTEGER_UNARY},
    [INTEGER_AND] = {"and", INTEGER_BINARY},
    [INTEGER_OR] = {"or", INTEGER_BINARY},
    [INTEGER_XOR] = {"xor", INTEGER_BINARY},
    [INTEGER_NOT] = {"not", INTEGER_UNARY},
    [INTEGER_SHIFT_LEFT] = {"shift_left", INTEGER_SHIFT},
    [INTEGER_SHIFT_RIGHT_SIGNED] = {"shift_right_signed", INTEGER_SHIFT},
    [INTEGER_SHIFT_RIGHT_UNSIGNED] = {"shift_right_unsigned", INTEGER_SHIFT},
    [INTEGER_SHIFT_LEFT_BY_WORD] = {"shift_left_by_word", INTEGER_SHIFT},
    [INTEGER_SHIFT_RIGHT_SIGNED_BY_WORD] = {"shift_right_signed_by_word", INTEGER_SHIFT},
    [INTEGER_SHIFT_RIGHT_UNSIGNED_BY_WORD] = {"shift_right_unsigned_by_word", INTEGER_SHIFT},
    [INTEGER_DIVIDE_SIGNED] = {"divide_signed", INTEGER_BINARY},
    [INTEGER_DIVIDE_UNSIGNED] = {"divide_unsigned", INTEGER_BINARY},
    [INTEGER_REMAINDER_SIGNED] = {"remainder_signed", INTEGER_BINARY},
    [INTEGER_REMAINDER_UNSIGNED] = {"remainder_unsigned", INTEGER_BINARY},
    [INTEGER_MODULO_SIGNED] = {"modulo_signed", INTEGER_BINARY},
    [INTEGER_MIN_SIGNED] = {"min_signed", INTEGER_BINARY},
    [INTEGER_MIN_UNSIGNED] = {"min_unsigned", INTEGER_BINARY},
    [INTEGER_MAX_SIGNED] = {"max_signed", INTEGER_BINARY},
    [INTEGER_MAX_UNSIGNED] = {"max_unsigned", INTEGER_BINARY},
    [INTEGER_CLAMP_SIGNED] = {"clamp_signed", INTEGER_TERNARY},
    [INTEGER_CLAMP_UNSIGNED] = {"clamp_unsigned", INTEGER_TERNARY},
    [INTEGER_ABS] = {"abs", INTEGER_UNARY},
    [INTEGER_SIGN] = {"sign", INTEGER_UNARY},
    [INTEGER_EQUAL] = {"equal", INTEGER_BINARY},
    [INTEGER_NOT_EQUAL] = {"not_equal", INTEGER_BINARY},
    [INTEGER_LESS_SIGNED] = {"less_signed", INTEGER_BINARY},
    [INTEGER_LESS_UNSIGNED] = {"less_unsigned", INTEGER_BINARY},
    [INTEGER_LESS_OR_EQUAL_SIGNED] = {"less_or_equal_signed", INTEGER_BINARY},
    [INTEGER_LESS_OR_EQUAL_UNSIGNED] = {"less_or_equal_unsigned", INTEGER_BINARY},
    [INTEGER_GREATER_SIGNED] = {"greater_signed", INTEGER_BINARY},
    [INTEGER_GREATER_UNSIGNED] = {"greater_unsigned", INTEGER_BINARY},
    [INTEGER_GREATER_OR_EQUAL_SIGNED] = {"greater_or_equal_signed", INTEGER_BINARY},
    [INTEGER_GREATER_OR_EQUAL_UNSIGNED] = {"greater_or_equal_unsigned", INTEGER_BINARY},
    [INTEGER_SELECT] = {"select", INTEGER_TERNARY},
    [INTEGER_ADD_WITH_CARRY] = {"add_with_carry", INTEGER_BINARY},
    [INTEGER_SUBTRACT_WITH_BORROW] = {"subtract_with_borrow", INTEGER_BINARY},
    [INTEGER_MULTIPLY_EXTENDED_SIGNED] = {"multiply_extended_signed", INTEGER_BINARY},
    [INTEGER_MULTIPLY_EXTENDED_UNSIGNED] = {"multiply_extended_unsigned", INTEGER_BINARY},
    [INTEGER_INSERT_FIELD] = {"insert_field", INTEGER_FIELD},
    [INTEGER_EXTRACT_FIELD_SIGNED] = {"extract_field_signed", INTEGER_FIELD},
    [INTEGER_EXTRACT_FIELD_UNSIGNED] = {"extract_field_unsigned", INTEGER_FIELD},
    [INTEGER_REVERSE_BITS] = {"reverse_bits", INTEGER_UNARY},
    [INTEGER_COUNT_BITS] = {"count_bits", INTEGER_UNARY},
    [INTEGER_FIND_LOWEST] = {"find_lowest", INTEGER_UNARY},
    [INTEGER_FIND_HIGHEST_SIGNED] = {"find_highest_signed", INTEGER_UNARY},
    [INTEGER_FIND_HIGHEST_UNSIGNED] = {"find_highest_unsigned", INTEGER_UNARY},
};

const char *integer_name(uint32_t operation)
{
    return OPERATIONS[operation].name;
}

integer_kind integer_kind_of(uint32_t operation)
{
    return OPERATIONS[operation].kind;
}

bool integer_is_unsigned(uint32_t operation)
{
    switch (operation) {
    case INTEGER_DIVIDE_UNSIGNED:
    case INTEGER_REMAINDER_UNSIGNED:
    case INTEGER_ADD_WITH_CARRY:
    case INTEGER_SUBTRACT_WITH_BORROW:
    case INTEGER_MULTIPLY_EXTENDED_UNSIGNED:
        return true;
    default:
        return false;
    }
}

uint64_t integer_mask(uint32_t bits)
{
    return UINT64_MAX >> (64 - bits);
}

static int64_t as_signed(uint32_t bits, uint64_t value)
{
    const uint64_t sign = UINT64_C(1) << (bits - 1);
    return (int64_t)((value ^ sign) - sign);
}

bool integer_is_defined(uint32_t operation, uint32_t bits, const integer_operands *operands)
{
    const uint64_t x = operands->x, y = operands->y, z = operands->z;
    const uint64_t smallest = UINT64_C(1) << (bits - 1), minus_one = integer_mask(bits);
    if (integer_kind_of(operation) == INTEGER_SHIFT)
        return y < bits; // SPIR-V, OpShiftLeftLogical and its kin
    if (integer_kind_of(operation) == INTEGER_FIELD)
        return (z & 0xff) + (z >> 8) <= bits; // SPIR-V, OpBitFieldInsert and its kin
    switch (operation) {
    case INTEGER_DIVIDE_UNSIGNED:
    case INTEGER_REMAINDER_UNSIGNED:
        return y != 0;
    case INTEGER_DIVIDE_SIGNED: // SPIR-V, OpSDiv: neither by 0 nor with an overflow
        return y != 0 && !(x == smallest && y == minus_one);
    case INTEGER_REMAINDER_SIGNED:
    case INTEGER_MODULO_SIGNED: // Vulkan's environment for SPIR-V: no negative operand
        return y != 0 && x < smallest && y < smallest;
    case INTEGER_CLAMP_SIGNED: // GLSL.std.450: not where the bounds cross
        return as_signed(bits, y) <= as_signed(bits, z);
    case INTEGER_CLAMP_UNSIGNED:
        return y <= z;
    case INTEGER_ABS: // GLSL.std.450 says -x, and not what that is where it overflows
        return x != smallest;
    default:
        return true;
    }
}

// Rounded down, where C says only that the implementation decides.
static uint64_t shift_right_signed(int64_t x, uint64_t amount)
{
    return x < 0 ? ~(~(uint64_t)x >> amount) : (uint64_t)x >> amount;
}

static uint64_t arithmetic(uint32_t operation, uint32_t bits, uint64_t x, uint64_t y)
{
    const int64_t sx = as_signed(bits, x), sy = as_signed(bits, y);
    switch (operation) {
    case INTEGER_ADD:
        return x + y;
    case INTEGER_SUBTRACT:
        return x - y;
    case INTEGER_MULTIPLY:
        return x * y;
    case INTEGER_NEGATE:
        return 0 - x;
    case INTEGER_ABS:
        return sx < 0 ? 0 - x : x;
    case INTEGER_SIGN:
        return (uint64_t)((sx > 0) - (sx < 0));
    case INTEGER_DIVIDE_SIGNED:
        return (uint64_t)(sx / sy);
    case INTEGER_DIVIDE_UNSIGNED:
        return x / y;
    case INTEGER_REMAINDER_SIGNED:
    case INTEGER_REMAINDER_UNSIGNED:
    case INTEGER_MODULO_SIGNED: // the same where neither operand is negative
        return x % y;
    case INTEGER_SHIFT_LEFT:
    case INTEGER_SHIFT_LEFT_BY_WORD:
        return x << y;
    case INTEGER_SHIFT_RIGHT_SIGNED:
    case INTEGER_SHIFT_RIGHT_SIGNED_BY_WORD:
        return shift_right_signed(sx, y);
    default: // INTEGER_SHIFT_RIGHT_UNSIGNED, INTEGER_SHIFT_RIGHT_UNSIGNED_BY_WORD
        return x >> y;
    }
}

static uint64_t choose(uint32_t operation, uint32_t bits, const integer_operands *operands)
{
    const uint64_t x = operands->x, y = operands->y, z = operands->z;
    const int64_t sx = as_signed(bits, x), sy = as_signed(bits, y), sz = as_signed(bits, z);
    switch (operation) {
    case INTEGER_MIN_SIGNED:
        return sx < sy ? x : y;
    case INTEGER_MIN_UNSIGNED:
        return x < y ? x : y;
    case INTEGER_MAX_SIGNED:
        return sx > sy ? x : y;
    case INTEGER_MAX_UNSIGNED:
        return x > y ? x : y;
    case INTEGER_CLAMP_SIGNED:
        return sx < sy ? y : sx > sz ? z : x;
    case INTEGER_CLAMP_UNSIGNED:
        return x < y ? y : x > z ? z : x;
    default: // INTEGER_SELECT
        return z & 1 ? x : y;
    }
}

static bool compare(uint32_t operation, uint32_t bits, uint64_t x, uint64_t y)
{
    const int64_t sx = as_signed(bits, x), sy = as_signed(bits, y);
    switch (operation) {
    case INTEGER_EQUAL:
        return x == y;
    case INTEGER_NOT_EQUAL:
        return x != y;
    case INTEGER_LESS_SIGNED:
        return sx < sy;
    case INTEGER_LESS_UNSIGNED:
        return x < y;
    case INTEGER_LESS_OR_EQUAL_SIGNED:
        return sx <= sy;
    case INTEGER_LESS_OR_EQUAL_UNSIGNED:
        return x <= y;
    case INTEGER_GREATER_SIGNED:
        return sx > sy;
    case INTEGER_GREATER_UNSIGNED:
        return x > y;
    case INTEGER_GREATER_OR_EQUAL_SIGNED:
        return sx >= sy;
    default: // INTEGER_GREATER_OR_EQUAL_UNSIGNED
        return x >= y;
    }
}

// The upper 64 bits of a product of two numbers of 64 bits.
static uint64_t multiply_high(uint64_t x, uint64_t y)
{
    const uint64_t x_low = x & UINT32_MAX, x_high = x >> 32;
    const uint64_t y_low = y & UINT32_MAX, y_high = y >> 32;
    const uint64_t middle = x_high * y_low + (x_low * y_low >> 32); // below 2^64
    const uint64_t other = x_low * y_high + (middle & UINT32_MAX);
    return x_high * y_high + (middle >> 32) + (other >> 32);
}

// The low halves of two-part results are first members of products and sums alike.
static integer_results extended(uint32_t operation, uint32_t bits, uint64_t x, uint64_t y)
{
    const int64_t sx = as_signed(bits, x), sy = as_signed(bits, y);
    switch (operation) {
    case INTEGER_ADD_WITH_CARRY:
        return (integer_results){x + y, y > integer_mask(bits) - x};
    case INTEGER_SUBTRACT_WITH_BORROW:
        return (integer_results){x - y, x < y};
    case INTEGER_MULTIPLY_EXTENDED_UNSIGNED:
        return (integer_results){x * y, bits == 64 ? multiply_high(x, y) : x * y >> bits};
    default: // INTEGER_MULTIPLY_EXTENDED_SIGNED
        if (bits < 64)
            return (integer_results){x * y, shift_right_signed(sx * sy, bits)};
        return (integer_results){x * y, multiply_high(x, y) - (sx < 0 ? y : 0) - (sy < 0 ? x : 0)};
    }
}

// The number of the highest bit that is set, of all ones where there is none.
static uint64_t highest_bit(uint64_t x)
{
    uint64_t found = UINT64_MAX;
    for (uint64_t i = 0; i < 64; i++)
        found = x >> i & 1 ? i : found;
    return found;
}

static uint64_t fields(uint32_t operation, const integer_operands *operands)
{
    const uint64_t x = operands->x, offset = operands->z & 0xff, count = operands->z >> 8;
    const uint64_t mask = (UINT64_C(1) << count) - 1, field = x >> offset & mask;
    switch (operation) {
    case INTEGER_INSERT_FIELD:
        return (x & ~(mask << offset)) | (operands->y & mask) << offset;
    case INTEGER_EXTRACT_FIELD_SIGNED:
        return count > 0 ? (uint64_t)as_signed((uint32_t)count, field) : 0;
    default: // INTEGER_EXTRACT_FIELD_UNSIGNED
        return field;
    }
}

static uint64_t look_at_bits(uint32_t operation, uint32_t bits, uint64_t x)
{
    uint64_t count = 0, reversed = 0;
    for (uint32_t i = 0; i < bits; i++) {
        count += x >> i & 1;
        reversed |= (x >> i & 1) << (bits - 1 - i);
    }
    switch (operation) {
    case INTEGER_REVERSE_BITS:
        return reversed;
    case INTEGER_COUNT_BITS:
        return count;
    case INTEGER_FIND_LOWEST:
        return highest_bit(x & (0 - x));
    case INTEGER_FIND_HIGHEST_SIGNED:
        return highest_bit(as_signed(bits, x) < 0 ? ~x & integer_mask(bits) : x);
    default: // INTEGER_FIND_HIGHEST_UNSIGNED
        return highest_bit(x);
    }
}

integer_results integer_apply(uint32_t operation, uint32_t bits, const integer_operands *operands)
{
    const uint64_t x = operands->x, y = operands->y, mask = integer_mask(bits);
    integer_results results = {0};
    switch (operation) {
    case INTEGER_AND:
        results.first = x & y;
        break;
    case INTEGER_OR:
        results.first = x | y;
        break;
    case INTEGER_XOR:
        results.first = x ^ y;
        break;
    case INTEGER_NOT:
        results.first = ~x;
        break;
    default:
        if (operation >= INTEGER_REVERSE_BITS)
            results.first = look_at_bits(operation, bits, x);
        else if (operation >= INTEGER_INSERT_FIELD)
            results.first = fields(operation, operands);
        else if (operation >= INTEGER_ADD_WITH_CARRY)
            results = extended(operation, bits, x, y);
        else if (operation == INTEGER_SELECT)
            results.first = choose(operation, bits, operands);
        else if (operation >= INTEGER_EQUAL)
            results.first = compare(operation, bits, x, y);
        else if (operation >= INTEGER_MIN_SIGNED && operation <= INTEGER_CLAMP_UNSIGNED)
            results.first = choose(operation, bits, operands);
        else
            results.first = arithmetic(operation, bits, x, y);
    }
    return (integer_results){results.first & mask, results.second & mask};
}
