// How it works. Every value that is or holds a pointer is a node; an edge leads from a value to
// each value that it may have been made from: from an access chain to its base, from a phi to what
// comes in, from a parameter to the arguments, from a call to what the function returns. A load or
// store marks the pointer it goes through, and marks travel along the edges to the variables. Each
// mark enters a node once, so the time is linear in the edges, which are linear in the words.
//
// Pointers may also rest in variables of a function or invocation. For those, edges run both ways
// between everything that points into such a variable, so that a pointer taken out of it leads to
// all that were put in.
#include "reflect_access.h"

#include <stdlib.h>

#include <spirv/unified1/GLSL.std.450.h>
#include <spirv/unified1/spirv.h>

#include "fail.h"
#include "grow.h"
#include "reflect_demands.h"
#include "reflect_opcodes.h"

enum {
    READ_WRITE = KRO__ACCESS_READ | KRO__ACCESS_WRITE,
    MARKS = READ_WRITE | KRO__ACCESS_NAMED,
    QUEUED = 8,  // in walk.queue
    VISITED = 16 // a function that is or was in walk.functions
};

typedef struct edge {
    uint32_t to;
    uint32_t next; // in walk.edges; 0: the last
} edge;

typedef struct walk {
    const kro__module *module;
    uint8_t *bits;       // per definition
    uint32_t *edges_of;  // per definition: its first edge; 0: none
    uint32_t *functions; // still to be walked
    uint32_t *queue;     // nodes whose marks have yet to travel
    edge *edges;         // [0] is unused
    uint32_t function_count, queue_count, edge_count, edge_capacity;
    uint32_t function; // being walked
    uint32_t demands;  // bit per kro__demand
    bool unknown, device_addresses, out_of_memory;
} walk;

static bool has_pointers(const walk *w, uint32_t value)
{
    return w->module->definitions[w->module->definitions[value].type].layout.has_pointers;
}

static bool is_pointer(const walk *w, uint32_t value)
{
    uint32_t opcode = kro__definition_opcode(w->module, w->module->definitions[value].type);
    return opcode == SpvOpTypePointer || opcode == KRO__OP_TYPE_UNTYPED_POINTER;
}

// The storage class that a pointer points into.
static uint32_t storage_class(const walk *w, uint32_t pointer)
{
    return kro__operand(w->module->definitions[w->module->definitions[pointer].type].words, 2);
}

// Whether other pointers may rest where this one points. In the memory that the host sees only
// addresses can, and those lead to no variable.
static bool points_to_pointers(const walk *w, uint32_t value)
{
    if (!is_pointer(w, value))
        return false;
    switch (storage_class(w, value)) {
    case SpvStorageClassUniformConstant:
    case SpvStorageClassInput:
    case SpvStorageClassUniform:
    case SpvStorageClassOutput:
    case SpvStorageClassPushConstant:
    case SpvStorageClassStorageBuffer:
    case SpvStorageClassPhysicalStorageBuffer:
        return false;
    default:
        break;
    }
    const kro__definition *type = &w->module->definitions[w->module->definitions[value].type];
    uint32_t target = kro__find(w->module, kro__operand(type->words, 3));
    return target == 0 || w->module->definitions[target].layout.has_pointers;
}

static void mark(walk *w, uint32_t value, uint32_t marks)
{
    if ((w->bits[value] & marks) == marks)
        return;
    w->bits[value] |= (uint8_t)marks;
    if (w->bits[value] & QUEUED)
        return;
    w->bits[value] |= QUEUED;
    w->queue[w->queue_count++] = value;
}

static void add_edge(walk *w, uint32_t from, uint32_t to)
{
    uint32_t index = w->edge_count ? w->edge_count : 1;
    if (!kro__grow(&w->edges, &w->edge_capacity, index + 1, sizeof *w->edges)) {
        w->out_of_memory = true;
        return;
    }
    w->edges[index] = (edge){.to = to, .next = w->edges_of[from]};
    w->edges_of[from] = index;
    w->edge_count = index + 1;
}

// `result` may point where `source` points.
static void derive(walk *w, uint32_t result, uint32_t source)
{
    if (!has_pointers(w, result) || !has_pointers(w, source))
        return;
    add_edge(w, result, source);
    if (points_to_pointers(w, result) && points_to_pointers(w, source))
        add_edge(w, source, result);
}

// An instruction that goes through a pointer.
static void access(walk *w, uint32_t pointer, uint32_t marks)
{
    if (!is_pointer(w, pointer)) {
        w->unknown = true; // damaged, or made by an unknown instruction
        return;
    }
    switch (storage_class(w, pointer)) {
    case SpvStorageClassPhysicalStorageBuffer:
        w->device_addresses = true;
        break;
    case SpvStorageClassFunction: // marks would go on to the pointers that rest there
    case SpvStorageClassPrivate:
    case SpvStorageClassWorkgroup:
        break;
    default:
        mark(w, pointer, marks);
        break;
    }
}

// An instruction that does we do not know what with a pointer.
static void touch(walk *w, uint32_t value)
{
    if (is_pointer(w, value) && storage_class(w, value) == SpvStorageClassPhysicalStorageBuffer)
        w->device_addresses = true;
    mark(w, value, READ_WRITE);
}

static void store_pointer(walk *w, uint32_t pointer, uint32_t value)
{
    if (points_to_pointers(w, pointer))
        add_edge(w, pointer, value);
    else
        touch(w, value);
}

static void pass_argument(walk *w, const uint32_t *call, uint32_t word, uint32_t argument)
{
    // A function's parameters are defined right after it.
    uint32_t function = kro__find(w->module, call[3]);
    uint32_t parameter = function + (word - 3);
    if (kro__definition_opcode(w->module, function) == SpvOpFunction &&
        parameter < w->module->definition_count &&
        kro__definition_opcode(w->module, parameter) == SpvOpFunctionParameter &&
        has_pointers(w, parameter))
        derive(w, parameter, argument);
    else
        touch(w, argument);
}

static void enter_function(walk *w, uint32_t function)
{
    if (kro__definition_opcode(w->module, function) != SpvOpFunction) {
        w->unknown = true;
        return;
    }
    if (w->bits[function] & VISITED)
        return;
    w->bits[function] |= VISITED;
    w->functions[w->function_count++] = function;
}

// Extended instructions: those that describe do nothing, two of GLSL's write through a pointer.
static void use_extended(walk *w, const uint32_t *at, uint32_t word, uint32_t operand)
{
    uint32_t set = kro__find(w->module, kro__operand(at, 3)), instruction = kro__operand(at, 4);
    const uint32_t *import = w->module->definitions[set].words;
    if (kro__opcode_of(import) != SpvOpExtInstImport) {
        touch(w, operand);
        return;
    }
    if (kro__string_begins(import, 2, "NonSemantic.") ||
        kro__string_begins(import, 2, "OpenCL.DebugInfo.") ||
        kro__string_begins(import, 2, "DebugInfo"))
        return;
    if (kro__string_begins(import, 2, "GLSL.std.450") && word == 6 &&
        (instruction == GLSLstd450Modf || instruction == GLSLstd450Frexp))
        access(w, operand, KRO__ACCESS_WRITE);
    else
        touch(w, operand);
}

// One operand that is or holds a pointer.
static void use_operand(walk *w, const kro__opcode *row, const uint32_t *at, uint32_t word,
                        uint32_t operand)
{
    switch (row->role) {
    case KRO__ROLE_DERIVE:
        derive(w, kro__find(w->module, at[row->result]), operand);
        break;
    case KRO__ROLE_STORE:
        store_pointer(w, kro__find(w->module, at[1]), operand);
        break;
    case KRO__ROLE_CALL:
        if (word > 3) // word 3 is the function
            pass_argument(w, at, word, operand);
        break;
    case KRO__ROLE_RETURN:
        derive(w, w->function, operand);
        break;
    case KRO__ROLE_EXTENDED:
        use_extended(w, at, word, operand);
        break;
    case KRO__ROLE_NOTHING:
        break;
    default:
        touch(w, operand);
        break;
    }
}

// What an instruction does beside what its operands say one by one.
static void use_instruction(walk *w, const kro__opcode *row, const uint32_t *at)
{
    uint32_t result = row->result ? kro__find(w->module, at[row->result]) : 0;
    uint32_t read = row->read ? kro__find(w->module, kro__operand(at, row->read)) : 0;
    uint32_t write = row->write ? kro__find(w->module, kro__operand(at, row->write)) : 0;
    if (row->read)
        access(w, read, KRO__ACCESS_READ);
    if (row->write)
        access(w, write, KRO__ACCESS_WRITE);
    if (row->role == KRO__ROLE_LOAD && has_pointers(w, result) && points_to_pointers(w, read))
        add_edge(w, result, read);
    if (row->role == KRO__ROLE_COPY && points_to_pointers(w, read) && points_to_pointers(w, write))
        add_edge(w, write, read);
    if (row->role == KRO__ROLE_CALL) {
        uint32_t callee = kro__find(w->module, kro__operand(at, 3));
        enter_function(w, callee);
        derive(w, result, callee);
    }
}

// An instruction of an opcode we do not know: any word of it may be an id.
static void use_unknown(walk *w, const uint32_t *at)
{
    w->unknown = true;
    for (uint32_t i = 1; i < kro__word_count(at); i++) {
        uint32_t operand = kro__find(w->module, at[i]);
        if (has_pointers(w, operand)) {
            mark(w, operand, KRO__ACCESS_NAMED);
            touch(w, operand);
        }
    }
}

static void walk_instruction(walk *w, const uint32_t *at)
{
    const kro__opcode *row = kro__opcode_find(kro__opcode_of(at));
    if (!row) {
        use_unknown(w, at);
        return;
    }
    w->demands |= kro__demands_of(w->module, at);
    uint32_t first = row->result + 1u;
    for (uint32_t i = first; i < kro__word_count(at); i++) {
        if (row->literals >> (i < 31 ? i : 31) & 1)
            continue;
        uint32_t operand = kro__find(w->module, at[i]);
        if (!has_pointers(w, operand))
            continue;
        mark(w, operand, KRO__ACCESS_NAMED);
        if (i != row->read && i != row->write)
            use_operand(w, row, at, i, operand);
    }
    use_instruction(w, row, at);
}

static void walk_function(walk *w, uint32_t function)
{
    bool has_body = false;
    const uint32_t *at = w->module->definitions[function].words;
    w->function = function;
    for (; kro__opcode_of(at) != SpvOpFunctionEnd; at += kro__word_count(at)) {
        has_body |= kro__opcode_of(at) == SpvOpLabel;
        walk_instruction(w, at);
    }
    // A function without code comes from elsewhere and does anything with its arguments.
    for (uint32_t i = function + 1; !has_body && i < w->module->definition_count &&
                                    kro__definition_opcode(w->module, i) == SpvOpFunctionParameter;
         i++)
        touch(w, i);
}

// Pointers that rest in variables from the start.
static void walk_initializers(walk *w)
{
    for (uint32_t i = 1; i < w->module->definition_count; i++) {
        const uint32_t *words = w->module->definitions[i].words;
        if (kro__opcode_of(words) == SpvOpVariable)
            derive(w, i, kro__find(w->module, kro__operand(words, 4)));
    }
}

static void propagate(walk *w)
{
    while (w->queue_count) {
        uint32_t from = w->queue[--w->queue_count];
        w->bits[from] &= (uint8_t)~QUEUED;
        for (uint32_t i = w->edges_of[from]; i; i = w->edges[i].next)
            mark(w, w->edges[i].to, w->bits[from] & MARKS);
    }
}

static bool has_addresses(const kro__module *module)
{
    for (const uint32_t *at = module->first; at < module->end; at += kro__word_count(at)) {
        if (kro__opcode_of(at) == SpvOpCapability &&
            kro__operand(at, 1) == SpvCapabilityPhysicalStorageBufferAddresses)
            return true;
    }
    return false;
}

kro_status kro__code_accesses_init(kro__code_accesses *out, const kro__module *module,
                                   uint32_t entry_function)
{
    size_t count = module->definition_count;
    walk w = {
        .module = module,
        .bits = calloc(count, sizeof *w.bits),
        .edges_of = calloc(count, sizeof *w.edges_of),
        .functions = calloc(count, sizeof *w.functions),
        .queue = calloc(count, sizeof *w.queue),
        .unknown = module->unknown_globals,
    };
    w.out_of_memory = !w.bits || !w.edges_of || !w.functions || !w.queue;
    if (!w.out_of_memory) {
        walk_initializers(&w);
        enter_function(&w, entry_function);
        while (w.function_count)
            walk_function(&w, w.functions[--w.function_count]);
        propagate(&w);
    }
    free(w.edges);
    free(w.queue);
    free(w.functions);
    free(w.edges_of);
    *out = (kro__code_accesses){
        .bits = w.bits,
        .knows_all_opcodes = !w.unknown,
        .device_addresses = w.device_addresses || (w.unknown && has_addresses(module)),
        .demands = w.demands,
    };
    if (!w.out_of_memory)
        return KRO_OK;
    kro__code_accesses_finish(out);
    return kro__fail(KRO_ERROR_OUT_OF_HOST_MEMORY, "no host memory to walk the code of shader '%s'",
                     module->label);
}

void kro__code_accesses_finish(kro__code_accesses *accesses)
{
    free(accesses->bits);
    *accesses = (kro__code_accesses){0};
}
