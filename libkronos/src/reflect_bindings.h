// The memory that an entry point declares: buffers, push constants, shared memory.
#ifndef KRO_SRC_REFLECT_BINDINGS_H
#define KRO_SRC_REFLECT_BINDINGS_H

#include <kronos/status.h>

#include "reflect.h"
#include "reflect_access.h"
#include "reflect_module.h"

// Fills bindings, names, push_bytes and shared_bytes.
//
// A variable belongs to the entry point if the code mentions it, if the entry point's interface
// lists it (SPIR-V 1.4 and later list buffers there), or if the module has no other entry point.
// Images and samplers that the code does not mention are left out.
//
// min_bytes of a block that ends in a runtime array is what stands before the array; where nothing
// does, one element.
//
// Errors: INVALID_SHADER, UNSUPPORTED, OUT_OF_HOST_MEMORY
// After an error the caller finishes `out`.
kro_status kro__bindings_collect(const kro__module *module, const uint32_t *entry_point,
                                 const kro__code_accesses *accesses, kro__reflection *out);

#endif
