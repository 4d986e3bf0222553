// How the loader, or libkronos itself, reaches the null driver's functions.
#ifndef KRO_NULL_ENTRY_H
#define KRO_NULL_ENTRY_H

#include <vulkan/vk_icd.h>

#include "calls.h"

// One function of the driver. The table is generated and sorted by name.
typedef struct kro__null_call {
    const char *name;
    kro__vk_level level;
    uint32_t core;          // the Vulkan version that has it; 0: only extensions do
    const char *extensions; // those of ours that bring it, joined by spaces
    PFN_vkVoidFunction function;
} kro__null_call;

extern const kro__null_call kro__null_calls[];
extern const uint32_t kro__null_call_count;

#endif
