// The push constants of a shader as a C struct.
#ifndef CLI_BIND_PUSH_H
#define CLI_BIND_PUSH_H

#include "text.h"

struct kro__module;
struct kro__reflection;

// Appends the struct NAME_push, the structs that it holds, and assertions that each member lies
// where the shader has it. A shader without push constants appends nothing.
//
// Returns: false with one sentence in `problem` where C has no such struct.
bool cli_bind_push(const struct kro__module *module, const struct kro__reflection *reflection,
                   const char *name, kt_text *out, kt_text *problem);

#endif
