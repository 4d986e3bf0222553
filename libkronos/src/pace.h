// How many operations one submission may hold on a device whose driver ends what runs too long: as
// many as, by what was measured, take a part of that time. Pure: the caller tells the time.
//
// One submission of a queue is measured at a time. It runs from the moment when it was submitted,
// or from the last one at which the work before it was seen unfinished, whichever is later, until
// it is seen finished: not less than it takes. It may be far more, where nobody looked for long, so
// that says nothing of how slow it was: then batches grow no more, but they do not shrink either.
#ifndef KRO_SRC_PACE_H
#define KRO_SRC_PACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

// Before anything is known a batch holds so many nodes: few enough that each may take some
// milliseconds, and enough that small batches stay whole.
enum { KRO__PACE_FIRST_NODES = 64, KRO__PACE_SAMPLES = 8 };

// What one submission took.
typedef struct kro__pace_sample {
    uint32_t node_count;
    uint64_t busy_ns;  // at most
    uint64_t blind_ns; // of that, while nobody waited or looked
} kro__pace_sample;

typedef struct kro__pace {
    uint64_t watchdog_ns;                        // 0: there is none, and nothing below is used
    _Atomic uint32_t batch_nodes;                // what a batch that is opened now may hold
    uint64_t value;                              // the submission that is being measured; 0: none
    kro__pace_sample next;                       // its nodes
    uint64_t begin_ns;                           // it did not begin to run before
    uint64_t looked_ns;                          // when kro__pace_seen was called last
    uint32_t waiting;                            // threads that will see it finish
    kro__pace_sample samples[KRO__PACE_SAMPLES]; // the last ones, a ring
    uint32_t sample_count;                       // ever taken
} kro__pace;

void kro__pace_init(kro__pace *pace, uint64_t watchdog_ns);

// What a batch may hold of the `most_nodes` that its stream was made for. Safe on any thread.
static inline uint32_t kro__pace_limit(const kro__pace *pace, uint32_t most_nodes)
{
    if (pace->watchdog_ns == 0)
        return most_nodes;
    uint32_t nodes = atomic_load_explicit(&pace->batch_nodes, memory_order_relaxed);
    return nodes < most_nodes ? nodes : most_nodes;
}

// A submission was made at `now_ns`.
void kro__pace_submitted(kro__pace *pace, uint64_t value, uint32_t node_count, uint64_t now_ns);

// At `now_ns` the queue had finished `completed` and nothing after it.
void kro__pace_seen(kro__pace *pace, uint64_t completed, uint64_t now_ns);

// A thread begins to wait for a value, having looked just before. While it waits for later work
// than is measured, it does not see that finish.
//
// Returns: whether kro__pace_wait_end is to be called when it has looked again.
bool kro__pace_wait_begin(kro__pace *pace, uint64_t value);
void kro__pace_wait_end(kro__pace *pace);

// The next number of operations, where it was `batch_nodes`: at most twice as many, and no more
// than take a quarter of the watchdog's time at the slowest pace of the samples; fewer than before
// only if two samples ask for it; at least 1.
uint32_t kro__pace_next(uint32_t batch_nodes, const kro__pace_sample *samples,
                        uint32_t sample_count, uint64_t watchdog_ns);

#endif
