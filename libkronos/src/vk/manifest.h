// Driver manifests: the small JSON files that name a Vulkan driver's library. Pure: text in, facts
// out; any bytes may be handed in.
#ifndef KRO_SRC_VK_MANIFEST_H
#define KRO_SRC_VK_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <kronos/status.h>

enum { KRO__MANIFEST_PATH_BYTES = 4096 };

typedef struct kro__manifest {
    char library_path[KRO__MANIFEST_PATH_BYTES]; // ICD.library_path as written
    uint32_t api_major, api_minor, api_patch;    // ICD.api_version
} kro__manifest;

// Reads a manifest: one JSON value as RFC 8259 has it, nothing after it, at most 32 levels deep,
// with each of the members that count present once. `name` is for sentences.
//
// Errors: INVALID_ARGUMENT  not JSON, or not a driver manifest; the sentence names the line
// Source: Vulkan loader, "Driver Manifest File Format".
kro_status kro__manifest_parse(const char *text, size_t text_bytes, const char *name,
                               kro__manifest *out);

// Where a manifest's library is: a path relative to the manifest's folder, an absolute path, or a
// bare name for the dynamic linker, which comes back as it is.
//
// Returns: false where the path does not fit.
bool kro__manifest_resolve(const char *manifest_path, const char *library_path, char *out,
                           size_t out_bytes);

#endif
