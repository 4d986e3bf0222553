// Results as other tools take them, which draw their trend.
#ifndef KP_EXPORTS_H
#define KP_EXPORTS_H

#include <cjson/cJSON.h>

// For github-action-benchmark's "customSmallerIsBetter": an entry for each ratio of CPU time and
// each count. The caller deletes it.
cJSON *kp_export_github(const cJSON *results);

// For Bencher ("Bencher Metric Format"): the same, by workload. The caller deletes it.
cJSON *kp_export_bencher(const cJSON *results);

#endif
