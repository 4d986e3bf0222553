// How long the next wait of a queue may take, from what the last ones took: programs do the same
// again and again. Pure: the caller tells the times. Threads that wait at once may mix their times,
// which costs a poll too early or too late.
#ifndef KRO_SRC_FORECAST_H
#define KRO_SRC_FORECAST_H

#include <stdatomic.h>
#include <stdint.h>

enum { KRO__FORECAST_WAITS = 4 };

typedef struct kro__forecast {
    _Atomic uint64_t waits_ns[KRO__FORECAST_WAITS]; // of the last ones, a ring
    _Atomic uint32_t count;                         // ever noted
} kro__forecast;

// A wait was unfinished until then: no longer than it took.
void kro__forecast_note(kro__forecast *forecast, uint64_t wait_ns);

// The shortest of the last waits: the next one would have to be shorter than all of them to be
// found finished late. 0 before there were so many.
uint64_t kro__forecast_next(const kro__forecast *forecast);

#endif
