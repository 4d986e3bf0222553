// What a VkResult that tells of a failure means to a caller of Kronos, in one place.
#ifndef KRO_SRC_VK_STATUS_H
#define KRO_SRC_VK_STATUS_H

#include <kronos/status.h>

#include "fail.h"
#include "vk/api.h"

// Always an error: a success that the call in question does not have is the driver's breach.
kro_status kro__vk_status(VkResult result);

// "VK_ERROR_DEVICE_LOST"; "an unknown VkResult" where it has no name.
const char *kro__vk_result_name(VkResult result);

// Writes "<what> failed with <result>" and returns the status.
kro_status kro__vk_fail(VkResult result, const char *what_format, ...) KRO__PRINTF(2, 3);

#endif
