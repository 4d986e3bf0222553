#include "planted.h"

#include <stddef.h>
#include <string.h>

#include <spirv/unified1/GLSL.std.450.h>
#include <spirv/unified1/spirv.h>

const kro__planted kro__planted_faults[KRO__PLANTED_COUNT] = {
#define SWAP(from, to) {"spirv/" #from "/" #to, KRO__PLANTED_SWAP, SpvOp##from, SpvOp##to, 0},
#define DROP(opcode)   {"spirv/" #opcode "/dropped", KRO__PLANTED_DROP, SpvOp##opcode, 0, 0},
#define ZERO(opcode)   {"spirv/" #opcode "/zero", KRO__PLANTED_ZERO, SpvOp##opcode, 0, 0},
#define PASS(opcode, word) \
    {"spirv/" #opcode "/operand-" #word, KRO__PLANTED_PASS, SpvOp##opcode, word, 0},
#define EXCHANGE(opcode, one, two) \
    {"spirv/" #opcode "/exchanged", KRO__PLANTED_EXCHANGE, SpvOp##opcode, one, two},
#define NUDGE(opcode) {"spirv/" #opcode "/index+1", KRO__PLANTED_NUDGE, SpvOp##opcode, 0, 0},
#define RELAX(name, first, last) \
    {"spirv/" #name "/relaxed", KRO__PLANTED_RELAX, SpvOp##first, SpvOp##last, 0},
#define GROUP(from, to)                                                         \
    {"spirv/group-" #from "/" #to, KRO__PLANTED_GROUP, SpvGroupOperation##from, \
     SpvGroupOperation##to, 0},
#define BUILT_IN(from, to) \
    {"spirv/built-in-" #from "/" #to, KRO__PLANTED_BUILT_IN, SpvBuiltIn##from, SpvBuiltIn##to, 0},
#define UNDECORATE(decoration) \
    {"spirv/" #decoration "/dropped", KRO__PLANTED_UNDECORATE, SpvDecoration##decoration, 0, 0},
#define GLSL(from, to) \
    {"glsl/" #from "/" #to, KRO__PLANTED_GLSL, GLSLstd450##from, GLSLstd450##to, 0},
#define GLSL_ZERO(instruction) \
    {"glsl/" #instruction "/zero", KRO__PLANTED_GLSL_ZERO, GLSLstd450##instruction, 0, 0},
#define BARE(first, last)
#include "planted_spirv.def"
#include "planted_undef.h"
#define CALL(name) {name, KRO__PLANTED_OF_CALL, 0, 0, 0},
#include "vk_planted.def"
#undef CALL
#define LIMIT(name, way) {"limits/" #name "/" #way, KRO__PLANTED_OF_REPORTS, 0, 0, 0},
#define FEATURE(name)    {"features/" #name "/claimed", KRO__PLANTED_OF_REPORTS, 0, 0, 0},
#define MEMORY(flag)     {"memory-types/" #flag "/gone", KRO__PLANTED_OF_REPORTS, 0, 0, 0},
#include "planted_reports.def"
#undef LIMIT
#undef FEATURE
#undef MEMORY
};

#define SWAP(from, to)
#define DROP(opcode)
#define ZERO(opcode)
#define PASS(opcode, word)
#define EXCHANGE(opcode, one, two)
#define NUDGE(opcode)
#define RELAX(name, first, last)
#define GROUP(from, to)
#define BUILT_IN(from, to)
#define UNDECORATE(decoration)
#define GLSL(from, to)
#define GLSL_ZERO(instruction)
#define BARE(first, last) {SpvOp##first, SpvOp##last},
const kro__planted_bare kro__planted_bares[] = {
#include "planted_spirv.def"
#include "planted_undef.h"
    {1, 0},
};

int kro__planted_find(const char *name)
{
    for (int i = 0; i < KRO__PLANTED_COUNT; i++)
        if (!strcmp(kro__planted_faults[i].name, name))
            return i;
    return -1;
}
