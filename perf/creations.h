// Objects whose creation is measured.
#ifndef KP_CREATIONS_H
#define KP_CREATIONS_H

#include "calls.h"

bool kp_open_buffer(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                    kt_text *problem);
// A pipeline that no cache has: another constant each time.
bool kp_open_cold_pipeline(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                           kt_text *problem);
// A pipeline that a cache from an earlier run has.
bool kp_open_cached_pipeline(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                             kt_text *problem);
bool kp_open_context(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                     kt_text *problem);

#endif
