#include "statistics.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { RESAMPLES = 1000 };

// splitmix64, by Sebastiano Vigna (public domain).
uint64_t kp_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t value = *state;
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

void kp_shuffle(size_t *indices, size_t count, uint64_t *state)
{
    for (size_t i = count; i > 1; i--) {
        const size_t other = kp_random(state) % i;
        const size_t kept = indices[i - 1];
        indices[i - 1] = indices[other];
        indices[other] = kept;
    }
}

static int compare_doubles(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double kp_median(double *values, size_t count)
{
    if (!count)
        return 0;
    qsort(values, count, sizeof *values, compare_doubles);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

kp_interval kp_bootstrap(const double *values, size_t count, uint64_t *state)
{
    if (!count)
        return (kp_interval){0};
    double *drawn = kt_memory(count, sizeof *drawn);
    double medians[RESAMPLES];
    memcpy(drawn, values, count * sizeof *drawn);
    kp_interval interval = {.middle = kp_median(drawn, count)};
    for (int i = 0; i < RESAMPLES; i++) {
        for (size_t k = 0; k < count; k++)
            drawn[k] = values[kp_random(state) % count];
        medians[i] = kp_median(drawn, count);
    }
    qsort(medians, RESAMPLES, sizeof *medians, compare_doubles);
    interval.low = medians[RESAMPLES * 25 / 1000];
    interval.high = medians[RESAMPLES * 975 / 1000 - 1];
    free(drawn);
    return interval;
}

double kp_slope(const double *xs, const double *ys, size_t count)
{
    if (count < 2)
        return 0;
    double *slopes = kt_memory(count * (count - 1) / 2, sizeof *slopes);
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++)
            slopes[used++] = (ys[i] - ys[k]) / (xs[i] - xs[k]);
    const double slope = kp_median(slopes, used);
    free(slopes);
    return slope;
}

void kp_holm(const double *p_values, size_t count, double alpha, unsigned char *found)
{
    memset(found, 0, count);
    for (size_t step = 0; step < count; step++) {
        size_t least = count;
        for (size_t i = 0; i < count; i++)
            if (!found[i] && (least == count || p_values[i] < p_values[least]))
                least = i;
        if (p_values[least] > alpha / (double)(count - step))
            return;
        found[least] = 1;
    }
}
