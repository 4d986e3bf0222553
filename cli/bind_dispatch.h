// The buffers of a shader, and a call that dispatches it, as C.
#ifndef CLI_BIND_DISPATCH_H
#define CLI_BIND_DISPATCH_H

#include "text.h"

struct kro__reflection;

// Appends the bindings by name and the function NAME_dispatch.
//
// Returns: false with one sentence in `problem` where there are too many buffers for a function.
bool cli_bind_dispatch(const struct kro__reflection *reflection, const char *name, kt_text *out,
                       kt_text *problem);

#endif
