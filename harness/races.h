// What ThreadSanitizer finds in this process, for builds that have it.
#ifndef KT_RACES_H
#define KT_RACES_H

#include <stdbool.h>

// Whether this build has ThreadSanitizer.
bool kt_finds_races(void);

// How many races it has found so far. A driver is not built with the sanitizer, which therefore
// misses how the driver's own threads agree with calls into it, by atomics or futexes; what it
// reports between those two is not counted. Whatever a program of ours reads or writes itself is.
unsigned kt_race_count(void);

// How many reports it has printed so far, counted or not.
unsigned kt_race_reports(void);

#endif
