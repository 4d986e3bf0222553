// What many noisy measurements say.
#ifndef KP_STATISTICS_H
#define KP_STATISTICS_H

#include <stddef.h>
#include <stdint.h>

// A middle value, and between which two it lies with a confidence of 95 %.
typedef struct kp_interval {
    double middle, low, high;
} kp_interval;

// The next of a sequence of random values that begins with any `*state`.
uint64_t kp_random(uint64_t *state);

// Puts `count` indices in a random order.
void kp_shuffle(size_t *indices, size_t count, uint64_t *state);

// The median; 0 of none. `values` are put in order.
double kp_median(double *values, size_t count);

// The median and its bootstrap interval, by percentiles.
kp_interval kp_bootstrap(const double *values, size_t count, uint64_t *state);

// How much `ys` rise per unit of `xs`, which differ: the median slope of all pairs of points (Theil
// and Sen). It stands as long as fewer than 29 % of the points are off.
double kp_slope(const double *xs, const double *ys, size_t count);

// Holm's procedure: which of several suspicions hold, so that among true ones and chance together
// one false one or more is found with a probability of `alpha` at most. `found[i]` is set for
// `p_values[i]`.
void kp_holm(const double *p_values, size_t count, double alpha, unsigned char *found);

#endif
