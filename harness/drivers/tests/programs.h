// Programs that run many times under the reordering proxy.
#ifndef KRO_DRIVERS_TESTS_PROGRAMS_H
#define KRO_DRIVERS_TESTS_PROGRAMS_H

#include "vk.h"

enum { PROGRAM_ROUNDS = 200 };

// Submits work on a buffer that holds ones, and returns without waiting.
typedef void (*program)(vk *v, const vk_buffer *buffer);

// Fails unless `expected` is what the buffer holds after every run.
void program_expect_order(vk *v, program written, uint32_t expected);

// Fails unless some runs end otherwise. Two commands that may swap do so in five of eight runs: in
// a quarter they always do, else as often as not. Of 200 runs between 25 and 150 must be right,
// which chance misses less than once in 10^10 tries; each run has its seed all the same.
void program_expect_swaps(vk *v, program written, uint32_t expected);

#endif
