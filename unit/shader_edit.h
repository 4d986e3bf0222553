// A SPIR-V module under a test's knife.
#ifndef UNIT_SHADER_EDIT_H
#define UNIT_SHADER_EDIT_H

#include "test.h"

#include "reflect.h"

typedef struct shader {
    uint32_t *words; // owned by the case
    size_t word_count;
} shader;

// A copy of one of the modules in spirv/modules/.
shader shader_copy(kt_test *t, const char *name);

// Where the n-th instruction (from 0) with an opcode starts; fails the case where there is none.
size_t shader_find(kt_test *t, const shader *module, uint32_t opcode, size_t n);

// Inserts words before word `at`.
void shader_insert(kt_test *t, shader *module, size_t at, const uint32_t *words, size_t count);

// A new id.
uint32_t shader_id(shader *module);

// The id that OpName gives a name; fails the case where there is none.
uint32_t shader_named(kt_test *t, const shader *module, char name);

// Reflects what must be fine; the case owns the result.
const kro__reflection *shader_reflect(kt_test *t, const shader *module);

// What the code does, as "A=r B=rw": a name for each buffer that it reads or writes.
const char *shader_accesses(kt_test *t, const kro__reflection *reflection);

#endif
