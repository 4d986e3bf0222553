// The structures behind kt_raw_feature, for the files that implement raw.h.
#ifndef KT_RAW_FEATURES_H
#define KT_RAW_FEATURES_H

#include "raw.h"

// Structures of features are all alike: a head, and booleans.
enum { KT_RAW_FEATURE_MEMBERS = 4 };
typedef struct kt_raw_feature_struct {
    VkStructureType type;
    void *next;
    VkBool32 members[KT_RAW_FEATURE_MEMBERS];
} kt_raw_feature_struct;

typedef struct kt_raw_feature_source {
    kt_raw_feature
        features[KT_RAW_FEATURE_MEMBERS]; // in the order of the members; 0: not asked for
    VkStructureType type;                 // 0: the extension alone is the feature
    uint32_t since;                       // the version of Vulkan that knows it; UINT32_MAX: none
    const char *extension;
} kt_raw_feature_source;

enum { KT_RAW_FEATURE_SOURCES = 18 };
extern const kt_raw_feature_source kt_raw_feature_sources[KT_RAW_FEATURE_SOURCES];

// Leaves of a structure that Vulkan filled in what was asked for.
//
// Returns: the features that are left.
uint32_t kt_raw_features_of(const kt_raw_feature_source *source, kt_raw_feature_struct *filled);

#endif
