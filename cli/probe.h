// Asking drivers in a child process, which may crash without harm.
#ifndef CLI_PROBE_H
#define CLI_PROBE_H

#include "cli.h"

// The devices of a driver (NULL: those of the loader) under changes to the environment (may be
// NULL), as kt_device_json tells them, best first.
//
// Returns: an array that the caller deletes; NULL with a sentence in `problem`.
cJSON *cli_probe_devices(const char *driver, const char *const *environment, kt_text *problem);

// One device, opened; `device` as kro_context_config takes it. Also says which files its driver
// ("driver_library") and the loader ("loader_library") are.
cJSON *cli_probe_device(const char *device, const char *driver, const char *const *environment,
                        kt_text *problem);

#endif
