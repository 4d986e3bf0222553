#include "races.h"

#if defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#ifdef HAS_SANITIZER

#include <stdatomic.h>

// What a hook of the sanitizer can reach has to be static.
static atomic_uint count;

// The sanitizer's runtime calls this for each report, in the thread that raced.
__attribute__((visibility("default"))) void __tsan_on_report(void *report);

void __tsan_on_report(void *report)
{
    (void)report;
    atomic_fetch_add_explicit(&count, 1, memory_order_relaxed);
}

bool kt_finds_races(void)
{
    return true;
}

unsigned kt_race_count(void)
{
    return atomic_load_explicit(&count, memory_order_relaxed);
}

#else

bool kt_finds_races(void)
{
    return false;
}

unsigned kt_race_count(void)
{
    return 0;
}

#endif
