// What Kronos does differently on one driver than on others, in one table. Pure.
#ifndef KRO_SRC_VK_QUIRKS_H
#define KRO_SRC_VK_QUIRKS_H

#include <stdbool.h>
#include <stdint.h>

#include <kronos/context.h>

typedef struct kro__quirks {
    bool universal_queue; // submit to the graphics and compute family, not to one for compute alone
    bool copy_kernel;     // a kernel copies within device memory faster than vkCmdCopyBuffer
    uint64_t spin_ns;     // time a wait polls before it blocks, where the caller does not say
    uint64_t watchdog_ns; // a submission that runs longer loses the device; 0: none, or not known
} kro__quirks;

// The row of the table that speaks of a device, by its VkDriverId and version, over the defaults of
// its type.
kro__quirks kro__quirks_for(uint32_t driver_id, uint32_t driver_version, kro_device_type type);

#endif
