#include "measure.h"

#include <stdlib.h>
#include <time.h>

#include "text.h"

enum { MAX_ROUNDS = 100000 };

typedef struct moment {
    uint64_t cpu_ns, wall_ns;
} moment;

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static moment now(void)
{
    return (moment){clock_ns(CLOCK_THREAD_CPUTIME_ID), clock_ns(CLOCK_MONOTONIC)};
}

static kro_status run(const kp_contender *contender, uint32_t rounds)
{
    kro_status status = KRO_OK;
    for (uint32_t i = 0; status >= 0 && i < rounds; i++)
        status = contender->round(contender->self);
    return status;
}

// How many rounds make a turn.
static kro_status find_rounds(const kp_contender *contender, const kp_plan *plan, uint32_t *rounds)
{
    kro_status status = run(contender, plan->warm_up_rounds);
    const moment begin = now();
    if (status >= 0)
        status = run(contender, plan->warm_up_rounds);
    const uint64_t round_ns = (now().wall_ns - begin.wall_ns) / plan->warm_up_rounds + 1;
    const uint64_t wanted = plan->turn_ns / round_ns + 1;
    *rounds = wanted < MAX_ROUNDS ? (uint32_t)wanted : MAX_ROUNDS;
    return status;
}

static kro_status take_turn(const kp_contender *contender, uint32_t rounds, double *cpu_ns,
                            double *wall_ns)
{
    const moment begin = now();
    kro_status status = run(contender, rounds);
    const moment end = now();
    *cpu_ns = (double)(end.cpu_ns - begin.cpu_ns) / rounds;
    *wall_ns = (double)(end.wall_ns - begin.wall_ns) / rounds;
    return status;
}

static kro_status measure(const kp_contender *contenders, const kp_plan *plan, kp_series *series,
                          size_t *failed)
{
    uint32_t rounds[KP_MAX_CONTENDERS];
    size_t order[KP_MAX_CONTENDERS];
    uint64_t random = plan->seed;
    kro_status status = KRO_OK;
    for (size_t i = 0; status >= 0 && i < series->contenders; i++) {
        order[i] = *failed = i;
        status = find_rounds(&contenders[i], plan, &rounds[i]);
    }
    for (uint32_t block = 0; status >= 0 && block < series->blocks; block++) {
        kp_shuffle(order, series->contenders, &random);
        for (size_t k = 0; status >= 0 && k < series->contenders; k++) {
            const size_t i = *failed = order[k];
            status = take_turn(&contenders[i], rounds[i], &series->cpu_ns[i][block],
                               &series->wall_ns[i][block]);
        }
    }
    return status;
}

kro_status kp_measure(const kp_contender *contenders, size_t count, const kp_plan *plan,
                      kp_series *out, size_t *failed)
{
    *out = (kp_series){.contenders = count, .blocks = plan->blocks};
    for (size_t i = 0; i < count; i++) {
        out->cpu_ns[i] = kt_memory(plan->blocks, sizeof *out->cpu_ns[i]);
        out->wall_ns[i] = kt_memory(plan->blocks, sizeof *out->wall_ns[i]);
    }
    return measure(contenders, plan, out, failed);
}

void kp_series_finish(kp_series *series)
{
    for (size_t i = 0; i < series->contenders; i++) {
        free(series->cpu_ns[i]);
        free(series->wall_ns[i]);
    }
}

kp_interval kp_ratio(const double *values, const double *others, size_t count, uint64_t seed)
{
    double *ratios = kt_memory(count, sizeof *ratios);
    for (size_t i = 0; i < count; i++)
        ratios[i] = others[i] > 0 ? values[i] / others[i] : 0;
    const kp_interval interval = kp_bootstrap(ratios, count, &seed);
    free(ratios);
    return interval;
}
