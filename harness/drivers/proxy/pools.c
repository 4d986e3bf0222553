// Pools that are reset: what came from them is gone.
#include "driver.h"
#include "ledger.h"

VKAPI_ATTR VkResult VKAPI_CALL kro__hook_vkResetDescriptorPool(VkDevice device,
                                                               VkDescriptorPool descriptorPool,
                                                               VkDescriptorPoolResetFlags flags)
{
    kro__ledger_remove_children(VK_OBJECT_TYPE_DESCRIPTOR_SET, KRO__HANDLE(descriptorPool));
    return kro__driver.vkResetDescriptorPool(device, descriptorPool, flags);
}
