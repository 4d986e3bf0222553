// What to open and how: the caller's config, completed from the environment.
#ifndef KRO_SRC_CONFIG_H
#define KRO_SRC_CONFIG_H

#include <kronos/context.h>

#include "backend.h"

// The config with the environment in place of fields that are zero, and with defaults.
kro_context_config kro__complete_config(const kro_context_config *config);

// What of a completed config a backend needs to know.
kro__open_config kro__open_config_of(const kro_context_config *full);

#endif
