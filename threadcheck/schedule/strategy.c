#include "strategy.h"

// Priorities of new threads lie above this, those of threads that fell behind below.
static const uint64_t middle = UINT64_C(1) << 32;

uint64_t ks_mix(uint64_t value)
{
    value += UINT64_C(0x9e3779b97f4a7c15);
    value = (value ^ (value >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ (value >> 27)) * UINT64_C(0x94d049bb133111eb);
    return value ^ (value >> 31);
}

static uint64_t draw(ks_strategy *strategy)
{
    return strategy->random = ks_mix(strategy->random);
}

static void draw_changes(ks_strategy *strategy, uint64_t steps)
{
    strategy->change_count = (uint32_t)(draw(strategy) % KS_MAX_CHANGES);
    for (uint32_t i = 0; i < strategy->change_count; i++)
        strategy->changes[i] = 1 + draw(strategy) % steps;
}

ks_strategy ks_strategy_create(uint64_t seed, uint64_t steps)
{
    ks_strategy made = {.random = seed, .lowest = middle};
    made.walks = draw(&made) % 4 == 0;
    made.odds = UINT32_C(2) << draw(&made) % 6;
    if (!made.walks && steps)
        draw_changes(&made, steps);
    return made;
}

void ks_strategy_add(ks_strategy *strategy, uint32_t thread)
{
    // The thread's number makes equal draws differ.
    strategy->priorities[thread] = (middle << 1) + (draw(strategy) >> 16) * KS_MAX_THREADS + thread;
}

static uint32_t pick_highest(const ks_strategy *strategy, uint32_t runnable)
{
    uint32_t best = KS_MAX_THREADS;
    for (uint32_t i = 0; i < KS_MAX_THREADS; i++)
        if (runnable >> i & 1 &&
            (best == KS_MAX_THREADS || strategy->priorities[i] > strategy->priorities[best]))
            best = i;
    return best;
}

static uint32_t pick_any(ks_strategy *strategy, uint32_t runnable)
{
    uint32_t left = (uint32_t)(draw(strategy) % (uint32_t)__builtin_popcount(runnable));
    for (uint32_t i = 0;; i++)
        if (runnable >> i & 1 && left-- == 0)
            return i;
}

static bool changes_at(const ks_strategy *strategy, uint64_t step)
{
    for (uint32_t i = 0; i < strategy->change_count; i++)
        if (strategy->changes[i] == step)
            return true;
    return false;
}

uint32_t ks_strategy_pick(ks_strategy *strategy, uint32_t runnable, uint32_t current, uint64_t step,
                          bool gives_way)
{
    const uint32_t others = runnable & ~(UINT32_C(1) << current);
    const bool goes_on = others != runnable;
    if (strategy->walks) {
        if (gives_way && others)
            return pick_any(strategy, others);
        const bool stays = goes_on && draw(strategy) % strategy->odds != 0;
        return stays ? current : pick_any(strategy, runnable);
    }
    if (gives_way || changes_at(strategy, step))
        strategy->priorities[current] = --strategy->lowest;
    return pick_highest(strategy, runnable);
}
