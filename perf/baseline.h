// What later surveys are held against.
#ifndef KP_BASELINE_H
#define KP_BASELINE_H

#include "survey.h"

// Several surveys, one after the other, in one: each ratio is the median of theirs, and its
// interval holds all of their intervals, so that a busy moment does not decide.
//
// Returns: as kp_survey_run.
cJSON *kp_baseline_run(const kp_survey_config *config, kt_text *problem);

#endif
