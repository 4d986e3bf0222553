// What ThreadSanitizer finds in this process, for builds that have it.
#ifndef KT_RACES_H
#define KT_RACES_H

#include <stdbool.h>

// Whether this build has ThreadSanitizer.
bool kt_finds_races(void);

// How many reports it has printed so far.
unsigned kt_race_count(void);

#endif
