// What cases about newer features of Vulkan share.
#ifndef CONFORMANCE_FEATURES_H
#define CONFORMANCE_FEATURES_H

#include "newer_vulkan.h"
#include "raw.h"
#include "sync/steps.h"

// A raw device with whatever the run's has of newer features. NULL, and a skipped case, where that
// lacks `feature`.
kt_raw *features_open(kt_test *t, kt_raw_feature feature);

// Runs step `i` with a kernel of affine_words and the layout of `steps`, waits, and checks the
// words.
bool features_step(sync_steps *steps, kt_raw_kernel *kernel, uint32_t i);

// A module of an embedded shader, which the case owns. VK_NULL_HANDLE after a failure.
VkShaderModule features_module(kt_raw *raw, const char *shader);
// What to make a pipeline of, with nothing that is new.
VkComputePipelineCreateInfo features_pipeline_info(VkShaderModule module, VkPipelineLayout layout);

#endif
