#include "races.h"

#if defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#endif

#ifdef HAS_SANITIZER

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

enum { MAX_FRAMES = 64 };

// What a hook of the sanitizer can reach has to be static.
static atomic_uint race_count, report_count;

// The sanitizer's interface for debuggers, which no header of it has.
int __tsan_get_report_data(void *report, const char **description, int *count, int *stack_count,
                           int *access_count, int *location_count, int *mutex_count,
                           int *thread_count, int *id_count, void **sleep_trace,
                           uintptr_t sleep_size);
int __tsan_get_report_mop(void *report, uintptr_t index, int *thread, void **address, int *size,
                          int *is_write, int *is_atomic, void **trace, uintptr_t trace_size);
// It calls this for each report, in the thread that raced.
__attribute__((visibility("default"))) void __tsan_on_report(void *report);

typedef enum origin { ORIGIN_SANITIZER, ORIGIN_OURS, ORIGIN_DRIVER } origin;

// Whose code stands at an address. Ours are this program and the libraries of this build.
static origin origin_of(const void *address)
{
    Dl_info code, own;
    if (!dladdr(address, &code) || !dladdr((const void *)(uintptr_t)kt_race_count, &own))
        return ORIGIN_DRIVER; // made at run time, as drivers do
    const char *slash = strrchr(code.dli_fname, '/');
    const char *name = slash ? slash + 1 : code.dli_fname;
    if (!strncmp(name, "libtsan", strlen("libtsan")))
        return ORIGIN_SANITIZER;
    return code.dli_fbase == own.dli_fbase || !strncmp(name, "libkronos", strlen("libkronos"))
               ? ORIGIN_OURS
               : ORIGIN_DRIVER;
}

// Whether an access was made inside a driver; `*is_thread`, by a thread that is all the driver's.
static bool is_inside_driver(void *report, int index, bool *is_thread)
{
    void *trace[MAX_FRAMES] = {0}, *address;
    int thread, size, is_write, is_atomic;
    __tsan_get_report_mop(report, (uintptr_t)index, &thread, &address, &size, &is_write, &is_atomic,
                          trace, MAX_FRAMES);
    bool innermost_known = false, inside = false;
    *is_thread = true;
    for (int i = 0; i < MAX_FRAMES && trace[i]; i++) {
        const origin whose = origin_of(trace[i]);
        if (whose == ORIGIN_OURS)
            *is_thread = false;
        if (whose != ORIGIN_SANITIZER && !innermost_known) {
            innermost_known = true;
            inside = whose == ORIGIN_DRIVER;
        }
    }
    return inside;
}

static bool is_the_drivers(void *report)
{
    const char *description = "";
    int count, stack_count, access_count = 0, location_count, mutex_count, thread_count, id_count;
    void *sleep_trace[1];
    __tsan_get_report_data(report, &description, &count, &stack_count, &access_count,
                           &location_count, &mutex_count, &thread_count, &id_count, sleep_trace, 1);
    bool all_inside = !strcmp(description, "data-race") && access_count > 0;
    bool has_thread = false;
    for (int i = 0; i < access_count && all_inside; i++) {
        bool is_thread;
        all_inside = is_inside_driver(report, i, &is_thread);
        has_thread = has_thread || is_thread;
    }
    return all_inside && has_thread;
}

void __tsan_on_report(void *report)
{
    atomic_fetch_add_explicit(&report_count, 1, memory_order_relaxed);
    if (!is_the_drivers(report))
        atomic_fetch_add_explicit(&race_count, 1, memory_order_relaxed);
}

bool kt_finds_races(void)
{
    return true;
}

unsigned kt_race_count(void)
{
    return atomic_load_explicit(&race_count, memory_order_relaxed);
}

unsigned kt_race_reports(void)
{
    return atomic_load_explicit(&report_count, memory_order_relaxed);
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

unsigned kt_race_reports(void)
{
    return 0;
}

#endif
