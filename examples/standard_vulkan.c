// saxpy_push.c without Kronos: the same two dispatches in Vulkan alone. The guide
// docs/guides/from-standard-vulkan.md walks through both. Results are looked at in one place, CALL,
// so that the steps stand out; it does as little as it can where saxpy_push.c does the same.
#include <vulkan/vulkan.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint32_t saxpy_spirv[] =
#include "saxpy.spv.inc"
    ;

enum { COUNT = 1000, BUFFERS = 2 };

typedef struct saxpy_push {
    float a;
    uint32_t count;
} saxpy_push;

typedef struct program {
    VkInstance instance;
    VkPhysicalDevice gpu;
    VkDevice device;
    VkQueue queue;
    uint32_t family;
    VkBuffer buffers[BUFFERS];
    VkDeviceMemory memories[BUFFERS];
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout;
    VkPipeline pipeline;
    VkDescriptorPool descriptor_pool;
    VkDescriptorSet set;
    VkCommandPool command_pool;
    VkCommandBuffer commands;
    VkFence fence;
} program;

static void check(VkResult result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "%s returned %d\n", what, result);
        exit(1);
    }
}
#define CALL(function, ...) check(function(__VA_ARGS__), #function)

static void open_device(program *p)
{
    const VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
                                           .apiVersion = VK_API_VERSION_1_1};
    const VkInstanceCreateInfo instance = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                           .pApplicationInfo = &application};
    CALL(vkCreateInstance, &instance, NULL, &p->instance);

    uint32_t count = 1; // the first device will do
    CALL(vkEnumeratePhysicalDevices, p->instance, &count, &p->gpu);
    check(count ? VK_SUCCESS : VK_ERROR_INITIALIZATION_FAILED, "vkEnumeratePhysicalDevices");

    VkQueueFamilyProperties families[16];
    uint32_t family_count = 16;
    vkGetPhysicalDeviceQueueFamilyProperties(p->gpu, &family_count, families);
    while (p->family < family_count && !(families[p->family].queueFlags & VK_QUEUE_COMPUTE_BIT))
        p->family++;

    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueFamilyIndex = p->family,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo device = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                       .queueCreateInfoCount = 1,
                                       .pQueueCreateInfos = &queue};
    CALL(vkCreateDevice, p->gpu, &device, NULL, &p->device);
    vkGetDeviceQueue(p->device, p->family, 0, &p->queue);
}

// A memory type that the buffer can live in and the host can reach; staging would take a second
// buffer and a copy each way.
static uint32_t find_memory_type(const program *p, uint32_t type_bits)
{
    const VkMemoryPropertyFlags wanted =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    VkPhysicalDeviceMemoryProperties memory;
    vkGetPhysicalDeviceMemoryProperties(p->gpu, &memory);
    for (uint32_t i = 0; i < memory.memoryTypeCount; i++)
        if ((type_bits & 1u << i) && (memory.memoryTypes[i].propertyFlags & wanted) == wanted)
            return i;
    check(VK_ERROR_FEATURE_NOT_PRESENT, "find_memory_type");
    return 0;
}

static void create_buffer(program *p, int index, const float *data)
{
    const VkDeviceSize size_bytes = COUNT * sizeof(float);
    const VkBufferCreateInfo buffer = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                       .size = size_bytes,
                                       .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    CALL(vkCreateBuffer, p->device, &buffer, NULL, &p->buffers[index]);

    VkMemoryRequirements needs;
    vkGetBufferMemoryRequirements(p->device, p->buffers[index], &needs);
    const VkMemoryAllocateInfo memory = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = find_memory_type(p, needs.memoryTypeBits),
    };
    CALL(vkAllocateMemory, p->device, &memory, NULL, &p->memories[index]);
    CALL(vkBindBufferMemory, p->device, p->buffers[index], p->memories[index], 0);

    void *bytes;
    CALL(vkMapMemory, p->device, p->memories[index], 0, size_bytes, 0, &bytes);
    memcpy(bytes, data, size_bytes);
    vkUnmapMemory(p->device, p->memories[index]);
}

static void create_pipeline(program *p)
{
    VkDescriptorSetLayoutBinding bindings[BUFFERS];
    for (uint32_t i = 0; i < BUFFERS; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding = i,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .descriptorCount = 1,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
        };
    const VkDescriptorSetLayoutCreateInfo set_layout = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = BUFFERS,
        .pBindings = bindings,
    };
    CALL(vkCreateDescriptorSetLayout, p->device, &set_layout, NULL, &p->set_layout);

    const VkPushConstantRange push = {.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
                                      .size = sizeof(saxpy_push)};
    const VkPipelineLayoutCreateInfo layout = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = 1,
        .pSetLayouts = &p->set_layout,
        .pushConstantRangeCount = 1,
        .pPushConstantRanges = &push,
    };
    CALL(vkCreatePipelineLayout, p->device, &layout, NULL, &p->layout);

    VkShaderModule module;
    const VkShaderModuleCreateInfo code = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = sizeof saxpy_spirv,
                                           .pCode = saxpy_spirv};
    CALL(vkCreateShaderModule, p->device, &code, NULL, &module);
    const VkComputePipelineCreateInfo pipeline = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = "main"},
        .layout = p->layout,
    };
    CALL(vkCreateComputePipelines, p->device, VK_NULL_HANDLE, 1, &pipeline, NULL, &p->pipeline);
    vkDestroyShaderModule(p->device, module, NULL);
}

static void write_descriptor_set(program *p)
{
    const VkDescriptorPoolSize size = {.type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                       .descriptorCount = BUFFERS};
    const VkDescriptorPoolCreateInfo pool = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = 1,
        .poolSizeCount = 1,
        .pPoolSizes = &size,
    };
    CALL(vkCreateDescriptorPool, p->device, &pool, NULL, &p->descriptor_pool);
    const VkDescriptorSetAllocateInfo set = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = p->descriptor_pool,
        .descriptorSetCount = 1,
        .pSetLayouts = &p->set_layout,
    };
    CALL(vkAllocateDescriptorSets, p->device, &set, &p->set);

    for (uint32_t i = 0; i < BUFFERS; i++) {
        const VkDescriptorBufferInfo range = {.buffer = p->buffers[i], .range = VK_WHOLE_SIZE};
        const VkWriteDescriptorSet write = {
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = p->set,
            .dstBinding = i,
            .descriptorCount = 1,
            .descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
            .pBufferInfo = &range,
        };
        vkUpdateDescriptorSets(p->device, 1, &write, 0, NULL);
    }
}

static void record(program *p, float a)
{
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .queueFamilyIndex = p->family};
    CALL(vkCreateCommandPool, p->device, &pool, NULL, &p->command_pool);
    const VkCommandBufferAllocateInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = p->command_pool,
        .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
        .commandBufferCount = 1,
    };
    CALL(vkAllocateCommandBuffers, p->device, &commands, &p->commands);

    const saxpy_push push = {.a = a, .count = COUNT};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkMemoryBarrier between = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_SHADER_READ_BIT | VK_ACCESS_SHADER_WRITE_BIT,
    };
    const VkMemoryBarrier to_host = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
                                     .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
                                     .dstAccessMask = VK_ACCESS_HOST_READ_BIT};
    CALL(vkBeginCommandBuffer, p->commands, &begin);
    vkCmdBindPipeline(p->commands, VK_PIPELINE_BIND_POINT_COMPUTE, p->pipeline);
    vkCmdBindDescriptorSets(p->commands, VK_PIPELINE_BIND_POINT_COMPUTE, p->layout, 0, 1, &p->set,
                            0, NULL);
    vkCmdPushConstants(p->commands, p->layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, sizeof push, &push);
    vkCmdDispatch(p->commands, (COUNT + 63) / 64, 1, 1);
    vkCmdPipelineBarrier(p->commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                         VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, 0, 1, &between, 0, NULL, 0, NULL);
    vkCmdDispatch(p->commands, (COUNT + 63) / 64, 1, 1);
    vkCmdPipelineBarrier(p->commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT,
                         VK_PIPELINE_STAGE_HOST_BIT, 0, 1, &to_host, 0, NULL, 0, NULL);
    CALL(vkEndCommandBuffer, p->commands);
}

static void submit_and_read(program *p, float *y)
{
    const VkFenceCreateInfo fence = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    CALL(vkCreateFence, p->device, &fence, NULL, &p->fence);
    const VkSubmitInfo submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
                                 .commandBufferCount = 1,
                                 .pCommandBuffers = &p->commands};
    CALL(vkQueueSubmit, p->queue, 1, &submit, p->fence);
    CALL(vkWaitForFences, p->device, 1, &p->fence, VK_TRUE, UINT64_MAX);

    void *bytes;
    CALL(vkMapMemory, p->device, p->memories[1], 0, COUNT * sizeof(float), 0, &bytes);
    memcpy(y, bytes, COUNT * sizeof(float));
    vkUnmapMemory(p->device, p->memories[1]);
}

static void close_device(program *p)
{
    vkDestroyFence(p->device, p->fence, NULL);
    vkDestroyCommandPool(p->device, p->command_pool, NULL);
    vkDestroyDescriptorPool(p->device, p->descriptor_pool, NULL);
    vkDestroyPipeline(p->device, p->pipeline, NULL);
    vkDestroyPipelineLayout(p->device, p->layout, NULL);
    vkDestroyDescriptorSetLayout(p->device, p->set_layout, NULL);
    for (int i = 0; i < BUFFERS; i++) {
        vkDestroyBuffer(p->device, p->buffers[i], NULL);
        vkFreeMemory(p->device, p->memories[i], NULL);
    }
    vkDestroyDevice(p->device, NULL);
    vkDestroyInstance(p->instance, NULL);
}

int main(void)
{
    float x[COUNT], y[COUNT];
    for (int i = 0; i < COUNT; i++) {
        x[i] = (float)i;
        y[i] = 1.0f;
    }

    program p = {0};
    open_device(&p);
    create_buffer(&p, 0, x);
    create_buffer(&p, 1, y);
    create_pipeline(&p);
    write_descriptor_set(&p);
    record(&p, 3.0f);
    submit_and_read(&p, y);
    close_device(&p);
    printf("1 + 2 * (3 * %g) = %g\n", x[COUNT - 1], y[COUNT - 1]);
    return 0;
}
