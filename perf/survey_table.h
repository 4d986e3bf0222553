// Results for people.
#ifndef KP_SURVEY_TABLE_H
#define KP_SURVEY_TABLE_H

#include <cjson/cJSON.h>
#include <stdio.h>

// A line for each workload of the results.
void kp_survey_print(const cJSON *results, FILE *file);

#endif
