// Opening: the driver library, an instance, a device, what programs need.
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
    if (!getenv("KRONOS_PROXY_DRIVER"))
        kt_set_environment(t, "KRONOS_PROXY_DRIVER", DRIVER_BEHIND);
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

VkPipeline vk_pipeline(vk *v, VkPipelineLayout layout, const char *name)
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
        .layout = layout,
    };
    CHECK_VK(v->CreateShaderModule(v->device, &code, NULL, &info.stage.module));
    CHECK_VK(v->CreateComputePipelines(v->device, VK_NULL_HANDLE, 1, &info, NULL, &pipeline));
    v->DestroyShaderModule(v->device, info.stage.module, NULL);
    return pipeline;
}

VkPipelineLayout vk_layout(vk *v, VkDescriptorSetLayoutCreateFlags flags, VkDescriptorType type,
                           uint32_t binding_count, VkDescriptorSetLayout *set_layout)
{
    kt_test *t = v->t;
    VkDescriptorSetLayoutBinding bindings[2];
    for (uint32_t i = 0; i < 2; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding = i,
            .descriptorType = type,
            .descriptorCount = 1,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
        };
    const VkDescriptorSetLayoutCreateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .flags = flags,
        .bindingCount = binding_count,
        .pBindings = bindings,
    };
    CHECK_VK(v->CreateDescriptorSetLayout(v->device, &set_info, NULL, set_layout));
    const VkPushConstantRange push = {VK_SHADER_STAGE_COMPUTE_BIT, 0, 12};
    const VkPipelineLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push,
    };
    VkPipelineLayout layout = VK_NULL_HANDLE;
    CHECK_VK(v->CreatePipelineLayout(v->device, &info, NULL, &layout));
    return layout;
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
    v->layout = vk_layout(v, 0, VK_DESCRIPTOR_TYPE_STORAGE_BUFFER_DYNAMIC, 1, &v->set_layout);
    v->affine = vk_pipeline(v, v->layout, "affine_words");
    v->count = vk_pipeline(v, v->layout, "count_groups");
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
