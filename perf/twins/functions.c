#include "functions.h"

#include <time.h>

static const uint64_t POLL_NS = 50000; // as long as the library polls on a GPU

bool kp_functions_init(kp_functions *functions, const kro_vk_handles *handles)
{
    const PFN_vkGetDeviceProcAddr get = (PFN_vkGetDeviceProcAddr)handles->get_instance_proc_addr(
        handles->instance, "vkGetDeviceProcAddr");
    bool complete = get != NULL;
#define ENTRY(name)                                                                     \
    functions->name = complete ? (PFN_vk##name)get(handles->device, "vk" #name) : NULL; \
    complete = functions->name != NULL;
    KP_FUNCTIONS(ENTRY)
#undef ENTRY
    return complete;
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static VkResult poll_fence(const kp_functions *call, VkDevice device, VkFence fence)
{
    const uint64_t end = now_ns() + POLL_NS;
    VkResult result;
    while ((result = call->GetFenceStatus(device, fence)) == VK_NOT_READY && now_ns() < end)
        continue;
    return result;
}

VkResult kp_await(const kp_functions *call, VkDevice device, VkFence fence, bool polls)
{
    VkResult result = polls ? poll_fence(call, device, fence) : VK_NOT_READY;
    if (result == VK_NOT_READY)
        result = call->WaitForFences(device, 1, &fence, VK_TRUE, UINT64_MAX);
    return result < 0 ? result : call->ResetFences(device, 1, &fence);
}
