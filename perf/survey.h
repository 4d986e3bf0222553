// The workloads beside their twins, and what came out as JSON; docs/performance.md says what it
// means.
#ifndef KP_SURVEY_H
#define KP_SURVEY_H

#include <cjson/cJSON.h>

#include "catalogue.h"
#include "scene.h"
#include "test.h"

typedef struct kp_survey_config {
    const char *device, *driver; // as kro_context_config takes them
    const char *filter;          // a shell pattern over names; NULL: all
    kt_tier tier;
    uint64_t seed;
    bool progress;    // a line on stderr for each workload
    bool counts_only; // no times: soon done, and the same on every machine
} kp_survey_config;

// Whether the filter takes a workload; says its name where progress is wanted.
bool kp_survey_chooses(const kp_survey_config *config, const char *name);

// Calls `visit` for each one that the survey chooses on such a device, until it returns false;
// returns whether it never did.
bool kp_survey_each(const kp_survey_config *config, const kro_device_info *device,
                    bool (*visit)(void *user, const kp_workload *workload), void *user);

// Results that say what was measured where, so far without workloads. The caller deletes them.
cJSON *kp_survey_describe(const kp_survey_config *config, const kro_device_info *info);

// Measures.
//
// Returns: results that the caller deletes; NULL with a sentence in `problem`.
cJSON *kp_survey_run(const kp_survey_config *config, kt_text *problem);

#endif
