// Calls that make things or move bytes, measured by themselves.
#ifndef KP_CALLS_H
#define KP_CALLS_H

#include <cjson/cJSON.h>

#include "measure.h"
#include "scene.h"
#include "survey.h"

// What calls are measured with.
typedef struct kp_call_bench {
    const kp_scene *scene;
    const kp_survey_config *survey;
    const kp_plan *plan;
    bool computes; // the device does; the null driver moves no byte
} kp_call_bench;

// Measures the calls that the survey chooses.
//
// Returns: false with a sentence in `problem`.
bool kp_calls_run(const kp_call_bench *bench, cJSON *rows, kt_text *problem);

#endif
