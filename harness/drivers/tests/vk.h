// A small Vulkan program, for tests of our drivers: it opens a driver library itself, makes a
// device with some queues, and runs the shader affine_words on buffers that the host can see.
#ifndef KRO_DRIVERS_TESTS_VK_H
#define KRO_DRIVERS_TESTS_VK_H

#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vk_icd.h>

#include "proxy.h"
#include "test.h"

enum { VK_WORDS = 64, VK_BUFFER_BYTES = 4 * VK_WORDS, VK_SETS = 64 };

// Functions of instances and of devices that the tests call.
#define VK_INSTANCE_CALLS(X)                  \
    X(DestroyInstance)                        \
    X(EnumeratePhysicalDevices)               \
    X(GetPhysicalDeviceProperties)            \
    X(GetPhysicalDeviceProperties2)           \
    X(GetPhysicalDeviceFeatures2)             \
    X(GetPhysicalDeviceMemoryProperties)      \
    X(GetPhysicalDeviceMemoryProperties2)     \
    X(GetPhysicalDeviceQueueFamilyProperties) \
    X(EnumerateDeviceExtensionProperties)     \
    X(CreateDevice)                           \
    X(GetDeviceProcAddr)
#define VK_DEVICE_CALLS(X)             \
    X(DestroyDevice)                   \
    X(GetDeviceQueue)                  \
    X(DeviceWaitIdle)                  \
    X(QueueWaitIdle)                   \
    X(QueueSubmit)                     \
    X(CreateBuffer)                    \
    X(DestroyBuffer)                   \
    X(GetBufferMemoryRequirements)     \
    X(BindBufferMemory)                \
    X(AllocateMemory)                  \
    X(FreeMemory)                      \
    X(MapMemory)                       \
    X(UnmapMemory)                     \
    X(FlushMappedMemoryRanges)         \
    X(InvalidateMappedMemoryRanges)    \
    X(CreateShaderModule)              \
    X(DestroyShaderModule)             \
    X(CreateDescriptorSetLayout)       \
    X(DestroyDescriptorSetLayout)      \
    X(CreatePipelineLayout)            \
    X(DestroyPipelineLayout)           \
    X(CreateComputePipelines)          \
    X(DestroyPipeline)                 \
    X(CreateDescriptorPool)            \
    X(DestroyDescriptorPool)           \
    X(ResetDescriptorPool)             \
    X(AllocateDescriptorSets)          \
    X(FreeDescriptorSets)              \
    X(CreateDescriptorUpdateTemplate)  \
    X(DestroyDescriptorUpdateTemplate) \
    X(UpdateDescriptorSetWithTemplate) \
    X(UpdateDescriptorSets)            \
    X(CreateCommandPool)               \
    X(DestroyCommandPool)              \
    X(ResetCommandPool)                \
    X(AllocateCommandBuffers)          \
    X(FreeCommandBuffers)              \
    X(BeginCommandBuffer)              \
    X(EndCommandBuffer)                \
    X(CreateFence)                     \
    X(DestroyFence)                    \
    X(ResetFences)                     \
    X(GetFenceStatus)                  \
    X(WaitForFences)                   \
    X(CreateSemaphore)                 \
    X(DestroySemaphore)                \
    X(WaitSemaphores)                  \
    X(SignalSemaphore)                 \
    X(GetSemaphoreCounterValue)        \
    X(SetDebugUtilsObjectNameEXT)      \
    X(CreateEvent)                     \
    X(CreateQueryPool)                 \
    X(DestroyQueryPool)                \
    X(GetQueryPoolResults)             \
    X(CmdBindPipeline)                 \
    X(CmdBindDescriptorSets)           \
    X(CmdPushConstants)                \
    X(CmdDispatch)                     \
    X(CmdDispatchIndirect)             \
    X(CmdCopyBuffer)                   \
    X(CmdFillBuffer)                   \
    X(CmdUpdateBuffer)                 \
    X(CmdPipelineBarrier)              \
    X(CmdPipelineBarrier2)             \
    X(CmdExecuteCommands)              \
    X(CmdResetQueryPool)               \
    X(CmdWriteTimestamp)               \
    X(CmdPushDescriptorSetKHR)

typedef struct vk {
    kt_test *t;
    VkInstance instance;
    VkPhysicalDevice physical;
    VkDevice device;
    VkQueue queues[4];
    uint32_t queue_count;
    VkDescriptorSetLayout set_layout; // binding 0: a storage buffer, its offset dynamic
    VkPipelineLayout layout;
    VkPipeline affine, count; // affine_words; count_groups, which adds one for each workgroup
    VkDescriptorPool set_pool;
    VkCommandPool pool;
    PFN_vkGetInstanceProcAddr GetInstanceProcAddr;
#define X(name) PFN_vk##name name;
    VK_INSTANCE_CALLS(X)
    VK_DEVICE_CALLS(X)
#undef X
} vk;

// A buffer of VK_WORDS words and a set that holds it.
typedef struct vk_buffer {
    VkBuffer handle;
    VkDeviceMemory memory;
    uint32_t *words; // NULL while it is not mapped
    VkDescriptorSet set;
} vk_buffer;

// The proxy's interface, with a driver that computes behind it; NULL, after a SKIP, without one.
const kronos_proxy_api *vk_proxy(kt_test *t);
// Sets the proxy's spec; a wrong one fails the case.
void vk_configure(kt_test *t, const char *spec);

// Opens the driver library at `path` and a device with every queue of its first family, up to 4;
// the case owns it. NULL, after a failed check, where that fails.
vk *vk_open(kt_test *t, const char *path);
// Only an instance and its first physical device.
vk *vk_open_instance(kt_test *t, const char *path);
// Creates the device of an instance; features in `chain`.
VkResult vk_create_device(vk *v, void *chain, const char *const *extensions, uint32_t count);
// A pipeline of one of the embedded shaders, with a layout.
VkPipeline vk_pipeline(vk *v, VkPipelineLayout layout, const char *shader);
// A pipeline layout with 12 bytes of push constants and one set of one or two bindings, whose
// layout is also made.
VkPipelineLayout vk_layout(vk *v, VkDescriptorSetLayoutCreateFlags flags, VkDescriptorType type,
                           uint32_t binding_count, VkDescriptorSetLayout *set_layout);

// Opens the proxy with this spec.
vk *vk_open_proxy(kt_test *t, const char *spec);
// Closes it before the case ends.
void vk_close(vk *v);

// A zeroed, mapped buffer.
vk_buffer vk_buffer_create(vk *v);
void vk_buffer_destroy(vk *v, vk_buffer *buffer);
// Fills `buffer` with words that are all `word`, from the host.
void vk_set(const vk_buffer *buffer, uint32_t word);
// Fails unless every word is `word`.
void vk_expect(vk *v, const vk_buffer *buffer, uint32_t word);
// True if every word is `word`.
bool vk_holds(const vk_buffer *buffer, uint32_t word);

// Command buffers of the vk's pool, freed with it.
VkCommandBuffer vk_begin(vk *v);
VkCommandBuffer vk_begin_at(vk *v, VkCommandBufferLevel level);
void vk_end(vk *v, VkCommandBuffer commands);
// words = words * factor + addend.
void vk_affine(vk *v, VkCommandBuffer commands, const vk_buffer *buffer, uint32_t factor,
               uint32_t addend);
// The same in a command buffer of its own, ended.
VkCommandBuffer vk_affine_alone(vk *v, const vk_buffer *buffer, uint32_t factor, uint32_t addend);
// A memory barrier between stages, for every access.
void vk_barrier(vk *v, VkCommandBuffer commands, VkPipelineStageFlags src,
                VkPipelineStageFlags dst);
void vk_copy(vk *v, VkCommandBuffer commands, const vk_buffer *src, const vk_buffer *dst);

VkSemaphore vk_timeline(vk *v);
// Submits `commands` (or nothing, for NULL) to a queue, after `wait` and before `signal`, which are
// timelines or VK_NULL_HANDLE.
void vk_submit(vk *v, uint32_t queue, VkCommandBuffer commands, VkSemaphore wait,
               uint64_t wait_value, VkSemaphore signal, uint64_t signal_value);
// Submits to the first queue.
void vk_run(vk *v, VkCommandBuffer commands);
void vk_end_and_run(vk *v, VkCommandBuffer commands);
VkResult vk_wait(vk *v, VkSemaphore semaphore, uint64_t value, uint64_t timeout_ns);
void vk_idle(vk *v);

#define CHECK_VK(call) CHECK_EQ_I64((call), VK_SUCCESS)

#endif
