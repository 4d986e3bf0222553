// Holds a survey against a saved one.
#ifndef KP_GATE_H
#define KP_GATE_H

#include "comparison.h"
#include "survey.h"

// What measures once more.
typedef struct kp_gate_config {
    kp_survey_config survey;
    cJSON *(*run)(void *user, const kp_survey_config *survey,
                  kt_text *problem); // see kp_survey_run
    void *user;
} kp_gate_config;

// As kp_compare; but a ratio that looks worse is measured again, alone, and counts only if it looks
// so each time: what else the machine did for a moment is no fault.
bool kp_gate(const kp_gate_config *config, const cJSON *before, const cJSON *now,
             kp_comparison *out, kt_text *problem);

#endif
