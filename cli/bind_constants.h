// The specialization constants of a shader as C.
#ifndef CLI_BIND_CONSTANTS_H
#define CLI_BIND_CONSTANTS_H

#include "text.h"

struct kro__module;
struct kro__reflection;

// Appends the id and the default of each constant, and a function that makes a kro_constant of a
// value.
//
// Returns: false with one sentence in `problem` where C has no such constant.
bool cli_bind_constants(const struct kro__module *module, const struct kro__reflection *reflection,
                        const char *name, kt_text *out, kt_text *problem);

#endif
