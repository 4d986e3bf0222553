// What happens to every call before a hook sees it: it is counted, and may be refused.
#ifndef KRO_PROXY_CALL_H
#define KRO_PROXY_CALL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "refuse.h"
#include "table.h"
#include "tally.h"

static inline void kro__call_count(int call)
{
    kro__counts *counts = atomic_load_explicit(&kro__counts_now, memory_order_acquire);
    atomic_fetch_add_explicit(&counts->calls[call].value, 1, memory_order_relaxed);
}

// True if the call must return `*result` now. `object` is its first argument.
static inline bool kro__call_refused(int call, VkObjectType type, uint64_t object, VkResult *result)
{
    kro__call_count(call);
    return atomic_load_explicit(&kro__refusing, memory_order_relaxed) &&
           kro__refuse(call, type, object, result);
}

#endif
