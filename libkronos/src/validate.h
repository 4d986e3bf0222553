// The SPIR-V reference validator, behind a C function that never throws.
#ifndef KRO_SRC_VALIDATE_H
#define KRO_SRC_VALIDATE_H

#include <stddef.h>
#include <stdint.h>

#include <kronos/pipeline.h>
#include <kronos/status.h>

#ifdef __cplusplus
extern "C" {
#endif

// Validates a module for the Vulkan version `api_version` (as Vulkan packs it).
//
// Returns: KRO_OK with `*out` saying whether the validator knew the module; NO where the build has
//          none. `message` receives the validator's words after INVALID_SHADER, and the reason
//          after UNKNOWN.
// Errors:  INVALID_SHADER      the validator refused the module
//          OUT_OF_HOST_MEMORY  nothing is leaked
// Threads: safe.
kro_status kro__validate(const uint32_t *words, size_t word_count, uint32_t api_version,
                         char *message, size_t message_bytes, kro_validated *out);

#ifdef __cplusplus
}
#endif

#endif
