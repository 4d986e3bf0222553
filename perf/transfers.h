// Transfers that are measured: bytes up, down and on the device.
#ifndef KP_TRANSFERS_H
#define KP_TRANSFERS_H

#include "calls.h"

bool kp_open_upload(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                    kt_text *problem);
bool kp_open_download(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                      kt_text *problem);
bool kp_open_copy(const kp_call_bench *bench, const kp_call_kind *kind, kp_call *out,
                  kt_text *problem);

#endif
