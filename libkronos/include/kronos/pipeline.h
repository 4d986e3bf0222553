// Pipelines: a SPIR-V compute kernel, checked, reflected and compiled for one device.
#ifndef KRONOS_PIPELINE_H
#define KRONOS_PIPELINE_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/context.h>
#include <kronos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kro_pipeline kro_pipeline; // one kernel, ready to be dispatched

// The value of one specialization constant. The shader's declaration says how wide it is, so set
// the member of that type; the others share its bytes.
typedef struct kro_constant {
    uint32_t id; // constant_id in GLSL, SpecId in SPIR-V
    union {
        uint32_t u32; // uint; also bool: 0 or 1
        int32_t i32;  // int
        float f32;    // float
        uint64_t u64; // uint64_t
        int64_t i64;  // int64_t
        double f64;   // double
        uint16_t u16; // uint16_t; also a half's bits
        int16_t i16;  // int16_t
        uint8_t u8;   // uint8_t
        int8_t i8;    // int8_t
    } value;          // as wide as the shader declares it
} kro_constant;

// Which kernel to make, and with which constants.
typedef struct kro_pipeline_config {
    const void *spirv;             // required by kro_pipeline_create: the module's words, borrowed
    uint64_t spirv_bytes;          // required by kro_pipeline_create
    const char *entry_point;       // default: the module's only compute entry point, else "main"
    const kro_constant *constants; // specialization; constants not listed keep their defaults
    uint32_t constant_count;       // how many there are
    uint32_t subgroup_size;        // ask for this subgroup size; default: the driver's choice
    const char *label; // shown by debuggers and in error text; default: the entry point's name
} kro_pipeline_config;

// What a kernel declares a buffer as.
typedef enum kro_binding_kind {
    KRO_BINDING_STORAGE = 0, // storage buffer
    KRO_BINDING_UNIFORM = 1, // uniform buffer
} kro_binding_kind;

// One buffer that a kernel declares.
typedef struct kro_binding_info {
    uint32_t set;          // as the shader declares it
    uint32_t binding;      // as the shader declares it
    uint32_t count;        // array length; 1 for a single buffer
    kro_binding_kind kind; // storage or uniform
    bool reads;            // the code reads it, found by walking the code
    bool writes;           // the code writes it; both false: declared, unused
    uint64_t min_bytes;    // smallest range that holds the declared members
    const char *name;      // from the shader's debug names; "" where they were stripped
} kro_binding_info;

// Whether the SPIR-V reference validator has looked at a module.
typedef enum kro_validated {
    KRO_VALIDATED_NO = 0,      // this build of the library has no SPIR-V validator
    KRO_VALIDATED_YES = 1,     // SPIRV-Tools accepted the module
    KRO_VALIDATED_UNKNOWN = 2, // it uses a version or capability that the validator does not know
} kro_validated;

// Facts about a pipeline.
typedef struct kro_pipeline_info {
    const char *label;                // the entry point's name where none was given
    const char *entry_point;          // the one that was chosen
    uint32_t local_size[3];           // invocations per workgroup, after specialization
    uint32_t push_bytes;              // size of the push constant block; 0: none
    uint32_t binding_count;           // buffers that it declares
    const kro_binding_info *bindings; // by set, then binding
    bool device_addresses;            // reaches buffers by address: see kro_dispatch_args.touches
    kro_validated validated;          // whether its SPIR-V was checked
} kro_pipeline_info;

// Creates a pipeline from SPIR-V in memory.
//
// Returns:   KRO_OK and the pipeline.
// Errors:    INVALID_ARGUMENT  no such entry point, an unknown or repeated constant id, a subgroup
//                              size out of range
//            INVALID_SHADER    empty, truncated, big-endian, damaged or invalid SPIR-V; no compute
//                              entry point
//            UNSUPPORTED       images or samplers; a capability or kind of atomic whose feature is
//                              not enabled; a SPIR-V version, local size, shared memory, push
//                              constant, binding count or subgroup size beyond the device
// Ownership: the caller destroys it before its context.
// Threads:   safe.
// Source:    Vulkan 1.3, "Compute Pipelines"; SPIR-V 1.6.
KRO_API KRO_MUST_USE kro_status kro_pipeline_create(kro_context *ctx,
                                                    const kro_pipeline_config *config,
                                                    kro_pipeline **out);

// Creates a pipeline from a SPIR-V file. `config` may be NULL; its spirv and spirv_bytes must be
// zero. Its label defaults to the file's name without folders.
//
// Returns:   KRO_OK and the pipeline.
// Errors:    IO  the file cannot be read; otherwise those of kro_pipeline_create
// Ownership: as kro_pipeline_create.
// Threads:   safe.
KRO_API KRO_MUST_USE kro_status kro_pipeline_load(kro_context *ctx, const char *spirv_path,
                                                  const kro_pipeline_config *config,
                                                  kro_pipeline **out);

// Destroys a pipeline. Recorded and submitted work that uses it runs on.
//
// Threads: safe with calls that do not name this pipeline.
KRO_API void kro_pipeline_destroy(kro_pipeline *pipeline);

// Facts about a pipeline, found by reading its code.
//
// Returns:   NULL for NULL.
// Ownership: the pipeline's.
// Threads:   safe.
KRO_API const kro_pipeline_info *kro_pipeline_get_info(const kro_pipeline *pipeline);

#ifdef __cplusplus
}
#endif

#endif
