// The faults that the proxy plants on purpose, by name: a driver with one of them is wrong, and a
// suite that is worth something fails on it. `kronos selftest` plants each in turn.
#ifndef KRO_DRIVERS_PLANTED_H
#define KRO_DRIVERS_PLANTED_H

#include <stdatomic.h>
#include <stdint.h>

#include "vk_planted_count.h"

// What an entry of planted_spirv.def does to an instruction.
typedef enum kro__planted_kind {
    KRO__PLANTED_SWAP,
    KRO__PLANTED_DROP,
    KRO__PLANTED_ZERO,
    KRO__PLANTED_PASS,
    KRO__PLANTED_EXCHANGE,
    KRO__PLANTED_NUDGE,
    KRO__PLANTED_RELAX,
    KRO__PLANTED_GROUP,
    KRO__PLANTED_BUILT_IN,
    KRO__PLANTED_UNDECORATE,
    KRO__PLANTED_GLSL,
    KRO__PLANTED_GLSL_ZERO,
    KRO__PLANTED_OF_CALL,    // the name says what; the indices follow those of SPIR-V
    KRO__PLANTED_OF_REPORTS, // planted_reports.def; these follow those of calls
} kro__planted_kind;

typedef struct kro__planted {
    const char *name; // class/what/how, such as "spirv/IAdd/ISub"
    kro__planted_kind kind;
    uint32_t from;    // an opcode, an instruction of GLSL.std.450, or what the kind says
    uint32_t to, two; // likewise
} kro__planted;

// How many there are; an enum, so that arrays can have as many.
enum {
#define SWAP(from, to)             KRO__SWAP_##from##_##to,
#define DROP(opcode)               KRO__DROP_##opcode,
#define ZERO(opcode)               KRO__ZERO_##opcode,
#define PASS(opcode, word)         KRO__PASS_##opcode##_##word,
#define EXCHANGE(opcode, one, two) KRO__EXCHANGE_##opcode,
#define NUDGE(opcode)              KRO__NUDGE_##opcode,
#define RELAX(name, first, last)   KRO__RELAX_##name,
#define GROUP(from, to)            KRO__GROUP_##from,
#define BUILT_IN(from, to)         KRO__BUILT_IN_##from,
#define UNDECORATE(decoration)     KRO__UNDECORATE_##decoration,
#define GLSL(from, to)             KRO__GLSL_##from,
#define GLSL_ZERO(instruction)     KRO__GLSL_ZERO_##instruction,
#define BARE(first, last)
#include "planted_spirv.def"
#include "planted_undef.h"
    KRO__PLANTED_SPIRV_COUNT,
    KRO__PLANTED_BEFORE_REPORTS = KRO__PLANTED_SPIRV_COUNT + KRO__PLANTED_CALL_COUNT - 1,
#define LIMIT(name, way) KRO__PLANTED_##name##_##way,
#define FEATURE(name)    KRO__PLANTED_##name,
#define MEMORY(flag)     KRO__PLANTED_##flag,
#include "planted_reports.def"
#undef LIMIT
#undef FEATURE
#undef MEMORY
    KRO__PLANTED_COUNT,
};

// Which faults could have acted, in a file that processes share (kro__shared_map). Whoever reads it
// sets it to zero.
typedef struct kro__planted_reach {
    _Atomic uint64_t reached[KRO__PLANTED_COUNT];
    _Atomic uint32_t unknown_opcode; // one that no fault is about; 0: none
} kro__planted_reach;

extern const kro__planted kro__planted_faults[KRO__PLANTED_COUNT];

// Opcodes first .. last have nothing to plant.
typedef struct kro__planted_bare {
    uint32_t first, last;
} kro__planted_bare;

extern const kro__planted_bare kro__planted_bares[]; // ends with {1, 0}

// The index of a fault, or -1.
int kro__planted_find(const char *name);

#endif
