#include "worst.h"

int kt_badness(kt_status status)
{
    // A driver that takes the process or the machine along is worse than one that is wrong; what
    // says little about the driver comes after what says much.
    static const int BADNESS[KT_STATUS_COUNT] = {
        [KT_PASS] = 0,           [KT_WARN] = 1,    [KT_NOT_SUPPORTED] = 2, [KT_WAIVED] = 3,
        [KT_FLAKE] = 4,          [KT_NOT_RUN] = 5, [KT_XPASS] = 6,         [KT_SUSPECT] = 7,
        [KT_INTERNAL_ERROR] = 8, [KT_FAIL] = 9,    [KT_TIMEOUT] = 10,      [KT_DEVICE_LOST] = 11,
        [KT_CRASH] = 12,
    };
    return BADNESS[status];
}
