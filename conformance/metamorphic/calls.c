// Rewrites of calls: instructions become functions, and functions instructions.
#include "metamorphic/flow.h"
#include "metamorphic/rewrites.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { MOST_INPUTS = 8, MOST_INSTRUCTIONS = 12 };

// Instructions that are to become a function, with what they need and leave.
typedef struct part {
    size_t begin, end; // places
    uint32_t inputs[MOST_INPUTS], input_count;
    uint32_t output; // 0: none
} part;

static bool is_pointer(const module *m, uint32_t id)
{
    return module_op_of(m, module_type_of(m, id)) == SpvOpTypePointer;
}

static size_t place_in(const module *m, const uint32_t *instruction, size_t begin, size_t end)
{
    while (begin < end && m->code.at[begin] != instruction)
        begin++;
    return begin;
}

static bool is_global(const module *m, const uint32_t *definition)
{
    for (size_t i = 0; i < m->globals.count; i++)
        if (m->globals.at[i] == definition)
            return true;
    return grammar_op(definition) == SpvOpFunction;
}

// Adds an operand to the inputs; false where it cannot be handed over, or there are too many.
static bool add_input(const module *m, part *p, uint32_t id)
{
    const uint32_t *definition = module_definition(m, id);
    if (!definition || is_global(m, definition) ||
        place_in(m, definition, p->begin, p->end) < p->end)
        return true;
    for (uint32_t i = 0; i < p->input_count; i++)
        if (p->inputs[i] == id)
            return true;
    // Of pointers only those of variables may be handed over.
    const SpvOp op = grammar_op(definition);
    if (p->input_count == MOST_INPUTS || (is_pointer(m, id) && op != SpvOpVariable))
        return false;
    p->inputs[p->input_count++] = id;
    return true;
}

static bool is_used_outside(const module *m, const part *p, uint32_t id)
{
    for (size_t i = 0; i < m->code.count; i++)
        for (uint32_t at = 1; (i < p->begin || i >= p->end) && at < grammar_length(m->code.at[i]);
             at++)
            if (m->code.at[i][at] == id && grammar_is_id(m->code.at[i], at))
                return true;
    return false;
}

// Finds what the instructions need and leave; false where they cannot be a function.
static bool measure(const module *m, part *p)
{
    p->input_count = p->output = 0;
    for (size_t i = p->begin; i < p->end; i++) {
        const uint32_t *instruction = m->code.at[i];
        const uint32_t result = grammar_result_at(instruction);
        for (uint32_t at = 1; at < grammar_length(instruction); at++)
            if (at != result && grammar_is_id(instruction, at) && !add_input(m, p, instruction[at]))
                return false;
        if (!result || !is_used_outside(m, p, instruction[result]))
            continue;
        if (p->output || is_pointer(m, instruction[result]))
            return false;
        p->output = instruction[result];
    }
    return true;
}

// The longest part from a place on that can be a function; false: not even one instruction.
static bool find_part(module *m, size_t place, part *p)
{
    const size_t tail = flow_tail(m, place);
    size_t length = 1 + module_random_below(m, MOST_INSTRUCTIONS);
    if (length > tail - place)
        length = tail - place;
    for (; length > 0; length--) {
        *p = (part){.begin = place, .end = place + length};
        if (measure(m, p))
            return true;
    }
    return false;
}

// Copies the part to the module's end as a function; returns its id.
static uint32_t put_function(module *m, const part *p, uint32_t type)
{
    static const uint32_t CONTROLS[] = {SpvFunctionControlMaskNone, SpvFunctionControlInlineMask,
                                        SpvFunctionControlDontInlineMask};
    uint32_t signature[1 + MOST_INPUTS] = {type};
    for (uint32_t i = 0; i < p->input_count; i++)
        signature[1 + i] = module_type_of(m, p->inputs[i]);
    const uint32_t function_type =
        module_declare(m, SpvOpTypeFunction, 1 + p->input_count, signature);
    size_t end = m->code.count;
    const uint32_t function = MODULE_RESULT(m, &end, SpvOpFunction, type,
                                            CONTROLS[module_random_below(m, 3)], function_type);
    uint32_t parameters[MOST_INPUTS], output = 0;
    for (uint32_t i = 0; i < p->input_count; i++)
        parameters[i] =
            module_put_result(m, &end, SpvOpFunctionParameter, signature[1 + i], 0, NULL);
    MODULE_PUT(m, &end, SpvOpLabel, module_new_id(m));
    const size_t first = end;
    for (size_t i = p->begin; i < p->end; i++) {
        const uint32_t *words = m->code.at[i];
        module_put(m, &end, grammar_op(words), grammar_length(words) - 1, words + 1);
        if (p->output && m->code.at[end - 1] == module_definition(m, p->output)) {
            module_take_result(m, m->code.at[end - 1]);
            output = m->code.at[end - 1][2];
        }
    }
    for (uint32_t i = 0; i < p->input_count; i++)
        module_replace(m, first, end, p->inputs[i], parameters[i]);
    if (output) {
        module_replace(m, first, end, p->output, output);
        MODULE_PUT(m, &end, SpvOpReturnValue, output);
    } else {
        module_put(m, &end, SpvOpReturn, 0, NULL);
    }
    module_put(m, &end, SpvOpFunctionEnd, 0, NULL);
    return function;
}

static void outline(module *m, const part *p)
{
    const uint32_t type =
        p->output ? module_type_of(m, p->output) : module_declare(m, SpvOpTypeVoid, 0, NULL);
    uint32_t call[3 + MOST_INPUTS] = {type};
    call[2] = put_function(m, p, type);
    call[1] = p->output ? p->output : module_new_id(m);
    memcpy(call + 3, p->inputs, p->input_count * sizeof *call);
    for (size_t i = p->begin; i < p->end; i++)
        module_remove(m, &m->code, p->begin);
    size_t place = p->begin;
    module_put(m, &place, SpvOpFunctionCall, 3 + p->input_count, call);
}

bool rewrite_instructions_outlined(module *m)
{
    enum { TIMES = 4 };
    bool changed = false;
    for (int i = 0; i < TIMES; i++) {
        // Chosen anew each time: others may have gone into a function.
        const rewrite_sites sites = rewrite_choose(m, flow_is_inside);
        part p;
        if (!sites.count || !find_part(m, module_place(m, sites.at[0]), &p))
            continue;
        outline(m, &p);
        changed = true;
    }
    return changed;
}

// A function whose instructions are to stand where it is called.
typedef struct callee {
    size_t begin, end; // of its first block's label, and of its OpFunctionEnd
    uint32_t *numbers; // what its ids are where it is called; 0: the same
    uint32_t returned; // the value; 0: none
} callee;

static size_t function_place(const module *m, const uint32_t *call)
{
    return module_place(m, module_definition(m, call[3]));
}

// Whether it is a call of a function that ends by its last instruction alone: other ends would
// leave constructs around the call that must not be left.
static bool is_simple_call(const module *m, const uint32_t *instruction)
{
    if (grammar_op(instruction) != SpvOpFunctionCall)
        return false;
    const size_t begin = function_place(m, instruction), end = flow_function_end(m, begin);
    bool has_other_end = false;
    for (size_t i = begin; i < end - 1; i++) {
        const SpvOp op = grammar_op(m->code.at[i]);
        has_other_end |= op == SpvOpReturn || op == SpvOpReturnValue || op == SpvOpUnreachable;
    }
    const SpvOp last = grammar_op(m->code.at[end - 1]);
    return !has_other_end && (last == SpvOpReturn || last == SpvOpReturnValue) &&
           flow_can_split(m, module_place(m, instruction) + 1);
}

static void number(module *m, callee *c, const uint32_t *call)
{
    uint32_t parameter = 4;
    const uint32_t bound = m->bound;
    c->numbers = kt_memory(bound, sizeof *c->numbers);
    for (size_t i = function_place(m, call) + 1; i < c->end; i++) {
        const uint32_t at = grammar_result_at(m->code.at[i]);
        const bool is_parameter = grammar_op(m->code.at[i]) == SpvOpFunctionParameter;
        if (at)
            c->numbers[m->code.at[i][at]] = is_parameter ? call[parameter++] : module_new_id(m);
    }
}

// An instruction with the numbers of the place where it goes.
static void put_copy(module *m, size_t *place, const callee *c, const uint32_t *original)
{
    const uint32_t length = grammar_length(original);
    uint32_t *words = kt_memory(length, sizeof *words);
    memcpy(words, original, length * sizeof *words);
    for (uint32_t at = 1; at < length; at++)
        if (grammar_is_id(original, at) && c->numbers[original[at]])
            words[at] = c->numbers[original[at]];
    module_put(m, place, grammar_op(words), length - 1, words + 1);
    free(words);
}

// Copies the function's instructions to a place, but for its first label and its return; variables
// go where variables of the caller stand, and get their first values here.
static void put_body(module *m, size_t *place, callee *c, const module_list *body)
{
    for (size_t i = 1; i < body->count; i++) {
        const uint32_t *words = body->at[i];
        if (grammar_op(words) == SpvOpReturnValue) {
            c->returned = c->numbers[words[1]] ? c->numbers[words[1]] : words[1];
        } else if (grammar_op(words) == SpvOpVariable) {
            size_t entry = flow_entry(m, *place) + 1;
            MODULE_PUT(m, &entry, SpvOpVariable, words[1], c->numbers[words[2]], words[3]);
            ++*place;
            if (grammar_length(words) > 4)
                MODULE_PUT(m, place, SpvOpStore, c->numbers[words[2]], words[4]);
        } else if (grammar_op(words) != SpvOpReturn) {
            put_copy(m, place, c, words);
        }
    }
}

static void inline_call(module *m, uint32_t *call)
{
    callee c = {0};
    size_t place = module_place(m, call);
    c.begin = flow_entry(m, function_place(m, call));
    c.end = flow_function_end(m, c.begin);
    number(m, &c, call);
    c.numbers[m->code.at[c.begin][1]] = flow_label(m, place);
    // Places move while it is copied; instructions do not.
    module_list body = {.count = c.end - c.begin};
    body.at = kt_memory(body.count, sizeof *body.at);
    memcpy(body.at, m->code.at + c.begin, body.count * sizeof *body.at);
    bool has_blocks = false;
    for (size_t i = 1; i < body.count; i++)
        has_blocks |= grammar_op(body.at[i]) == SpvOpLabel;

    const uint32_t type = call[1], result = call[2];
    module_remove(m, &m->code, place);
    const uint32_t end = has_blocks ? flow_split(m, place) : 0;
    put_body(m, &place, &c, &body);
    if (end) {
        MODULE_PUT(m, &place, SpvOpBranch, end);
        place++;
    }
    if (c.returned)
        MODULE_PUT(m, &place, SpvOpCopyObject, type, result, c.returned);
    free(body.at);
    free(c.numbers);
}

bool rewrite_calls_inlined(module *m)
{
    const rewrite_sites sites = rewrite_choose(m, is_simple_call);
    for (size_t i = 0; i < sites.count; i++)
        if (is_simple_call(m, sites.at[i]))
            inline_call(m, sites.at[i]);
    return sites.count > 0;
}
