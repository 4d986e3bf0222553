// Objects that are destroyed or reset while held work still needs them.
#ifndef KRO_PROXY_USES_H
#define KRO_PROXY_USES_H

#include <vulkan/vulkan.h>

// Before `call` destroys or resets an object: where held work uses it, that is a violation, and the
// work runs.
void kro__uses_check(VkDevice device, const char *call, VkObjectType type, uint64_t handle);

#endif
