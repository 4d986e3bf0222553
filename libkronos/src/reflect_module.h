// A SPIR-V module as bounds-checked tables. Every index that comes from the module is looked up
// here: an id that nothing defines leads to definition 0, which is an empty instruction, and an
// operand that an instruction does not have reads as 0. So walkers need no checks of their own.
#ifndef KRO_SRC_REFLECT_MODULE_H
#define KRO_SRC_REFLECT_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/status.h>

typedef enum kro__decoration {
    KRO__DECORATION_BLOCK,
    KRO__DECORATION_BUFFER_BLOCK,
    KRO__DECORATION_ROW_MAJOR,
    KRO__DECORATION_SET,
    KRO__DECORATION_BINDING,
    KRO__DECORATION_ARRAY_STRIDE,
    KRO__DECORATION_MATRIX_STRIDE,
    KRO__DECORATION_OFFSET,
    KRO__DECORATION_SPEC_ID,
    KRO__DECORATION_BUILT_IN,
    KRO__DECORATION_COUNT,
} kro__decoration;

// The decorations that matter here, of one id or one member.
typedef struct kro__decorations {
    uint32_t given; // bit per kro__decoration
    uint32_t value[KRO__DECORATION_COUNT];
} kro__decorations;

// Decorations of one member of a struct, in a list that starts at the struct.
typedef struct kro__member {
    uint32_t index;
    uint32_t next; // in module.members; 0: the last
    kro__decorations decorations;
} kro__member;

// What is known of a type.
typedef struct kro__type {
    uint64_t bytes;         // as decorated, up to the end of its last byte; runtime arrays add 0
    uint64_t stride_bytes;  // between elements of the runtime array it ends in; 0: none
    uint64_t std430_bytes;  // as GLSL's std430 would lay it out, which counts shared memory
    uint64_t std430_align;  // at least 1
    uint64_t element_count; // arrays, and arrays of arrays: how many `element`; otherwise 1
    uint32_t element;       // what remains without arrays: itself for everything else
    uint32_t unknown;       // the constant that had to be evaluated and could not be; 0: none
    bool unsized;           // has a runtime array among the arrays around `element`
    bool has_pointers;      // is or holds pointers
} kro__type;

// The value of a scalar constant.
typedef struct kro__value {
    uint64_t bits; // above the type's width: 0
    bool known;    // false: a composite, or an operation that is not evaluated
} kro__value;

// One result id. Definitions stand in the order of the module.
typedef struct kro__definition {
    const uint32_t *words; // its instruction
    const uint32_t *name;  // its OpName instruction, or NULL
    uint32_t id;
    uint32_t type;         // definition of its result type; 0: none
    uint32_t first_member; // structs: in module.members; 0: no member is decorated
    kro__decorations decorations;
    kro__type layout; // of a type; see reflect_layout.h
    kro__value value; // of a constant; see reflect_constants.h
} kro__definition;

typedef struct kro__module {
    const char *label;
    uint32_t *words;
    const uint32_t *first, *end; // its instructions
    uint32_t version;
    uint32_t bound;               // ids are below
    uint32_t *definition_of;      // by id
    kro__definition *definitions; // [0] stands for "not defined"
    uint32_t definition_count;    // with [0]
    kro__member *members;         // [0] is unused
    uint32_t member_count, member_capacity;
    uint32_t capability_count, entry_point_count;
    uint32_t workgroup_size; // definition of the constant that is the built-in; 0: none
    bool unknown_globals;    // an unknown opcode stands outside the functions
} kro__module;

// Reads a module into tables; `label` is kept.
//
// Errors: INVALID_SHADER, OUT_OF_HOST_MEMORY; the module is empty then.
kro_status kro__module_init(kro__module *module, const void *spirv, uint64_t spirv_bytes,
                            const char *label);
void kro__module_finish(kro__module *module);

// Words of an instruction; never 0 in a module.
static inline uint32_t kro__word_count(const uint32_t *instruction)
{
    return instruction[0] >> 16;
}

static inline uint32_t kro__opcode_of(const uint32_t *instruction)
{
    return instruction[0] & 0xffff;
}

// A word of an instruction; 0 where it is shorter.
static inline uint32_t kro__operand(const uint32_t *instruction, uint32_t word)
{
    return word < kro__word_count(instruction) ? instruction[word] : 0;
}

// The definition of an id; 0 where nothing defines it.
static inline uint32_t kro__find(const kro__module *module, uint32_t id)
{
    return id < module->bound ? module->definition_of[id] : 0;
}

// The opcode of a definition; OpNop for definition 0.
static inline uint32_t kro__definition_opcode(const kro__module *module, uint32_t definition)
{
    return kro__opcode_of(module->definitions[definition].words);
}

static inline bool kro__has_decoration(const kro__decorations *decorations,
                                       kro__decoration decoration)
{
    return decorations->given >> decoration & 1;
}

// Adds what `from` gives to `to`; the later decoration stands.
void kro__merge_decorations(kro__decorations *to, const kro__decorations *from);

// Copies the string that starts at a word of an instruction, cut to fit `text`.
//
// Returns: the words that it takes there, with its end; 0 where it does not end.
uint32_t kro__string(const uint32_t *instruction, uint32_t word, char *text, uint32_t text_bytes);

// Whether the string that starts at a word begins with `prefix`, or is `text`.
bool kro__string_begins(const uint32_t *instruction, uint32_t word, const char *prefix);
bool kro__string_is(const uint32_t *instruction, uint32_t word, const char *text);

#endif
