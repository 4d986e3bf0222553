// Names that applications give their objects: kept for the ledger's reports, and passed on where
// the driver takes them too.
#include "device.h"
#include "driver.h"
#include "ledger.h"

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkSetDebugUtilsObjectNameEXT(
    VkDevice device, const VkDebugUtilsObjectNameInfoEXT *pNameInfo)
{
    VkDebugUtilsObjectNameInfoEXT info = *pNameInfo;
    if (info.objectType == VK_OBJECT_TYPE_QUEUE) {
        VkQueue queue = (VkQueue)(uintptr_t)info.objectHandle;
        kro__queue_label(queue, info.pObjectName);
        info.objectHandle = KRO__HANDLE(kro__queue_real(queue));
    } else {
        kro__ledger_label(info.objectType, info.objectHandle, info.pObjectName);
    }
    return kro__driver.vkSetDebugUtilsObjectNameEXT(device, &info);
}

VKAPI_ATTR VkResult VKAPI_CALL
kro__hook_vkSetDebugUtilsObjectTagEXT(VkDevice device, const VkDebugUtilsObjectTagInfoEXT *pTagInfo)
{
    VkDebugUtilsObjectTagInfoEXT info = *pTagInfo;
    if (info.objectType == VK_OBJECT_TYPE_QUEUE)
        info.objectHandle = KRO__HANDLE(kro__queue_real((VkQueue)(uintptr_t)info.objectHandle));
    return kro__driver.vkSetDebugUtilsObjectTagEXT(device, &info);
}
