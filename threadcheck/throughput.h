// How much more two threads record than one.
#ifndef THREADCHECK_THROUGHPUT_H
#define THREADCHECK_THROUGHPUT_H

#include "text.h"

enum { THROUGHPUT_ROUNDS = 15 };

// What two threads do in the time in which one does 1: recording dispatches, each on a stream of
// its own in one context of the null driver; and, in the same rounds, computing in registers, which
// shows what the machine has to give at that time.
typedef struct throughput {
    double gain, plain_gain; // medians of the rounds
    double share;            // median of gain / plain_gain
    double best_gain;        // of the round with the most
    double dispatches_per_s; // one thread's, median
} throughput;

// Measures for a second or two, and again, up to three times, where the gain was not enough: a
// machine that others use, too, has bad seconds. `driver` is the null driver's library.
//
// Returns: false with a sentence in `problem`.
bool throughput_measure(const char *driver, throughput *out, kt_text *problem);

// Whether two threads record 1.8 times as much as one. Where the machine has not two processors to
// give at the time (plain_gain), they may lose a tenth of what it gives.
bool throughput_is_enough(const throughput *of);

#endif
