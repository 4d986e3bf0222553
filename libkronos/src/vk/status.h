// What a VkResult means to a caller of Kronos, in one place.
#ifndef KRO_SRC_VK_STATUS_H
#define KRO_SRC_VK_STATUS_H

#include <kronos/status.h>

#include "fail.h"
#include "vk/api.h"

// Success codes are KRO_OK except VK_TIMEOUT and VK_NOT_READY, which have names of their own.
kro_status kro__vk_status(VkResult result);

// "VK_ERROR_DEVICE_LOST"; "an unknown VkResult" where it has no name.
const char *kro__vk_result_name(VkResult result);

// Writes "<what> failed with <result>" and returns the status.
kro_status kro__vk_fail(VkResult result, const char *what_format, ...) KRO__PRINTF(2, 3);

#endif
