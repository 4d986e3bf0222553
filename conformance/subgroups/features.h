// What a device has of subgroups that kro_features does not tell.
#ifndef CONFORMANCE_SUBGROUPS_FEATURES_H
#define CONFORMANCE_SUBGROUPS_FEATURES_H

#include "test.h"

typedef struct subgroup_features {
    bool extended_types;        // shaderSubgroupExtendedTypes
    bool rotate;                // shaderSubgroupRotate
    bool rotate_clustered;      // shaderSubgroupRotateClustered
    bool uniform_control_flow;  // shaderSubgroupUniformControlFlow
    bool maximal_reconvergence; // shaderMaximalReconvergence
} subgroup_features;

// Those of the run's device.
subgroup_features subgroup_features_of(kt_test *t);

#endif
