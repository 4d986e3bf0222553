#include "growth.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/usage.h"
#include "statistics.h"
#include "text.h"

enum { LOOKS = 200, WARM_UP_LOOKS = LOOKS / 5 };

static const char *const NAMES[GROWTH_FIGURES] = {
    [GROWTH_RESIDENT_BYTES] = "bytes of memory in RAM",
    [GROWTH_HEAP_BYTES] = "bytes of the heap",
    [GROWTH_DESCRIPTORS] = "open files",
    [GROWTH_THREADS] = "threads",
    [GROWTH_OBJECTS] = "Vulkan objects",
    [GROWTH_DEVICE_BYTES] = "bytes of device memory",
    [GROWTH_MAPPINGS] = "mappings of device memory",
};

typedef struct look {
    double at; // operations done
    double figures[GROWTH_FIGURES];
} look;

static look look_now(const growth_config *config, uint64_t done)
{
    const kt_usage usage = kt_usage_now();
    const kronos_proxy_api *proxy = config->proxy;
    return (look){.at = (double)done,
                  .figures = {
                      [GROWTH_RESIDENT_BYTES] = (double)usage.resident_bytes,
                      [GROWTH_HEAP_BYTES] = (double)usage.heap_bytes,
                      [GROWTH_DESCRIPTORS] = (double)usage.descriptors,
                      [GROWTH_THREADS] = (double)usage.threads,
                      [GROWTH_OBJECTS] = proxy ? (double)proxy->objects(NULL) : 0,
                      [GROWTH_DEVICE_BYTES] = proxy ? (double)proxy->memory_bytes() : 0,
                      [GROWTH_MAPPINGS] = proxy ? (double)proxy->mappings() : 0,
                  }};
}

static void fit(const look *looks, size_t count, growth *out)
{
    double *xs = kt_memory(count, sizeof *xs), *ys = kt_memory(count, sizeof *ys);
    for (size_t i = 0; i < count; i++)
        xs[i] = looks[i].at;
    for (int figure = 0; figure < GROWTH_FIGURES; figure++) {
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
    const growth_config *config;
    uint64_t first, end; // indices of operations
    bool right;
} stretch;

static void *work(void *user)
{
    stretch *self = user;
    const growth_config *config = self->config;
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

bool growth_measure(const growth_config *config, growth *out)
{
    *out = (growth){.operation = config->operation, .count = config->count};
    look *looks = kt_memory(LOOKS, sizeof *looks);
    bool right = true;
    for (uint64_t i = 0; right && i < LOOKS; i++) {
        stretch next = {.config = config,
                        .first = i * config->count / LOOKS,
                        .end = (i + 1) * config->count / LOOKS,
                        .right = true};
        right = run(&next);
        looks[i] = look_now(config, next.end);
    }
    if (right)
        fit(looks + WARM_UP_LOOKS, LOOKS - WARM_UP_LOOKS, out);
    free(looks);
    return right;
}

static double slope_of(const growth *measured, const growth *than, growth_figure figure)
{
    return measured->slopes[figure] - (than ? than->slopes[figure] : 0);
}

static double bound_of(const growth *measured, const growth_bounds *bounds, growth_figure figure)
{
    return figure == GROWTH_RESIDENT_BYTES ? bounds->resident_bytes
           : figure == GROWTH_HEAP_BYTES   ? bounds->heap_bytes
                                           : 1 / (double)measured->count;
}

bool growth_keeps(const growth *measured, const growth *than, const growth_bounds *bounds,
                  growth_figure figure)
{
    return slope_of(measured, than, figure) < bound_of(measured, bounds, figure);
}

bool growth_judge(const growth *measured, const growth *than, const growth_bounds *bounds,
                  char text[GROWTH_TEXT_BYTES])
{
    size_t used = 0;
    bool right = true;
    for (growth_figure figure = 0; figure < GROWTH_FIGURES; figure++) {
        const bool kept = growth_keeps(measured, than, bounds, figure);
        right = right && kept;
        used += (size_t)snprintf(
            text + used, GROWTH_TEXT_BYTES - used, "%s%.6g %s per %s (bound %.6g)%s",
            used ? "\n" : "", slope_of(measured, than, figure), NAMES[figure], measured->operation,
            bound_of(measured, bounds, figure), kept ? "" : ": too much");
    }
    return right;
}
