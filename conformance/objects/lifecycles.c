// Objects that are made and destroyed again and again: they work, and the process holds no more
// than before. What a driver forgets when allocations fail is another matter (xgl#86, pal#78).
#include <pthread.h>

#include "growth/growth.h"
#include "objects/watched.h"
#include "shaders.h"
#include "sync/steps.h"

enum { OBJECTS = 4000, PIPELINES = 200, DEVICES = 20, THREADS = 4, THREAD_ROUNDS = 5 };

typedef struct life {
    kt_raw *raw;
    const struct life_kind *kind;
    sync_steps *steps;
    VkShaderModule module;
    PFN_vkCreateDevice create_device;
} life;

typedef struct life_kind {
    const char *name;
    bool (*live)(life *self);
    uint32_t count;
} life_kind;

static VkMemoryRequirements needs_of(kt_raw *raw, VkBuffer buffer)
{
    VkMemoryRequirements needs;
    raw->vkGetBufferMemoryRequirements(raw->device, buffer, &needs);
    return needs;
}

static bool live_buffer(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = 4096,
                                     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    VkBuffer buffer;
    if (!CHECK_VK(raw->vkCreateBuffer(raw->device, &info, NULL, &buffer)))
        return false;
    const VkMemoryRequirements needs = needs_of(raw, buffer);
    uint32_t type = 0;
    while (!(needs.memoryTypeBits >> type & 1))
        type++;
    const VkMemoryAllocateInfo memory_info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                              .allocationSize = needs.size,
                                              .memoryTypeIndex = type};
    VkDeviceMemory memory = VK_NULL_HANDLE;
    const bool made = CHECK_VK(raw->vkAllocateMemory(raw->device, &memory_info, NULL, &memory)) &&
                      CHECK_VK(raw->vkBindBufferMemory(raw->device, buffer, memory, 0));
    raw->vkDestroyBuffer(raw->device, buffer, NULL);
    raw->vkFreeMemory(raw->device, memory, NULL);
    return made;
}

static bool live_command_pool(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkCommandPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .queueFamilyIndex = raw->queues[0].family};
    VkCommandBufferAllocateInfo buffers = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                           .commandBufferCount = 2};
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO};
    VkCommandBuffer commands[2];
    if (!CHECK_VK(raw->vkCreateCommandPool(raw->device, &info, NULL, &buffers.commandPool)))
        return false;
    const bool made = CHECK_VK(raw->vkAllocateCommandBuffers(raw->device, &buffers, commands)) &&
                      CHECK_VK(raw->vkBeginCommandBuffer(commands[0], &begin));
    if (made) {
        sync_step(self->steps, commands[0], 0); // never submitted
        CHECK_VK(raw->vkEndCommandBuffer(commands[0]));
        raw->vkFreeCommandBuffers(raw->device, buffers.commandPool, 1, commands);
    }
    raw->vkDestroyCommandPool(raw->device, buffers.commandPool, NULL);
    return made;
}

static bool live_set_pool(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkDescriptorPoolSize size = {VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 4};
    const VkDescriptorPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = 4,
                                             .poolSizeCount = 1,
                                             .pPoolSizes = &size};
    VkDescriptorSetAllocateInfo sets_info = {.sType =
                                                 VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                             .descriptorSetCount = 1,
                                             .pSetLayouts = &self->steps->affine->set_layout};
    VkDescriptorSet set;
    if (!CHECK_VK(raw->vkCreateDescriptorPool(raw->device, &info, NULL, &sets_info.descriptorPool)))
        return false;
    bool made = true;
    for (int i = 0; made && i < 4; i++)
        made = CHECK_VK(raw->vkAllocateDescriptorSets(raw->device, &sets_info, &set));
    raw->vkDestroyDescriptorPool(raw->device, sets_info.descriptorPool, NULL);
    return made;
}

static bool live_event(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkEventCreateInfo info = {.sType = VK_STRUCTURE_TYPE_EVENT_CREATE_INFO};
    VkEvent event;
    if (!CHECK_VK(raw->vkCreateEvent(raw->device, &info, NULL, &event)))
        return false;
    const bool works = CHECK_VK(raw->vkSetEvent(raw->device, event)) &&
                       CHECK_EQ_I64(raw->vkGetEventStatus(raw->device, event), VK_EVENT_SET);
    raw->vkDestroyEvent(raw->device, event, NULL);
    return works;
}

static bool live_fence(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkFenceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO};
    VkFence fence;
    if (!CHECK_VK(raw->vkCreateFence(raw->device, &info, NULL, &fence)))
        return false;
    const bool works = CHECK_VK(raw->vkQueueSubmit(raw->queues[0].handle, 0, NULL, fence)) &&
                       kt_raw_wait_fence(raw, fence);
    raw->vkDestroyFence(raw->device, fence, NULL);
    return works;
}

static bool live_semaphores(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkSemaphoreTypeCreateInfo type = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                            .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
                                            .initialValue = 3};
    const VkSemaphoreCreateInfo infos[] = {
        {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO},
        {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type}};
    for (int i = 0; i < (raw->timelines ? 2 : 1); i++) {
        VkSemaphore semaphore;
        if (!CHECK_VK(raw->vkCreateSemaphore(raw->device, &infos[i], NULL, &semaphore)))
            return false;
        const bool works = i == 0 || CHECK_EQ_U64(kt_raw_value(raw, semaphore), 3);
        raw->vkDestroySemaphore(raw->device, semaphore, NULL);
        if (!works)
            return false;
    }
    return true;
}

static bool live_query_pool(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkQueryPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO,
                                        .queryType = VK_QUERY_TYPE_TIMESTAMP,
                                        .queryCount = 64};
    VkQueryPool pool;
    if (!CHECK_VK(raw->vkCreateQueryPool(raw->device, &info, NULL, &pool)))
        return false;
    raw->vkDestroyQueryPool(raw->device, pool, NULL);
    return true;
}

static VkComputePipelineCreateInfo pipeline_info(const life *self)
{
    return (VkComputePipelineCreateInfo){
        .sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
        .stage = {.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO,
                  .stage = VK_SHADER_STAGE_COMPUTE_BIT,
                  .module = self->module,
                  .pName = "main"},
        .layout = self->steps->affine->layout};
}

static bool create_module(kt_raw *raw, VkShaderModule *out)
{
    kt_test *t = raw->t;
    const kronos_shader *found = kronos_shader_find("affine_words");
    const VkShaderModuleCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO,
                                           .codeSize = (size_t)found->size_bytes,
                                           .pCode = found->words};
    return CHECK_VK(raw->vkCreateShaderModule(raw->device, &info, NULL, out));
}

static bool live_module(life *self)
{
    VkShaderModule module;
    const bool made = create_module(self->raw, &module);
    if (made)
        self->raw->vkDestroyShaderModule(self->raw->device, module, NULL);
    return made;
}

// With a cache of its own, which goes, too.
static bool live_pipeline(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkPipelineCacheCreateInfo cache_info = {.sType =
                                                      VK_STRUCTURE_TYPE_PIPELINE_CACHE_CREATE_INFO};
    const VkComputePipelineCreateInfo info = pipeline_info(self);
    VkPipelineCache cache;
    VkPipeline pipeline = VK_NULL_HANDLE;
    if (!CHECK_VK(raw->vkCreatePipelineCache(raw->device, &cache_info, NULL, &cache)))
        return false;
    const bool made =
        CHECK_VK(raw->vkCreateComputePipelines(raw->device, cache, 1, &info, NULL, &pipeline));
    raw->vkDestroyPipeline(raw->device, pipeline, NULL);
    raw->vkDestroyPipelineCache(raw->device, cache, NULL);
    return made;
}

static bool live_layouts(life *self)
{
    kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const VkDescriptorSetLayoutBinding binding = {.descriptorType =
                                                      VK_DESCRIPTOR_TYPE_STORAGE_BUFFER,
                                                  .descriptorCount = 1,
                                                  .stageFlags = VK_SHADER_STAGE_COMPUTE_BIT};
    const VkDescriptorSetLayoutCreateInfo set_info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = 1,
        .pBindings = &binding};
    VkDescriptorSetLayout set_layout;
    VkPipelineLayout layout = VK_NULL_HANDLE;
    if (!CHECK_VK(raw->vkCreateDescriptorSetLayout(raw->device, &set_info, NULL, &set_layout)))
        return false;
    const VkPipelineLayoutCreateInfo info = {.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO,
                                             .setLayoutCount = 1,
                                             .pSetLayouts = &set_layout};
    const bool made = CHECK_VK(raw->vkCreatePipelineLayout(raw->device, &info, NULL, &layout));
    raw->vkDestroyPipelineLayout(raw->device, layout, NULL);
    raw->vkDestroyDescriptorSetLayout(raw->device, set_layout, NULL);
    return made;
}

// A device beside the case's own; `own` is closed by close_device, whatever became of it.
static bool open_device(const life *self, kt_raw *own)
{
    const kt_raw *raw = self->raw;
    kt_test *t = raw->t;
    const float priority = 1;
    const VkDeviceQueueCreateInfo queues = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                            .queueFamilyIndex = raw->queues[0].family,
                                            .queueCount = 1,
                                            .pQueuePriorities = &priority};
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .queueCreateInfoCount = 1,
                                     .pQueueCreateInfos = &queues};
    VkQueue queue;
    kro_vk_import made = {.instance = raw->instance,
                          .physical_device = raw->physical,
                          .get_instance_proc_addr = raw->get_instance_proc_addr,
                          .api_version = raw->api_version,
                          .queue_family = raw->queues[0].family,
                          .queues = &queue,
                          .queue_count = 1};
    *own = (kt_raw){0};
    if (!CHECK_VK(self->create_device(raw->physical, &info, NULL, &made.device)))
        return false;
    raw->vkGetDeviceQueue(made.device, made.queue_family, 0, &queue);
    const bool adopted = kt_raw_adopt(own, t, &made);
    own->memory = raw->memory;
    own->properties = raw->properties;
    return adopted;
}

static void close_device(kt_raw *own)
{
    kt_raw_abandon(own);
    if (own->vkDestroyDevice)
        own->vkDestroyDevice(own->device, NULL);
}

// A kernel runs on it (slang-rhi#757: the eleventh or so could not be made).
static bool live_device(life *self)
{
    kt_raw own;
    sync_steps *steps = open_device(self, &own) ? sync_steps_create(&own) : NULL;
    VkCommandBuffer commands = steps ? sync_step_alone(steps, 0, 1, true) : NULL;
    bool works = commands && kt_raw_run(&own, 0, commands);
    if (works) {
        sync_expect_step(steps, 1);
        works = sync_steps_check(steps);
    }
    close_device(&own);
    if (steps) { // which would count as growth
        kt_release(self->raw->t, steps->affine);
        kt_release(self->raw->t, steps->words);
        kt_release(self->raw->t, steps);
    }
    return works;
}

static const life_kind KINDS[] = {
    {"buffer", live_buffer, OBJECTS},
    {"command_pool", live_command_pool, OBJECTS},
    {"descriptor_pool", live_set_pool, OBJECTS},
    {"event", live_event, OBJECTS},
    {"fence", live_fence, OBJECTS},
    {"layouts", live_layouts, OBJECTS},
    {"pipeline", live_pipeline, PIPELINES},
    {"query_pool", live_query_pool, OBJECTS},
    {"semaphores", live_semaphores, OBJECTS},
    {"shader_module", live_module, OBJECTS},
};
enum { KIND_COUNT = sizeof KINDS / sizeof KINDS[0] };

static const life_kind DEVICE = {"device", live_device, DEVICES};

TEST_PARAMS(life_kinds)
{
    for (int i = 0; i < KIND_COUNT; i++)
        kt_param(params, "%s", KINDS[i].name);
}

static void destroy_module(void *object)
{
    const life *self = object;
    self->raw->vkDestroyShaderModule(self->raw->device, self->module, NULL);
}

static life *begin(kt_test *t, const life_kind *kind)
{
    kt_raw *raw = kt_raw_create(t, kt_context(t), NULL);
    if (!raw)
        return NULL;
    life *self = kt_alloc(t, sizeof *self);
    *self = (life){.raw = raw,
                   .kind = kind,
                   .steps = sync_steps_create(raw),
                   .create_device = KT_RAW_CALL(raw, vkCreateDevice)};
    if (!self->steps || !self->create_device || !create_module(raw, &self->module))
        return NULL;
    kt_defer(t, destroy_module, self);
    return self;
}

static bool operate(void *user, uint64_t index)
{
    (void)index;
    life *self = user;
    return self->kind->live(self);
}

static bool settle(void *user)
{
    const life *self = user;
    kt_test *t = self->raw->t;
    return CHECK_VK(self->raw->vkDeviceWaitIdle(self->raw->device));
}

static void check_growth(kt_test *t, life *self, const kt_growth_bounds *bounds)
{
    kt_growth measured;
    char text[KT_GROWTH_TEXT_BYTES];
    const kt_growth_config config = {.operation = self->kind->name,
                                     .count = self->kind->count,
                                     .operate = operate,
                                     .settle = settle,
                                     .user = self};
    if (!kt_growth_measure(&config, &measured))
        return;
    if (kt_growth_judge(&measured, NULL, bounds, text))
        LOGF(t, "%s", text);
    else
        FAILF(t, "%s", text);
}

// A quarter of the least that malloc gives for each object; of memory in RAM, a page for two.
TEST_FAMILY_CASE(objects_of_a_kind_leave_no_growth)
{
    (void)param;
    static const kt_growth_bounds BOUNDS = {.resident_bytes = 2048, .heap_bytes = 8};
    life *self = begin(t, &KINDS[kt_param_index(t)]);
    if (self && !is_driver_watched(t))
        check_growth(t, self, &BOUNDS);
}

// What a device keeps is more than what an object does, and twenty are few: a file or a thread for
// each device is found, and what is worth naming of memory.
TEST(twenty_devices_leave_no_growth)
{
    static const kt_growth_bounds BOUNDS = {.resident_bytes = 256 * 1024, .heap_bytes = 4096};
    life *self = begin(t, &DEVICE);
    if (self && !is_driver_watched(t))
        check_growth(t, self, &BOUNDS);
}

typedef struct worker {
    pthread_t thread;
    life *life;
    bool devices; // makes devices and a pipeline on each; otherwise pipelines on the case's device
} worker;

static void *make(void *user)
{
    const worker *self = user;
    kt_raw own;
    bool right = true;
    for (int i = 0; right && i < THREAD_ROUNDS; i++) {
        if (!self->devices) {
            right = live_pipeline(self->life);
            continue;
        }
        right = open_device(self->life, &own) && kt_raw_kernel_create(&own, "affine_words", 1);
        close_device(&own);
    }
    return NULL;
}

// gfx-rs/wgpu#10234: a driver crashed where one thread made a device while others made pipelines.
TEST(devices_and_pipelines_are_made_at_the_same_time)
{
    life *self = begin(t, &DEVICE);
    worker workers[THREADS];
    int started = 0;
    for (; self && started < THREADS; started++) {
        workers[started] = (worker){.life = self, .devices = started % 2 == 0};
        if (!CHECK(pthread_create(&workers[started].thread, NULL, make, &workers[started]) == 0))
            break;
    }
    while (started > 0)
        pthread_join(workers[--started].thread, NULL);
    if (self)
        (void)live_device(self);
}
