#include "growth.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/usage.h"
#include "statistics.h"
#include "text.h"

enum { LOOKS = 200, WARM_UP = 5 }; // a fifth

static const char *const NAMES[KT_GROWTH_FIGURES] = {
    [KT_GROWTH_RESIDENT_BYTES] = "bytes of memory in RAM",
    [KT_GROWTH_HEAP_BYTES] = "bytes of the heap",
    [KT_GROWTH_DESCRIPTORS] = "open files",
    [KT_GROWTH_THREADS] = "threads",
    [KT_GROWTH_OBJECTS] = "Vulkan objects",
    [KT_GROWTH_DEVICE_BYTES] = "bytes of device memory",
    [KT_GROWTH_MAPPINGS] = "mappings of device memory",
};

typedef struct look {
    double at; // operations done
    double figures[KT_GROWTH_FIGURES];
} look;

static look look_now(const kt_growth_config *config, uint64_t done)
{
    const kt_usage usage = kt_usage_now();
    const kronos_proxy_api *proxy = config->proxy;
    return (look){.at = (double)done,
                  .figures = {
                      [KT_GROWTH_RESIDENT_BYTES] = (double)usage.resident_bytes,
                      [KT_GROWTH_HEAP_BYTES] = (double)usage.heap_bytes,
                      [KT_GROWTH_DESCRIPTORS] = (double)usage.descriptors,
                      [KT_GROWTH_THREADS] = (double)usage.threads,
                      [KT_GROWTH_OBJECTS] = proxy ? (double)proxy->objects(NULL) : 0,
                      [KT_GROWTH_DEVICE_BYTES] = proxy ? (double)proxy->memory_bytes() : 0,
                      [KT_GROWTH_MAPPINGS] = proxy ? (double)proxy->mappings() : 0,
                  }};
}

static void fit(const look *looks, size_t count, kt_growth *out)
{
    double *xs = kt_memory(count, sizeof *xs), *ys = kt_memory(count, sizeof *ys);
    for (size_t i = 0; i < count; i++)
        xs[i] = looks[i].at;
    for (int figure = 0; figure < KT_GROWTH_FIGURES; figure++) {
        for (size_t i = 0; i < count; i++)
            ys[i] = looks[i].figures[figure];
        out->slopes[figure] = kp_slope(xs, ys, count);
    }
    free(xs);
    free(ys);
}

// The operations between two looks. They have a thread of their own, because malloc keeps what a
// thread frees for that thread, and gives it back when the thread ends.
typedef struct stretch {
    const kt_growth_config *config;
    uint64_t first, end; // indices of operations
    bool right;
} stretch;

static void *work(void *user)
{
    stretch *self = user;
    const kt_growth_config *config = self->config;
    for (uint64_t i = self->first; self->right && i < self->end; i++)
        self->right = config->operate(config->user, i);
    self->right = self->right && config->settle(config->user);
    return NULL;
}

static bool run(stretch *self)
{
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, self))
        return false;
    pthread_join(thread, NULL);
    return self->right;
}

bool kt_growth_measure(const kt_growth_config *config, kt_growth *out)
{
    const uint64_t look_count = config->count < LOOKS ? config->count : LOOKS;
    const uint64_t warm_up_looks = look_count / WARM_UP;
    *out = (kt_growth){.operation = config->operation, .count = config->count};
    look *looks = kt_memory(LOOKS, sizeof *looks);
    bool right = true;
    for (uint64_t i = 0; right && i < look_count; i++) {
        stretch next = {.config = config,
                        .first = i * config->count / look_count,
                        .end = (i + 1) * config->count / look_count,
                        .right = true};
        right = run(&next);
        looks[i] = look_now(config, next.end);
    }
    if (right)
        fit(looks + warm_up_looks, look_count - warm_up_looks, out);
    free(looks);
    return right;
}

static double slope_of(const kt_growth *measured, const kt_growth *than, kt_growth_figure figure)
{
    return measured->slopes[figure] - (than ? than->slopes[figure] : 0);
}

static double bound_of(const kt_growth *measured, const kt_growth_bounds *bounds,
                       kt_growth_figure figure)
{
    return figure == KT_GROWTH_RESIDENT_BYTES ? bounds->resident_bytes
           : figure == KT_GROWTH_HEAP_BYTES   ? bounds->heap_bytes
                                              : 1 / (double)measured->count;
}

bool kt_growth_keeps(const kt_growth *measured, const kt_growth *than,
                     const kt_growth_bounds *bounds, kt_growth_figure figure)
{
    return slope_of(measured, than, figure) < bound_of(measured, bounds, figure);
}

bool kt_growth_judge(const kt_growth *measured, const kt_growth *than,
                     const kt_growth_bounds *bounds, char text[KT_GROWTH_TEXT_BYTES])
{
    size_t used = 0;
    bool right = true;
    for (kt_growth_figure figure = 0; figure < KT_GROWTH_FIGURES; figure++) {
        const bool kept = kt_growth_keeps(measured, than, bounds, figure);
        right = right && kept;
        used += (size_t)snprintf(
            text + used, KT_GROWTH_TEXT_BYTES - used, "%s%.6g %s per %s (bound %.6g)%s",
            used ? "\n" : "", slope_of(measured, than, figure), NAMES[figure], measured->operation,
            bound_of(measured, bounds, figure), kept ? "" : ": too much");
    }
    return right;
}
