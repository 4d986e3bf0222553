// The machine that measures: times of one say nothing about those of another, not even as ratios.
#ifndef KP_MACHINE_H
#define KP_MACHINE_H

#include <cjson/cJSON.h>

// An object with `cpu`, `cores` and what else decides how much of a driver's work is on the calling
// thread. The caller deletes it.
cJSON *kp_machine(void);

#endif
