// The clock that waits are measured with.
#ifndef KRO_SRC_OS_TIME_H
#define KRO_SRC_OS_TIME_H

#include <stdint.h>

// Nanoseconds of a clock that never goes back.
uint64_t kro__now_ns(void);

// Tells the processor that this thread polls.
void kro__cpu_relax(void);

// Lets this thread rest for so long, or longer.
void kro__sleep_ns(uint64_t duration_ns);

#endif
