// Which SPIR-V capabilities a device must have features for. Pure.
#ifndef KRO_SRC_CAPABILITIES_H
#define KRO_SRC_CAPABILITIES_H

#include <stdint.h>

#include <kronos/context.h>

// The first capability that the device does not have, by name; NULL when it has them all.
// Capabilities that the table does not know are the driver's to judge.
const char *kro__missing_capability(const kro_device_info *info, const uint32_t *capabilities,
                                    uint32_t count);

#endif
