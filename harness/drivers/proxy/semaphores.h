// Which semaphores are timelines.
#ifndef KRO_PROXY_SEMAPHORES_H
#define KRO_PROXY_SEMAPHORES_H

#include <stdbool.h>

#include <vulkan/vulkan.h>

bool kro__semaphore_is_timeline(VkSemaphore handle);

#endif
