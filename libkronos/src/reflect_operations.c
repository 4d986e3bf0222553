#include "reflect_operations.h"

#include <spirv/unified1/spirv.h>

uint64_t kro__width_mask(uint32_t width)
{
    return width >= 64 ? UINT64_MAX : (UINT64_C(1) << width) - 1;
}

// Copies the sign bit of a value upwards; as unsigned, so that arithmetic on it may wrap.
static uint64_t extend(uint64_t bits, uint32_t width)
{
    uint64_t sign = width ? UINT64_C(1) << (width > 64 ? 63 : width - 1) : 0;
    return (bits ^ sign) - sign;
}

static bool is_negative(uint64_t extended)
{
    return extended >> 63 != 0;
}

static uint64_t magnitude(uint64_t extended)
{
    return is_negative(extended) ? 0 - extended : extended;
}

// Signed operations work on magnitudes: no overflow at the most negative value.
static bool divide(uint32_t opcode, uint64_t a, uint64_t b, uint64_t *bits)
{
    if (b == 0)
        return false;
    uint64_t quotient = magnitude(a) / magnitude(b), rest = magnitude(a) % magnitude(b);
    bool opposite = is_negative(a) != is_negative(b);
    switch (opcode) {
    case SpvOpSDiv:
        *bits = opposite ? 0 - quotient : quotient;
        return true;
    case SpvOpSRem: // has the sign of the dividend
        *bits = is_negative(a) ? 0 - rest : rest;
        return true;
    default: // SpvOpSMod has the sign of the divisor
        rest = is_negative(a) ? 0 - rest : rest;
        *bits = rest && opposite ? rest + b : rest;
        return true;
    }
}

static bool shift(uint32_t opcode, uint32_t width, uint64_t a, uint64_t extended, uint64_t by,
                  uint64_t *bits)
{
    if (by >= width)
        return false;
    switch (opcode) {
    case SpvOpShiftLeftLogical:
        *bits = a << by;
        return true;
    case SpvOpShiftRightLogical:
        *bits = a >> by;
        return true;
    default: // SpvOpShiftRightArithmetic
        *bits = is_negative(extended) ? ~(~extended >> by) : extended >> by;
        return true;
    }
}

static bool evaluate_unary(const kro__operation *operation, uint64_t *bits)
{
    uint64_t a = operation->operands[0];
    switch (operation->opcode) {
    case SpvOpUConvert:
        *bits = a;
        return true;
    case SpvOpSConvert:
        *bits = extend(a, operation->operand_widths[0]);
        return true;
    case SpvOpSNegate:
        *bits = 0 - a;
        return true;
    case SpvOpNot:
        *bits = ~a;
        return true;
    case SpvOpLogicalNot:
        *bits = !a;
        return true;
    default:
        return false;
    }
}

static bool compare(const kro__operation *operation, uint64_t *bits)
{
    uint64_t a = operation->operands[0], b = operation->operands[1];
    // Flipping the sign bit turns signed order into unsigned order.
    uint64_t flip = UINT64_C(1) << 63;
    uint64_t sa = extend(a, operation->operand_widths[0]) ^ flip;
    uint64_t sb = extend(b, operation->operand_widths[1]) ^ flip;
    switch (operation->opcode) {
    case SpvOpIEqual:
    case SpvOpLogicalEqual:
        *bits = a == b;
        return true;
    case SpvOpINotEqual:
    case SpvOpLogicalNotEqual:
        *bits = a != b;
        return true;
    case SpvOpUGreaterThan:
        *bits = a > b;
        return true;
    case SpvOpSGreaterThan:
        *bits = sa > sb;
        return true;
    case SpvOpUGreaterThanEqual:
        *bits = a >= b;
        return true;
    case SpvOpSGreaterThanEqual:
        *bits = sa >= sb;
        return true;
    case SpvOpULessThan:
        *bits = a < b;
        return true;
    case SpvOpSLessThan:
        *bits = sa < sb;
        return true;
    case SpvOpULessThanEqual:
        *bits = a <= b;
        return true;
    case SpvOpSLessThanEqual:
        *bits = sa <= sb;
        return true;
    default:
        return false;
    }
}

static bool evaluate_binary(const kro__operation *operation, uint64_t *bits)
{
    uint64_t a = operation->operands[0], b = operation->operands[1];
    uint64_t sa = extend(a, operation->operand_widths[0]);
    uint64_t sb = extend(b, operation->operand_widths[1]);
    switch (operation->opcode) {
    case SpvOpIAdd:
        *bits = a + b;
        return true;
    case SpvOpISub:
        *bits = a - b;
        return true;
    case SpvOpIMul:
        *bits = a * b;
        return true;
    case SpvOpUDiv:
        *bits = b ? a / b : 0;
        return b != 0;
    case SpvOpUMod:
        *bits = b ? a % b : 0;
        return b != 0;
    case SpvOpSDiv:
    case SpvOpSRem:
    case SpvOpSMod:
        return divide(operation->opcode, sa, sb, bits);
    case SpvOpShiftLeftLogical:
    case SpvOpShiftRightLogical:
    case SpvOpShiftRightArithmetic:
        return shift(operation->opcode, operation->width, a, sa, b, bits);
    case SpvOpBitwiseOr:
    case SpvOpLogicalOr:
        *bits = a | b;
        return true;
    case SpvOpBitwiseXor:
        *bits = a ^ b;
        return true;
    case SpvOpBitwiseAnd:
    case SpvOpLogicalAnd:
        *bits = a & b;
        return true;
    default:
        return compare(operation, bits);
    }
}

bool kro__operation_evaluate(const kro__operation *operation, uint64_t *bits)
{
    bool known = false;
    *bits = 0;
    if (operation->width == 0 || operation->width > 64)
        return false;
    if (operation->operand_count == 1)
        known = evaluate_unary(operation, bits);
    else if (operation->operand_count == 2)
        known = evaluate_binary(operation, bits);
    else if (operation->operand_count == 3 && operation->opcode == SpvOpSelect) {
        *bits = operation->operands[operation->operands[0] ? 1 : 2];
        known = true;
    }
    *bits &= kro__width_mask(operation->width);
    return known;
}
