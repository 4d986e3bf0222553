// A Vulkan program that leaves behind what its arguments name: "buffer", two with names, by not
// destroying them; "device" and "instance" likewise; "memory", 4096 bytes of it, mapped. "fork"
// lets a child end while they are alive, "leave" ends the process behind the back of destructors.
// "meet" lets two threads wait for one queue at once, "turns" one after the other. It knows nothing
// of Kronos.
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vulkan/vulkan.h>

static PFN_vkGetInstanceProcAddr get_instance_proc_addr;
static PFN_vkGetDeviceProcAddr get_device_proc_addr;

// What is left is still known, so that leak checkers of memory have nothing to say.
static VkBuffer buffers[2];
static VkDeviceMemory memory;

#define OF_INSTANCE(instance, name) ((PFN_##name)get_instance_proc_addr(instance, #name))
#define OF_DEVICE(device, name)     ((PFN_##name)get_device_proc_addr(device, #name))

static void check(VkResult result, const char *what)
{
    if (result == VK_SUCCESS)
        return;
    fprintf(stderr, "%s returned %d\n", what, result);
    exit(9);
}

static void open_loader(void)
{
    void *library = dlopen("libvulkan.so.1", RTLD_NOW | RTLD_LOCAL);
    void *address = library ? dlsym(library, "vkGetInstanceProcAddr") : NULL;
    memcpy(&get_instance_proc_addr, &address, sizeof address);
    check(address ? VK_SUCCESS : VK_ERROR_INITIALIZATION_FAILED, "dlopen");
}

static VkInstance create_instance(void)
{
    const char *extension = VK_EXT_DEBUG_UTILS_EXTENSION_NAME;
    const VkInstanceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
                                       .enabledExtensionCount = 1,
                                       .ppEnabledExtensionNames = &extension};
    VkInstance instance;
    check(OF_INSTANCE(NULL, vkCreateInstance)(&info, NULL, &instance), "vkCreateInstance");
    get_device_proc_addr = OF_INSTANCE(instance, vkGetDeviceProcAddr);
    return instance;
}

static VkDevice create_device(VkInstance instance)
{
    uint32_t count = 1;
    VkPhysicalDevice physical;
    VkResult result =
        OF_INSTANCE(instance, vkEnumeratePhysicalDevices)(instance, &count, &physical);
    check(count == 1 ? VK_SUCCESS : result, "vkEnumeratePhysicalDevices");
    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .queueCreateInfoCount = 1,
                                     .pQueueCreateInfos = &queue};
    VkDevice device;
    check(OF_INSTANCE(instance, vkCreateDevice)(physical, &info, NULL, &device), "vkCreateDevice");
    return device;
}

static void create_buffer(VkDevice device, VkBuffer *out, const char *label, bool destroys)
{
    const VkBufferCreateInfo info = {.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO,
                                     .size = 256,
                                     .usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT};
    check(OF_DEVICE(device, vkCreateBuffer)(device, &info, NULL, out), "vkCreateBuffer");
    const VkDebugUtilsObjectNameInfoEXT name = {
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_OBJECT_NAME_INFO_EXT,
        .objectType = VK_OBJECT_TYPE_BUFFER,
        .objectHandle = (uint64_t)*out,
        .pObjectName = label,
    };
    check(OF_DEVICE(device, vkSetDebugUtilsObjectNameEXT)(device, &name), "vkSetDebugUtils…");
    if (destroys)
        OF_DEVICE(device, vkDestroyBuffer)(device, *out, NULL);
}

static void leave_memory(VkDevice device)
{
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .allocationSize = 4096};
    void *mapped;
    check(OF_DEVICE(device, vkAllocateMemory)(device, &info, NULL, &memory), "vkAllocateMemory");
    check(OF_DEVICE(device, vkMapMemory)(device, memory, 0, VK_WHOLE_SIZE, 0, &mapped),
          "vkMapMemory");
}

typedef struct waiter {
    PFN_vkQueueWaitIdle wait;
    VkQueue queue;
    pthread_mutex_t *turns; // or NULL
} waiter;

static void *wait_often(void *argument)
{
    const waiter *w = argument;
    for (int i = 0; i < 100; i++) {
        if (w->turns)
            pthread_mutex_lock(w->turns);
        w->wait(w->queue);
        if (w->turns)
            pthread_mutex_unlock(w->turns);
    }
    return NULL;
}

static void wait_on_two_threads(VkDevice device, bool takes_turns)
{
    pthread_mutex_t turns = PTHREAD_MUTEX_INITIALIZER;
    waiter w = {.wait = OF_DEVICE(device, vkQueueWaitIdle), .turns = takes_turns ? &turns : NULL};
    OF_DEVICE(device, vkGetDeviceQueue)(device, 0, 0, &w.queue);
    pthread_t other;
    int error = pthread_create(&other, NULL, wait_often, &w);
    check(error ? VK_ERROR_OUT_OF_HOST_MEMORY : VK_SUCCESS, "pthread_create");
    wait_often(&w);
    pthread_join(other, NULL);
}

int main(int argc, char **argv)
{
    bool meet = false, turns = false;
    bool buffer = false, device = false, instance = false, leave = false, forks = false,
         leaves_memory = false;
    for (int i = 1; i < argc; i++) {
        buffer = buffer || !strcmp(argv[i], "buffer");
        device = device || !strcmp(argv[i], "device");
        leaves_memory = leaves_memory || !strcmp(argv[i], "memory");
        instance = instance || !strcmp(argv[i], "instance");
        forks = forks || !strcmp(argv[i], "fork");
        leave = leave || !strcmp(argv[i], "leave");
        meet = meet || !strcmp(argv[i], "meet");
        turns = turns || !strcmp(argv[i], "turns");
    }
    open_loader();
    VkInstance of = create_instance();
    VkDevice on = create_device(of);
    create_buffer(on, &buffers[0], "first", !buffer);
    create_buffer(on, &buffers[1], "tab\tand line\n", !buffer);
    if (leaves_memory)
        leave_memory(on);
    if (meet || turns)
        wait_on_two_threads(on, turns);
    pid_t child = forks ? fork() : -1;
    if (child == 0)
        exit(0);
    if (child > 0)
        (void)waitpid(child, NULL, 0);
    if (!device)
        OF_DEVICE(on, vkDestroyDevice)(on, NULL);
    if (!instance)
        OF_INSTANCE(of, vkDestroyInstance)(of, NULL);
    if (leave)
        _exit(0);
    return 0;
}
