// What a kernel computes with: its declarations, its variables, and how functions hand them over.
#include <string.h>

#include "control_flow/kernel_writer.h"

enum {
    ROWS = 4, // of the nested array
    COLUMNS = CONTROL_LENGTH / ROWS,
    LENGTH_ID = CONTROL_CONSTANTS, // of the specialized constant
};

static void declare_buffer(control_writer *w, uint32_t binding)
{
    spirv *m = &w->m;
    const uint32_t array = spirv_new_id(m), block = spirv_new_id(m);
    spirv_emit(m, &m->types, SpvOpTypeRuntimeArray, SPIRV_OPERANDS(array, spirv_uint(m)));
    spirv_emit(m, &m->types, SpvOpTypeStruct, SPIRV_OPERANDS(block, array));
    SPIRV_DECORATE(m, SpvOpDecorate, array, SpvDecorationArrayStride, 4);
    SPIRV_DECORATE(m, SpvOpDecorate, block, SpvDecorationBlock);
    SPIRV_DECORATE(m, SpvOpMemberDecorate, block, 0, SpvDecorationOffset, 0);
    w->buffers[binding] = spirv_variable(m, SpvStorageClassStorageBuffer, block);
    SPIRV_DECORATE(m, SpvOpDecorate, w->buffers[binding], SpvDecorationDescriptorSet, 0);
    SPIRV_DECORATE(m, SpvOpDecorate, w->buffers[binding], SpvDecorationBinding, binding);
}

static uint32_t declare_constant(control_writer *w, uint32_t number)
{
    spirv *m = &w->m;
    const uint32_t id = spirv_new_id(m);
    spirv_emit(m, &m->types, SpvOpSpecConstant, SPIRV_OPERANDS(spirv_uint(m), id, 1));
    SPIRV_DECORATE(m, SpvOpDecorate, id, SpvDecorationSpecId, number);
    return id;
}

static uint32_t declare_struct(spirv *m, uint32_t first, uint32_t second)
{
    const uint32_t type = spirv_new_id(m);
    spirv_emit(m, &m->types, SpvOpTypeStruct, SPIRV_OPERANDS(type, first, second));
    return type;
}

static void declare_array(control_writer *w)
{
    spirv *m = &w->m;
    const uint32_t word = spirv_uint(m);
    w->length = spirv_constant(m, CONTROL_LENGTH);
    uint32_t length = w->length, element = word;
    switch (w->program->array) {
    case CONTROL_BUFFER:
    case CONTROL_WIDE_INDEX:
        return;
    case CONTROL_WORKGROUP:
        length = spirv_constant(m, CONTROL_LENGTH * CONTROL_LOCAL_SIZE);
        break;
    case CONTROL_SPEC_LENGTH:
        length = w->length = declare_constant(w, LENGTH_ID);
        break;
    case CONTROL_NESTED:
        element = SPIRV_DECLARE(m, SpvOpTypeArray, word, spirv_constant(m, COLUMNS));
        element = declare_struct(m, word, element);
        length = spirv_constant(m, ROWS);
        break;
    default:
        break;
    }
    uint32_t type = SPIRV_DECLARE(m, SpvOpTypeArray, element, length);
    if (w->program->array == CONTROL_NESTED)
        type = declare_struct(m, word, type);
    w->array = spirv_variable(m,
                              w->program->array == CONTROL_WORKGROUP ? SpvStorageClassWorkgroup
                                                                     : SpvStorageClassPrivate,
                              type);
}

// The types of functions and of the struct that they may hand over.
static void declare_functions(control_writer *w)
{
    spirv *m = &w->m;
    const control_program *program = w->program;
    uint32_t type[2 + CONTROL_VARIABLES], members[1 + CONTROL_VARIABLES];
    const uint32_t word = spirv_uint(m), nothing = spirv_declare(m, SpvOpTypeVoid, 0, NULL);
    const uint32_t pointer = spirv_pointer(m, SpvStorageClassFunction, word);
    const bool has_struct = program->passing == CONTROL_BY_STRUCT;
    members[0] = w->struct_type = spirv_new_id(m);
    for (uint32_t v = 0; v < program->variables; v++) {
        members[1 + v] = word;
        type[2 + v] = program->passing == CONTROL_BY_POINTER ? pointer : word;
    }
    spirv_emit(m, &m->types, SpvOpTypeStruct, 1 + program->variables, members);
    type[0] = w->function_type = spirv_new_id(m);
    type[1] = has_struct ? w->struct_type : program->passing == CONTROL_BY_POINTER ? nothing : word;
    if (has_struct)
        type[2] = w->struct_type;
    spirv_emit(m, &m->types, SpvOpTypeFunction, has_struct ? 3 : 2 + program->variables, type);
    for (uint32_t f = 0; f < program->function_count; f++)
        w->functions[f] = spirv_new_id(m);
}

void control_declare(control_writer *w)
{
    spirv *m = &w->m;
    const uint32_t word = spirv_uint(m);
    w->kernel = spirv_new_id(m);
    w->input_id =
        spirv_variable(m, SpvStorageClassInput, SPIRV_DECLARE(m, SpvOpTypeVector, word, 3));
    w->local_id = spirv_variable(m, SpvStorageClassInput, word);
    SPIRV_DECORATE(m, SpvOpDecorate, w->input_id, SpvDecorationBuiltIn,
                   SpvBuiltInGlobalInvocationId);
    SPIRV_DECORATE(m, SpvOpDecorate, w->local_id, SpvDecorationBuiltIn,
                   SpvBuiltInLocalInvocationIndex);
    SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityShader);
    if (w->program->wide_selectors || w->program->array == CONTROL_WIDE_INDEX)
        SPIRV_HEAD(m, SpvOpCapability, SpvCapabilityInt64);
    SPIRV_HEAD(m, SpvOpMemoryModel, SpvAddressingModelLogical, SpvMemoryModelGLSL450);
    const uint32_t inputs[] = {w->input_id, w->local_id};
    spirv_emit_text(m, SpvOpEntryPoint, SPIRV_OPERANDS(SpvExecutionModelGLCompute, w->kernel),
                    "main", 2, inputs);
    SPIRV_HEAD(m, SpvOpExecutionMode, w->kernel, SpvExecutionModeLocalSize, CONTROL_LOCAL_SIZE, 1,
               1);
    for (uint32_t i = 0; i < CONTROL_BUFFERS; i++)
        declare_buffer(w, i);
    for (uint32_t i = 0; i < CONTROL_CONSTANTS; i++)
        w->constants[i] = declare_constant(w, i);
    declare_array(w);
    declare_functions(w);
}

static uint32_t load(control_writer *w, uint32_t pointer)
{
    return SPIRV_RESULT(&w->m, SpvOpLoad, spirv_uint(&w->m), pointer);
}

uint32_t control_get(control_writer *w, uint32_t variable)
{
    return w->program->phis ? w->values[variable] : load(w, w->values[variable]);
}

void control_set(control_writer *w, uint32_t variable, uint32_t value)
{
    if (w->program->phis)
        w->values[variable] = value;
    else
        SPIRV_CODE(&w->m, SpvOpStore, w->values[variable], value);
}

uint32_t control_operand_id(control_writer *w, const control_operand *operand)
{
    switch (operand->source) {
    case CONTROL_VARIABLE:
        return control_get(w, operand->value);
    case CONTROL_SPECIALIZED:
        return w->constants[operand->value];
    default:
        return spirv_constant(&w->m, operand->value);
    }
}

uint32_t control_compute(control_writer *w, control_op op, uint32_t a, uint32_t b)
{
    static const SpvOp OPS[CONTROL_OPS] = {
        [CONTROL_ADD] = SpvOpIAdd,
        [CONTROL_SUBTRACT] = SpvOpISub,
        [CONTROL_MULTIPLY] = SpvOpIMul,
        [CONTROL_XOR] = SpvOpBitwiseXor,
        [CONTROL_AND] = SpvOpBitwiseAnd,
        [CONTROL_OR] = SpvOpBitwiseOr,
        [CONTROL_SHIFT_LEFT] = SpvOpShiftLeftLogical,
        [CONTROL_SHIFT_RIGHT] = SpvOpShiftRightLogical,
        [CONTROL_DIVIDE] = SpvOpUDiv,
        [CONTROL_MODULO] = SpvOpUMod,
        [CONTROL_EQUAL] = SpvOpIEqual,
        [CONTROL_LESS] = SpvOpULessThan,
        [CONTROL_LESS_SIGNED] = SpvOpSLessThan,
        [CONTROL_AT_LEAST] = SpvOpUGreaterThanEqual,
    };
    spirv *m = &w->m;
    if (op == CONTROL_COPY)
        return b;
    if (op == CONTROL_SHIFT_LEFT || op == CONTROL_SHIFT_RIGHT)
        b = spirv_math(m, SpvOpBitwiseAnd, b, spirv_constant(m, 31));
    if (op == CONTROL_DIVIDE || op == CONTROL_MODULO)
        b = spirv_math(m, SpvOpBitwiseOr, b, spirv_constant(m, 1));
    return op < CONTROL_OPERATIONS ? spirv_math(m, OPS[op], a, b) : spirv_compare(m, OPS[op], a, b);
}

// The element's number among those of all invocations that an array is shared by.
static uint32_t among_all(control_writer *w, uint32_t invocation, uint32_t index)
{
    spirv *m = &w->m;
    const uint32_t row = spirv_math(m, SpvOpIMul, invocation, spirv_constant(m, CONTROL_LENGTH));
    return spirv_math(m, SpvOpIAdd, row, index);
}

static uint32_t wide_among_all(control_writer *w, uint32_t index)
{
    spirv *m = &w->m;
    const uint32_t wide = SPIRV_DECLARE(m, SpvOpTypeInt, 64, 0);
    const uint32_t length = SPIRV_RESULT(m, SpvOpUConvert, wide, spirv_constant(m, CONTROL_LENGTH));
    const uint32_t invocation = SPIRV_RESULT(m, SpvOpUConvert, wide, w->invocation);
    const uint32_t row = SPIRV_RESULT(m, SpvOpIMul, wide, invocation, length);
    return SPIRV_RESULT(m, SpvOpIAdd, wide, row, SPIRV_RESULT(m, SpvOpUConvert, wide, index));
}

uint32_t control_element(control_writer *w, uint32_t index)
{
    spirv *m = &w->m;
    const SpvStorageClass storage = !w->array ? SpvStorageClassStorageBuffer
                                    : w->program->array == CONTROL_WORKGROUP
                                        ? SpvStorageClassWorkgroup
                                        : SpvStorageClassPrivate;
    const uint32_t type = spirv_pointer(m, storage, spirv_uint(m)), one = spirv_constant(m, 1);
    const uint32_t columns = spirv_constant(m, COLUMNS), none = spirv_constant(m, 0);
    index = spirv_math(m, SpvOpUMod, index, w->length);
    switch (w->program->array) {
    case CONTROL_WORKGROUP:
        return SPIRV_RESULT(m, SpvOpAccessChain, type, w->array, among_all(w, w->local, index));
    case CONTROL_BUFFER:
        return SPIRV_RESULT(m, SpvOpAccessChain, type, w->buffers[CONTROL_SCRATCH], none,
                            among_all(w, w->invocation, index));
    case CONTROL_WIDE_INDEX:
        return SPIRV_RESULT(m, SpvOpAccessChain, type, w->buffers[CONTROL_SCRATCH], none,
                            wide_among_all(w, index));
    case CONTROL_NESTED: {
        const uint32_t row = spirv_math(m, SpvOpUDiv, index, columns);
        const uint32_t column = spirv_math(m, SpvOpUMod, index, columns);
        return SPIRV_RESULT(m, SpvOpAccessChain, type, w->array, one, row, one, column);
    }
    default:
        return SPIRV_RESULT(m, SpvOpAccessChain, type, w->array, index);
    }
}

// Parameters of a function.
static void write_parameters(control_writer *w)
{
    spirv *m = &w->m;
    const control_program *program = w->program;
    const uint32_t word = spirv_uint(m);
    const uint32_t type = program->passing == CONTROL_BY_STRUCT ? w->struct_type
                          : program->passing == CONTROL_BY_POINTER
                              ? spirv_pointer(m, SpvStorageClassFunction, word)
                              : word;
    const uint32_t count = program->passing == CONTROL_BY_STRUCT ? 1 : program->variables;
    for (uint32_t i = 0; i < count; i++) {
        w->parameters[i] = spirv_new_id(m);
        SPIRV_CODE(m, SpvOpFunctionParameter, type, w->parameters[i]);
    }
}

// Variables of the function: where they are kept, or what hands them over.
static void write_variables(control_writer *w, uint32_t variables[CONTROL_VARIABLES])
{
    const uint32_t type = spirv_pointer(&w->m, SpvStorageClassFunction, spirv_uint(&w->m));
    for (uint32_t v = 0; v < w->program->variables; v++)
        variables[v] = SPIRV_RESULT(&w->m, SpvOpVariable, type, SpvStorageClassFunction);
}

// Takes over what the caller handed over.
static void take_parameters(control_writer *w)
{
    spirv *m = &w->m;
    const control_program *program = w->program;
    for (uint32_t v = 0; v < program->variables; v++) {
        if (program->passing == CONTROL_BY_POINTER)
            w->values[v] = program->phis ? load(w, w->parameters[v]) : w->parameters[v];
        else if (program->passing == CONTROL_BY_STRUCT)
            control_set(w, v,
                        SPIRV_RESULT(m, SpvOpCompositeExtract, spirv_uint(m), w->parameters[0], v));
        else
            control_set(w, v, w->parameters[v]);
    }
}

void control_begin_function(control_writer *w, uint32_t function)
{
    spirv *m = &w->m;
    const control_passing passing = w->program->passing;
    const uint32_t word = spirv_uint(m), nothing = spirv_declare(m, SpvOpTypeVoid, 0, NULL);
    const uint32_t vector = SPIRV_DECLARE(m, SpvOpTypeVector, word, 3);
    const uint32_t result = w->is_kernel || passing == CONTROL_BY_POINTER ? nothing
                            : passing == CONTROL_BY_STRUCT                ? w->struct_type
                                                                          : word;
    SPIRV_CODE(m, SpvOpFunction, result, w->is_kernel ? w->kernel : w->functions[function],
               SpvFunctionControlMaskNone,
               w->is_kernel ? SPIRV_DECLARE(m, SpvOpTypeFunction, nothing) : w->function_type);
    if (!w->is_kernel)
        write_parameters(w);
    w->block = spirv_new_id(m);
    w->ended = false;
    SPIRV_CODE(m, SpvOpLabel, w->block);
    if (!w->program->phis && (w->is_kernel || passing != CONTROL_BY_POINTER))
        write_variables(w, w->values);
    if (w->program->phis && passing == CONTROL_BY_POINTER)
        write_variables(w, w->handed);
    w->local = load(w, w->local_id);
    w->invocation = SPIRV_RESULT(m, SpvOpCompositeExtract, word,
                                 SPIRV_RESULT(m, SpvOpLoad, vector, w->input_id), 0);
    if (!w->is_kernel)
        take_parameters(w);
}

// All variables in a struct.
static uint32_t collect(control_writer *w)
{
    uint32_t operands[2 + CONTROL_VARIABLES];
    for (uint32_t v = 0; v < w->program->variables; v++)
        operands[2 + v] = control_get(w, v);
    operands[0] = w->struct_type;
    operands[1] = spirv_new_id(&w->m);
    spirv_emit(&w->m, &w->m.code, SpvOpCompositeConstruct, 2 + w->program->variables, operands);
    return operands[1];
}

void control_return(control_writer *w)
{
    spirv *m = &w->m;
    const control_program *program = w->program;
    w->ended = true;
    if (!w->is_kernel && program->passing == CONTROL_BY_STRUCT) {
        SPIRV_CODE(m, SpvOpReturnValue, collect(w));
    } else if (!w->is_kernel && program->passing == CONTROL_BY_VALUE) {
        SPIRV_CODE(m, SpvOpReturnValue, control_get(w, 0));
    } else {
        for (uint32_t v = 0; !w->is_kernel && program->phis && v < program->variables; v++)
            SPIRV_CODE(m, SpvOpStore, w->parameters[v], w->values[v]);
        spirv_emit(m, &m->code, SpvOpReturn, 0, NULL);
    }
}

// What a call hands over, behind the three words that all calls begin with; returns how much.
static uint32_t write_arguments(control_writer *w, uint32_t *arguments)
{
    const control_program *program = w->program;
    if (program->passing == CONTROL_BY_STRUCT) {
        arguments[0] = collect(w);
        return 1;
    }
    for (uint32_t v = 0; v < program->variables; v++) {
        if (program->passing == CONTROL_BY_VALUE) {
            arguments[v] = control_get(w, v);
        } else {
            arguments[v] = program->phis ? w->handed[v] : w->values[v];
            if (program->phis)
                SPIRV_CODE(&w->m, SpvOpStore, arguments[v], w->values[v]);
        }
    }
    return program->variables;
}

void control_call(control_writer *w, uint32_t function)
{
    spirv *m = &w->m;
    const control_program *program = w->program;
    uint32_t operands[3 + CONTROL_VARIABLES];
    const uint32_t word = spirv_uint(m), count = write_arguments(w, operands + 3);
    const uint32_t result = spirv_new_id(m);
    operands[0] = program->passing == CONTROL_BY_STRUCT  ? w->struct_type
                  : program->passing == CONTROL_BY_VALUE ? word
                                                         : spirv_declare(m, SpvOpTypeVoid, 0, NULL);
    operands[1] = result;
    operands[2] = w->functions[function];
    spirv_emit(m, &m->code, SpvOpFunctionCall, 3 + count, operands);
    if (program->passing == CONTROL_BY_VALUE)
        control_set(w, 0, result);
    for (uint32_t v = 0; program->passing == CONTROL_BY_STRUCT && v < program->variables; v++)
        control_set(w, v, SPIRV_RESULT(m, SpvOpCompositeExtract, word, result, v));
    for (uint32_t v = 0;
         program->passing == CONTROL_BY_POINTER && program->phis && v < program->variables; v++)
        w->values[v] = load(w, w->handed[v]);
}
