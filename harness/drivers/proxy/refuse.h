// Calls that fail: those that the spec plans to fail, and those on a device that was lost.
#ifndef KRO_PROXY_REFUSE_H
#define KRO_PROXY_REFUSE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <vulkan/vulkan.h>

#include "spec.h"

extern atomic_bool kro__refusing; // there may be something to refuse

// Takes over the `fail` words of a spec and counts calls from now.
void kro__refuse_arm(const kro__spec *spec);

// Some device has been lost.
void kro__refuse_lost(void);

// True if the call must return `*result`. `object` is its first argument, of the given type.
bool kro__refuse(int call, VkObjectType type, uint64_t object, VkResult *result);

// True if the N-th call of a `fail` word was made.
bool kro__refuse_reached(void);

// The name of the function that a `fail` word refused first; NULL where none was.
const char *kro__refuse_function(void);

#endif
