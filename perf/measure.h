// Contenders do the same work in turns; what one costs beside another is a ratio of pairs that were
// measured one after the other.
#ifndef KP_MEASURE_H
#define KP_MEASURE_H

#include <kronos/status.h>

#include "statistics.h"

enum { KP_MAX_CONTENDERS = 6 };

typedef struct kp_contender {
    const char *name;
    kro_status (*round)(void *self);
    void *self;
    size_t beside; // which contender of the list it is held against; itself: none
} kp_contender;

// How long to measure.
typedef struct kp_plan {
    uint32_t blocks;  // turns of each contender
    uint64_t turn_ns; // wall time of a turn, at least one round
    uint32_t warm_up_rounds;
    uint64_t seed; // of the order of turns, and of the bootstrap
} kp_plan;

// What a round takes, by contender and block.
typedef struct kp_series {
    size_t contenders;
    uint32_t blocks;
    double *cpu_ns[KP_MAX_CONTENDERS]; // of the calling thread
    double *wall_ns[KP_MAX_CONTENDERS];
} kp_series;

// Measures; the first rounds, which warm up, do not count. `*failed` is the contender that
// returned an error.
kro_status kp_measure(const kp_contender *contenders, size_t count, const kp_plan *plan,
                      kp_series *out, size_t *failed);
void kp_series_finish(kp_series *series);

// values[i] / others[i], with its interval.
kp_interval kp_ratio(const double *values, const double *others, size_t count, uint64_t seed);

#endif
