// What happens to every call before a hook sees it: it is counted, and may be refused.
#ifndef KRO_PROXY_CALL_H
#define KRO_PROXY_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "calls.h"
#include "refuse.h"
#include "table.h"

// One cache line each: threads that call different functions do not disturb each other.
typedef struct kro__counter {
    _Alignas(64) _Atomic uint64_t calls;
} kro__counter;

extern kro__counter kro__counters[KRO__CALL_COUNT];

static inline void kro__call_count(int call)
{
    atomic_fetch_add_explicit(&kro__counters[call].calls, 1, memory_order_relaxed);
}

// True if the call must return `*result` now. `object` is its first argument.
static inline bool kro__call_refused(int call, VkObjectType type, uint64_t object, VkResult *result)
{
    kro__call_count(call);
    return atomic_load_explicit(&kro__refusing, memory_order_relaxed) &&
           kro__refuse(call, type, object, result);
}

#endif
