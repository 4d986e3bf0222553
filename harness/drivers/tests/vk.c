#include "vk.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "shaders.h"

// The functions of a driver library, which stays open: what it gave must stay valid.
static void *open_library(kt_test *t, const char *path)
{
    void *library = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library)
        FAILF(t, "%s", path ? dlerror() : "there is no such driver in this build");
    return library;
}

static PFN_vkVoidFunction find(void *library, const char *name)
{
    void *address = library ? dlsym(library, name) : NULL;
    PFN_vkVoidFunction function;
    memcpy(&function, &address, sizeof function);
    return function;
}

const kronos_proxy_api *vk_proxy(kt_test *t)
{
    if (!*DRIVER_BEHIND) {
        SKIP(t, "a CPU driver behind the proxy");
        return NULL;
    }
    setenv("KRONOS_PROXY_DRIVER", DRIVER_BEHIND, 0);
    PFN_vkVoidFunction get = find(open_library(t, kt_proxy_driver(t)), "kronos_proxy_get");
    return get ? ((const kronos_proxy_api *(*)(void))get)() : NULL;
}

void vk_configure(kt_test *t, const char *spec)
{
    char message[512] = "";
    const kronos_proxy_api *proxy = vk_proxy(t);
    if (!proxy)
        return;
    CHECK(proxy->configure(spec, message, sizeof message));
    CHECK_EQ_STRING(message, "");
    proxy->reset_counts();
}

vk *vk_open_instance(kt_test *t, const char *path)
{
    void *library = open_library(t, path);
    vk *v = kt_alloc(t, sizeof *v);
    v->t = t;
    PFN_vk_icdNegotiateLoaderICDInterfaceVersion negotiate =
        (PFN_vk_icdNegotiateLoaderICDInterfaceVersion)find(
            library, "vk_icdNegotiateLoaderICDInterfaceVersion");
    uint32_t version = 5;
    v->GetInstanceProcAddr = (PFN_vkGetInstanceProcAddr)find(library, "vk_icdGetInstanceProcAddr");
    if (!negotiate || !v->GetInstanceProcAddr || !CHECK_VK(negotiate(&version)))
        return NULL;
    PFN_vkCreateInstance create =
        (PFN_vkCreateInstance)v->GetInstanceProcAddr(NULL, "vkCreateInstance");
    const VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .apiVersion = VK_API_VERSION_1_3,
    };
    const char *const labels = "VK_EXT_debug_utils";
    const VkInstanceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pApplicationInfo = &application,
        .enabledExtensionCount = 1,
        .ppEnabledExtensionNames = &labels,
    };
    if (!CHECK(create) || !CHECK_VK(create(&info, NULL, &v->instance)))
        return NULL;
#define X(name) v->name = (PFN_vk##name)v->GetInstanceProcAddr(v->instance, "vk" #name);
    VK_INSTANCE_CALLS(X)
#undef X
    kt_defer(t, (void (*)(void *))vk_close, v);
    uint32_t count = 1;
    VkResult result = v->EnumeratePhysicalDevices(v->instance, &count, &v->physical);
    CHECK(result == VK_SUCCESS || result == VK_INCOMPLETE);
    return v;
}

VkResult vk_create_device(vk *v, void *chain, const char *const *extensions, uint32_t count)
{
    uint32_t families = 1;
    VkQueueFamilyProperties family;
    v->GetPhysicalDeviceQueueFamilyProperties(v->physical, &families, &family);
    v->queue_count = family.queueCount < 4 ? family.queueCount : 4;
    const float priorities[4] = {1, 1, 1, 1};
    const VkDeviceQueueCreateInfo queues = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueCount = v->queue_count,
        .pQueuePriorities = priorities,
    };
    const VkDeviceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = chain,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queues,
        .enabledExtensionCount = count,
        .ppEnabledExtensionNames = extensions,
    };
    VkResult result = v->CreateDevice(v->physical, &info, NULL, &v->device);
    if (result < 0)
        return result;
#define X(name) v->name = (PFN_vk##name)v->GetDeviceProcAddr(v->device, "vk" #name);
    VK_DEVICE_CALLS(X)
#undef X
    for (uint32_t i = 0; i < v->queue_count; i++)
        v->GetDeviceQueue(v->device, 0, i, &v->queues[i]);
    return result;
}

static VkPipeline create_pipeline(vk *v, const char *name)
{
    kt_test *t = v->t;
    VkPipeline pipeline = VK_NULL_HANDLE;
    const kronos_shader *shader = kronos_shader_find(name);
    const VkShaderModuleCreateInfo code = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = shader->size_bytes,
        .pCode = shader->words,
    };
    VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage =
            {
                .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                .pName = "main",
            },
        .layout = v->layout,
    };
    CHECK_VK(v->CreateShaderModule(v->device, &code, NULL, &info.stage.module));
    CHECK_VK(v->CreateComputePipelines(v->device, VK_NULL_HANDLE, 1, &info, NULL, &pipeline));
    v->DestroyShaderModule(v->device, info.stage.module, NULL);
    return pipeline;
}

static void create_pipelines(vk *v)
{
    kt_test *t = v->t;
    const VkDescriptorSetLayoutBinding binding = {
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
        .descriptorCount = 1,
        .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
    };
    const VkDescriptorSetLayoutCreateInfo set_layout = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 1,
        .pBindings = &binding,
    };
    CHECK_VK(v->CreateDescriptorSetLayout(v->device, &set_layout, NULL, &v->set_layout));
    const VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, 12};
    const VkPipelineLayoutCreateInfo layout = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &v->set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push,
    };
    CHECK_VK(v->CreatePipelineLayout(v->device, &layout, NULL, &v->layout));
    v->affine = create_pipeline(v, "affine_words");
    v->count = create_pipeline(v, "count_groups");
}

static void create_pools(vk *v)
{
    kt_test *t = v->t;
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC, VK_SETS};
    const VkDescriptorPoolCreateInfo sets = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .flags = VK_DESCRIPTOR_POOL_CREATE_FREE_DESCRIPTOR_SET_BIT,
        .maxSets = VK_SETS,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    CHECK_VK(v->CreateDescriptorPool(v->device, &sets, NULL, &v->set_pool));
    const VkCommandPoolCreateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
        .flags = VK_COMMAND_POOL_CREATE_RESET_COMMAND_BUFFER_BIT,
    };
    CHECK_VK(v->CreateCommandPool(v->device, &commands, NULL, &v->pool));
}

vk *vk_open(kt_test *t, const char *path)
{
    vk *v = vk_open_instance(t, path);
    if (!v)
        return NULL;
    VkPhysicalDeviceVulkan13Features newer = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
        .synchronization2 = VK_TRUE,
    };
    VkPhysicalDeviceTimelineSemaphoreFeatures timeline = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES,
        .pNext = &newer,
        .timelineSemaphore = VK_TRUE,
    };
    const char *const push = "VK_KHR_push_descriptor";
    if (!CHECK_VK(vk_create_device(v, &timeline, &push, 1)))
        return NULL;
    create_pipelines(v);
    create_pools(v);
    return v;
}

vk *vk_open_proxy(kt_test *t, const char *spec)
{
    if (!vk_proxy(t))
        return NULL;
    vk_configure(t, spec);
    return vk_open(t, kt_proxy_driver(t));
}

void vk_close(vk *v)
{
    if (v->device) {
        v->DeviceWaitIdle(v->device);
        if (v->pool)
            v->DestroyCommandPool(v->device, v->pool, NULL);
        if (v->set_pool)
            v->DestroyDescriptorPool(v->device, v->set_pool, NULL);
        if (v->affine)
            v->DestroyPipeline(v->device, v->affine, NULL);
        if (v->count)
            v->DestroyPipeline(v->device, v->count, NULL);
        if (v->layout)
            v->DestroyPipelineLayout(v->device, v->layout, NULL);
        if (v->set_layout)
            v->DestroyDescriptorSetLayout(v->device, v->set_layout, NULL);
        v->DestroyDevice(v->device, NULL);
    }
    if (v->instance)
        v->DestroyInstance(v->instance, NULL);
    v->device = NULL;
    v->instance = NULL;
}

vk_buffer vk_buffer_create(vk *v)
{
    kt_test *t = v->t;
    vk_buffer buffer = {0};
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = VK_BUFFER_BYTES,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
                 VK_BUFFER_USAGE_TRANSFER_DST_BIT | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT,
    };
    CHECK_VK(v->CreateBuffer(v->device, &info, NULL, &buffer.handle));
    VkMemoryRequirements needs;
    v->GetBufferMemoryRequirements(v->device, buffer.handle, &needs);
    VkPhysicalDeviceMemoryProperties memory;
    v->GetPhysicalDeviceMemoryProperties(v->physical, &memory);
    uint32_t type = 0;
    while (type + 1 < memory.memoryTypeCount &&
           (!(needs.memoryTypeBits >> type & 1) ||
            !(memory.memoryTypes[type].propertyFlags & VK_MEMORY_PROPERTY_HOST_CACHED_BIT)))
        type++;
    const VkMemoryAllocateInfo allocation = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = type,
    };
    CHECK_VK(v->AllocateMemory(v->device, &allocation, NULL, &buffer.memory));
    CHECK_VK(v->BindBufferMemory(v->device, buffer.handle, buffer.memory, 0));
    CHECK_VK(v->MapMemory(v->device, buffer.memory, 0, VK_WHOLE_SIZE, 0, (void **)&buffer.words));
    vk_set(&buffer, 0);
    const VkDescriptorSetAllocateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = v->set_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &v->set_layout,
    };
    CHECK_VK(v->AllocateDescriptorSets(v->device, &set, &buffer.set));
    const VkDescriptorBufferInfo range = {buffer.handle, 0, VK_WHOLE_SIZE};
    const VkWriteDescriptorSet write = {
        .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
        .dstSet = buffer.set,
        .descriptorCount = 1,
        .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC,
        .pBufferInfo = &range,
    };
    v->UpdateDescriptorSets(v->device, 1, &write, 0, NULL);
    return buffer;
}

void vk_buffer_destroy(vk *v, vk_buffer *buffer)
{
    if (buffer->set)
        v->FreeDescriptorSets(v->device, v->set_pool, 1, &buffer->set);
    v->DestroyBuffer(v->device, buffer->handle, NULL);
    v->FreeMemory(v->device, buffer->memory, NULL);
    *buffer = (vk_buffer){0};
}

void vk_set(const vk_buffer *buffer, uint32_t word)
{
    for (int i = 0; buffer->words && i < VK_WORDS; i++)
        buffer->words[i] = word;
}

bool vk_holds(const vk_buffer *buffer, uint32_t word)
{
    for (int i = 0; i < VK_WORDS; i++)
        if (buffer->words[i] != word)
            return false;
    return true;
}

void vk_expect(vk *v, const vk_buffer *buffer, uint32_t word)
{
    kt_test *t = v->t;
    uint32_t expected[VK_WORDS];
    for (int i = 0; i < VK_WORDS; i++)
        expected[i] = word;
    CHECK_U32S(buffer->words, expected, VK_WORDS);
}

VkCommandBuffer vk_begin_at(vk *v, VkCommandBufferLevel level)
{
    kt_test *t = v->t;
    VkCommandBuffer commands = NULL;
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = v->pool,
        .level = level,
        .commandBufferCount = 1,
    };
    CHECK_VK(v->AllocateCommandBuffers(v->device, &info, &commands));
    const VkCommandBufferInheritanceInfo inheritance = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_INHERITANCE_INFO,
    };
    const VkCommandBufferBeginInfo begin = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
        .flags = VK_COMMAND_BUFFER_USAGE_SIMULTANEOUS_USE_BIT,
        .pInheritanceInfo = &inheritance,
    };
    CHECK_VK(v->BeginCommandBuffer(commands, &begin));
    return commands;
}

VkCommandBuffer vk_begin(vk *v)
{
    return vk_begin_at(v, VK_COMMAND_BUFFER_LEVEL_PRIMARY);
}

void vk_end(vk *v, VkCommandBuffer commands)
{
    kt_test *t = v->t;
    CHECK_VK(v->EndCommandBuffer(commands));
}

void vk_affine(vk *v, VkCommandBuffer commands, const vk_buffer *buffer, uint32_t factor,
               uint32_t addend)
{
    const uint32_t push[3] = {VK_WORDS, factor, addend}, offset = 0;
    const VkPipelineBindPoint compute = VK_PIPELINE_BIND_POINT_COMPUTE;
    v->CmdBindPipeline(commands, compute, v->affine);
    v->CmdBindDescriptorSets(commands, compute, v->layout, 0, 1, &buffer->set, 1, &offset);
    v->CmdPushConstants(commands, v->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, push);
    v->CmdDispatch(commands, 1, 1, 1);
}

void vk_barrier(vk *v, VkCommandBuffer commands, VkPipelineStageFlags src, VkPipelineStageFlags dst)
{
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT | VK_ACCESS_MEMORY_WRITE_BIT,
    };
    v->CmdPipelineBarrier(commands, src, dst, 0, 1, &barrier, 0, NULL, 0, NULL);
}

void vk_copy(vk *v, VkCommandBuffer commands, const vk_buffer *src, const vk_buffer *dst)
{
    const VkBufferCopy region = {0, 0, VK_BUFFER_BYTES};
    v->CmdCopyBuffer(commands, src->handle, dst->handle, 1, &region);
}

typedef struct owned_semaphore {
    vk *v;
    VkSemaphore handle;
} owned_semaphore;

static void destroy_semaphore(void *object)
{
    owned_semaphore *semaphore = object;
    vk *v = semaphore->v;
    v->DeviceWaitIdle(v->device);
    v->DestroySemaphore(v->device, semaphore->handle, NULL);
}

VkSemaphore vk_timeline(vk *v)
{
    kt_test *t = v->t;
    owned_semaphore *semaphore = kt_alloc(t, sizeof *semaphore);
    semaphore->v = v;
    const VkSemaphoreTypeCreateInfo type = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
        .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
    };
    const VkSemaphoreCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
        .pNext = &type,
    };
    CHECK_VK(v->CreateSemaphore(v->device, &info, NULL, &semaphore->handle));
    kt_defer(t, destroy_semaphore, semaphore);
    return semaphore->handle;
}

void vk_submit(vk *v, uint32_t queue, VkCommandBuffer commands, VkSemaphore wait,
               uint64_t wait_value, VkSemaphore signal, uint64_t signal_value)
{
    kt_test *t = v->t;
    const VkPipelineStageFlags stage = VK_PIPELINE_STAGE_ALL_COMMANDS_BIT;
    const VkTimelineSemaphoreSubmitInfo values = {
        .sType = VK_STRUCTURE_TYPE_TIMELINE_SEMAPHORE_SUBMIT_INFO,
        .waitSemaphoreValueCount = wait ? 1 : 0,
        .pWaitSemaphoreValues = &wait_value,
        .signalSemaphoreValueCount = signal ? 1 : 0,
        .pSignalSemaphoreValues = &signal_value,
    };
    const VkSubmitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .pNext = &values,
        .waitSemaphoreCount = wait ? 1 : 0,
        .pWaitSemaphores = &wait,
        .pWaitDstStageMask = &stage,
        .commandBufferCount = commands ? 1 : 0,
        .pCommandBuffers = &commands,
        .signalSemaphoreCount = signal ? 1 : 0,
        .pSignalSemaphores = &signal,
    };
    CHECK_VK(v->QueueSubmit(v->queues[queue], 1, &info, VK_NULL_HANDLE));
}

void vk_run(vk *v, VkCommandBuffer commands)
{
    vk_submit(v, 0, commands, VK_NULL_HANDLE, 0, VK_NULL_HANDLE, 0);
}

VkResult vk_wait(vk *v, VkSemaphore semaphore, uint64_t value, uint64_t timeout_ns)
{
    const VkSemaphoreWaitInfo info = {
        .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
        .semaphoreCount = 1,
        .pSemaphores = &semaphore,
        .pValues = &value,
    };
    return v->WaitSemaphores(v->device, &info, timeout_ns);
}

void vk_idle(vk *v)
{
    kt_test *t = v->t;
    CHECK_VK(v->DeviceWaitIdle(v->device));
}
