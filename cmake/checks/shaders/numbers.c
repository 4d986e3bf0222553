// Holds the modules, so that the test sees what was embedded.
#include <stdint.h>

const uint32_t number_spirv[] =
#include "number.spv.inc"
    ;
const uint32_t newer_spirv[] =
#include "newer.spv.inc"
    ;
const uint32_t scalar_spirv[] =
#include "scalar.spv.inc"
    ;
const uint32_t assembled_spirv[] =
#include "assembled.spv.inc"
    ;
