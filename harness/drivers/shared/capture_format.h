// What the proxy's word `capture=FILE` writes (proxy/proxy.h): records, one after another, in the
// byte order and with the alignment of this machine. `kronos repro` reads them.
#ifndef KRO_DRIVERS_CAPTURE_FORMAT_H
#define KRO_DRIVERS_CAPTURE_FORMAT_H

#include <stdint.h>

typedef enum kro__capture_kind {
    KRO__CAPTURE_OPEN = 1, // a process begins to add to the file: nothing
    KRO__CAPTURE_DEVICE,   // a device is made: kro__capture_device
    KRO__CAPTURE_DISPATCH, // a dispatch, before it runs
    KRO__CAPTURE_AFTER,    // what its regions hold when it has run; missing where it never ended
    KRO__CAPTURE_ARRAYS,   // what a test compared
    KRO__CAPTURE_FAILURE,  // a test failed: its sentence
    KRO__CAPTURE_END,      // the test is over: what follows is no part of it
} kro__capture_kind;

typedef struct kro__capture_record {
    uint32_t kind, reserved;
    uint64_t size_bytes; // of what follows
} kro__capture_record;

// A device: followed by the names of the enabled extensions, each with its zero.
typedef struct kro__capture_device {
    uint32_t robust; // robustBufferAccess is enabled
    uint32_t reserved;
} kro__capture_device;

// Why a dispatch cannot be run again elsewhere.
typedef enum kro__capture_lack {
    KRO__CAPTURE_COMPLETE,
    KRO__CAPTURE_ADDRESSES, // it reaches memory by its address
    KRO__CAPTURE_UNKNOWN,   // what is bound to it is not known
    KRO__CAPTURE_LARGE,     // its buffers are larger than what is captured
} kro__capture_lack;

// A specialization constant, by its place in the constants' bytes.
typedef struct kro__capture_constant {
    uint32_t id, offset, size_bytes;
} kro__capture_constant;

// A compute pipeline: followed by code, entry point with its zero, constants, their bytes.
typedef struct kro__capture_pipeline {
    uint32_t code_bytes, entry_bytes, constant_count, constant_bytes;
    uint32_t stage_flags;   // VkPipelineShaderStageCreateFlags
    uint32_t subgroup_size; // that is required; 0: none is
    uint32_t reserved[2];
} kro__capture_pipeline;

// Bytes of one buffer that a dispatch is bound to. Bindings that overlap share a region.
typedef struct kro__capture_region {
    uint64_t size_bytes;
} kro__capture_region;

// Types of bindings, as VkDescriptorType has them.
enum { KRO__CAPTURE_UNIFORM = 6, KRO__CAPTURE_STORAGE = 7 };

typedef struct kro__capture_binding {
    uint32_t set, binding, element;
    uint32_t type; // KRO__CAPTURE_UNIFORM or KRO__CAPTURE_STORAGE
    uint32_t region, reserved;
    uint64_t offset_bytes, size_bytes; // in the region
} kro__capture_binding;

// A dispatch: followed by its pipeline, regions, bindings, push constants and, where nothing is
// lacking, what each region holds.
typedef struct kro__capture_dispatch {
    uint32_t base[3], groups[3];
    uint32_t lack; // kro__capture_lack
    uint32_t pipeline_bytes, region_count, binding_count, push_bytes, reserved;
} kro__capture_dispatch;

// The numbers in a comparison.
typedef enum kro__capture_element {
    KRO__CAPTURE_BYTES, // compared bit for bit
    KRO__CAPTURE_FLOAT16,
    KRO__CAPTURE_FLOAT32,
    KRO__CAPTURE_FLOAT64,
} kro__capture_element;

// Arrays that a test compared: followed by the actual one, the lowest and the highest right ones,
// each of `size_bytes`. Bytes are right where they are those of both. A number is that lies
// between; any NaN where the lowest is one, anything where only the highest is.
typedef struct kro__capture_arrays {
    uint32_t element; // kro__capture_element
    uint32_t right;   // whether the test found them right
    uint64_t size_bytes;
} kro__capture_arrays;

#endif
