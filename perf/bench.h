// A workload's contenders, checked and measured.
#ifndef KP_BENCH_H
#define KP_BENCH_H

#include <cjson/cJSON.h>

#include "catalogue.h"
#include "scene.h"

// On a device that computes, each contender's results are checked before anything is measured.
//
// Returns: a row that the caller deletes; NULL with a sentence in `problem`.
cJSON *kp_bench_run(kp_scene *scene, const kp_workload *workload, bool computes, kt_text *problem);

#endif
