// A fault in a SPIR-V module. Pure.
#ifndef KRO_PROXY_PLANT_SPIRV_H
#define KRO_PROXY_PLANT_SPIRV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "planted.h"
#include "reflect_module.h"

// Whether the fault changes something in the module.
bool kro__plant_spirv_reaches(const kro__module *module, const kro__planted *fault);

// A copy of the module with the fault in it, `*words_out` words long; freed with free.
//
// Returns: NULL where the fault changes nothing in it, or memory is short.
uint32_t *kro__plant_spirv(const kro__module *module, const kro__planted *fault,
                           size_t *word_count_out);

// An opcode of the module that no entry of planted_spirv.def is about; 0: there is none.
uint32_t kro__plant_spirv_unknown(const kro__module *module);

#endif
