// A driver library in front of the one that KRONOS_SAMPLE_DRIVER names. Its submissions are lost
// while the file KRONOS_SAMPLE_BROKEN_FILE is there, or KRONOS_SAMPLE_SPOILED is set.
//
// Only what is replaced has a type here: VkResult is an int, its handles are pointers or 64-bit
// numbers, and VK_ERROR_DEVICE_LOST is -4.
#include <dlfcn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))

enum { DEVICE_LOST = -4 };

typedef void (*function)(void);
typedef function (*get_proc_addr)(void *object, const char *name);
typedef int (*submit)(void *queue, uint32_t count, const void *submits, uint64_t fence);

// Drivers have one set of functions for a process.
static get_proc_addr real_get_device_proc_addr;
static submit real_submit, real_submit2;

static function real(const char *name)
{
    const char *path = getenv("KRONOS_SAMPLE_DRIVER");
    void *library = path ? dlopen(path, RTLD_NOW) : NULL;
    void *address = library ? dlsym(library, name) : NULL;
    function found;
    memcpy(&found, &address, sizeof found); // POSIX promises what ISO C does not
    return found;
}

static int is_broken(void)
{
    const char *path = getenv("KRONOS_SAMPLE_BROKEN_FILE");
    return getenv("KRONOS_SAMPLE_SPOILED") || (path && access(path, F_OK) == 0);
}

static int breaking_submit(void *queue, uint32_t count, const void *submits, uint64_t fence)
{
    return is_broken() ? DEVICE_LOST : real_submit(queue, count, submits, fence);
}

static int breaking_submit2(void *queue, uint32_t count, const void *submits, uint64_t fence)
{
    return is_broken() ? DEVICE_LOST : real_submit2(queue, count, submits, fence);
}

static function get_device_proc_addr(void *device, const char *name)
{
    function found = real_get_device_proc_addr(device, name);
    if (found && !strcmp(name, "vkQueueSubmit")) {
        real_submit = (submit)found;
        return (function)breaking_submit;
    }
    if (found && !strncmp(name, "vkQueueSubmit2", strlen("vkQueueSubmit2"))) {
        real_submit2 = (submit)found;
        return (function)breaking_submit2;
    }
    return found;
}

EXPORT function vk_icdGetInstanceProcAddr(void *instance, const char *name);
EXPORT int vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version);

function vk_icdGetInstanceProcAddr(void *instance, const char *name)
{
    get_proc_addr get = (get_proc_addr)real("vk_icdGetInstanceProcAddr");
    function found = get ? get(instance, name) : NULL;
    if (!found || strcmp(name, "vkGetDeviceProcAddr") != 0)
        return found;
    real_get_device_proc_addr = (get_proc_addr)found;
    return (function)get_device_proc_addr;
}

int vk_icdNegotiateLoaderICDInterfaceVersion(uint32_t *version)
{
    int (*negotiate)(uint32_t *) =
        (int (*)(uint32_t *))real("vk_icdNegotiateLoaderICDInterfaceVersion");
    return negotiate ? negotiate(version) : DEVICE_LOST;
}
