// The program around a tortured call: made, used, and destroyed in whatever state it is.
#ifndef LEAKCHECK_TORTURE_BENCH_H
#define LEAKCHECK_TORTURE_BENCH_H

#include "torture.h"

// Makes what a call needs into `bench`, whose config is filled in. A failure has a sentence; what
// was made so far stays.
kro_status torture_bench_begin(kt_test *t, torture_bench *bench, torture_holds holds);
// Destroys whatever there is.
void torture_bench_end(torture_bench *bench);

#endif
