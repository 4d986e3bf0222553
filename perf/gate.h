// Holds a survey against a saved one.
#ifndef KP_GATE_H
#define KP_GATE_H

#include "survey.h"

// As kp_compare; but a ratio that looks worse is measured again, alone, and counts only if it looks
// so each time: what else the machine did for a moment is no fault.
cJSON *kp_gate(const kp_survey_config *config, const cJSON *before, const cJSON *now,
               kt_text *problem);

#endif
