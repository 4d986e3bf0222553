// Holds a survey against a saved one.
#ifndef KP_GATE_H
#define KP_GATE_H

#include "comparison.h"
#include "survey.h"

// As kp_compare; but a ratio that looks worse is measured again, alone, and counts only if it looks
// so each time: what else the machine did for a moment is no fault.
bool kp_gate(const kp_survey_config *config, const cJSON *before, const cJSON *now,
             kp_comparison *out, kt_text *problem);

#endif
