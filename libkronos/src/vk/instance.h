// A Vulkan instance with its calls, its validation and its log.
#ifndef KRO_SRC_VK_INSTANCE_H
#define KRO_SRC_VK_INSTANCE_H

#include <stdbool.h>

#include "backend.h"
#include "vk/loader.h"
#include "vk/table.h"

typedef struct kro__vk_instance {
    kro__vk_loader loader;
    kro__vk_instance_calls vk;
    VkInstance handle;
    bool imported;        // the program's: not destroyed here
    uint32_t api_version; // what it was made for: ours for the loader's version, at most 1.3
    bool debug_utils;     // objects can be named
    VkDebugUtilsMessengerEXT messenger;
    kro__log log;
} kro__vk_instance;

// Opens the loader or driver that `config` names and creates an instance.
//
// Errors:    those of kro__vk_loader_open; NO_DRIVER  the loader has no driver
//            UNSUPPORTED  Vulkan 1.0, or validation is not installed
// Ownership: it must not move until kro__vk_instance_finish: Vulkan keeps a pointer to its log.
kro_status kro__vk_instance_init(kro__vk_instance *instance, const kro__open_config *config);

// Uses an instance of the program's, made for `api_version`.
//
// Errors: DRIVER  a required call is missing
kro_status kro__vk_instance_import(kro__vk_instance *instance, VkInstance handle,
                                   PFN_vkGetInstanceProcAddr get_instance_proc_addr,
                                   uint32_t api_version, const kro__log *log);

// Accepts a zeroed or half-made instance.
void kro__vk_instance_finish(kro__vk_instance *instance);

// Names an object for debuggers and validation messages; does nothing where they are not there.
// `handle` is a pointer, or, of most objects on 32-bit machines, a 64-bit number already: it must
// not pass through uintptr_t then.
void kro__vk_name(const kro__vk_instance *instance, VkDevice device, VkObjectType type,
                  uint64_t handle, const char *name);

#endif
