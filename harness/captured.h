// What a case compared, told to the proxy that its device is behind, where that captures
// dispatches: `kronos repro` finds the wrong one by it.
#ifndef KT_CAPTURED_H
#define KT_CAPTURED_H

#include "running.h"

// Tells of a check of arrays.
void kt_capture_arrays(kt_test *t, const kro__arrays *arrays, const kro_tolerance *tolerance);

// Tells that the case failed, with its sentence, and that it has come to its end.
void kt_capture_failure(kt_session *session, const char *text);
void kt_capture_end(kt_session *session);

#endif
