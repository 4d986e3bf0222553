// SPIR-V modules that were assembled for the reflection tests.
#ifndef UNIT_SPIRV_MODULES_H
#define UNIT_SPIRV_MODULES_H

#include <stddef.h>
#include <stdint.h>

typedef struct unit_module {
    const char *name;
    const char *expect; // "A=r B=rw": what the code does; see modules/
    const uint32_t *words;
    size_t size_bytes;
} unit_module;

extern const unit_module unit_modules[];
extern const size_t unit_module_count;

// The module of that name, or NULL.
const unit_module *unit_module_find(const char *name);

#endif
