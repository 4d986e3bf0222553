// Which fault is planted, and which ones would find something to change.
#ifndef KRO_PROXY_PLANT_H
#define KRO_PROXY_PLANT_H

#include <stdatomic.h>
#include <stdbool.h>

#include <vulkan/vulkan.h>

#include "spec.h"

// Some fault is planted, or the faults that are reached are counted.
extern atomic_bool kro__planting;

// Counts into the file at `path` from now on.
//
// Returns: false, with a sentence in `message`.
bool kro__plant_open(const char *path, char *message, size_t message_bytes);

// Takes the words `plant` and `reach` over.
void kro__plant_arm(const kro__spec *spec);

// Whether this fault is the one that is planted.
bool kro__plant_is(int fault);

// Counts that a fault would change something here.
void kro__plant_reached(int fault);

// Whether this fault acts here: it is counted, and true is returned where it is the planted one.
bool kro__plant_acts(int fault);

// The module as the driver gets it: the words of `info`, or others in `*changed` that are freed
// after the call.
VkShaderModuleCreateInfo kro__plant_module(const VkShaderModuleCreateInfo *info,
                                           uint32_t **changed);

#endif
