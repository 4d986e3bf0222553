// Private data is remembered nowhere.
#include "null_calls.h"

VKAPI_ATTR void VKAPI_CALL kro__null_vkGetPrivateData(VkDevice device, VkObjectType objectType,
                                                      uint64_t objectHandle,
                                                      VkPrivateDataSlot privateDataSlot,
                                                      uint64_t *pData)
{
    (void)device;
    (void)objectType;
    (void)objectHandle;
    (void)privateDataSlot;
    *pData = 0;
}
