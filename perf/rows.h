// What was measured of one workload, as JSON.
#ifndef KP_ROWS_H
#define KP_ROWS_H

#include <cjson/cJSON.h>

#include "measure.h"

// A row without figures.
cJSON *kp_row_start(const char *name, uint32_t dispatches);

// The one of a list that has a name, or NULL.
const cJSON *kp_row_find(const cJSON *rows, const char *name);

// The costs of each contender, and those of the ones that others are held against as ratios of the
// others'. Puts the series in order.
cJSON *kp_row_make(const char *name, const kp_contender *contenders, kp_series *series,
                   uint32_t dispatches, uint64_t seed);

#endif
