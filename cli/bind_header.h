// A C header for a shader: what `kronos bind` prints. Pure: words in, text out; any bytes may be
// handed in.
#ifndef CLI_BIND_HEADER_H
#define CLI_BIND_HEADER_H

#include <kronos/status.h>

#include "text.h"

typedef struct cli_bind_request {
    const char *file;        // where the module is from, for comments
    const char *name;        // an identifier, which begins every name in the header
    const char *entry_point; // default: as kro_pipeline_config has it
    const void *spirv;
    uint64_t spirv_bytes;
} cli_bind_request;

// Appends the header to `out`.
//
// Returns: KRO_OK; or INVALID_SHADER, INVALID_ARGUMENT or UNSUPPORTED with one sentence in
// `problem`.
kro_status cli_bind_header(const cli_bind_request *request, kt_text *out, kt_text *problem);

#endif
