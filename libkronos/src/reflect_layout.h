// How large the types of a module are.
#ifndef KRO_SRC_REFLECT_LAYOUT_H
#define KRO_SRC_REFLECT_LAYOUT_H

#include <kronos/status.h>

#include "reflect_module.h"

// Fills the layout of one type. The types and constants it is made of come before it in the module
// and have been evaluated; pointers are the exception, and their size is known.
//
// Errors: INVALID_SHADER, OUT_OF_HOST_MEMORY
kro_status kro__type_evaluate(kro__module *module, uint32_t definition);

// Sums and products of sizes stay at UINT64_MAX instead of wrapping.
uint64_t kro__add_sizes(uint64_t a, uint64_t b);
uint64_t kro__multiply_sizes(uint64_t a, uint64_t b);
uint64_t kro__align_size(uint64_t size, uint64_t align);

#endif
