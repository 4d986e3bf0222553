// What an operation of a batch does to a buffer.
#ifndef KRO_SRC_USES_H
#define KRO_SRC_USES_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/buffer.h>

#include "hazards.h"

typedef struct kro__use {
    kro_buffer *buffer;
    kro__access access;
    uint32_t tracked; // its index in the accesses of the open batch, once that has it
    bool whole;       // known with it: the access reads or writes all of the buffer
} kro__use;

#endif
