// The devices of a backend, best first, and opening one of them.
#ifndef KRO_SRC_DEVICES_H
#define KRO_SRC_DEVICES_H

#include <kronos/context.h>

#include "backend.h"

// Lists the devices of a backend; `full` is a completed config.
kro_status kro__devices_list(const kro__backend *backend, const kro_context_config *full,
                             kro_devices **out);

// The list of these adapters, which it takes in any case.
kro_status kro__devices_rank(const kro__backend *backend, kro__adapters *adapters,
                             kro_devices **out);

// Opens the listed device that full->device names; on success the device owns what the list holds
// of the backend's.
kro_status kro__devices_open(kro_devices *devices, const kro_context_config *full,
                             kro__device **out);

#endif
