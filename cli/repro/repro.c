// One dispatch of a Vulkan compute kernel, and whether its result is right. It needs nothing but
// Vulkan and the files beside it:
//
//     cc repro.c -o repro -lvulkan
//     ./repro                the device that it was recorded on, or else the first one
//     ./repro NAME           the first device whose name holds NAME
//
// Exit code: 0  the result is right
//            1  the result is wrong, or the device was lost: the fault is reproduced
//            2  it could not be run: no such device, a missing file, an error of Vulkan
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vulkan/vulkan.h>

// What is run: tables. Arrays end with one element that is not counted.
typedef struct buffer {
    const char *file; // what it holds before
    VkDeviceSize size_bytes;
} buffer;

typedef struct binding {
    uint32_t set, binding, element;
    VkDescriptorType type;
    uint32_t buffer;
    VkDeviceSize offset_bytes, size_bytes;
} binding;

typedef enum number { BYTES, FLOAT16, FLOAT32, FLOAT64 } number; // of 2^number bytes

// @tables
static const char DEVICE[] = "";
static const char ENTRY_POINT[] = "main";
static const uint32_t BASE[3] = {0, 0, 0}, GROUPS[3] = {1, 1, 1};
static const VkPipelineShaderStageCreateFlags STAGE_FLAGS = 0;
static const uint32_t SUBGROUP_SIZE = 0; // that is required; 0: none is
static const int ROBUST = 0;
static const char *const EXTENSIONS[] = {NULL};
enum { EXTENSION_COUNT = 0 };
static const buffer BUFFERS[] = {{0}};
enum { BUFFER_COUNT = 0 };
static const binding BINDINGS[] = {{0}};
enum { BINDING_COUNT = 0 };
static const VkSpecializationMapEntry CONSTANTS[] = {{0}};
enum { CONSTANT_COUNT = 0, CONSTANT_BYTES = 0 };
static const unsigned char CONSTANT_DATA[] = {0};
static const unsigned char PUSH[] = {0};
enum { PUSH_BYTES = 0 };
// The result: bytes of a buffer. With numbers each is right that lies between those of both files.
static const uint32_t RESULT_BUFFER = 0;
static const VkDeviceSize RESULT_OFFSET = 0, RESULT_BYTES = 0;
static const number RESULT_NUMBER = BYTES;
static const char *const EXPECTED_LOW = "expected.bin", *const EXPECTED_HIGH = "expected.bin";
static const char *const RECORDED = "actual.bin"; // what the driver at fault computed
// @end

enum { SETS_MAX = 32 };

static void fail(const char *what, const char *which)
{
    fprintf(stderr, "repro: %s %s\n", what, which);
    exit(2);
}

static void check(VkResult result, const char *call)
{
    if (result < 0) {
        fprintf(stderr, "repro: %s returned %d\n", call, (int)result);
        exit(result == VK_ERROR_DEVICE_LOST ? 1 : 2);
    }
}
#define CHECK(call) check(call, #call)

// A whole file of `size_bytes`, or of any size where that is 0.
static void *read_file(const char *path, size_t *size_bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0)
        fail("cannot read", path);
    const long end = ftell(file);
    if (end < 0 || (*size_bytes && (size_t)end != *size_bytes) || fseek(file, 0, SEEK_SET) != 0)
        fail("not of the right size:", path);
    *size_bytes = (size_t)end;
    void *bytes = malloc(*size_bytes + 1);
    if (!bytes || fread(bytes, 1, *size_bytes, file) != *size_bytes)
        fail("cannot read", path);
    fclose(file);
    return bytes;
}

// Objects that everything below needs.
static VkPhysicalDevice physical;
static VkPhysicalDeviceProperties properties;
static VkDevice device;
static uint32_t family;
static VkBuffer buffers[BUFFER_COUNT + 1];
static unsigned char *mapped[BUFFER_COUNT + 1];
static VkDescriptorSetLayout layouts[SETS_MAX];
static VkDescriptorSet sets[SETS_MAX];
static uint32_t set_count;
static VkPipelineLayout layout;
static VkPipeline pipeline;

static int find_device(VkInstance instance, const char *name)
{
    VkPhysicalDevice all[64];
    uint32_t count = 64;
    CHECK(vkEnumeratePhysicalDevices(instance, &count, all));
    for (uint32_t i = 0; i < count; i++) {
        vkGetPhysicalDeviceProperties(all[i], &properties);
        physical = all[i];
        if (strstr(properties.deviceName, name))
            return 1;
    }
    return 0;
}

static void choose_device(const char *name)
{
    const VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "repro",
        .apiVersion = VK_API_VERSION_1_3,
    };
    const VkInstanceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pApplicationInfo = &application,
    };
    VkInstance instance;
    CHECK(vkCreateInstance(&info, NULL, &instance));
    if (!find_device(instance, name ? name : DEVICE) && (name || !find_device(instance, "")))
        fail("there is no device", name ? name : "");
    VkQueueFamilyProperties families[64];
    uint32_t count = 64;
    vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families);
    while (family < count && !(families[family].queueFlags & VK_QUEUE_COMPUTE_BIT))
        family++;
    if (family == count)
        fail("cannot compute:", properties.deviceName);
}

static int has_extension(const char *name)
{
    static VkExtensionProperties all[1024];
    uint32_t count = 1024;
    CHECK(vkEnumerateDeviceExtensionProperties(physical, NULL, &count, all));
    for (uint32_t i = 0; i < count; i++)
        if (!strcmp(all[i].extensionName, name))
            return 1;
    return 0;
}

// A device with every feature of Vulkan's core that it has, and the extensions of the recorded one.
static void create_device(void)
{
    VkPhysicalDeviceShaderAtomicFloatFeaturesEXT atomic_float = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_SHADER_ATOMIC_FLOAT_FEATURES_EXT};
    VkPhysicalDeviceVulkan13Features vulkan13 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    VkPhysicalDeviceVulkan12Features vulkan12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES};
    VkPhysicalDeviceVulkan11Features vulkan11 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES};
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2};
    const char *names[EXTENSION_COUNT + 1];
    uint32_t name_count = 0;
    for (uint32_t i = 0; i != EXTENSION_COUNT; i++) {
        if (!has_extension(EXTENSIONS[i]))
            continue;
        names[name_count++] = EXTENSIONS[i];
        if (!strcmp(EXTENSIONS[i], "VK_EXT_shader_atomic_float"))
            features.pNext = &atomic_float;
    }
    if (properties.apiVersion >= VK_API_VERSION_1_2) {
        vulkan12.pNext = features.pNext;
        vulkan11.pNext = &vulkan12;
        features.pNext = &vulkan11;
    }
    if (properties.apiVersion >= VK_API_VERSION_1_3) {
        vulkan13.pNext = features.pNext;
        features.pNext = &vulkan13;
    }
    vkGetPhysicalDeviceFeatures2(physical, &features);
    if (!ROBUST)
        features.features.robustBufferAccess = VK_FALSE;
    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
        .queueFamilyIndex = family,
        .queueCount = 1,
        .pQueuePriorities = &priority,
    };
    const VkDeviceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
        .pNext = &features,
        .queueCreateInfoCount = 1,
        .pQueueCreateInfos = &queue,
        .enabledExtensionCount = name_count,
        .ppEnabledExtensionNames = names,
    };
    CHECK(vkCreateDevice(physical, &info, NULL, &device));
}

static uint32_t find_memory_type(uint32_t types)
{
    const VkMemoryPropertyFlags wanted =
        VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT;
    VkPhysicalDeviceMemoryProperties memory;
    vkGetPhysicalDeviceMemoryProperties(physical, &memory);
    for (uint32_t i = 0; i < memory.memoryTypeCount; i++)
        if ((types >> i & 1) && (memory.memoryTypes[i].propertyFlags & wanted) == wanted)
            return i;
    fail("there is no memory for buffers on", properties.deviceName);
    return 0;
}

static void create_buffer(uint32_t index)
{
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
        .size = BUFFERS[index].size_bytes,
        .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT,
    };
    CHECK(vkCreateBuffer(device, &info, NULL, &buffers[index]));
    VkMemoryRequirements needs;
    vkGetBufferMemoryRequirements(device, buffers[index], &needs);
    const VkMemoryAllocateInfo allocation = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
        .allocationSize = needs.size,
        .memoryTypeIndex = find_memory_type(needs.memoryTypeBits),
    };
    VkDeviceMemory memory;
    CHECK(vkAllocateMemory(device, &allocation, NULL, &memory));
    CHECK(vkBindBufferMemory(device, buffers[index], memory, 0));
    CHECK(vkMapMemory(device, memory, 0, VK_WHOLE_SIZE, 0, (void **)&mapped[index]));
    size_t size_bytes = (size_t)BUFFERS[index].size_bytes;
    memcpy(mapped[index], read_file(BUFFERS[index].file, &size_bytes), size_bytes);
}

// The layout of a set: its bindings, each with the elements that stand in the table.
static void create_layout(uint32_t set)
{
    VkDescriptorSetLayoutBinding of[BINDING_COUNT + 1];
    uint32_t count = 0;
    for (uint32_t i = 0; i != BINDING_COUNT; i++) {
        if (BINDINGS[i].set != set)
            continue;
        if (count && of[count - 1].binding == BINDINGS[i].binding) {
            of[count - 1].descriptorCount = BINDINGS[i].element + 1;
            continue;
        }
        of[count++] = (VkDescriptorSetLayoutBinding){
            .binding = BINDINGS[i].binding,
            .descriptorType = BINDINGS[i].type,
            .descriptorCount = BINDINGS[i].element + 1,
            .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
        };
    }
    const VkDescriptorSetLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = count,
        .pBindings = of,
    };
    CHECK(vkCreateDescriptorSetLayout(device, &info, NULL, &layouts[set]));
}

static void create_sets(void)
{
    for (uint32_t i = 0; i != BINDING_COUNT; i++)
        if (BINDINGS[i].set >= set_count)
            set_count = BINDINGS[i].set + 1;
    for (uint32_t set = 0; set < set_count; set++)
        create_layout(set);
    const VkDescriptorPoolSize sizes[] = {
        {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, BINDING_COUNT + 1},
        {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, BINDING_COUNT + 1},
    };
    const VkDescriptorPoolCreateInfo pool_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
        .maxSets = SETS_MAX,
        .poolSizeCount = 2,
        .pPoolSizes = sizes,
    };
    VkDescriptorPool pool;
    CHECK(vkCreateDescriptorPool(device, &pool_info, NULL, &pool));
    const VkDescriptorSetAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
        .descriptorPool = pool,
        .descriptorSetCount = set_count,
        .pSetLayouts = layouts,
    };
    if (set_count)
        CHECK(vkAllocateDescriptorSets(device, &info, sets));
    for (uint32_t i = 0; i != BINDING_COUNT; i++) {
        const VkDescriptorBufferInfo range = {buffers[BINDINGS[i].buffer], BINDINGS[i].offset_bytes,
                                              BINDINGS[i].size_bytes};
        const VkWriteDescriptorSet write = {
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = sets[BINDINGS[i].set],
            .dstBinding = BINDINGS[i].binding,
            .dstArrayElement = BINDINGS[i].element,
            .descriptorCount = 1,
            .descriptorType = BINDINGS[i].type,
            .pBufferInfo = &range,
        };
        vkUpdateDescriptorSets(device, 1, &write, 0, NULL);
    }
}

static void create_pipeline(void)
{
    const VkPushConstantRange range = {VK_SHADER_STAGE_COMPUTE_BIT, 0, PUSH_BYTES};
    const VkPipelineLayoutCreateInfo layout_info = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
        .setLayoutCount = set_count,
        .pSetLayouts = layouts,
        .pushConstantRangeCount = PUSH_BYTES ? 1 : 0,
        .pPushConstantRanges = &range,
    };
    CHECK(vkCreatePipelineLayout(device, &layout_info, NULL, &layout));
    size_t code_bytes = 0;
    void *code = read_file("kernel.spv", &code_bytes);
    const VkShaderModuleCreateInfo module_info = {
        .sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
        .codeSize = code_bytes,
        .pCode = code,
    };
    VkShaderModule module;
    CHECK(vkCreateShaderModule(device, &module_info, NULL, &module));
    const VkPipelineShaderStageRequiredSubgroupSizeCreateInfo required = {
        .sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_REQUIRED_SUBGROUP_SIZE_CREATE_INFO,
        .requiredSubgroupSize = SUBGROUP_SIZE,
    };
    const VkSpecializationInfo constants = {CONSTANT_COUNT, CONSTANTS, CONSTANT_BYTES,
                                            CONSTANT_DATA};
    const VkComputePipelineCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .flags = BASE[0] | BASE[1] | BASE[2] ? VK_PIPELINE_CREATE_DISPATCH_BASE : 0,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .pNext = SUBGROUP_SIZE ? &required : NULL,
                  .flags = STAGE_FLAGS,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = module,
                  .pName = ENTRY_POINT,
                  .pSpecializationInfo = CONSTANT_COUNT ? &constants : NULL},
        .layout = layout,
    };
    CHECK(vkCreateComputePipelines(device, VK_NULL_HANDLE, 1, &info, NULL, &pipeline));
}

static void record(VkCommandBuffer commands)
{
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    const VkMemoryBarrier barrier = {
        .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
        .srcAccessMask = VK_ACCESS_SHADER_WRITE_BIT,
        .dstAccessMask = VK_ACCESS_HOST_READ_BIT,
    };
    CHECK(vkBeginCommandBuffer(commands, &begin));
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
    if (set_count)
        vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, set_count,
                                sets, 0, NULL);
    if (PUSH_BYTES)
        vkCmdPushConstants(commands, layout, VK_SHADER_STAGE_COMPUTE_BIT, 0, PUSH_BYTES, PUSH);
    if (BASE[0] | BASE[1] | BASE[2])
        vkCmdDispatchBase(commands, BASE[0], BASE[1], BASE[2], GROUPS[0], GROUPS[1], GROUPS[2]);
    else
        vkCmdDispatch(commands, GROUPS[0], GROUPS[1], GROUPS[2]);
    vkCmdPipelineBarrier(commands, VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT, VK_PIPELINE_STAGE_HOST_BIT,
                         0, 1, &barrier, 0, NULL, 0, NULL);
    CHECK(vkEndCommandBuffer(commands));
}

static void run(void)
{
    const VkCommandPoolCreateInfo pool_info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                               .queueFamilyIndex = family};
    VkCommandPool pool;
    CHECK(vkCreateCommandPool(device, &pool_info, NULL, &pool));
    const VkCommandBufferAllocateInfo info = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
        .commandPool = pool,
        .commandBufferCount = 1,
    };
    VkCommandBuffer commands;
    CHECK(vkAllocateCommandBuffers(device, &info, &commands));
    record(commands);
    VkQueue queue;
    vkGetDeviceQueue(device, family, 0, &queue);
    const VkSubmitInfo submit = {
        .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
        .commandBufferCount = 1,
        .pCommandBuffers = &commands,
    };
    CHECK(vkQueueSubmit(queue, 1, &submit, VK_NULL_HANDLE));
    CHECK(vkQueueWaitIdle(queue));
}

static double half_value(unsigned bits)
{
    const unsigned exponent = bits >> 10 & 31, fraction = bits & 1023;
    double value = exponent ? 1024 + fraction : fraction;
    for (unsigned e = exponent ? exponent : 1; e < 25; e++)
        value /= 2;
    for (unsigned e = 25; e < exponent; e++)
        value *= 2;
    if (exponent == 31) // infinite, or no number
        value = fraction ? 0.0 / (value - value) : value * 1e300 * 1e300;
    return bits & 0x8000 ? -value : value;
}

static double value_at(const unsigned char *bytes, size_t index)
{
    unsigned short half;
    float single;
    double value;
    switch (RESULT_NUMBER) {
    case FLOAT16:
        memcpy(&half, bytes + 2 * index, sizeof half);
        return half_value(half);
    case FLOAT32:
        memcpy(&single, bytes + 4 * index, sizeof single);
        return single;
    case FLOAT64:
        memcpy(&value, bytes + 8 * index, sizeof value);
        return value;
    default:
        return bytes[index];
    }
}

// Any NaN is right where the lowest number is one, anything is where only the highest is.
static int is_right(const unsigned char *actual, const unsigned char *low,
                    const unsigned char *high, size_t index)
{
    if (RESULT_NUMBER == BYTES)
        return actual[index] == low[index];
    const double least = value_at(low, index), most = value_at(high, index);
    const double value = value_at(actual, index);
    if (least != least)
        return value != value;
    return most != most || (least <= value && value <= most);
}

// Compares the result and says what is wrong. Returns the exit code.
static int judge(void)
{
    size_t size_bytes = (size_t)RESULT_BYTES;
    const unsigned char *actual = mapped[RESULT_BUFFER] + RESULT_OFFSET;
    unsigned char *recorded = read_file(RECORDED, &size_bytes);
    const int same = !memcmp(actual, recorded, size_bytes);
    printf("%s: ", properties.deviceName);
    if (!EXPECTED_LOW)
        return printf("the result is%s the recorded one\n", same ? "" : " not") > 0 && same;
    unsigned char *low = read_file(EXPECTED_LOW, &size_bytes);
    unsigned char *high = read_file(EXPECTED_HIGH, &size_bytes);
    const size_t count = size_bytes >> RESULT_NUMBER;
    size_t wrong = 0, first = 0;
    for (size_t i = count; i-- > 0;)
        if (!is_right(actual, low, high, i)) {
            first = i;
            wrong++;
        }
    if (!wrong)
        printf("the result is right\n");
    else if (RESULT_NUMBER == BYTES)
        printf("%zu of %zu bytes are wrong; byte %zu is 0x%02x, not 0x%02x\n", wrong, count, first,
               actual[first], low[first]);
    else
        printf("%zu of %zu numbers are wrong; number %zu is %.17g, not from %.17g to %.17g\n",
               wrong, count, first, value_at(actual, first), value_at(low, first),
               value_at(high, first));
    if (wrong)
        printf("%s\n", same ? "these are the recorded bytes" : "other bytes were recorded");
    return wrong != 0; // memory is freed by the end of the program
}

int main(int argc, char **argv)
{
    if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
        printf("usage: %s [NAME]\n\n"
               "Runs kernel.spv on the first device whose name holds NAME; without NAME on\n"
               "'%s', or else on the first one. Exit code: 0 the result is right,\n"
               "1 it is wrong: the fault is reproduced, 2 it could not be run.\n",
               argv[0], DEVICE);
        return argc == 2 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) ? 0 : 2;
    }
    choose_device(argc == 2 ? argv[1] : NULL);
    create_device();
    for (uint32_t i = 0; i != BUFFER_COUNT; i++)
        create_buffer(i);
    create_sets();
    create_pipeline();
    run();
    return judge();
}
