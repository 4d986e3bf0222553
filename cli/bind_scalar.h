// The scalar types of a module as C has them.
#ifndef CLI_BIND_SCALAR_H
#define CLI_BIND_SCALAR_H

#include <stdint.h>

struct kro__module;

typedef enum cli_scalar_kind {
    CLI_SCALAR_BOOL,
    CLI_SCALAR_SIGNED,
    CLI_SCALAR_UNSIGNED,
    CLI_SCALAR_FLOAT,
} cli_scalar_kind;

typedef struct cli_scalar {
    const char *c_type; // NULL: no scalar type that C has; halves are uint16_t
    const char *member; // of kro_constant.value
    uint32_t bytes;
    cli_scalar_kind kind;
} cli_scalar;

cli_scalar cli_scalar_of(const struct kro__module *module, uint32_t type);

#endif
