// The constants of a module under a specialization.
#ifndef KRO_SRC_REFLECT_CONSTANTS_H
#define KRO_SRC_REFLECT_CONSTANTS_H

#include <kronos/pipeline.h>
#include <kronos/status.h>

#include "reflect.h"
#include "reflect_module.h"

// The specialization constants that a module declares, by id, and the values given for them.
typedef struct kro__specialization {
    uint32_t count;
    kro__constant_info *infos;
    const kro_constant **given; // per info; NULL: the module's default
} kro__specialization;

// Collects the module's specialization constants and assigns the given values to them.
//
// Errors: INVALID_ARGUMENT    a value for a constant that is not declared, or two for one
//         INVALID_SHADER      one SpecId on constants of different types, or of a type that can
//                             have none
//         OUT_OF_HOST_MEMORY
// After an error `out` is empty.
kro_status kro__specialization_init(kro__specialization *out, const kro__module *module,
                                    const kro_constant *given, uint32_t given_count);
void kro__specialization_finish(kro__specialization *specialization);

// The bits of a given value, from the member of its union that is as wide as the shader declares
// the constant (kro_constant): so the byte order of the machine does not matter. A boolean is 0
// or 1.
uint64_t kro__constant_bits(const kro_constant *given, const kro__constant_info *info);

// Fills the value of one constant. The constants it is made of come before it in the module, so
// evaluating in order needs no recursion.
void kro__constant_evaluate(kro__module *module, const kro__specialization *specialization,
                            uint32_t definition);

// The value of element `index` of a composite constant.
kro__value kro__constant_element(const kro__module *module, uint32_t definition, uint32_t index);

#endif
