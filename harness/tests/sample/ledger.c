// What cases leave on the run's device, where that is behind the proxy driver: nothing.
#include "test.h"

#include <kronos/vulkan.h>

// Of the run's device.
static const kro_vk_handles *handles_of(kt_test *t)
{
    kro_context *context = kt_context(t);
    return context ? kro_vk_context(context) : NULL;
}

static PFN_vkVoidFunction find(const kro_vk_handles *handles, const char *name)
{
    PFN_vkGetDeviceProcAddr get = (PFN_vkGetDeviceProcAddr)handles->get_instance_proc_addr(
        handles->instance, "vkGetDeviceProcAddr");
    return get(handles->device, name);
}

TEST(leaves_what_the_context_keeps)
{
    kro_context *context = kt_context(t);
    kro_buffer *buffer = kt_buffer(t, 1024, NULL);
    CHECK_OK(kro_fill(kro_context_stream(context), buffer, 0, 1024, 7));
    CHECK_OK(kro_finish(kro_context_stream(context)));
}

TEST(leaves_a_buffer)
{
    const kro_vk_handles *handles = handles_of(t);
    if (!CHECK(handles))
        return;
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = 64,
                                     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    PFN_vkCreateBuffer create = (PFN_vkCreateBuffer)find(handles, "vkCreateBuffer");
    PFN_vkSetDebugUtilsObjectNameEXT name =
        (PFN_vkSetDebugUtilsObjectNameEXT)find(handles, "vkSetDebugUtilsObjectNameEXT");
    VkBuffer buffer;
    if (!CHECK(create(handles->device, &info, NULL, &buffer) == VK_SUCCESS) || !name)
        return;
    const VkDebugUtilsObjectNameInfoEXT named = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
        .objectType = VK_OBJECT_TYPE_BUFFER,
        .objectHandle = (uint64_t)buffer,
        .pObjectName = "forgotten"};
    CHECK(name(handles->device, &named) == VK_SUCCESS);
}

TEST(leaves_mapped_memory)
{
    const kro_vk_handles *handles = handles_of(t);
    if (!CHECK(handles))
        return;
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .allocationSize = 4096};
    PFN_vkAllocateMemory allocate = (PFN_vkAllocateMemory)find(handles, "vkAllocateMemory");
    PFN_vkMapMemory map = (PFN_vkMapMemory)find(handles, "vkMapMemory");
    VkDeviceMemory memory;
    void *bytes;
    CHECK(allocate(handles->device, &info, NULL, &memory) == VK_SUCCESS &&
          map(handles->device, memory, 0, VK_WHOLE_SIZE, 0, &bytes) == VK_SUCCESS);
}

// What an earlier case left is not this one's.
TEST(leaves_nothing_after_others)
{
    CHECK(kt_context(t));
}
