#include "forecast.h"

void kro__forecast_note(kro__forecast *forecast, uint64_t wait_ns)
{
    const uint32_t at = atomic_fetch_add_explicit(&forecast->count, 1, memory_order_relaxed);
    atomic_store_explicit(&forecast->waits_ns[at % KRO__FORECAST_WAITS], wait_ns,
                          memory_order_relaxed);
}

uint64_t kro__forecast_next(const kro__forecast *forecast)
{
    uint64_t least_ns = UINT64_MAX;
    for (int i = 0; i < KRO__FORECAST_WAITS; i++) {
        const uint64_t wait_ns = atomic_load_explicit(&forecast->waits_ns[i], memory_order_relaxed);
        least_ns = wait_ns < least_ns ? wait_ns : least_ns;
    }
    return least_ns; // what was never noted is 0
}
