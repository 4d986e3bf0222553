// Going on from the results of a run that did not come to its end.
#ifndef KT_RESUME_H
#define KT_RESUME_H

#include "run.h"

// Takes over what is decided in `from`; Suspect and NotRun are run again, and so is what is
// missing. `run` knows its device.
//
// Returns: false with a sentence in `problem` where that was a run of other cases, with another
// seed,
//          or on another device.
bool kt_resume(kt_run *run, const kt_results *from, kt_text *problem);

#endif
