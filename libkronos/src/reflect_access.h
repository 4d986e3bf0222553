// Which variables the code of an entry point reads and writes.
#ifndef KRO_SRC_REFLECT_ACCESS_H
#define KRO_SRC_REFLECT_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/status.h>

#include "reflect_module.h"

enum {
    KRO__ACCESS_READ = 1,
    KRO__ACCESS_WRITE = 2,
    KRO__ACCESS_NAMED = 4, // the code mentions it, if only to ask for its length
};

typedef struct kro__code_accesses {
    uint8_t *bits;          // per definition
    bool knows_all_opcodes; // false: every buffer counts as read and written
    bool device_addresses;  // reaches memory by address
    uint32_t demands;       // bit per kro__demand
} kro__code_accesses;

// Walks the functions that `entry_function` calls, itself first.
//
// Errors: OUT_OF_HOST_MEMORY
// After an error `out` is empty.
kro_status kro__code_accesses_init(kro__code_accesses *out, const kro__module *module,
                                   uint32_t entry_function);
void kro__code_accesses_finish(kro__code_accesses *accesses);

#endif
