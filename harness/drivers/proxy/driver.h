// The driver behind the proxy: its library, opened once and never closed, and its functions. They
// are those of vk_icdGetInstanceProcAddr, which work on every object of the driver.
#ifndef KRO_PROXY_DRIVER_H
#define KRO_PROXY_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

#include <vulkan/vk_icd.h>

#include "proxy_calls.h"

// The driver's functions by name: kro__driver.vkCreateBuffer. NULL where it has none. Filled when
// instances and devices are made; an entry that is filled never changes.
extern kro__driver_calls kro__driver;

// The loader interface of the driver.
typedef struct kro__driver_library {
    PFN_vk_icdNegotiateLoaderICDInterfaceVersion negotiate;
    PFN_vk_icdGetInstanceProcAddr get_instance_proc_addr;
    PFN_vk_icdGetPhysicalDeviceProcAddr get_physical_device_proc_addr; // may be NULL
} kro__driver_library;

enum { KRO__DRIVER_PATH = 4096 }; // room for a path

// Which driver this copy of the proxy stands in front of: what the file beside its library says, or
// KRONOS_PROXY_DRIVER where there is none. A program may have several drivers, each behind a copy
// of its own.
//
// Returns: false where neither says anything.
bool kro__driver_named(char out[KRO__DRIVER_PATH]);

// Opens the driver library or manifest at `path`.
//
// Returns: false, with a sentence in `message`.
bool kro__driver_open(const char *path, kro__driver_library *out, char *message,
                      size_t message_bytes);

// The library that kro__state_begin opened.
extern kro__driver_library kro__driver_library_open;

// Fill what is still missing in kro__driver: the functions that need no instance, and the others
// from an instance and a device (or NULL).
void kro__driver_fill_global(void);
void kro__driver_fill(VkInstance instance, VkDevice device);

#endif
