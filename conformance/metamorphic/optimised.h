// The kernels as SPIRV-Tools' optimizer leaves them; made when the suite is built.
#ifndef CONFORMANCE_METAMORPHIC_OPTIMISED_H
#define CONFORMANCE_METAMORPHIC_OPTIMISED_H

#include <stddef.h>

#include "shaders.h"

// By name: KERNEL.o by spirv-opt -O, KERNEL.os by -Os.
extern const kronos_shader metamorphic_optimised[];
extern const size_t metamorphic_optimised_count;

#endif
