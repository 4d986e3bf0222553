// What a SPIR-V compute module declares and what its code does, as plain values. Pure: words in,
// facts out; every index is checked, so any bytes may be handed in.
#ifndef KRO_SRC_REFLECT_H
#define KRO_SRC_REFLECT_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/pipeline.h>
#include <kronos/status.h>

struct kro__module;

// A specialization constant that the module declares.
typedef struct kro__constant_info {
    uint32_t id;         // SpecId
    uint32_t size_bytes; // 1, 2, 4 or 8; booleans are 4, as Vulkan wants them
    bool is_bool;
} kro__constant_info;

// Facts about one entry point of a module. Filled by kro__reflect, emptied by
// kro__reflection_finish.
typedef struct kro__reflection {
    char *entry_point;
    uint32_t version; // SPIR-V version word: 0x00010300 is 1.3
    uint32_t local_size[3];
    uint32_t push_bytes;   // end of the last member of the push constant block
    uint64_t shared_bytes; // workgroup memory that is declared
    uint32_t binding_count;
    kro_binding_info *bindings; // by set, then binding; names point into this reflection's memory
    uint32_t constant_count;
    kro__constant_info *constants; // by id
    uint32_t capability_count;
    uint32_t *capabilities; // SpvCapability, in the module's order
    bool device_addresses;  // uses PhysicalStorageBuffer pointers
    bool knows_all_opcodes; // false: every buffer counts as read and written
    uint32_t demands;       // bit per kro__demand; see reflect_demands.h
    char *names;            // storage behind the names
} kro__reflection;

// Reflects the entry point `entry_point` (NULL: the only compute entry point, else "main") with the
// given specialization, which decides local size and array lengths.
//
// Errors: INVALID_SHADER    not SPIR-V, truncated, big-endian, a version above 1.6, damaged, no
//                           compute entry point
//         INVALID_ARGUMENT  no entry point of that name (the sentence lists those there are), a
//                           constant the module does not declare or one given twice
//         UNSUPPORTED       images, samplers, texel buffers, acceleration structures, arrays of
//                           buffers without a length, a size that needs more than integer
//                           arithmetic on constants
//         OUT_OF_HOST_MEMORY
// After an error `out` is empty. `label` names the shader in sentences.
kro_status kro__reflect(const void *spirv, uint64_t spirv_bytes, const char *entry_point,
                        const kro_constant *constants, uint32_t constant_count, const char *label,
                        kro__reflection *out);

// The same, for who wants to know more: hands out the tables that the module was read into, with
// the layouts of its types and the values of its constants. The caller finishes both; after an
// error both are empty. `label` is kept.
kro_status kro__reflect_tables(const void *spirv, uint64_t spirv_bytes, const char *entry_point,
                               const kro_constant *constants, uint32_t constant_count,
                               const char *label, struct kro__module *module, kro__reflection *out);

// Frees what a reflection holds and leaves it empty; accepts an empty one.
void kro__reflection_finish(kro__reflection *reflection);

#endif
