// spirv.h defines a function for it, which tells what has a result.
#define SPV_ENABLE_UTILITY_CODE
#include "metamorphic/grammar.h"

#include <stddef.h>
#include <string.h>

// C wants an inline function defined once outside of headers, too.
extern void SpvHasResultAndType(SpvOp opcode, bool *has_result, bool *has_type);

SpvOp grammar_op(const uint32_t *instruction)
{
    return (SpvOp)(instruction[0] & SpvOpCodeMask);
}

uint32_t grammar_length(const uint32_t *instruction)
{
    return instruction[0] >> SpvWordCountShift;
}

uint32_t grammar_result_at(const uint32_t *instruction)
{
    bool result, type;
    SpvHasResultAndType(grammar_op(instruction), &result, &type);
    return result ? 1 + type : 0;
}

uint32_t grammar_type_at(const uint32_t *instruction)
{
    bool result, type;
    SpvHasResultAndType(grammar_op(instruction), &result, &type);
    return type;
}

// The word behind text that starts at word `at`.
static uint32_t behind_text(const uint32_t *instruction, uint32_t at)
{
    const size_t most = (grammar_length(instruction) - at) * sizeof(uint32_t);
    return at + (uint32_t)(strnlen((const char *)(instruction + at), most) / sizeof(uint32_t)) + 1;
}

// Ids stand in the words from `first` to `last`.
typedef struct id_range {
    uint32_t first, last;
} id_range;

enum { NONE = 0, END = UINT16_MAX };

// Where the ids of an instruction stand, but for those of OpSwitch and of memory operands.
static id_range ids_of(const uint32_t *instruction)
{
    switch (grammar_op(instruction)) {
    case SpvOpCapability:
    case SpvOpExtension:
    case SpvOpMemoryModel:
    case SpvOpSource:
    case SpvOpSourceExtension:
    case SpvOpNoLine:
    case SpvOpModuleProcessed:
        return (id_range){END, NONE};
    case SpvOpExtInstImport:
    case SpvOpString:
    case SpvOpTypeInt:
    case SpvOpTypeFloat:
    case SpvOpDecorate:
    case SpvOpMemberDecorate:
    case SpvOpExecutionMode:
    case SpvOpName:
    case SpvOpMemberName:
    case SpvOpSelectionMerge:
    case SpvOpLine:
        return (id_range){1, 1};
    case SpvOpTypeVector:
    case SpvOpTypeMatrix:
    case SpvOpConstant:
    case SpvOpSpecConstant:
    case SpvOpLoopMerge:
        return (id_range){1, 2};
    case SpvOpCompositeExtract:
    case SpvOpBranchConditional: // weights follow
        return (id_range){1, 3};
    case SpvOpCompositeInsert:
    case SpvOpVectorShuffle:
        return (id_range){1, 4};
    default:
        return (id_range){1, END};
    }
}

// Instructions with a literal among their ids.
static bool is_literal_between(const uint32_t *instruction, uint32_t at)
{
    switch (grammar_op(instruction)) {
    case SpvOpEntryPoint:
        return at == 1 || (at > 2 && at < behind_text(instruction, 3));
    case SpvOpExecutionModeId:
    case SpvOpTypePointer:
    case SpvOpTypeForwardPointer:
    case SpvOpDecorateId:
        return at == 2;
    case SpvOpVariable:
    case SpvOpFunction:
    case SpvOpSpecConstantOp:
        return at == 3;
    case SpvOpExtInst:
    case SpvOpArrayLength:
        return at == 4;
    case SpvOpLoad:
    case SpvOpCopyMemory:
        return at > 3 - (grammar_op(instruction) == SpvOpCopyMemory);
    case SpvOpStore:
        return at > 2;
    default:
        // Reductions and scans: the operation stands behind the scope.
        return grammar_op(instruction) >= SpvOpGroupNonUniformIAdd &&
               grammar_op(instruction) <= SpvOpGroupNonUniformLogicalXor && at == 4;
    }
}

bool grammar_is_id(const uint32_t *instruction, uint32_t at)
{
    if (grammar_op(instruction) == SpvOpSwitch)
        return at < 3 || at % 2 == 0;
    const id_range ids = ids_of(instruction);
    return at >= ids.first && at <= ids.last && !is_literal_between(instruction, at);
}

bool grammar_ends_block(SpvOp op)
{
    switch (op) {
    case SpvOpBranch:
    case SpvOpBranchConditional:
    case SpvOpSwitch:
    case SpvOpReturn:
    case SpvOpReturnValue:
    case SpvOpUnreachable:
    case SpvOpKill:
        return true;
    default:
        return false;
    }
}

bool grammar_opens_block(SpvOp op)
{
    return op == SpvOpLabel || op == SpvOpPhi || op == SpvOpVariable;
}

bool grammar_is_debug(SpvOp op)
{
    switch (op) {
    case SpvOpName:
    case SpvOpMemberName:
    case SpvOpSource:
    case SpvOpSourceContinued:
    case SpvOpSourceExtension:
    case SpvOpString:
    case SpvOpLine:
    case SpvOpNoLine:
    case SpvOpModuleProcessed:
        return true;
    default:
        return false;
    }
}
