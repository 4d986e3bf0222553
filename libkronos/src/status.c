#include <kronos/status.h>

#include "fail.h"

const char *kro_error_detail(void)
{
    return kro__detail();
}

const char *kro_status_name(kro_status status)
{
    switch (status) {
    case KRO_OK:
        return "KRO_OK";
    case KRO_NOT_READY:
        return "KRO_NOT_READY";
    case KRO_TIMEOUT:
        return "KRO_TIMEOUT";
    case KRO_ERROR_INVALID_ARGUMENT:
        return "KRO_ERROR_INVALID_ARGUMENT";
    case KRO_ERROR_OUT_OF_HOST_MEMORY:
        return "KRO_ERROR_OUT_OF_HOST_MEMORY";
    case KRO_ERROR_OUT_OF_DEVICE_MEMORY:
        return "KRO_ERROR_OUT_OF_DEVICE_MEMORY";
    case KRO_ERROR_NO_DRIVER:
        return "KRO_ERROR_NO_DRIVER";
    case KRO_ERROR_NO_DEVICE:
        return "KRO_ERROR_NO_DEVICE";
    case KRO_ERROR_UNSUPPORTED:
        return "KRO_ERROR_UNSUPPORTED";
    case KRO_ERROR_INVALID_SHADER:
        return "KRO_ERROR_INVALID_SHADER";
    case KRO_ERROR_IO:
        return "KRO_ERROR_IO";
    case KRO_ERROR_DEVICE_LOST:
        return "KRO_ERROR_DEVICE_LOST";
    case KRO_ERROR_DRIVER:
        return "KRO_ERROR_DRIVER";
    }
    return "KRO_STATUS_UNKNOWN";
}
