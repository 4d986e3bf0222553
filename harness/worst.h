// Which of several results a reader should see first.
#ifndef KT_WORST_H
#define KT_WORST_H

#include "attempt.h"

// How bad a status is: 0 for Pass, the most for Crash.
int kt_badness(kt_status status);

#endif
