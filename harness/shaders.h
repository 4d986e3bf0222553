// The shaders that kronos_add_shaders compiled into this program.
#ifndef KRONOS_SHADERS_H
#define KRONOS_SHADERS_H

#include <stdint.h>

typedef struct kronos_shader {
    const char *name;      // the source's file name without extension, "vector_add"
    const uint32_t *words; // SPIR-V
    uint64_t size_bytes;
} kronos_shader;

// The embedded shader of that name, or NULL.
const kronos_shader *kronos_shader_find(const char *name);

#endif
